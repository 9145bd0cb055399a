"""The encoder as a Keras model, and the inputs that every model shares."""

import keras
from keras import ops

from bert_tf.layers.bert import Bert


@keras.saving.register_keras_serializable("bert_tf")
class BertModel(keras.Model):
    """A functional model over BERT's three inputs, of which the last two may be left out.

    It is called with a dict of `input_ids`, `input_mask` and `segment_ids`, int32
    [B, S] each, or with `input_ids` alone. Without a mask every position counts;
    without segment ids every token belongs to the first text, as in Google's code.
    """

    def __call__(self, inputs, *args, **kwargs):
        return super().__call__(complete_inputs(inputs), *args, **kwargs)

    def call(self, inputs, training=None, mask=None):
        # `fit` and `predict` of the JAX backend come here without `__call__`.
        return super().call(complete_inputs(inputs), training=training, mask=mask)


def complete_inputs(inputs):
    """Adds an `input_mask` of ones and `segment_ids` of zeros where they are missing."""
    if not isinstance(inputs, dict):
        inputs = {"input_ids": inputs}
    inputs = {name: _as_tensor(value) for name, value in inputs.items() if value is not None}
    input_ids = inputs["input_ids"]
    defaults = {"input_mask": ops.ones_like, "segment_ids": ops.zeros_like}
    missing = {name: like(input_ids) for name, like in defaults.items() if name not in inputs}
    return {**inputs, **missing}


def _as_tensor(value):
    """Keras takes NumPy arrays or tensors as inputs, but not a mixture."""
    return value if isinstance(value, keras.KerasTensor) else ops.convert_to_tensor(value)


def model_inputs(model, batch):
    """Those entries of a batch that a model takes; the others are labels."""
    return {name: batch[name] for name in model.input}


def bert_inputs():
    """The symbolic inputs of a model, by name: int32 [B, S] each."""
    names = ("input_ids", "input_mask", "segment_ids")
    return {name: keras.Input((None,), dtype="int32", name=name) for name in names}


def bert_encoder(config, return_attention_probs=False, dtype=None):
    """BERT without a head, under Google's variable names.

    Args:
        config: A `BertConfig`.
        return_attention_probs: Whether to output `attention_probs` too, a list of
            L tensors [B, N, S, S].
        dtype: A Keras dtype policy ("float32", "mixed_bfloat16", "mixed_float16");
            the global policy by default.

    Returns:
        A functional Keras model from `input_ids`, `input_mask` and `segment_ids`
        (int32 [B, S]; see `BertModel`) to a dict of `embedding_output` [B, S, H],
        `all_encoder_layers` (a list of L tensors [B, S, H]), `sequence_output`
        [B, S, H] and `pooled_output` [B, H].
    """
    inputs = bert_inputs()
    outputs = Bert(config, return_attention_probs, dtype=dtype)(**inputs)
    del outputs["embedding_table"]
    return BertModel(inputs, outputs, name="bert_encoder")
