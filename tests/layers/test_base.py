"""The pieces that layers are made of."""

import math

import keras
import numpy as np
import pytest

from bert_tf import BertConfig
from bert_tf.layers.base import Projection, ResidualOutput, activation

CONFIG = BertConfig(
    vocab_size=9, hidden_size=4, num_attention_heads=2, intermediate_size=6, initializer_range=0.5
)


def test_gelu_is_the_tanh_form():
    xs = [-3.0, -1.0, -0.1, 0.0, 0.5, 2.0]
    ours = np.asarray(activation("gelu")(keras.ops.convert_to_tensor(xs)))
    tanh_form = [0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) for x in xs]
    erf_form = [0.5 * x * (1 + math.erf(x / math.sqrt(2))) for x in xs]
    np.testing.assert_allclose(ours, tanh_form, atol=1e-6)
    assert np.abs(ours - erf_form).max() > 1e-4


@pytest.mark.parametrize("name", [None, "", "linear", "LINEAR"])
def test_linear(name):
    assert activation(name) is None


def test_names_are_case_insensitive():
    assert activation("ReLU") is activation("relu")


def test_residual_output_by_hand():
    layer = ResidualOutput(CONFIG, name="output")
    rng = np.random.default_rng(0)
    inputs, residual = (
        rng.normal(size=(2, 3, 6)).astype("float32"),
        rng.normal(size=(2, 3, 4)).astype("float32"),
    )
    outputs = layer(inputs, residual)
    weights = {variable.path: variable.numpy() for variable in layer.trainable_variables}
    assert set(weights) == {
        "output/dense/kernel",
        "output/dense/bias",
        "output/LayerNorm/gamma",
        "output/LayerNorm/beta",
    }
    total = residual + inputs @ weights["output/dense/kernel"] + weights["output/dense/bias"]
    centred = total - total.mean(axis=-1, keepdims=True)
    np.testing.assert_allclose(
        outputs, centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True)), atol=1e-5
    )


def test_layer_norm_of_a_nearly_constant_row():
    """The epsilon is so small that differences of 1e-4 are still scaled up to deviations of 1."""
    layer = ResidualOutput(CONFIG)
    residual = np.array([[[0.0, 1e-4, 2e-4, 3e-4]]], "float32")
    outputs = layer(np.zeros((1, 1, 6), "float32"), residual)
    np.testing.assert_allclose(np.std(outputs), 1.0, rtol=1e-2)


def test_projection_has_a_scope_of_its_own():
    layer = Projection(CONFIG, 5, keras.ops.tanh, name="pooler")
    outputs = np.asarray(layer(np.full((2, 4), 100.0, "float32")))
    assert outputs.shape == (2, 5) and np.abs(outputs).max() <= 1
    assert [variable.path for variable in layer.variables] == ["pooler/dense/kernel", "pooler/dense/bias"]
