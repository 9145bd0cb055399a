"""Masked LM and next sentence prediction: heads and loss (Devlin et al. 2018, section 3.1)."""

import keras
from keras import ops

from bert_tf.layers.base import ConfiguredLayer, activation
from bert_tf.layers.bert import Bert
from bert_tf.models.encoder import BertModel, bert_inputs
from bert_tf.models.objective import Objective


class MaskedLMTransform(ConfiguredLayer):
    """The dense layer and LayerNorm ahead of the vocabulary: [..., H] to [..., H]."""

    def __init__(self, config, **kwargs):
        super().__init__(config, **kwargs)
        self.projection = self.dense(config.hidden_size, "dense", activation(config.hidden_act))
        self.normalization = self.layer_norm()

    def build(self, input_shape):
        self.projection.build(input_shape)
        self.normalization.build(input_shape)

    def call(self, inputs):
        return self.normalization(self.projection(inputs))


class MaskedLMHead(ConfiguredLayer):
    """Scores every word of the vocabulary at the masked positions (Google's `get_masked_lm_output`)."""

    def __init__(self, config, **kwargs):
        super().__init__(config, **kwargs)
        self.transform = MaskedLMTransform(config, dtype=self.dtype_policy, name="transform")

    def build(self, masked_shape):
        self.transform.build(masked_shape)
        self.output_bias = self.add_weight(
            shape=(self.config.vocab_size,), initializer="zeros", name="output_bias"
        )

    def call(self, masked, embedding_table):
        """The masked positions' [B, P, H] and the encoder's own [V, H] give logits [B, P, V], float32."""
        logits = ops.matmul(self.transform(masked), ops.transpose(embedding_table))
        return ops.cast(logits + self.output_bias, "float32")


class NextSentenceHead(ConfiguredLayer):
    """Says whether text B follows text A (Google's `get_next_sentence_output`)."""

    def build(self, pooled_shape):
        self.output_weights = self.add_weight(
            shape=(2, pooled_shape[-1]), initializer=self.initializer(), name="output_weights"
        )
        self.output_bias = self.add_weight(shape=(2,), initializer="zeros", name="output_bias")

    def call(self, pooled_output):
        """[B, H] gives logits [B, 2], float32; 0 is "follows", 1 is "random"."""
        logits = ops.matmul(pooled_output, ops.transpose(self.output_weights)) + self.output_bias
        return ops.cast(logits, "float32")


@keras.saving.register_keras_serializable("bert_tf")
class PretrainingHeads(ConfiguredLayer):
    """Both heads, under the variable names of Google's `cls` scope."""

    def __init__(self, config, name="cls", **kwargs):
        super().__init__(config, name=name, **kwargs)
        self.predictions = MaskedLMHead(self.config, dtype=self.dtype_policy, name="predictions")
        self.seq_relationship = NextSentenceHead(
            self.config, dtype=self.dtype_policy, name="seq_relationship"
        )

    def build(self, masked_shape, pooled_output_shape, embedding_table_shape):
        self.predictions.build(masked_shape)
        self.seq_relationship.build(pooled_output_shape)

    def call(self, masked, pooled_output, embedding_table):
        return {
            "masked_lm_logits": self.predictions(masked, embedding_table),
            "next_sentence_logits": self.seq_relationship(pooled_output),
        }

    def compute_output_spec(self, masked, pooled_output, embedding_table):
        batch = pooled_output.shape[0]
        masked_shape = (*masked.shape[:2], self.config.vocab_size)
        return {
            "masked_lm_logits": keras.KerasTensor(masked_shape, dtype="float32"),
            "next_sentence_logits": keras.KerasTensor((batch, 2), dtype="float32"),
        }


def bert_pretraining_model(config, dtype=None, recompute=False):
    """BERT with both pretraining heads, under Google's variable names.

    Args:
        config: A `BertConfig`.
        dtype: A Keras dtype policy; the global policy by default.
        recompute: Whether training computes each layer twice to save memory.

    Returns:
        A functional Keras model from `input_ids`, `input_mask`, `segment_ids`
        (int32 [B, S]) and `masked_lm_positions` (int32 [B, P]) to a dict of
        `masked_lm_logits` [B, P, V] and `next_sentence_logits` [B, 2], float32.
    """
    inputs = bert_inputs()
    positions = keras.Input((None,), dtype="int32", name="masked_lm_positions")
    encoded = Bert(config, recompute=recompute, dtype=dtype)(**inputs, output_positions=positions)
    outputs = PretrainingHeads(config, dtype=dtype)(
        encoded["sequence_output"], encoded["pooled_output"], encoded["embedding_table"]
    )
    return BertModel({**inputs, "masked_lm_positions": positions}, outputs, name="bert_pretraining_model")


class PretrainingObjective(Objective):
    """Losses and accuracies as Google's `run_pretraining.py` computes them.

    A batch has `masked_lm_ids` int [B, P], `masked_lm_weights` float [B, P] (0 for
    padding) and `next_sentence_labels` int [B, 1]. The masked words' figures are means over
    those that are no padding; the sum of both losses is minimized.
    """

    losses = ("masked_lm_loss", "next_sentence_loss")
    names = (*losses, "masked_lm_accuracy", "next_sentence_accuracy")

    def totals(self, batch):
        words = ops.sum(ops.cast(batch["masked_lm_weights"], "float32"))
        examples = ops.cast(ops.shape(batch["next_sentence_labels"])[0], "float32")
        return {
            # The small number of Google's code keeps a batch without any masked word from dividing by zero.
            "masked_lm_loss": words + 1e-5,
            "masked_lm_accuracy": words + 1e-5,
            "next_sentence_loss": examples,
            "next_sentence_accuracy": examples,
        }

    def sums(self, outputs, batch):
        weights = ops.cast(batch["masked_lm_weights"], "float32")
        word_losses, word_hits = _losses_and_hits(outputs["masked_lm_logits"], batch["masked_lm_ids"])
        labels = ops.reshape(batch["next_sentence_labels"], (-1,))
        losses, hits = _losses_and_hits(outputs["next_sentence_logits"], labels)
        return {
            "masked_lm_loss": ops.sum(weights * word_losses),
            "masked_lm_accuracy": ops.sum(weights * word_hits),
            "next_sentence_loss": ops.sum(losses),
            "next_sentence_accuracy": ops.sum(hits),
        }


def _losses_and_hits(logits, labels):
    """-log softmax(logits)[label], and 1 where the label has the highest score: [...] each."""
    losses = ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    best = ops.argmax(logits, axis=-1)
    return losses, ops.cast(ops.equal(best, ops.cast(labels, best.dtype)), "float32")


def pretraining_losses(outputs, batch):
    """The two losses of a batch, scalars: of the masked words and of the next sentence."""
    means = PretrainingObjective().means(outputs, batch)
    return tuple(means[name] for name in PretrainingObjective.losses)
