"""The token tagger: head and loss."""

import keras
import numpy as np
import pytest

from bert_tf import BertConfig
from bert_tf.models.token_tagging import bert_token_tagger, tagging_loss

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
IDS = np.array([[2, 4, 5, 3], [2, 6, 3, 0]], np.int32)
MASK = np.array([[1, 1, 1, 1], [1, 1, 1, 0]], np.int32)
LABELS = np.array([[-1, 2, 0, -1], [-1, -1, -1, -1]], np.int32)


@pytest.fixture(name="model", scope="module")
def fixture_model():
    keras.utils.set_random_seed(0)
    return bert_token_tagger(CONFIG, num_labels=3)


def test_head_by_hand(model):
    weights = {variable.path: variable.numpy() for variable in model.trainable_variables}
    hidden = np.asarray(model.get_layer("bert")(IDS, MASK, np.zeros_like(IDS))["sequence_output"])
    logits = hidden @ weights["classifier/output_weights"].T + weights["classifier/output_bias"]
    outputs = model({"input_ids": IDS, "input_mask": MASK})
    assert outputs["logits"].shape == (2, 4, 3)
    np.testing.assert_allclose(outputs["logits"], logits, atol=1e-5)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(outputs["probabilities"], probabilities, atol=1e-6)
    expected = -np.log(probabilities[0, 1, 2]) - np.log(probabilities[0, 2, 0])
    np.testing.assert_allclose(tagging_loss(outputs, LABELS), [expected, 0], rtol=1e-4)


def test_the_pooler_is_kept_but_not_trained(model):
    pooler = [variable.path for variable in model.variables if "pooler" in variable.path]
    assert pooler == ["bert/pooler/dense/kernel", "bert/pooler/dense/bias"]
    assert not set(pooler) & {variable.path for variable in model.trainable_variables}


def test_dropout_only_in_training(model):
    drawn = [np.asarray(model(IDS, training=True)["logits"]) for _ in range(2)]
    assert np.abs(drawn[0] - drawn[1]).max() > 0
    np.testing.assert_array_equal(model(IDS)["logits"], model(IDS)["logits"])


def test_saves_and_loads(model, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded(IDS)["logits"], model(IDS)["logits"], atol=1e-6)
