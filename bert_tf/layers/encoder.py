"""The stack of Transformer layers (Devlin et al. 2018, section 3; Google's `transformer_model`)."""

import keras

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

    def call(self, inputs, mask_bias, seed=None):
        """Maps [B, S, H] to [B, S, H], and gives the attention probabilities [B, N, S, S]."""
        attended, probs = self.attention(inputs, mask_bias, seed)
        outputs = self.layer_output(self.intermediate(attended), attended, derived_seed(seed, 2))
        return outputs, probs


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

    def call(self, inputs, mask_bias, seed=None):
        """Runs the stack.

        Args:
            inputs: [B, S, H].
            mask_bias: [B, 1, 1, S], added to every layer's attention scores.
            seed: int [2], decides what is dropped; None drops nothing.

        Returns:
            Two lists with one entry a layer, lowest first: the layers' outputs
            [B, S, H] and their attention probabilities [B, N, S, S].
        """
        layers, probs = [], []
        for index, layer in enumerate(self.encoder_layers):
            run = keras.remat(layer) if self.recompute and seed is not None else layer
            inputs, layer_probs = run(inputs, mask_bias, derived_seed(seed, _PLACES_PER_LAYER * index))
            layers.append(inputs)
            probs.append(layer_probs)
        return layers, probs
