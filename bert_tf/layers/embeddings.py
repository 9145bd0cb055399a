"""Word, segment and position embeddings (Devlin et al. 2018, section 3 and figure 2)."""

from keras import ops

from bert_tf.layers.base import ConfiguredLayer
from bert_tf.layers.dropout import dropout


class Embeddings(ConfiguredLayer):
    """The sum of word, segment and position embeddings, normalized, with dropout.

    Follows `embedding_lookup` and `embedding_postprocessor` of Google's `modeling.py`.
    The tables stay float32 under mixed precision, so that the gradients of a
    frequent word are not summed in half precision.
    """

    def __init__(self, config, **kwargs):
        super().__init__(config, **kwargs)
        self.normalization = self.layer_norm()

    def build(self, input_shape):
        config = self.config
        self.word_embeddings = self._table("word_embeddings", config.vocab_size)
        self.token_type_embeddings = self._table("token_type_embeddings", config.type_vocab_size)
        self.position_embeddings = self._table("position_embeddings", config.max_position_embeddings)
        self.normalization.build((*input_shape, config.hidden_size))

    def _table(self, name, rows):
        return self.add_weight(
            shape=(rows, self.config.hidden_size),
            initializer=self.initializer(),
            autocast=False,
            name=name,
        )

    def call(self, input_ids, segment_ids, seed=None):
        """Embeds `input_ids` and `segment_ids`, both int [B, S], into [B, S, H]; with a seed, drops some.

        Raises:
            ValueError: If S, where it is known, exceeds `max_position_embeddings`.
        """
        length = ops.shape(input_ids)[1]
        check_length(length, self.config)
        words = ops.take(self.word_embeddings, input_ids, axis=0)
        # One-hot times table, as in Google's code: quick for a table of two rows.
        segments = ops.one_hot(segment_ids, self.config.type_vocab_size, dtype=words.dtype)
        segments = ops.matmul(segments, self.token_type_embeddings)
        embedded = words + segments + self.position_embeddings[:length]
        return dropout(self.normalization(embedded), self.config.hidden_dropout_prob, seed)


def check_length(length, config):
    """Raises ValueError if `length`, where it is a number, exceeds the position table."""
    if isinstance(length, int) and length > config.max_position_embeddings:
        raise ValueError(
            f"The sequences are {length} tokens long, but the model has position embeddings for "
            f"{config.max_position_embeddings} (max_position_embeddings): shorten or split the input."
        )
