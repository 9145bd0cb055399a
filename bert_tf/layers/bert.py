"""The whole encoder as one layer, with the variables of Google's `bert` scope."""

import keras
from keras import ops

from bert_tf.layers.base import ConfiguredLayer, Projection
from bert_tf.layers.dropout import derived_seed
from bert_tf.layers.embeddings import Embeddings, check_length
from bert_tf.layers.encoder import Encoder

# What Google's code adds to the score of a padded position: after the softmax
# nothing is left of it, and it is small enough for half precision.
MASKED_SCORE = -10000.0


@keras.saving.register_keras_serializable("bert_tf")
class Bert(ConfiguredLayer):
    """Embeddings, encoder and pooler (Google's `modeling.BertModel`).

    The last layer need only be computed where its output is used: at the first token for a
    classifier, and at the masked positions for a masked LM. The outputs there are the same.

    Args:
        config: The `BertConfig`.
        pooled_only: Whether of the last layer's output only the pooled one is wanted.
        return_attention_probs: Whether the outputs hold `attention_probs`.
        recompute: Whether training computes each layer twice to save memory (see `Encoder`).
    """

    def __init__(
        self,
        config,
        return_attention_probs=False,
        recompute=False,
        pooled_only=False,
        name="bert",
        **kwargs,
    ):
        super().__init__(config, name=name, **kwargs)
        config, policy = self.config, self.dtype_policy
        self.return_attention_probs = return_attention_probs
        self.recompute = recompute
        self.pooled_only = pooled_only
        self.seed_generator = keras.random.SeedGenerator()
        self.embeddings = Embeddings(config, dtype=policy, name="embeddings")
        self.encoder = Encoder(config, recompute, dtype=policy, name="encoder")
        self.pooler = Projection(config, config.hidden_size, ops.tanh, dtype=policy, name="pooler")

    def build(
        self, input_ids_shape, input_mask_shape=None, segment_ids_shape=None, output_positions_shape=None
    ):
        hidden_shape = (*input_ids_shape, self.config.hidden_size)
        self.embeddings.build(input_ids_shape)
        self.encoder.build(hidden_shape)
        self.pooler.build((hidden_shape[0], hidden_shape[2]))

    def call(self, input_ids, input_mask, segment_ids, output_positions=None, training=False):
        """Encodes token ids.

        Args:
            input_ids: int [B, S].
            input_mask: int [B, S], 1 for tokens and 0 for padding.
            segment_ids: int [B, S], 0 for the first text and 1 for the second.
            output_positions: int [B, P], where the last layer's output is wanted beside the
                first token's; everywhere by default.
            training: Whether to apply dropout.

        Returns:
            A dict of `embedding_output` [B, S, H], `all_encoder_layers` (a list of
            L times [B, S, H]), `sequence_output` [B, S, H] (the last of them),
            `pooled_output` [B, H], `embedding_table` [V, H], and, where asked for,
            `attention_probs` (a list of L times [B, N, S, S]). With `output_positions`,
            `sequence_output` is [B, P, H]; with `pooled_only` there is none; with either,
            `all_encoder_layers` ends before the last layer, and the last `attention_probs`
            are those of the first token and the positions.
        """
        seed = self.seed_generator.next() if training else None
        embedded = self.embeddings(input_ids, segment_ids, seed)
        mask_bias = (1.0 - ops.cast(input_mask, "float32")) * MASKED_SCORE
        computed = self._computed_positions(input_ids, output_positions)
        layers, probs = self.encoder(
            embedded, mask_bias[:, None, None, :], derived_seed(seed, 1), positions=computed
        )
        outputs = {
            "embedding_output": embedded,
            "all_encoder_layers": layers if computed is None else layers[:-1],
            "pooled_output": self.pooler(layers[-1][:, 0]),
            "embedding_table": ops.convert_to_tensor(self.embeddings.word_embeddings),
        }
        if not self.pooled_only:
            outputs["sequence_output"] = layers[-1] if computed is None else layers[-1][:, 1:]
        return {**outputs, "attention_probs": probs} if self.return_attention_probs else outputs

    def _computed_positions(self, input_ids, output_positions):
        """Where the last layer is computed, int [B, F], the first token first; None for everywhere."""
        first = ops.zeros_like(input_ids[:, :1])
        if self.pooled_only:
            return first
        if output_positions is None:
            return None
        return ops.concatenate([first, ops.cast(output_positions, first.dtype)], axis=1)

    def compute_output_spec(self, input_ids, input_mask, segment_ids, output_positions=None, training=False):
        """The outputs' shapes, said outright: building a model then traces nothing."""
        config, (batch, length) = self.config, input_ids.shape
        check_length(length, config)

        def tensor(*shape, dtype=self.compute_dtype):
            return keras.KerasTensor(shape, dtype=dtype)

        partly = self.pooled_only or output_positions is not None
        hidden = (batch, length, config.hidden_size)
        layers = config.num_hidden_layers
        outputs = {
            "embedding_output": tensor(*hidden),
            "all_encoder_layers": [tensor(*hidden) for _ in range(layers - partly)],
            "pooled_output": tensor(batch, config.hidden_size),
            "embedding_table": tensor(config.vocab_size, config.hidden_size, dtype=self.variable_dtype),
        }
        if not self.pooled_only:
            wanted = output_positions.shape[1] if partly else length
            outputs["sequence_output"] = tensor(batch, wanted, config.hidden_size)
        if self.return_attention_probs:
            heads, last = config.num_attention_heads, _places(length, self.pooled_only, output_positions)
            outputs["attention_probs"] = [
                tensor(batch, heads, places, length) for places in [length] * (layers - 1) + [last]
            ]
        return outputs

    def get_config(self):
        own = {
            "return_attention_probs": self.return_attention_probs,
            "recompute": self.recompute,
            "pooled_only": self.pooled_only,
        }
        return {**super().get_config(), **own}


def _places(length, pooled_only, output_positions):
    """How many positions the last layer computes, None if that is only known later."""
    if pooled_only:
        return 1
    if output_positions is None:
        return length
    return output_positions.shape[1] and output_positions.shape[1] + 1
