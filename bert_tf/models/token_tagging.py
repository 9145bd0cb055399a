"""A label for each token of a text: head and loss (Devlin et al. 2018, section 5.3)."""

import keras
from keras import ops

from bert_tf.layers.bert import Bert
from bert_tf.models.classification import ClassificationHead
from bert_tf.models.encoder import BertModel, bert_inputs


def bert_token_tagger(config, num_labels, dtype=None, recompute=False):
    """BERT with the classifier's head over every token, under the same variable names.

    The head is as in BioBERT's `run_ner.py`: `output_weights` [C, H] and `output_bias` [C].

    Args:
        config: A `BertConfig`.
        num_labels: Number C of labels.
        dtype: A Keras dtype policy; the global policy by default.
        recompute: Whether training computes each layer twice to save memory.

    Returns:
        A functional Keras model from `input_ids`, `input_mask` and `segment_ids`
        (int32 [B, S]) to a dict of `logits` and `probabilities`, float32 [B, S, C].
    """
    inputs = bert_inputs()
    bert = Bert(config, recompute=recompute, dtype=dtype)
    bert.pooler.trainable = False  # No output depends on it: as in Google's code it stays as it is.
    logits = ClassificationHead(config, num_labels, dtype=dtype)(bert(**inputs)["sequence_output"])
    probabilities = keras.layers.Softmax(dtype="float32", name="probabilities")(logits)
    return BertModel(inputs, {"logits": logits, "probabilities": probabilities}, name="bert_token_tagger")


def tagging_loss(outputs, labels):
    """-log of each label's probability, summed over the tokens that have one.

    A sum, so that every word weighs the same whatever the length of its sentence.

    Args:
        outputs: What `bert_token_tagger` gives.
        labels: int [B, S], -1 for tokens without a label.

    Returns:
        float32 [B]; training minimizes the mean.
    """
    losses = ops.sparse_categorical_crossentropy(ops.maximum(labels, 0), outputs["logits"], from_logits=True)
    return ops.sum(ops.where(labels >= 0, losses, 0.0), axis=-1)
