"""Self-attention against its formula, head by head in NumPy."""

import keras
import numpy as np
import pytest

from bert_tf import BertConfig
from bert_tf.layers.attention import Attention, SelfAttention

CONFIG = BertConfig(
    vocab_size=9, hidden_size=6, num_attention_heads=3, intermediate_size=6, initializer_range=0.5
)
INPUTS = np.random.default_rng(0).normal(size=(2, 4, 6)).astype("float32")
BIAS = np.array([[0, 0, 0, -10000], [0, 0, 0, 0]], "float32")[:, None, None, :]


@pytest.fixture(scope="module")
def layer():
    keras.utils.set_random_seed(0)
    layer = SelfAttention(CONFIG, name="self")
    layer.build(INPUTS.shape)
    return layer


def test_by_hand(layer):
    weights = {variable.path: variable.numpy() for variable in layer.trainable_variables}
    query, key, value = (
        INPUTS @ weights[f"self/{name}/kernel"] + weights[f"self/{name}/bias"]
        for name in ("query", "key", "value")
    )
    context, probs = (np.asarray(output) for output in layer(INPUTS, BIAS))
    for head in range(3):
        part = slice(2 * head, 2 * head + 2)
        scores = query[..., part] @ key[..., part].transpose(0, 2, 1) / np.sqrt(2) + BIAS[:, 0]
        expected = np.exp(scores - scores.max(axis=-1, keepdims=True))
        expected /= expected.sum(axis=-1, keepdims=True)
        np.testing.assert_allclose(probs[:, head], expected, atol=1e-5)
        np.testing.assert_allclose(context[..., part], expected @ value[..., part], atol=1e-5)


def test_masked_positions_get_nothing(layer):
    changed = INPUTS.copy()
    changed[0, 3] += 5.0
    before, after = (np.asarray(layer(inputs, BIAS)[0]) for inputs in (INPUTS, changed))
    np.testing.assert_array_equal(before[0, :3], after[0, :3])


def test_half_precision_computes_the_softmax_in_float32(layer):
    half = SelfAttention(CONFIG, dtype="mixed_float16")
    half.build(INPUTS.shape)
    half.set_weights(layer.get_weights())
    probs = np.asarray(half(INPUTS, BIAS)[1], "float32")
    np.testing.assert_allclose(probs, layer(INPUTS, BIAS)[1], atol=5e-3)
    assert np.all(probs[0, ..., 3] == 0)


def test_dropout_keeps_the_reported_probabilities(layer):
    context, probs = layer(INPUTS, BIAS, seed=keras.ops.convert_to_tensor([1, 2]))
    still_context, still_probs = layer(INPUTS, BIAS)
    np.testing.assert_array_equal(probs, still_probs)
    assert not np.allclose(context, still_context)


def test_attention_block_ends_in_residual_and_norm(layer):
    outputs, probs = Attention(CONFIG, name="attention")(INPUTS, BIAS)
    np.testing.assert_allclose(np.mean(outputs, axis=-1), 0, atol=1e-5)
    np.testing.assert_allclose(np.std(outputs, axis=-1), 1, atol=1e-4)
    assert probs.shape == (2, 3, 4, 4)
