"""What is computed between the matrix products, with gradients written out (see `fusion.py`).

All of it runs in float32, whatever the precision of the inputs, and gives back the inputs' own.
None of it keeps anything for the backward pass but its inputs: dropout masks are drawn again there.
"""

import math

from keras import ops

from bert_tf.layers.dropout import keep_mask
from bert_tf.layers.fusion import fused, is_fusing

# tanh's form of the GELU is x·σ(2u) with u = √(2/π)·(x + 0.044715·x³); 2u = x·(LINEAR + CUBIC·x²).
_LINEAR = 2 * math.sqrt(2 / math.pi)
_CUBIC = 0.044715 * _LINEAR


def gelu(inputs):
    """0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) (Google's `modeling.gelu`)."""
    if not is_fusing(inputs.shape[-1]):
        return ops.gelu(inputs, approximate=True)
    return fused(_gelu, _gelu_gradient, [inputs])


def _gelu(inputs):
    x = _float32(inputs)
    return ops.cast(x * ops.sigmoid(x * (_LINEAR + _CUBIC * x * x)), inputs.dtype)


def _gelu_gradient(upstream, inputs):
    x = _float32(inputs)
    squares = x * x
    share = ops.sigmoid(x * (_LINEAR + _CUBIC * squares))
    slope = share + x * share * (1 - share) * (_LINEAR + 3 * _CUBIC * squares)
    return [ops.cast(_float32(upstream) * slope, inputs.dtype)]


def residual_norm(inputs, residual, gamma, beta, seed, rate, epsilon):
    """LayerNorm(residual + dropout(inputs)) over the last axis, as one formula.

    Args:
        inputs: [B, S, H].
        residual: [B, S, H].
        gamma: [H].
        beta: [H].
        seed: int [2], decides what is dropped.
        rate: Share of the inputs to drop.
        epsilon: Added to the variance.

    Returns:
        [B, S, H].
    """
    return fused(
        _residual_norm, _residual_norm_gradient, [inputs, residual, gamma, beta], seed, rate, epsilon
    )


def _residual_norm(inputs, residual, gamma, beta, seed, rate, epsilon):
    normalized, _, _ = _normalized_sum(inputs, residual, seed, rate, epsilon)
    return ops.cast(normalized * gamma + beta, inputs.dtype)


def _residual_norm_gradient(upstream, inputs, residual, gamma, beta, seed, rate, epsilon):
    normalized, scale, kept = _normalized_sum(inputs, residual, seed, rate, epsilon)
    upstream = _float32(upstream)
    slope = upstream * gamma
    along = ops.mean(slope * normalized, axis=-1, keepdims=True)
    summed = scale * (slope - ops.mean(slope, axis=-1, keepdims=True) - normalized * along)
    rows = tuple(range(len(inputs.shape) - 1))
    return [
        ops.cast(summed * kept, inputs.dtype),
        ops.cast(summed, residual.dtype),
        ops.sum(upstream * normalized, axis=rows),
        ops.sum(upstream, axis=rows),
    ]


def _normalized_sum(inputs, residual, seed, rate, epsilon):
    """The normalized sum [B, S, H], 1/deviation [B, S, 1], and what each input counts in it [B, S, H]."""
    kept = _kept(inputs, seed, rate)
    total = _float32(residual) + _float32(inputs) * kept
    centred = total - ops.mean(total, axis=-1, keepdims=True)
    scale = ops.rsqrt(ops.mean(centred * centred, axis=-1, keepdims=True) + epsilon)
    return centred * scale, scale, kept


def dropped_softmax(scores, mask_bias, seed, rate, head_size):
    """dropout(softmax(scores/√head_size + mask_bias)) over the last axis, as one formula.

    Args:
        scores: [B, N, F, T].
        mask_bias: float32 [B, 1, 1, T].
        seed: int [2], decides what is dropped.
        rate: Share of the probabilities to drop.
        head_size: Width of a head, D.

    Returns:
        [B, N, F, T].
    """
    scale = 1 / math.sqrt(head_size)
    return fused(_dropped_softmax, _dropped_softmax_gradient, [scores], mask_bias, seed, rate, scale)


def _dropped_softmax(scores, mask_bias, seed, rate, scale):
    probs = ops.softmax(_float32(scores) * scale + mask_bias, axis=-1)
    return ops.cast(probs * _kept(scores, seed, rate), scores.dtype)


def _dropped_softmax_gradient(upstream, scores, mask_bias, seed, rate, scale):
    probs = ops.softmax(_float32(scores) * scale + mask_bias, axis=-1)
    slope = _float32(upstream) * _kept(scores, seed, rate)
    along = ops.sum(slope * probs, axis=-1, keepdims=True)
    return [ops.cast(probs * (slope - along) * scale, scores.dtype)]


def _kept(inputs, seed, rate):
    """What dropout multiplies each input with: 0, or 1/(1 − rate)."""
    return ops.cast(keep_mask(ops.shape(inputs), seed, rate), "float32") * (1 / (1 - rate))


def _float32(tensor):
    return ops.cast(tensor, "float32")
