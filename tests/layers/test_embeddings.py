"""Embeddings against a sum made by hand."""

import numpy as np
import pytest

from bert_tf import BertConfig
from bert_tf.layers.embeddings import Embeddings

CONFIG = BertConfig(
    vocab_size=9,
    hidden_size=4,
    num_attention_heads=2,
    max_position_embeddings=5,
    type_vocab_size=3,
    initializer_range=0.5,
)
IDS = np.array([[1, 8, 1], [0, 2, 3]], np.int32)
SEGMENTS = np.array([[0, 0, 2], [1, 1, 0]], np.int32)


def test_sum_of_three_tables():
    layer = Embeddings(CONFIG, name="embeddings")
    outputs = layer(IDS, SEGMENTS)
    tables = {variable.path: variable.numpy() for variable in layer.trainable_variables}
    total = (
        tables["embeddings/word_embeddings"][IDS]
        + tables["embeddings/token_type_embeddings"][SEGMENTS]
        + tables["embeddings/position_embeddings"][:3]
    )
    centred = total - total.mean(axis=-1, keepdims=True)
    np.testing.assert_allclose(outputs, centred / centred.std(axis=-1, keepdims=True), atol=1e-5)


def test_tables_stay_float32_in_half_precision():
    layer = Embeddings(CONFIG, dtype="mixed_bfloat16")
    assert layer(IDS, SEGMENTS).dtype == "bfloat16"
    assert {variable.dtype for variable in layer.trainable_variables} == {"float32"}


def test_too_long():
    with pytest.raises(ValueError, match="6 tokens long, but the model has position embeddings for 5"):
        Embeddings(CONFIG)(np.zeros((1, 6), np.int32), np.zeros((1, 6), np.int32))
