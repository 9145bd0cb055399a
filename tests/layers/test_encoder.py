"""The stack: layers in order, each fed by the one before."""

import numpy as np

from bert_tf import BertConfig
from bert_tf.layers.encoder import Encoder, EncoderLayer

CONFIG = BertConfig(
    vocab_size=9,
    hidden_size=6,
    num_hidden_layers=3,
    num_attention_heads=2,
    intermediate_size=8,
    initializer_range=0.5,
)
INPUTS = np.random.default_rng(0).normal(size=(2, 4, 6)).astype("float32")
BIAS = np.zeros((2, 1, 1, 4), "float32")


def test_each_layer_is_fed_by_the_one_before():
    encoder = Encoder(CONFIG)
    outputs, probs = encoder(INPUTS, BIAS)
    assert len(outputs) == len(probs) == 3
    expected = INPUTS
    for layer, output, layer_probs in zip(encoder.encoder_layers, outputs, probs, strict=True):
        expected, expected_probs = layer(expected, BIAS)
        np.testing.assert_allclose(output, expected, atol=1e-6)
        np.testing.assert_allclose(layer_probs, expected_probs, atol=1e-6)


def test_feed_forward_has_its_own_residual():
    layer = EncoderLayer(CONFIG, name="layer_0")
    outputs, _ = layer(INPUTS, BIAS)
    attended, _ = layer.attention(INPUTS, BIAS)
    np.testing.assert_allclose(outputs, layer.layer_output(layer.intermediate(attended), attended), atol=1e-6)
    assert {variable.path.split("/")[1] for variable in layer.trainable_variables} == {
        "attention",
        "intermediate",
        "output",
    }
