"""An answer as a span of a text: head and loss (Devlin et al. 2018, section 4.2; Google's `run_squad.py`)."""

import keras
from keras import ops

from bert_tf.layers.base import ConfiguredLayer
from bert_tf.layers.bert import Bert
from bert_tf.models.encoder import BertModel, bert_inputs

# Google's `run_squad.py` fixes it here, whatever the config says of the encoder's variables.
HEAD_INITIALIZER_RANGE = 0.02


class SpanScores(ConfiguredLayer):
    """Two scores for each token, as an answer's start and as its end: [B, S, H] to [B, S, 2], float32."""

    def build(self, sequence_shape):
        self.output_weights = self.add_weight(
            shape=(2, sequence_shape[-1]),
            initializer=keras.initializers.TruncatedNormal(stddev=HEAD_INITIALIZER_RANGE),
            name="output_weights",
        )
        self.output_bias = self.add_weight(shape=(2,), initializer="zeros", name="output_bias")

    def call(self, sequence_output):
        logits = ops.matmul(sequence_output, ops.transpose(self.output_weights)) + self.output_bias
        return ops.cast(logits, "float32")


@keras.saving.register_keras_serializable("bert_tf")
class SpanHead(ConfiguredLayer):
    """The scores, under the names `cls/squad/output_weights` [2, H] and `cls/squad/output_bias` [2]."""

    def __init__(self, config, name="cls", **kwargs):
        super().__init__(config, name=name, **kwargs)
        self.squad = SpanScores(self.config, dtype=self.dtype_policy, name="squad")

    def build(self, sequence_shape):
        self.squad.build(sequence_shape)

    def call(self, sequence_output):
        """[B, S, H] gives `start_logits` and `end_logits`, float32 [B, S] each."""
        logits = self.squad(sequence_output)
        return {"start_logits": logits[..., 0], "end_logits": logits[..., 1]}

    def compute_output_spec(self, sequence_output):
        # Two objects: a functional model tells its tensors apart by identity.
        return {
            name: keras.KerasTensor(sequence_output.shape[:2], dtype="float32")
            for name in ("start_logits", "end_logits")
        }


def bert_span_answering(config, dtype=None, recompute=False):
    """BERT with the head that scores starts and ends of answers, under Google's variable names.

    Args:
        config: A `BertConfig`.
        dtype: A Keras dtype policy; the global policy by default.
        recompute: Whether training computes each layer twice to save memory.

    Returns:
        A functional Keras model from `input_ids`, `input_mask` and `segment_ids`
        (int32 [B, S]) to a dict of `start_logits` and `end_logits`, float32 [B, S].
    """
    inputs = bert_inputs()
    bert = Bert(config, recompute=recompute, dtype=dtype)
    bert.pooler.trainable = False  # No output depends on it: as in Google's code it stays as it is.
    scores = SpanHead(config, dtype=dtype)(bert(**inputs)["sequence_output"])
    return BertModel(inputs, scores, name="bert_span_answering")


def span_loss(outputs, labels):
    """The mean of -log p(start) and -log p(end), example by example.

    As in Google's `compute_loss` the probabilities are over all positions of the batch, padding
    included, so that padding learns not to look like an answer.

    Args:
        outputs: What `bert_span_answering` gives.
        labels: int [B, 2], first and last position of the answer; both 0, at [CLS], where there is none.

    Returns:
        float32 [B]; training minimizes the mean.
    """
    losses = [
        ops.sparse_categorical_crossentropy(labels[:, column], outputs[name], from_logits=True)
        for column, name in enumerate(("start_logits", "end_logits"))
    ]
    return (losses[0] + losses[1]) / 2.0
