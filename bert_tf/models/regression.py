"""A number for a text or a pair of texts: head and loss (Devlin et al. 2018, appendix B.1, STS-B)."""

import keras
from keras import ops

from bert_tf.models.classification import classifier_logits
from bert_tf.models.encoder import BertModel, bert_inputs


def bert_regressor(config, dtype=None, recompute=False):
    """BERT with the head of `bert_classifier` and one output, which is the number itself.

    Args:
        config: A `BertConfig`.
        dtype: A Keras dtype policy; the global policy by default.
        recompute: Whether training computes each layer twice to save memory.

    Returns:
        A functional Keras model from `input_ids`, `input_mask` and `segment_ids`
        (int32 [B, S]) to a dict of `logits`, float32 [B, 1], and `value`, the same as [B].
    """
    inputs = bert_inputs()
    logits = classifier_logits(inputs, config, 1, dtype, recompute)
    value = keras.layers.Reshape((), dtype="float32", name="value")(logits)
    return BertModel(inputs, {"logits": logits, "value": value}, name="bert_regressor")


def regression_loss(outputs, labels):
    """The squared error, example by example.

    Args:
        outputs: What `bert_regressor` gives.
        labels: float [B].

    Returns:
        float32 [B]; training minimizes the mean.
    """
    return ops.square(outputs["value"] - ops.cast(labels, "float32"))
