"""The classifier: head, loss, saving."""

import keras
import numpy as np
import pytest

from bert_tf import BertConfig
from bert_tf.models.classification import bert_classifier, classification_loss

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
IDS = np.array([[2, 4, 5, 3], [2, 6, 4, 3]], np.int32)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return bert_classifier(CONFIG, num_labels=3)


def test_head_by_hand(model):
    weights = {variable.path: variable.numpy() for variable in model.trainable_variables}
    pooled = np.asarray(model.get_layer("bert")(IDS, np.ones_like(IDS), np.zeros_like(IDS))["pooled_output"])
    logits = pooled @ weights["classifier/output_weights"].T + weights["classifier/output_bias"]
    outputs = model(IDS)
    np.testing.assert_allclose(outputs["logits"], logits, atol=1e-5)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(outputs["probabilities"], probabilities, atol=1e-6)
    losses = classification_loss(outputs, np.array([2, 0]))
    np.testing.assert_allclose(losses, -np.log(probabilities[[0, 1], [2, 0]]), rtol=1e-4)


def test_head_drops_a_tenth_whatever_the_config_says(model):
    expected = np.asarray(model(IDS)["logits"])
    drawn = np.stack([model(IDS, training=True)["logits"] for _ in range(40)])
    assert np.ptp(drawn, axis=0).min() > 0
    # Dropout scales what it keeps, so on average nothing changes.
    np.testing.assert_allclose(drawn.mean(axis=0), expected, atol=4 * drawn.std(axis=0).max() / 40**0.5)


def test_half_precision_gives_float32_probabilities(model):
    half = bert_classifier(CONFIG, 3, dtype="mixed_bfloat16")
    half.set_weights(model.get_weights())
    outputs = half(IDS)
    assert {keras.backend.standardize_dtype(value.dtype) for value in outputs.values()} == {"float32"}
    np.testing.assert_allclose(outputs["probabilities"], model(IDS)["probabilities"], atol=0.05)


def test_saves_and_loads(model, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(IDS)["logits"], model(IDS)["logits"])
