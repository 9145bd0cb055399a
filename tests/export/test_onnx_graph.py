"""Weights in int8."""

import numpy as np

from bert_tf.export.onnx_graph import quantized_columns


def test_quantized_columns():
    kernel = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32) * [1, 1e-3, 0, 100]
    kernel = kernel.astype(np.float32)
    quantized, scales = quantized_columns(kernel)
    assert quantized.dtype == np.int8 and scales.dtype == np.float32
    np.testing.assert_array_equal(np.abs(quantized).max(axis=0), [63, 63, 0, 63])
    assert (np.abs(quantized * scales - kernel) <= scales * 0.5001).all()


def test_two_products_fit_into_16_bits():
    """Of bytes with weights: processors without VNNI add them in 16 bits, and cut off what is larger."""
    quantized, _ = quantized_columns(np.array([[5.0], [-5.0]], np.float32))
    assert 2 * 255 * np.abs(quantized.astype(int)).max() < 2**15
