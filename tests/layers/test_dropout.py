"""Dropout from a seed that is handed over, and gradients through what is computed twice."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from bert_tf.layers.dropout import derived_seed, dropout, keep_mask

ONES = np.ones((50, 40), "float32")


def seed(*values):
    return keras.ops.convert_to_tensor(values)


def test_one_seed_one_mask():
    first, again, other = (
        np.asarray(dropout(ONES, 0.25, seed(*values))) for values in ((3, 7), (3, 7), (3, 8))
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_drops_a_share_and_scales_the_rest():
    dropped = np.asarray(dropout(ONES, 0.25, seed(3, 7)))
    np.testing.assert_allclose(np.unique(dropped), [0, 1 / 0.75], rtol=1e-6)
    assert np.mean(dropped == 0) == pytest.approx(0.25, abs=0.04)


def test_nothing_without_a_seed_or_a_rate():
    assert dropout(ONES, 0.25, None) is ONES
    assert dropout(ONES, 0.0, seed(3, 7)) is ONES
    assert derived_seed(None, 5) is None


def test_places_have_masks_of_their_own():
    masks = [np.asarray(dropout(ONES, 0.5, derived_seed(seed(3, 7), place))) for place in range(4)]
    for number, mask in enumerate(masks):
        for other in masks[:number]:
            assert abs(np.corrcoef(mask.ravel(), other.ravel())[0, 1]) < 0.1


def test_keep_mask_keeps_the_share_and_nothing_follows_from_its_neighbours():
    size, rate = 200_000, 0.1
    masks = {
        values: np.asarray(keep_mask((size,), seed(*values), rate)) for values in ((3, 7), (3, 8), (4, 7))
    }
    for mask in masks.values():
        # Within four standard errors, as are the correlations.
        assert np.mean(mask) == pytest.approx(1 - rate, abs=4 * np.sqrt(rate * (1 - rate) / size))
    first, next_step, next_place = masks.values()
    pairs = [(first, next_step), (first, next_place), (first[1:], first[:-1]), (first[512:], first[:-512])]
    for some, others in pairs:
        assert abs(np.corrcoef(some, others)[0, 1]) < 4 / np.sqrt(size)


def test_keep_mask_follows_from_seed_and_shape_alone():
    mask = np.asarray(keep_mask((4, 5), seed(3, 7), 0.5))
    np.testing.assert_array_equal(mask, keep_mask((4, 5), seed(3, 7), 0.5))
    np.testing.assert_array_equal(mask.ravel(), keep_mask((20,), seed(3, 7), 0.5))
    assert np.all(keep_mask((4, 5), seed(3, 7), 0.0))


GRADIENTS = """
import keras
import numpy as np
from bert_tf import BertConfig
from bert_tf.models.pretraining import bert_pretraining_model, pretraining_losses
config = BertConfig(
    vocab_size=20, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12,
    max_position_embeddings=8, type_vocab_size=2, initializer_range=0.5,
    hidden_dropout_prob=0.3, attention_probs_dropout_prob=0.3)
ids = np.array([[2, 4, 5, 3], [2, 6, 4, 3]], "int32")
inputs = {"input_ids": ids, "input_mask": np.ones((2, 4), "int32"),
          "segment_ids": np.zeros((2, 4), "int32"),
          "masked_lm_positions": np.array([[1, 2], [2, 0]], "int32")}
labels = {"masked_lm_ids": np.array([[7, 8], [9, 0]]), "next_sentence_labels": np.array([[1], [0]]),
          "masked_lm_weights": np.array([[1.0, 1.0], [1.0, 0.0]], "float32")}

def gradients(recompute, step):
    keras.utils.set_random_seed(0)
    model = bert_pretraining_model(config, recompute=recompute)
    for variable in model.non_trainable_variables:
        if variable.path.endswith("seed_generator_state"):
            variable.assign([11, step])
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf
        with tf.GradientTape() as tape:
            loss = sum(pretraining_losses(model(inputs, training=True), labels))
        found = tape.gradient(loss, model.trainable_variables)
    else:
        import jax
        def loss_of(trainable, other):
            outputs, _ = model.stateless_call(trainable, other, inputs, training=True)
            return sum(pretraining_losses(outputs, labels))
        groups = model.trainable_variables, model.non_trainable_variables
        found = jax.grad(loss_of)(*([variable.value for variable in group] for group in groups))
    return [keras.ops.convert_to_numpy(gradient) for gradient in found]

kept, recomputed, other = gradients(False, 5), gradients(True, 5), gradients(True, 6)
print(max(np.abs(a - b).max() for a, b in zip(kept, recomputed)) < 1e-4,
      max(np.abs(a - b).max() for a, b in zip(kept, other)) > 1e-1)
"""


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_recomputing_gives_the_same_gradients_with_dropout(backend):
    environment = {**os.environ, "KERAS_BACKEND": backend}
    result = subprocess.run(
        [sys.executable, "-c", GRADIENTS], env=environment, capture_output=True, text=True
    )
    assert result.stdout == "True True\n", result.stderr
