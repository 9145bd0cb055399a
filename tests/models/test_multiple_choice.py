"""The score of each choice, by hand and choice by choice."""

import keras
import numpy as np
import pytest

from bert_tf import BertConfig
from bert_tf.models.multiple_choice import bert_multiple_choice

CONFIG = BertConfig(
    vocab_size=20,
    hidden_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=12,
    max_position_embeddings=8,
    type_vocab_size=2,
    initializer_range=0.5,
)
# Two questions of three choices.
IDS = np.array(
    [
        [[2, 4, 3, 5, 3], [2, 4, 3, 6, 3], [2, 4, 3, 0, 0]],
        [[2, 9, 3, 5, 3], [2, 9, 3, 8, 3], [2, 9, 3, 7, 3]],
    ],
    np.int32,
)
INPUTS = {
    "input_ids": IDS,
    "input_mask": (IDS > 0).astype(np.int32),
    "segment_ids": np.where(IDS > 0, [0, 0, 0, 1, 1], 0).astype(np.int32),
}


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return bert_multiple_choice(CONFIG)


def test_scores_by_hand(model):
    weights = {variable.path: variable.numpy() for variable in model.trainable_variables}
    assert weights["classifier/output_weights"].shape == (1, 8)
    assert "classifier/output_bias" not in weights
    outputs = model(INPUTS)
    bert = model.get_layer("bert")
    for question in range(2):
        for choice in range(3):
            # Without its padding, each choice of each question for itself.
            one = [INPUTS[name][question, choice][IDS[question, choice] > 0][None] for name in INPUTS]
            score = np.asarray(bert(*one)["pooled_output"]) @ weights["classifier/output_weights"][0]
            np.testing.assert_allclose(outputs["logits"][question, choice], score[0], atol=1e-5)
    e = np.exp(np.asarray(outputs["logits"]))
    np.testing.assert_allclose(outputs["probabilities"], e / e.sum(axis=1, keepdims=True), atol=1e-6)


def test_takes_any_number_of_choices(model):
    two = model({name: value[:, :2] for name, value in INPUTS.items()})
    np.testing.assert_allclose(two["logits"], np.asarray(model(INPUTS)["logits"])[:, :2], atol=1e-5)


def test_half_precision_and_recomputed_layers(model):
    half = bert_multiple_choice(CONFIG, dtype="mixed_bfloat16", recompute=True)
    half.set_weights(model.get_weights())
    outputs = half(INPUTS, training=True)
    assert {keras.backend.standardize_dtype(value.dtype) for value in outputs.values()} == {"float32"}
    np.testing.assert_allclose(half(INPUTS)["logits"], model(INPUTS)["logits"], atol=0.1)


def test_saves_and_loads(model, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(INPUTS)["logits"], model(INPUTS)["logits"])
