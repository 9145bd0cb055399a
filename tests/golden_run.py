"""What the 2018 code computed from a checkpoint, computed anew on the environment's Keras backend.

Run as `python golden_run.py FOLDER WEIGHTS.npz OUT.npz WAY [--without-tensorflow]`. Takes the configuration
and inputs from FOLDER, the initial weights by path from WEIGHTS.npz, and writes outputs, gradients and the
weights after ten optimizer steps to OUT.npz. The steps are taken in one of the ways that there are:

    plain       operation by operation, with `AdamWeightDecay`
    fused       with the formulas of wide layers as `fusing` has them; on TensorFlow by the `Trainer` and
                `FusedAdamWeightDecay`, as the scripts train
    recomputed  as `fused`, each layer computed twice
"""

import contextlib
import dataclasses
import pathlib
import sys
import tempfile

import numpy as np

STEPS = 10
# The learning rate of each model; 4 warm-up steps of 12 in all.
RATES = {48: 1e-2, 512: 1e-4}


def run(folder, weights_file, out, way):
    import keras

    from bert_tf import BertConfig, bert_encoder
    from bert_tf.models.pretraining import bert_pretraining_model

    golden = np.load(pathlib.Path(folder) / "golden.npz")
    config = BertConfig.from_json_file(pathlib.Path(folder) / "bert_config.json")
    config = dataclasses.replace(config, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    encoder, model = bert_encoder(config), bert_pretraining_model(config, recompute=way == "recomputed")
    weights = np.load(weights_file)
    for variable in encoder.trainable_variables + model.trainable_variables:
        variable.assign(weights[variable.path])

    inputs = {"input_ids": golden["ids"], "input_mask": golden["mask"], "segment_ids": golden["seg"]}
    labels = {
        "masked_lm_ids": golden["lab"],
        "masked_lm_weights": golden["wts"],
        "next_sentence_labels": golden["nsp"],
    }
    with fused_by(None if way == "plain" else compiler()):
        results = encoder_results(encoder, inputs)
        inputs["masked_lm_positions"] = golden["pos"]
        results.update(head_results(model, inputs, labels))
        in_steps = steps_of_trainer if way != "plain" and keras.backend.backend() == "tensorflow" else steps
        results.update(in_steps(model, inputs, labels, RATES[config.hidden_size]))
    np.savez(out, **{name: keras.ops.convert_to_numpy(value) for name, value in results.items()})


def compiler():
    import keras

    if keras.backend.backend() == "jax":
        return lambda formula: formula
    from bert_tf.training.devices import formula_compiler

    return formula_compiler()


def fused_by(compiler):
    from bert_tf.layers.fusion import fusing

    return fusing(compiler) if compiler else contextlib.nullcontext()


def encoder_results(encoder, inputs):
    from keras import ops

    outputs = encoder(inputs)
    return {
        "embedding_output": outputs["embedding_output"],
        "layers": ops.stack(outputs["all_encoder_layers"]),
        "sequence_output": outputs["sequence_output"],
        "pooled": outputs["pooled_output"],
    }


def head_results(model, inputs, labels):
    from keras import ops

    from bert_tf.models.pretraining import pretraining_losses

    outputs = model(inputs)
    masked_lm_loss, next_sentence_loss = pretraining_losses(outputs, labels)
    word_log_probs = ops.log_softmax(outputs["masked_lm_logits"])
    return {
        "mlm_logp": ops.reshape(word_log_probs, (-1, word_log_probs.shape[-1])),
        "nsp_logp": ops.log_softmax(outputs["next_sentence_logits"]),
        "mlm_loss": masked_lm_loss,
        "nsp_loss": next_sentence_loss,
    }


def steps(model, inputs, labels, rate):
    """The first step's gradients, ten steps' losses, and weights and slots after them."""
    import keras

    from bert_tf.optimization.adam_weight_decay import AdamWeightDecay
    from bert_tf.optimization.schedules import LinearWarmupLinearDecay

    optimizer = AdamWeightDecay(LinearWarmupLinearDecay(rate, num_train_steps=12, num_warmup_steps=4))
    optimizer.build(model.trainable_variables)
    step = {"tensorflow": tensorflow_step, "jax": jax_step}[keras.backend.backend()](model, optimizer)
    first, losses = None, []
    for _ in range(STEPS):
        loss, gradients = step(inputs, labels)
        losses.append(float(loss))
        first = gradients if first is None else first
    return training_results(model, optimizer, first, losses)


def steps_of_trainer(model, inputs, labels, rate):
    """The same from the `Trainer`."""
    import tensorflow as tf

    from bert_tf.models.pretraining import PretrainingObjective
    from bert_tf.optimization.schedules import LinearWarmupLinearDecay
    from bert_tf.training.fused_adam import FusedAdamWeightDecay
    from bert_tf.training.trainer import Trainer, TrainingOptions

    batch, losses = {**inputs, **labels}, []
    optimizer = FusedAdamWeightDecay(LinearWarmupLinearDecay(rate, num_train_steps=12, num_warmup_steps=4))
    with tempfile.TemporaryDirectory() as folder:
        options = TrainingOptions(folder, STEPS, len(inputs["input_ids"]), iterations_per_loop=1)
        trainer = Trainer(model, optimizer, PretrainingObjective(), options)
        trainer.log = lambda _, figures: losses.append(figures["loss"])
        tensors = {name: tf.constant(value) for name, value in batch.items()}
        first, _ = tf.function(trainer._gradients)(tensors)
        trainer.train(tf.data.Dataset.from_tensors(batch).repeat())
    return training_results(model, optimizer, map(tf.convert_to_tensor, first), losses)


def training_results(model, optimizer, gradients, losses):
    paths = (variable.path for variable in model.trainable_variables)
    return {
        "losses": np.array(losses),
        **{f"grad/{path}": gradient for path, gradient in zip(paths, gradients, strict=True)},
        **{f"slot/{path}/{slot}": variable for path, slot, variable in optimizer.slots()},
        **{f"final/{variable.path}": variable for variable in model.trainable_variables},
    }


def tensorflow_step(model, optimizer):
    import tensorflow as tf

    from bert_tf.models.pretraining import pretraining_losses

    @tf.function
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            loss = sum(pretraining_losses(model(inputs, training=True), labels))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss, [tf.convert_to_tensor(gradient) for gradient in gradients]

    return step


def jax_step(model, optimizer):
    import jax

    from bert_tf.models.pretraining import pretraining_losses

    def loss_of(trainable, other, inputs, labels):
        outputs, _ = model.stateless_call(trainable, other, inputs, training=True)
        return sum(pretraining_losses(outputs, labels))

    @jax.jit
    def update(trainable, other, slots, inputs, labels):
        loss, gradients = jax.value_and_grad(loss_of)(trainable, other, inputs, labels)
        return loss, gradients, *optimizer.stateless_apply(slots, gradients, trainable)

    def step(inputs, labels):
        variables = (model.trainable_variables, model.non_trainable_variables, optimizer.variables)
        values = [[variable.value for variable in group] for group in variables]
        loss, gradients, *new = update(*values, inputs, labels)
        for group, group_values in zip((variables[0], variables[2]), new, strict=True):
            for variable, value in zip(group, group_values, strict=True):
                variable.assign(value)
        return loss, gradients

    return step


if __name__ == "__main__":
    if "--without-tensorflow" in sys.argv:
        sys.argv.remove("--without-tensorflow")
        sys.modules["tensorflow"] = None  # Makes `import tensorflow` fail, as where it is not installed.
    run(*sys.argv[1:])
