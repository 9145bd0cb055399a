"""Multi-head self-attention (Vaswani et al. 2017, section 3.2; Google's `attention_layer`).

Dimension letters: B sequences, F positions attending from, T positions attended to
(T = S, and F too unless only some are asked for), N heads, D width of a head, H = N·D.
"""

import math

from keras import ops

from bert_tf.layers.base import ConfiguredLayer, ResidualOutput
from bert_tf.layers.dropout import derived_seed, dropout
from bert_tf.layers.formulas import hashed_dropout, scaled_softmax
from bert_tf.layers.fusion import is_fusing


class SelfAttention(ConfiguredLayer):
    """Every position looks at every unmasked position: softmax(Q·Kᵀ/√D)·V, head by head."""

    def __init__(self, config, **kwargs):
        super().__init__(config, **kwargs)
        self.query = self.dense(config.hidden_size, "query")
        self.key = self.dense(config.hidden_size, "key")
        self.value = self.dense(config.hidden_size, "value")

    def build(self, input_shape):
        for projection in (self.query, self.key, self.value):
            projection.build(input_shape)

    def call(self, inputs, mask_bias, seed=None, attended=None):
        """Attends within each sequence.

        Args:
            inputs: [B, F, H], the positions to compute.
            mask_bias: [B, 1, 1, T], added to the scores before the softmax.
            seed: int [2], decides which attention probabilities are dropped; None drops none.
            attended: [B, T, H], the positions to look at; `inputs` themselves by default.

        Returns:
            The context [B, F, H] and the attention probabilities [B, N, F, T],
            as they were before dropout.
        """
        attended = inputs if attended is None else attended
        query = self._split_heads(self.query(inputs))  # [B, N, F, D]
        key = self._split_heads(self.key(attended))  # [B, N, T, D]
        value = self._split_heads(self.value(attended))  # [B, N, T, D]

        scores = ops.matmul(query, ops.swapaxes(key, -1, -2))  # [B, N, F, T]
        mask_bias = ops.cast(mask_bias, "float32")
        rate = self.config.attention_probs_dropout_prob
        if seed is None or not is_fusing(self.config.hidden_size):
            # The softmax runs in float32 also under mixed precision.
            scaled_scores = ops.cast(scores, "float32") / math.sqrt(self.config.head_size) + mask_bias
            probs = ops.cast(ops.softmax(scaled_scores, axis=-1), self.compute_dtype)
            kept_probs = dropout(probs, rate, seed)
        else:
            probs = scaled_softmax(scores, mask_bias, self.config.head_size)
            kept_probs = hashed_dropout(probs, rate, seed)
        context = ops.matmul(kept_probs, value)  # [B, N, F, D]
        context = ops.transpose(context, (0, 2, 1, 3))  # [B, F, N, D]
        return ops.reshape(context, ops.shape(inputs)), probs

    def _split_heads(self, projected):
        """[B, S, H] to [B, N, S, D]."""
        batch, length, _ = ops.shape(projected)
        heads = (batch, length, self.config.num_attention_heads, self.config.head_size)
        return ops.transpose(ops.reshape(projected, heads), (0, 2, 1, 3))


class Attention(ConfiguredLayer):
    """Self-attention with its output projection, residual and LayerNorm."""

    def __init__(self, config, **kwargs):
        super().__init__(config, **kwargs)
        self.self_attention = SelfAttention(config, dtype=self.dtype_policy, name="self")
        self.attention_output = ResidualOutput(config, dtype=self.dtype_policy, name="output")

    def build(self, input_shape):
        self.self_attention.build(input_shape)
        self.attention_output.build(input_shape)

    def call(self, inputs, mask_bias, seed=None, attended=None):
        """Maps [B, F, H] to [B, F, H], and gives the attention probabilities [B, N, F, T]."""
        context, probs = self.self_attention(inputs, mask_bias, derived_seed(seed, 0), attended)
        return self.attention_output(context, inputs, derived_seed(seed, 1)), probs
