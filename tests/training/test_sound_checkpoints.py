"""Weights that went wrong: none is written, none is called good, none pushes a good one out."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from bert_tf import BertConfig, UserError
from bert_tf.checkpoints.google import CheckpointReader, list_checkpoints, write_tensors
from bert_tf.models.classification import bert_classifier, classification_loss
from bert_tf.models.objective import MeanLoss
from bert_tf.optimization.adam_weight_decay import AdamWeightDecay
from bert_tf.optimization.lamb import LAMB
from bert_tf.training.fused_adam import FusedAdamWeightDecay
from bert_tf.training.trainer import Trainer, TrainingOptions, loss_scaled

CONFIG = BertConfig(
    vocab_size=20,
    hidden_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=12,
    max_position_embeddings=8,
    type_vocab_size=2,
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
)
TABLE = "bert/embeddings/word_embeddings"
# A label for which the loss is infinite, whatever the weights.
BAD = 2


def loss(outputs, batch):
    losses = classification_loss(outputs, tf.minimum(batch["labels"], 1))
    return tf.where(batch["labels"] == BAD, np.inf, losses)


def trainer(folder, rate=1e-3, steps=8, optimizer=AdamWeightDecay, precision="float32", **options):
    keras.utils.set_random_seed(0)
    dtype = {"float32": None, "float16": "mixed_float16"}[precision]
    size = 8 // options.get("gradient_accumulation_steps", 1)
    return Trainer(
        bert_classifier(CONFIG, num_labels=2, dtype=dtype),
        loss_scaled(optimizer(rate), precision),
        MeanLoss(loss),
        TrainingOptions(str(folder), steps, size, **options),
    )


def batches(first_step=0, bad_step=None):
    """Batches for eight steps; from ids 1 to 9, so that the other rows of the table are never looked up."""
    rng = np.random.default_rng(0)
    ids = rng.integers(1, 10, size=(8, 8, 6)).astype(np.int32)
    labels = (ids[:, :, 1] < 5).astype(np.int32)
    if bad_step:
        labels[bad_step - 1, 3] = BAD
    batch = {"input_ids": ids, "input_mask": np.ones_like(ids), "segment_ids": np.zeros_like(ids)}
    return tf.data.Dataset.from_tensor_slices({**batch, "labels": labels}).skip(first_step)


def names(folder):
    return [prefix.rpartition("-")[2] for prefix in list_checkpoints(folder)]


@pytest.mark.parametrize("optimizer", [AdamWeightDecay, FusedAdamWeightDecay, LAMB])
@pytest.mark.parametrize("precision", ["float32", "float16"])
@pytest.mark.parametrize("parts", [1, 2])
def test_too_high_a_rate(tmp_path, optimizer, precision, parts):
    run = trainer(
        tmp_path, 1e30, 8, optimizer, precision, gradient_accumulation_steps=parts, save_checkpoints_steps=1
    )
    with pytest.raises(UserError, match="after step 1; the last good checkpoint is the initial one: start"):
        run.train(batches())
    assert list_checkpoints(tmp_path) == []


@pytest.mark.parametrize("what", ["weights", "slots"])
def test_what_the_last_step_made_of_weights_that_no_batch_has(tmp_path, what):
    """The loss stays finite: only a look at all the numbers tells."""
    run = trainer(tmp_path, steps=8, save_checkpoints_steps=3)
    apply = run.optimizer.apply

    def apply_and_spoil(gradients, variables):
        apply(gradients, variables)
        table = next(v for v in variables if v.path == TABLE)
        spoilt = table if what == "weights" else next(s for p, _, s in run._slots.slots() if p == TABLE)
        bad = tf.where(run.step == 7, np.nan, 0.0)
        spoilt.assign(tf.tensor_scatter_nd_add(spoilt.value, [[15, 2]], bad[None]))

    run.optimizer.apply = apply_and_spoil
    name = TABLE if what == "weights" else f"{TABLE}/adam_m"
    message = (
        f"{name} holds NaN or infinite numbers after step 8; the last good checkpoint is .*ckpt-6: start from"
    )
    with pytest.raises(UserError, match=message):
        run.train(batches())
    assert names(tmp_path) == ["3", "6"]


def test_steps_run_together_tell_which_of_them_went_wrong(tmp_path):
    run = trainer(tmp_path)
    _, num_finite, batch = run._run_steps(iter(batches(bad_step=5)), tf.constant(7))
    assert int(num_finite) == 4
    np.testing.assert_array_equal(batch["input_ids"], list(batches())[6]["input_ids"])


def test_what_the_next_step_finds_bad_is_not_good_and_pushes_none_out(tmp_path):
    run = trainer(tmp_path, save_checkpoints_steps=2, keep_checkpoints=1)
    with pytest.raises(
        UserError, match="became inf at step 7; the last good checkpoint is .*ckpt-4: start from"
    ):
        run.train(batches(bad_step=7))
    assert names(tmp_path) == ["4", "6"]

    resumed = trainer(tmp_path, save_checkpoints_steps=2, keep_checkpoints=1)
    resumed.restore()
    with pytest.raises(
        UserError, match="became inf at step 7; the last good checkpoint is .*ckpt-4: start from"
    ):
        resumed.train(batches(first_step=6, bad_step=7))
    assert names(tmp_path) == ["4", "6"]

    # What was found bad by chance, as on damaged data, may still be gone on from.
    again = trainer(tmp_path, save_checkpoints_steps=2, keep_checkpoints=1)
    again.restore()
    again.train(batches(first_step=6))
    assert names(tmp_path) == ["8"]


def test_an_older_one_that_is_not_finite_is_not_good(tmp_path):
    run = trainer(tmp_path, steps=6, save_checkpoints_steps=2)
    run.train(batches())
    spoil(tmp_path / "model.ckpt-4")
    resumed = trainer(tmp_path)
    resumed.restore()
    with pytest.raises(
        UserError, match="became inf at step 7; the last good checkpoint is .*ckpt-2: start from"
    ):
        resumed.train(batches(first_step=6, bad_step=7))
    spoil(tmp_path / "model.ckpt-6")
    with pytest.raises(
        UserError,
        match="ckpt-6: variable .* holds NaN or infinite numbers, .*: use an older one .*ckpt-2, .*ckpt-4",
    ):
        trainer(tmp_path).restore()


def test_a_start_from_weights_that_are_no_good(tmp_path):
    with pytest.raises(
        UserError, match="became inf at step 1, before this run had changed any weight: start"
    ):
        trainer(tmp_path).train(batches(bad_step=1))


def test_the_numbers_to_keep_hold_after_the_end(tmp_path):
    trainer(tmp_path, save_checkpoints_steps=1, keep_checkpoints=2).train(batches())
    assert names(tmp_path) == ["7", "8"]


def spoil(prefix):
    reader = CheckpointReader(prefix)
    tensors = {name: reader.read(name) for name in reader.shapes}
    tensors[TABLE] = np.where(np.arange(8) == 3, np.nan, tensors[TABLE]).astype(np.float32)
    write_tensors(str(prefix), tensors)
