"""Any number of labels for a text or a pair of texts: a sigmoid each, and the loss."""

import keras
from keras import ops

from bert_tf.models.classification import classifier_logits
from bert_tf.models.encoder import BertModel, bert_inputs


def bert_multi_label_classifier(config, num_labels, dtype=None, recompute=False):
    """BERT with the head of `bert_classifier`, whose probabilities do not depend on one another.

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
    probabilities = keras.layers.Activation("sigmoid", dtype="float32", name="probabilities")(logits)
    outputs = {"logits": logits, "probabilities": probabilities}
    return BertModel(inputs, outputs, name="bert_multi_label_classifier")


def multi_label_loss(outputs, labels):
    """The binary cross-entropy of each label, averaged over the labels (natural logarithm).

    Args:
        outputs: What `bert_multi_label_classifier` gives.
        labels: [B, C], 1 for each label that holds and 0 for the others.

    Returns:
        float32 [B]; training minimizes the mean.
    """
    labels = ops.cast(labels, "float32")
    return ops.mean(ops.binary_crossentropy(labels, outputs["logits"], from_logits=True), axis=-1)
