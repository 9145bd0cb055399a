"""What is computed between the matrix products, with gradients written out (see `fusion.py`).

All of it runs in float32, whatever the precision of the inputs, and gives back the inputs' own. What is
kept for the backward pass is what makes that one short: never more than the inputs take.
"""

import math

from keras import ops

from bert_tf.layers.dropout import keep_mask
from bert_tf.layers.fusion import compiled, with_gradient

# √(2/π)·(x + 0.044715·x³) = x·(LINEAR + CUBIC·x²).
_LINEAR = math.sqrt(2 / math.pi)
_CUBIC = 0.044715 * _LINEAR


def gelu(inputs):
    """0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) (Google's `modeling.gelu`)."""
    return ops.gelu(inputs, approximate=True)


def gelu_of_sum(inputs, bias):
    """gelu(inputs + bias).

    Args:
        inputs: [T, H].
        bias: [H].

    Returns:
        [T, H].
    """

    def formula(inputs, bias):
        outputs, slope = compiled(_gelu_of_sum)(inputs, bias)

        def gradient(upstream):
            summed = upstream * slope
            return [summed, ops.cast(_sum_of_rows(summed), bias.dtype)]

        return outputs, gradient

    return with_gradient(formula, inputs, bias)


def _gelu_of_sum(inputs, bias):
    """The GELU and its derivative."""
    x = _float32(inputs) + _float32(bias)
    squares = x * x
    share = 0.5 + 0.5 * ops.tanh(x * (_LINEAR + _CUBIC * squares))
    slope = share + 2 * x * share * (1 - share) * (_LINEAR + 3 * _CUBIC * squares)
    return ops.cast(x * share, inputs.dtype), ops.cast(slope, inputs.dtype)


def hashed_dropout(inputs, rate, seed):
    """Drops a share `rate` of the inputs, by a mask that is drawn again in the backward pass.

    A formula of its own: within another one, the compiler would draw the mask anew in each of the passes
    over a row that softmax or normalization take.

    Args:
        inputs: A float tensor.
        rate: A number from 0 to below 1.
        seed: int [2], decides what is dropped.

    Returns:
        A tensor like `inputs`.
    """
    if rate == 0:
        return inputs

    def formula(inputs):
        return compiled(_dropped)(inputs, seed, rate), lambda upstream: compiled(_dropped)(
            upstream, seed, rate
        )

    return with_gradient(formula, inputs)


def hashed_dropout_of_sum(inputs, bias, rate, seed):
    """Like `hashed_dropout`, of inputs [B, S, H] + bias [H]."""
    if rate == 0:
        return inputs + bias

    def formula(inputs, bias):
        def gradient(upstream):
            dropped = compiled(_dropped)(upstream, seed, rate)
            rows = ops.reshape(dropped, (-1, dropped.shape[-1]))
            return [dropped, ops.cast(_sum_of_rows(rows), bias.dtype)]

        return compiled(_dropped_sum)(inputs, bias, seed, rate), gradient

    return with_gradient(formula, inputs, bias)


def _dropped(inputs, seed, rate):
    return ops.cast(_float32(inputs) * _kept(inputs, seed, rate), inputs.dtype)


def _dropped_sum(inputs, bias, seed, rate):
    return ops.cast((_float32(inputs) + _float32(bias)) * _kept(inputs, seed, rate), inputs.dtype)


def _kept(inputs, seed, rate):
    """What dropout multiplies with: 0 where it drops, 1/(1 - rate) elsewhere."""
    return ops.cast(keep_mask(ops.shape(inputs), seed, rate), "float32") * (1 / (1 - rate))


def norm_of_sum(inputs, residual, gamma, beta, epsilon):
    """LayerNorm(residual + inputs) over the last axis.

    Args:
        inputs: [B, S, H].
        residual: [B, S, H].
        gamma: [H].
        beta: [H].
        epsilon: Added to the variance.

    Returns:
        [B, S, H].
    """

    def formula(inputs, residual, gamma, beta):
        outputs, normalized, scale = compiled(_norm_of_sum)(inputs, residual, gamma, beta, epsilon)

        def gradient(upstream):
            summed, by_row = compiled(_norm_slopes)(upstream, normalized, scale, gamma)
            rows = tuple(range(len(inputs.shape) - 1))
            # Not compiled: XLA's loops would sum a column at a time, across the memory.
            return [summed, summed, ops.sum(by_row, rows), ops.sum(_float32(upstream), rows)]

        return outputs, gradient

    return with_gradient(formula, inputs, residual, gamma, beta)


def _norm_of_sum(inputs, residual, gamma, beta, epsilon):
    """The LayerNorm; before gamma and beta, [B, S, H]; and 1/deviation, [B, S, 1]."""
    total = _float32(residual) + _float32(inputs)
    centred = total - ops.mean(total, axis=-1, keepdims=True)
    scale = ops.rsqrt(ops.mean(centred * centred, axis=-1, keepdims=True) + epsilon)
    normalized = centred * scale
    return ops.cast(normalized * gamma + beta, inputs.dtype), ops.cast(normalized, inputs.dtype), scale


def _norm_slopes(upstream, normalized, scale, gamma):
    """The gradient of the sum, and each row's part in that of gamma: both [B, S, H]."""
    dtype = upstream.dtype
    upstream, normalized = _float32(upstream), _float32(normalized)
    by_row = upstream * normalized
    shares = gamma / gamma.shape[0]
    summed = upstream * gamma - _dot(upstream, shares) - normalized * _dot(by_row, shares)
    return ops.cast(scale * summed, dtype), by_row


def scaled_softmax(scores, mask_bias, head_size):
    """softmax(scores/√head_size + mask_bias) over the last axis.

    Args:
        scores: [B, N, F, T].
        mask_bias: float32 [B, 1, 1, T].
        head_size: Width of a head, D.

    Returns:
        [B, N, F, T].
    """
    scale = 1 / math.sqrt(head_size)

    def formula(scores):
        probs = compiled(_softmax)(scores, mask_bias, scale)
        return probs, lambda upstream: compiled(_softmax_slope)(upstream, probs, scale)

    return with_gradient(formula, scores)


def _softmax(scores, mask_bias, scale):
    return ops.cast(ops.softmax(_float32(scores) * scale + mask_bias, axis=-1), scores.dtype)


def _softmax_slope(upstream, probs, scale):
    slope, shares = _float32(upstream), _float32(probs)
    along = _dot(slope * shares, ops.ones_like(shares[0, 0, 0]))
    return ops.cast(shares * (slope - along) * scale, probs.dtype)


def _dot(rows, vector):
    """The product of each row [..., H] with a vector [H]: [..., 1].

    XLA computes the sum of an expression along a row one number at a time, but products of many at once.
    """
    return ops.tensordot(rows, vector[:, None], axes=1)


def _sum_of_rows(rows):
    """The sum of rows [T, H]: [H]. A product passes over them along the memory."""
    return ops.matmul(ops.ones((1, ops.shape(rows)[0]), rows.dtype), rows)[0]


def _float32(tensor):
    return ops.cast(tensor, "float32")
