"""One of several answers to a question: head and loss (Devlin et al. 2018, section 4.4)."""

import keras
from keras import ops

from bert_tf.layers.base import ConfiguredLayer
from bert_tf.layers.bert import Bert
from bert_tf.layers.dropout import dropout
from bert_tf.models.classification import HEAD_DROPOUT
from bert_tf.models.encoder import BertModel


@keras.saving.register_keras_serializable("bert_tf")
class MergeChoices(keras.Layer):
    """Makes rows of their own of all choices: [B, C, S] to [B·C, S]."""

    def call(self, inputs):
        return ops.reshape(inputs, (-1, ops.shape(inputs)[-1]))

    def compute_output_spec(self, inputs):
        return keras.KerasTensor((None, inputs.shape[-1]), dtype=inputs.dtype)


@keras.saving.register_keras_serializable("bert_tf")
class ChoiceHead(ConfiguredLayer):
    """Dropout, and the dot product of each choice's pooled output with one vector.

    As in the paper there is no bias, which would raise all choices alike and so change nothing.
    The vector is `output_weights` [1, H] at the root of checkpoints, like that of the classifier
    with one label; `checkpoints/tensor_names.py` maps it there.
    """

    def __init__(self, config, head_dropout=HEAD_DROPOUT, name="classifier", **kwargs):
        super().__init__(config, name=name, **kwargs)
        self.head_dropout = head_dropout
        self.seed_generator = keras.random.SeedGenerator()

    def build(self, pooled_output_shape, input_ids_shape):
        self.output_weights = self.add_weight(
            shape=(1, pooled_output_shape[-1]), initializer=self.initializer(), name="output_weights"
        )

    def call(self, pooled_output, input_ids, training=False):
        """[B·C, H] and `input_ids` [B, C, S], for their shape, give logits [B, C], float32."""
        seed = self.seed_generator.next() if training else None
        pooled_output = dropout(pooled_output, self.head_dropout, seed)
        scores = ops.matmul(pooled_output, ops.transpose(self.output_weights))
        return ops.cast(ops.reshape(scores, ops.shape(input_ids)[:2]), "float32")

    def compute_output_spec(self, pooled_output, input_ids, training=False):
        return keras.KerasTensor(input_ids.shape[:2], dtype="float32")

    def get_config(self):
        return {**super().get_config(), "head_dropout": self.head_dropout}


def bert_multiple_choice(config, dtype=None, recompute=False):
    """BERT with a score for each choice and a softmax over the choices.

    Args:
        config: A `BertConfig`.
        dtype: A Keras dtype policy; the global policy by default.
        recompute: Whether training computes each layer twice to save memory.

    Returns:
        A functional Keras model from `input_ids`, `input_mask` and `segment_ids`
        (int32 [B, C, S], any number C of choices) to a dict of `logits` and
        `probabilities`, float32 [B, C].
    """
    names = ("input_ids", "input_mask", "segment_ids")
    inputs = {name: keras.Input((None, None), dtype="int32", name=name) for name in names}
    merged = {name: MergeChoices(name=f"merged_{name}")(value) for name, value in inputs.items()}
    bert = Bert(config, recompute=recompute, pooled_only=True, dtype=dtype)
    logits = ChoiceHead(config, dtype=dtype)(bert(**merged)["pooled_output"], inputs["input_ids"])
    probabilities = keras.layers.Softmax(dtype="float32", name="probabilities")(logits)
    return BertModel(inputs, {"logits": logits, "probabilities": probabilities}, name="bert_multiple_choice")
