"""bert_tf's models on Keras's JAX backend: the whole training step is one compiled function.

Neither this nor the models it runs need TensorFlow. The parameters are float32, the computation is
bfloat16 (Keras's `mixed_bfloat16`), and the batches lie on the device.
"""

import functools

import jax
import numpy as np
from rows import Rows, masked_batches
from worker import WARM_UP, Stopwatch, answer

from bert_tf.config import BertConfig
from bert_tf.layers.fusion import fusing
from bert_tf.models.classification import bert_classifier, classification_loss
from bert_tf.models.encoder import model_inputs
from bert_tf.models.objective import MeanLoss
from bert_tf.models.pretraining import PretrainingObjective, bert_pretraining_model
from bert_tf.optimization.adam_weight_decay import AdamWeightDecay
from bert_tf.optimization.schedules import LinearWarmupLinearDecay

POLICY = "mixed_bfloat16"


def training(config, data, batch_size, steps):
    """Fine-tuning a classifier."""
    model = bert_classifier(BertConfig.from_dict(config), 2, POLICY)
    objective = MeanLoss(lambda outputs, batch: classification_loss(outputs, batch["labels"]))
    return _trained(model, objective, jax.device_put(Rows.load(data).batches(batch_size)), steps)


def pretraining(config, data, batch_size, steps):
    """Training with both pretraining heads."""
    model = bert_pretraining_model(BertConfig.from_dict(config), POLICY)
    return _trained(model, PretrainingObjective(), jax.device_put(masked_batches(data, batch_size)), steps)


def inference(config, data, batch_size, steps):
    """Prediction with a classifier."""
    model = bert_classifier(BertConfig.from_dict(config), 2, POLICY)
    weights = [[v.value for v in vs] for vs in (model.trainable_variables, model.non_trainable_variables)]
    batches = [model_inputs(model, batch) for batch in jax.device_put(Rows.load(data).batches(batch_size))]

    @jax.jit
    def predict(weights, batch):
        return model.stateless_call(*weights, batch, training=False)[0]["logits"]

    return _timed(lambda batch: predict(weights, batch), batches, steps)


def _trained(model, objective, batches, steps):
    optimizer = AdamWeightDecay(LinearWarmupLinearDecay(5e-5, 1000, 100))
    optimizer.build(model.trainable_variables)

    def loss(trainable, non_trainable, batch):
        inputs = model_inputs(model, batch)
        with fusing(lambda formula: formula):  # JAX compiles the whole step; see `layers/fusion.py`.
            outputs, non_trainable = model.stateless_call(trainable, non_trainable, inputs, training=True)
        means = objective.means(outputs, batch)
        return sum(means[name] for name in objective.losses), non_trainable

    # The old state's memory is given to the new one.
    @functools.partial(jax.jit, donate_argnums=0)
    def train_step(state, batch):
        trainable, non_trainable, slots = state
        gradient = jax.value_and_grad(loss, has_aux=True)
        (value, non_trainable), gradients = gradient(trainable, non_trainable, batch)
        trainable, slots = optimizer.stateless_apply(slots, gradients, trainable)
        return (trainable, non_trainable, slots), value

    groups = (model.trainable_variables, model.non_trainable_variables, optimizer.variables)
    state = tuple([variable.value for variable in group] for group in groups)

    def run(batch):
        nonlocal state
        state, value = train_step(state, batch)
        return value

    return _timed(run, batches, steps)


def _timed(run, batches, steps):
    """Runs the steps, which the device works off at its own pace, and waits where the clock is read."""
    total, watch = steps + WARM_UP, Stopwatch()
    for step in range(1, total + 1):
        result = run(batches[step % len(batches)])
        if step in (1, WARM_UP, total):
            if not np.isfinite(np.asarray(result)).all():
                raise FloatingPointError(f"step {step} gave {result}")
            watch.mark(step)
    memory = jax.devices()[0].memory_stats() or {}
    batch_size = len(batches[0]["input_ids"])
    return {**watch.figures(batch_size), "device MB": memory.get("peak_bytes_in_use", 0) / 2**20}


if __name__ == "__main__":
    answer(training, pretraining, inference)
