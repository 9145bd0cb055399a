"""A label for a text or a pair of texts: head and loss (Devlin et al. 2018, section 4.1)."""

import keras
from keras import ops

from bert_tf.layers.base import ConfiguredLayer
from bert_tf.layers.bert import Bert
from bert_tf.layers.dropout import dropout
from bert_tf.models.encoder import BertModel, bert_inputs

# Google's `run_classifier.py` fixes it here, whatever the config says of the other dropouts.
HEAD_DROPOUT = 0.1


@keras.saving.register_keras_serializable("bert_tf")
class ClassificationHead(ConfiguredLayer):
    """Dropout and one linear layer (Google's `create_model`, over the pooled output).

    Its two variables, `output_weights` [C, H] and `output_bias` [C], stand at the
    root of Google's checkpoints; `checkpoints/tensor_names.py` maps them there.
    """

    def __init__(self, config, num_labels, head_dropout=HEAD_DROPOUT, name="classifier", **kwargs):
        super().__init__(config, name=name, **kwargs)
        self.num_labels = num_labels
        self.head_dropout = head_dropout
        self.seed_generator = keras.random.SeedGenerator()

    def build(self, input_shape):
        shape = (self.num_labels, input_shape[-1])
        self.output_weights = self.add_weight(
            shape=shape, initializer=self.initializer(), name="output_weights"
        )
        self.output_bias = self.add_weight(shape=(self.num_labels,), initializer="zeros", name="output_bias")

    def call(self, inputs, training=False):
        """[B, H] gives logits [B, C], and [B, S, H] gives [B, S, C], float32."""
        seed = self.seed_generator.next() if training else None
        inputs = dropout(inputs, self.head_dropout, seed)
        logits = ops.matmul(inputs, ops.transpose(self.output_weights)) + self.output_bias
        return ops.cast(logits, "float32")

    def compute_output_spec(self, inputs, training=False):
        return keras.KerasTensor((*inputs.shape[:-1], self.num_labels), dtype="float32")

    def get_config(self):
        own = {"num_labels": self.num_labels, "head_dropout": self.head_dropout}
        return {**super().get_config(), **own}


def classifier_logits(inputs, config, num_labels, dtype=None, recompute=False):
    """BERT over its three inputs, and the classification head: symbolic logits [B, C], float32."""
    bert = Bert(config, recompute=recompute, pooled_only=True, dtype=dtype)
    return ClassificationHead(config, num_labels, dtype=dtype)(bert(**inputs)["pooled_output"])


def bert_classifier(config, num_labels, dtype=None, recompute=False):
    """BERT with a classification head, under Google's variable names.

    Args:
        config: A `BertConfig`.
        num_labels: Number C of labels.
        dtype: A Keras dtype policy; the global policy by default.
        recompute: Whether training computes each layer twice to save memory.

    Returns:
        A functional Keras model from `input_ids`, `input_mask` and `segment_ids`
        (int32 [B, S]) to a dict of `logits` and `probabilities`, float32 [B, C].
    """
    inputs = bert_inputs()
    logits = classifier_logits(inputs, config, num_labels, dtype, recompute)
    probabilities = keras.layers.Softmax(dtype="float32", name="probabilities")(logits)
    return BertModel(inputs, {"logits": logits, "probabilities": probabilities}, name="bert_classifier")


def classification_loss(outputs, labels, label_smoothing=0.0):
    """-log of the label's probability, example by example.

    With label smoothing ε the target is not the label alone, but 1 − ε of it and ε spread evenly
    over all C labels, itself included (Szegedy et al. 2016, "Rethinking the Inception
    Architecture for Computer Vision", section 7): −Σ_c ((1 − ε)·[c = label] + ε/C)·log p_c.

    Args:
        outputs: What `bert_classifier` gives.
        labels: int [B].
        label_smoothing: ε, from 0 to below 1.

    Returns:
        float32 [B]; training minimizes the mean.
    """
    logits = outputs["logits"]
    if not label_smoothing:
        return ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    num_labels = logits.shape[-1]
    targets = ops.one_hot(labels, num_labels) * (1.0 - label_smoothing) + label_smoothing / num_labels
    return ops.categorical_crossentropy(targets, logits, from_logits=True)
