"""The stack of Transformer layers (Devlin et al. 2018, section 3; Google's `transformer_model`)."""

import functools

import keras
from keras import ops

from bert_tf.layers.attention import Attention
from bert_tf.layers.base import ConfiguredLayer, Projection, ResidualOutput, activation
from bert_tf.layers.dropout import derived_seed

# Dropout happens in three places of a layer: at the attention probabilities and at both outputs.
_PLACES_PER_LAYER = 3


class EncoderLayer(ConfiguredLayer):
    """Attention, then a feed-forward layer, each with residual and LayerNorm."""

    def __init__(self, config, **kwargs):
        super().__init__(config, **kwargs)
        policy = self.dtype_policy
        self.attention = Attention(config, dtype=policy, name="attention")
        self.intermediate = Projection(
            config, config.intermediate_size, activation(config.hidden_act), dtype=policy, name="intermediate"
        )
        self.layer_output = ResidualOutput(config, dtype=policy, name="output")

    def build(self, input_shape):
        self.attention.build(input_shape)
        self.intermediate.build(input_shape)
        self.layer_output.build((*input_shape[:-1], self.config.intermediate_size))

    def call(self, inputs, mask_bias, seed=None, positions=None):
        """Computes the layer, at all positions or only at some.

        Args:
            inputs: [B, S, H].
            mask_bias: [B, 1, 1, S], added to the attention scores.
            seed: int [2], decides what is dropped; None drops nothing.
            positions: int [B, F]; all F = S by default.

        Returns:
            The outputs [B, F, H] and the attention probabilities [B, N, F, S].
        """
        wanted = inputs if positions is None else _rows_at(inputs, positions)
        attention_output, probs = self.attention(wanted, mask_bias, seed, attended=inputs)
        hidden = self.intermediate(attention_output)
        return self.layer_output(hidden, attention_output, derived_seed(seed, 2)), probs


def _rows_at(inputs, positions):
    """The vectors [B, F, H] at positions [B, F] of inputs [B, S, H].

    Taken as rows of one matrix, they have a gradient by row; `take_along_axis` has one number by number.
    """
    batch, length, width = ops.shape(inputs)
    rows = ops.arange(batch)[:, None] * length + positions
    return ops.take(ops.reshape(inputs, (-1, width)), rows, axis=0)


class Encoder(ConfiguredLayer):
    """`num_hidden_layers` encoder layers, one after another.

    Args:
        config: The `BertConfig`.
        recompute: Whether to keep only each layer's output for the backward pass and
            compute the rest again there: less memory, about a third more work.
    """

    def __init__(self, config, recompute=False, **kwargs):
        super().__init__(config, **kwargs)
        self.recompute = recompute
        self.encoder_layers = [
            EncoderLayer(config, dtype=self.dtype_policy, name=f"layer_{index}")
            for index in range(config.num_hidden_layers)
        ]

    def build(self, input_shape):
        for layer in self.encoder_layers:
            layer.build(input_shape)

    def call(self, inputs, mask_bias, seed=None, positions=None):
        """Runs the stack.

        Args:
            inputs: [B, S, H].
            mask_bias: [B, 1, 1, S], added to every layer's attention scores.
            seed: int [2], decides what is dropped; None drops nothing.
            positions: int [B, F], where the last layer's output is wanted; everywhere by default.

        Returns:
            Two lists with one entry a layer, lowest first: the layers' outputs
            [B, S, H] and their attention probabilities [B, N, S, S], those of the last
            layer [B, F, H] and [B, N, F, S].
        """
        layers, probs = [], []
        for index, layer in enumerate(self.encoder_layers):
            is_last = index + 1 == len(self.encoder_layers)
            # What is not differentiated is bound beforehand: `keras.remat` would try to.
            run = functools.partial(
                layer,
                mask_bias=mask_bias,
                seed=derived_seed(seed, _PLACES_PER_LAYER * index),
                positions=positions if is_last else None,
            )
            inputs, layer_probs = (
                keras.remat(run)(inputs) if self.recompute and seed is not None else run(inputs)
            )
            layers.append(inputs)
            probs.append(layer_probs)
        return layers, probs
