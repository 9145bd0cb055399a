"""The training loop: resumes bit for bit, saves when it should, stops when it must."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from bert_tf import BertConfig, UserError
from bert_tf.checkpoints.google import CheckpointReader, latest_checkpoint, list_checkpoints
from bert_tf.data.pipelines import EncodedExamples, padded_batches, training_order
from bert_tf.models.classification import bert_classifier, classification_loss
from bert_tf.models.objective import MeanLoss
from bert_tf.optimization.adam_weight_decay import AdamWeightDecay
from bert_tf.optimization.schedules import LinearWarmupLinearDecay
from bert_tf.training.trainer import Trainer, TrainingOptions, loss_scaled

CONFIG = BertConfig(
    vocab_size=20,
    hidden_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=12,
    max_position_embeddings=8,
    type_vocab_size=2,
)
RNG = np.random.default_rng(0)
# The label is whether the second token is below 10: easy to learn.
IDS = RNG.integers(1, 20, size=(64, 6)).astype(np.int32)
EXAMPLES = EncodedExamples(
    IDS.ravel(),
    np.zeros(IDS.size, np.int32),
    np.arange(0, IDS.size + 1, 6),
    (IDS[:, 1] < 10).astype(np.int32),
    0,
)


def loss(outputs, batch):
    return classification_loss(outputs, batch["labels"])


def trainer(
    output_dir,
    num_train_steps=12,
    learning_rate=1e-2,
    precision="float32",
    total_steps=12,
    config=CONFIG,
    **options,
):
    keras.utils.set_random_seed(0)
    dtype = {"float32": None, "bfloat16": "mixed_bfloat16", "float16": "mixed_float16"}[precision]
    model = bert_classifier(config, num_labels=2, dtype=dtype)
    optimizer = loss_scaled(
        AdamWeightDecay(LinearWarmupLinearDecay(learning_rate, total_steps, 1)), precision
    )
    return Trainer(
        model, optimizer, MeanLoss(loss), TrainingOptions(str(output_dir), num_train_steps, 8, **options)
    )


def batches(first_step=0, num_steps=12):
    order = training_order(EXAMPLES.lengths, 8, num_steps, seed=0)
    return padded_batches(EXAMPLES, order[first_step:].ravel(), 8)


def tensors(prefix):
    reader = CheckpointReader(prefix)
    return {name: reader.read(name) for name in reader.shapes}


def assert_same(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    return tensors(trainer(tmp_path_factory.mktemp("uninterrupted")).train(batches()))


def test_a_resumed_run_ends_like_an_uninterrupted_one(uninterrupted, tmp_path):
    first = trainer(tmp_path, num_train_steps=5)
    first.train(batches())
    resumed = trainer(tmp_path)
    assert resumed.restore() == str(tmp_path / "model.ckpt-5")
    assert_same(tensors(resumed.train(batches(first_step=5))), uninterrupted)


def test_a_resumed_run_goes_on_with_its_loss_scale(tmp_path):
    def in_half_precision(folder, steps):
        made = trainer(tmp_path / folder, num_train_steps=steps, precision="float16")
        made.optimizer.dynamic_growth_steps = 4  # So that it grows at steps 4, 8 and 12.
        return made

    whole = tensors(in_half_precision("whole", 11).train(batches()))
    assert (whole["loss_scale"], whole["loss_scale/good_steps"]) == (2**15 * 4, 3)
    in_half_precision("parts", 6).train(batches())
    resumed = in_half_precision("parts", 11)
    resumed.restore()
    assert_same(tensors(resumed.train(batches(first_step=6))), whole)


def test_loss_scaling_may_begin_with_a_resumed_run(tmp_path):
    trainer(tmp_path, num_train_steps=3).train(batches())
    resumed = trainer(tmp_path, num_train_steps=5, precision="float16")
    assert resumed.restore() == str(tmp_path / "model.ckpt-3")
    assert tensors(resumed.train(batches(first_step=3)))["loss_scale/good_steps"] == 2


def test_steps_run_together_are_the_same_steps(uninterrupted, tmp_path):
    for most in (1, 4):
        prefix = trainer(tmp_path / str(most), iterations_per_loop=most).train(batches())
        assert_same(tensors(prefix), uninterrupted)


def test_dropout_masks_depend_on_the_seed_and_on_the_step(tmp_path):
    """Without a learning rate only the masks can make two steps on one batch differ."""
    losses = {}
    for seed in (0, 1):
        still = trainer(tmp_path, learning_rate=0.0, seed=seed)
        same = batches(num_steps=1).repeat()
        losses[seed] = [float(still._run_steps(iter(same), tf.constant(1))[0][0]) for _ in range(3)]
    assert len({*losses[0], *losses[1]}) == 6


def test_saves_at_multiples_and_at_the_end(tmp_path):
    trainer(tmp_path, save_checkpoints_steps=5, keep_checkpoints=2).train(batches())
    assert list_checkpoints(tmp_path) == [str(tmp_path / "model.ckpt-10"), str(tmp_path / "model.ckpt-12")]
    assert tensors(tmp_path / "model.ckpt-10")["global_step"] == 10


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_learns(tmp_path, precision):
    config = dataclasses.replace(
        CONFIG, initializer_range=0.1, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    learner = trainer(tmp_path, 150, learning_rate=3e-3, precision=precision, total_steps=150, config=config)
    learner.train(batches(num_steps=150))
    predicted = np.argmax(learner.model(IDS)["logits"], axis=-1)
    assert np.mean(predicted == EXAMPLES.labels) > 0.85


def test_stops_where_the_loss_is_no_number(tmp_path):
    broken = trainer(tmp_path, save_checkpoints_steps=4, iterations_per_loop=1)
    broken.objective = MeanLoss(
        lambda outputs, batch: loss(outputs, batch) / tf.cast(broken.step < 6, tf.float32)
    )
    with pytest.raises(
        UserError, match="the loss became inf at step 7; the last good checkpoint is .*model.ckpt-4: "
    ):
        broken.train(batches())
    assert list_checkpoints(tmp_path) == [str(tmp_path / "model.ckpt-4")]


def test_an_interruption_saves_what_was_done(uninterrupted, tmp_path):
    interrupted = trainer(tmp_path, iterations_per_loop=1)
    run, steps = interrupted._run, []

    def run_until_interrupted(*arguments):
        if len(steps) == 3:
            raise KeyboardInterrupt
        steps.append(None)
        return run(*arguments)

    interrupted._run = run_until_interrupted
    with pytest.raises(KeyboardInterrupt, match="stopped after step 3; run the same command again"):
        interrupted.train(batches())
    resumed = trainer(tmp_path)
    assert resumed.restore() == str(tmp_path / "model.ckpt-3")
    assert_same(tensors(resumed.train(batches(first_step=3))), uninterrupted)


@pytest.mark.parametrize("recompute", [False, True])
def test_no_gradient_is_computed_below_what_is_trained(tmp_path, recompute):
    """The backward pass of a graph is that of the head alone, however often layers are recomputed."""
    (batch,) = batches(num_steps=1)
    products = {}
    for only_head in (False, True):
        model = bert_classifier(CONFIG, num_labels=2, recompute=recompute)
        head = [variable for variable in model.trainable_variables if variable.path.startswith("classifier/")]
        partly = Trainer(
            model,
            AdamWeightDecay(1e-2),
            MeanLoss(loss),
            TrainingOptions(str(tmp_path), 1, 8),
            variables=head if only_head else None,
        )
        graph = tf.function(lambda: partly._gradients(batch)).get_concrete_function().graph
        products[only_head] = sum("MatMul" in operation.type for operation in graph.get_operations())
        if only_head:
            gradients, _ = partly._gradients(batch)
            assert [tuple(gradient.shape) for gradient in gradients] == [(2, 8), (2,)]
    forward = tf.function(lambda: model(batch["input_ids"])).get_concrete_function().graph
    forward_products = sum("MatMul" in operation.type for operation in forward.get_operations())
    assert products[True] <= forward_products + 2 < products[False]


@pytest.mark.parametrize("state", [None, b"", b"\xff\xfe", b'model_checkpoint_path: "model.ckpt-99"'])
def test_without_a_good_state_file_training_goes_on_from_the_newest(tmp_path, state):
    trainer(tmp_path, num_train_steps=4, save_checkpoints_steps=2).train(batches())
    (tmp_path / "checkpoint").unlink()
    if state is not None:
        (tmp_path / "checkpoint").write_bytes(state)
    resumed = trainer(tmp_path, num_train_steps=6)
    assert resumed.restore() == str(tmp_path / "model.ckpt-4")
    resumed.train(batches(first_step=4))
    # What was there is there still, and the state file is whole again.
    assert len(list(tmp_path.glob("model.ckpt-*.index"))) == 3
    assert latest_checkpoint(tmp_path) == str(tmp_path / "model.ckpt-6")


def test_a_damaged_newest_checkpoint_is_never_begun_anew(tmp_path):
    trainer(tmp_path, num_train_steps=4, save_checkpoints_steps=2).train(batches())
    (tmp_path / "model.ckpt-4.data-00000-of-00001").unlink()
    with pytest.raises(
        UserError, match="whole beside it are model.ckpt-2: .* remove the files of model.ckpt-4"
    ):
        trainer(tmp_path, num_train_steps=6).restore()
    (tmp_path / "model.ckpt-4.index").unlink()
    assert trainer(tmp_path, num_train_steps=6).restore() == str(tmp_path / "model.ckpt-2")
