"""The stack of Transformer layers (Devlin et al. 2018, section 3; Google's `transformer_model`)."""

from bert_tf.layers.attention import Attention
from bert_tf.layers.base import ConfiguredLayer, Projection, ResidualOutput, activation


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

    def call(self, inputs, mask_bias, training=False):
        """Maps [B, S, H] to [B, S, H], and gives the attention probabilities [B, N, S, S]."""
        attended, probs = self.attention(inputs, mask_bias, training=training)
        outputs = self.layer_output(self.intermediate(attended), attended, training=training)
        return outputs, probs


class Encoder(ConfiguredLayer):
    """`num_hidden_layers` encoder layers, one after another."""

    def __init__(self, config, **kwargs):
        super().__init__(config, **kwargs)
        self.encoder_layers = [
            EncoderLayer(config, dtype=self.dtype_policy, name=f"layer_{index}")
            for index in range(config.num_hidden_layers)
        ]

    def build(self, input_shape):
        for layer in self.encoder_layers:
            layer.build(input_shape)

    def call(self, inputs, mask_bias, training=False):
        """Runs the stack.

        Args:
            inputs: [B, S, H].
            mask_bias: [B, 1, 1, S], added to every layer's attention scores.
            training: Whether to apply dropout.

        Returns:
            Two lists with one entry a layer, lowest first: the layers' outputs
            [B, S, H] and their attention probabilities [B, N, S, S].
        """
        layers, probs = [], []
        for layer in self.encoder_layers:
            inputs, layer_probs = layer(inputs, mask_bias, training=training)
            layers.append(inputs)
            probs.append(layer_probs)
        return layers, probs
