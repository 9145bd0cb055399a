"""Gradients accumulated over parts of a batch, and where a run starts. The script's tests run it whole."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from bert_tf import BertConfig
from bert_tf.models.pretraining import PretrainingObjective, bert_pretraining_model
from bert_tf.optimization.adam_weight_decay import AdamWeightDecay
from bert_tf.optimization.lamb import LAMB
from bert_tf.optimization.schedules import LinearWarmupLinearDecay
from bert_tf.training.trainer import Trainer, TrainingOptions

CONFIG = BertConfig(
    vocab_size=20,
    hidden_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=12,
    max_position_embeddings=8,
    type_vocab_size=2,
    initializer_range=0.5,
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
)
RNG = np.random.default_rng(0)
BATCH = {
    "input_ids": RNG.integers(1, 20, size=(32, 8)).astype(np.int32),
    "input_mask": np.ones((32, 8), np.int32),
    "segment_ids": np.zeros((32, 8), np.int32),
    "masked_lm_positions": RNG.integers(0, 8, size=(32, 3)).astype(np.int32),
    "masked_lm_ids": RNG.integers(1, 20, size=(32, 3)).astype(np.int32),
    # The parts of the batch have different numbers of masked words, one of them none at all.
    "masked_lm_weights": (RNG.random((32, 3)) < np.repeat([0.9, 0.5, 0.0, 0.3], 8)[:, None]).astype(
        np.float32
    ),
    "next_sentence_labels": RNG.integers(0, 2, size=(32, 1)).astype(np.int32),
}


def trainer(parts, output_dir, optimizer=AdamWeightDecay):
    keras.utils.set_random_seed(0)
    schedule = LinearWarmupLinearDecay(1e-2, num_train_steps=8, num_warmup_steps=2)
    options = TrainingOptions(str(output_dir), 4, 32 // parts, parts)
    return Trainer(bert_pretraining_model(CONFIG), optimizer(schedule), PretrainingObjective(), options)


def test_parts_add_up_to_the_whole_batch(tmp_path):
    batch = {name: tf.constant(value) for name, value in BATCH.items()}
    whole, figures = tf.function(trainer(1, tmp_path)._gradients)(batch)
    parts, part_figures = tf.function(trainer(4, tmp_path)._gradients)(batch)
    np.testing.assert_allclose(part_figures, figures, rtol=1e-5)
    for ours, theirs in zip(parts, whole, strict=True):
        np.testing.assert_allclose(ours, tf.convert_to_tensor(theirs), atol=1e-6)


@pytest.mark.parametrize("optimizer", [AdamWeightDecay, LAMB])
def test_the_schedule_counts_updates_not_parts(tmp_path, optimizer):
    weights, rates = {}, {}
    for parts in (1, 4):
        run, seen = trainer(parts, tmp_path / f"{optimizer.__name__}{parts}", optimizer), []
        run.log = lambda step, figures, seen=seen: seen.append((step, figures["learning rate"]))
        run.train(tf.data.Dataset.from_tensors(BATCH).repeat())
        assert int(run.step) == 4
        weights[parts] = [variable.numpy() for variable in run.model.trainable_variables]
        rates[parts] = seen[-1]
    assert rates[1] == rates[4] == (4, pytest.approx(1e-2 * (1 - 3 / 8)))
    for ours, theirs in zip(weights[4], weights[1], strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-4)
