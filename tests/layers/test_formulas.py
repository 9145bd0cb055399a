"""Formulas with their gradients written out, against the same composed of plain operations."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from bert_tf.layers.base import FlatDense
from bert_tf.layers.dropout import keep_mask
from bert_tf.layers.formulas import (
    gelu,
    gelu_of_sum,
    hashed_dropout,
    hashed_dropout_of_sum,
    norm_of_sum,
    scaled_softmax,
)
from bert_tf.layers.fusion import fusing
from bert_tf.training.devices import formula_compiler

WIDTH = 512
SEED = tf.constant([3, 7], tf.int64)
RATE = 0.3


def normal(*shape, seed=0):
    return tf.constant(np.random.default_rng(seed).normal(size=shape).astype("float32"))


def dropped(inputs):
    return ops.where(keep_mask(ops.shape(inputs), SEED, RATE), inputs / (1 - RATE), 0.0)


def plain_gelu(inputs):
    return 0.5 * inputs * (1 + ops.tanh(0.7978845608 * (inputs + 0.044715 * inputs**3)))


def plain_norm(inputs, residual, gamma, beta):
    return ops.layer_normalization(residual + inputs, gamma, beta, -1, 1e-12)


MASK_BIAS = tf.constant([[0.0, 0, 0, 0, -10000], [0, 0, 0, -10000, -10000]])[:, None, None, :]
NORM_INPUTS = [normal(2, 5, WIDTH), normal(2, 5, WIDTH, seed=1), normal(WIDTH, seed=2), normal(WIDTH, seed=3)]
CASES = {
    "gelu_of_sum": (
        gelu_of_sum,
        lambda x, bias: plain_gelu(x + bias),
        [normal(7, WIDTH), normal(WIDTH, seed=2)],
    ),
    "norm_of_sum": (lambda *a: norm_of_sum(*a, 1e-12), plain_norm, NORM_INPUTS),
    "scaled_softmax": (
        lambda scores: scaled_softmax(scores, MASK_BIAS, 64),
        lambda scores: ops.softmax(scores / 8.0 + MASK_BIAS, axis=-1),
        [3 * normal(2, 3, 5, 5)],
    ),
    "hashed_dropout": (lambda x: hashed_dropout(x, RATE, SEED), dropped, NORM_INPUTS[:1]),
    "hashed_dropout_of_sum": (
        lambda x, bias: hashed_dropout_of_sum(x, bias, RATE, SEED),
        lambda x, bias: dropped(x + bias),
        [normal(2, 5, WIDTH), normal(WIDTH, seed=2)],
    ),
}


def with_gradients(formula, inputs):
    """A formula's value, and the gradients by its inputs of its sum, each place weighted differently."""
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        value = formula(*inputs)
        loss = tf.reduce_sum(tf.cast(value, tf.float32) * normal(*value.shape, seed=9))
    return [value, *tape.gradient(loss, inputs)]


@pytest.mark.parametrize("compiler", [formula_compiler(), lambda formula: formula], ids=["compiled", "as is"])
@pytest.mark.parametrize("name", CASES)
def test_value_and_gradients(name, compiler):
    formula, plain, inputs = CASES[name]
    with fusing(compiler):
        found = with_gradients(formula, inputs)
    for ours, expected in zip(found, with_gradients(plain, inputs), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("name", CASES)
def test_half_precision_is_that_of_inputs_and_outputs_alone(name):
    formula, _, inputs = CASES[name]
    halves = [ops.cast(x, "bfloat16") if len(x.shape) > 1 else x for x in inputs]
    with fusing(formula_compiler()):
        found = with_gradients(formula, halves)
        exact = with_gradients(formula, [ops.cast(x, "float32") for x in halves])
    assert [x.dtype for x in found] == ["bfloat16"] + [x.dtype for x in halves]
    for ours, expected in zip(found, exact, strict=True):
        # Rounded, each by up to 2^-9 of itself, are the gradient that comes in and the one that goes out.
        atol = 2**-7 * np.abs(expected).max()
        np.testing.assert_allclose(ops.cast(ours, "float32"), expected, rtol=2**-8, atol=atol)


def test_gelu_of_large_inputs():
    extremes = tf.constant([[-1e4, -50.0, 50.0, 1e4] * (WIDTH // 4)])
    with fusing(formula_compiler()):
        value, gradient, _ = with_gradients(gelu_of_sum, [extremes, tf.zeros(WIDTH)])
    np.testing.assert_array_equal(value, np.maximum(extremes, 0))
    assert np.all(np.isfinite(gradient))


def test_narrow_inputs_are_left_to_keras():
    asked = []
    with fusing(asked.append):
        FlatDense(8, gelu)(keras.ops.ones((2, 8)))
    assert not asked
