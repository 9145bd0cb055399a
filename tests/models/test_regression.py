"""The regressor: head, loss, saving."""

import keras
import numpy as np
import pytest

from bert_tf import BertConfig
from bert_tf.models.regression import bert_regressor, regression_loss

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
IDS = np.array([[2, 4, 5, 3], [2, 6, 4, 3]], np.int32)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return bert_regressor(CONFIG)


def test_head_and_loss_by_hand(model):
    weights = {variable.path: variable.numpy() for variable in model.trainable_variables}
    assert weights["classifier/output_weights"].shape == (1, 8)
    pooled = np.asarray(model.get_layer("bert")(IDS, np.ones_like(IDS), np.zeros_like(IDS))["pooled_output"])
    expected = pooled @ weights["classifier/output_weights"][0] + weights["classifier/output_bias"][0]
    outputs = model(IDS)
    np.testing.assert_allclose(outputs["value"], expected, atol=1e-5)
    np.testing.assert_array_equal(outputs["logits"][:, 0], outputs["value"])
    labels = np.array([2.5, 0], np.float32)
    np.testing.assert_allclose(regression_loss(outputs, labels), (expected - labels) ** 2, rtol=1e-4)


def test_half_precision_gives_float32_values():
    outputs = bert_regressor(CONFIG, dtype="mixed_bfloat16")(IDS)
    assert keras.backend.standardize_dtype(outputs["value"].dtype) == "float32"


def test_saves_and_loads(model, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(IDS)["value"], model(IDS)["value"])
