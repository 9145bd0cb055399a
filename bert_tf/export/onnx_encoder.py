"""The encoder of `layers/bert.py` as ONNX, with the operators that ONNX Runtime has for it.

Dimension letters as in `layers/attention.py`. What is dropped in training is not part of the graph.
"""

import numpy as np

from bert_tf.errors import UserError
from bert_tf.export.onnx_graph import MICROSOFT, weights
from bert_tf.layers.base import activation
from bert_tf.layers.bert import MASKED_SCORE

_FIRST = np.array([0], np.int64)


def add_bert(graph, layer, input_ids, input_mask, segment_ids):
    """Adds a `Bert` layer to a graph.

    Args:
        graph: The `Graph`.
        layer: The `Bert` layer.
        input_ids: Name of a tensor int32 [B, S], as the other two.
        input_mask: See there.
        segment_ids: See there.

    Returns:
        Names of the tensors that the layer gives, in the structure of its outputs; None for
        what no task has a use for.

    Raises:
        UserError: If the layer is to give attention probabilities, too.
    """
    if layer.return_attention_probs:
        raise UserError(f"the attention probabilities of the layer {layer.name} cannot be written as ONNX")
    hidden = embedded = _embeddings(graph, layer.embeddings, input_ids, segment_ids)
    outputs, layers = [], layer.encoder.encoder_layers
    for index, encoder_layer in enumerate(layers):
        first_only = layer.pooled_only and index + 1 == len(layers)
        hidden = _encoder_layer(graph, encoder_layer, hidden, input_mask, first_only)
        outputs.append(hidden)
    pooled = _projection(graph, layer.pooler.projection, _first_token(graph, hidden))
    named = {
        "all_encoder_layers": outputs[:-1] if layer.pooled_only else outputs,
        "embedding_output": embedded,
        "embedding_table": None,
        "pooled_output": graph.node("Squeeze", graph.node("Tanh", pooled), np.array([1], np.int64)),
    }
    return named if layer.pooled_only else {**named, "sequence_output": hidden}


def _embeddings(graph, layer, input_ids, segment_ids):
    """[B, S] twice to [B, S, H]."""
    words = graph.lookup(weights(layer.word_embeddings), input_ids)
    segments = graph.node("Gather", weights(layer.token_type_embeddings), segment_ids)
    length = graph.node("Shape", input_ids, start=1)
    positions = graph.node("Slice", weights(layer.position_embeddings), _FIRST, length)
    return _norm_of_sum(graph, layer.normalization, words, segments, positions)


def _encoder_layer(graph, layer, inputs, input_mask, first_only):
    """[B, S, H] to [B, S, H], or, at the first token only, to [B, 1, H]."""
    wanted = _first_token(graph, inputs) if first_only else inputs
    context = _self_attention(graph, layer.attention.self_attention, wanted, inputs, input_mask)
    attention_output = _residual_output(graph, layer.attention.attention_output, context, wanted)
    hidden = _projection(graph, layer.intermediate.projection, attention_output)
    hidden = _activated(graph, layer.config.hidden_act, hidden)
    return _residual_output(graph, layer.layer_output, hidden, attention_output)


def _self_attention(graph, layer, inputs, attended, input_mask):
    """[B, F, H] and [B, T, H] to the context [B, F, H]; query, key and value are one product if F = T."""
    kernels = [weights(part.kernel) for part in (layer.query, layer.key, layer.value)]
    biases = [weights(part.bias) for part in (layer.query, layer.key, layer.value)]
    apart = 0 if inputs == attended else 1
    query = [_product(graph, inputs, kernels[:apart], biases[:apart])] if apart else []
    others = _product(graph, attended, kernels[apart:], biases[apart:])
    others = graph.node("Split", others, outputs=3 - apart, axis=-1)
    return graph.node(
        "MultiHeadAttention",
        *query,
        *others,
        "",
        input_mask,
        domain=MICROSOFT,
        num_heads=layer.config.num_attention_heads,
        mask_filter_value=MASKED_SCORE,
    )


def _product(graph, inputs, kernels, biases):
    return graph.dense(inputs, np.concatenate(kernels, axis=1), np.concatenate(biases))


def _residual_output(graph, layer, inputs, residual):
    """LayerNorm(residual + dense(inputs)), [B, F, H]."""
    return _norm_of_sum(graph, layer.normalization, _projection(graph, layer.projection, inputs), residual)


def _norm_of_sum(graph, layer, *inputs):
    """LayerNorm of the sum of tensors [B, F, H].

    Not Add, which ONNX Runtime would make one operation with what follows: that one runs on one core.
    """
    total = graph.node("Sum", *inputs)
    return graph.node(
        "LayerNormalization", total, weights(layer.gamma), weights(layer.beta), epsilon=layer.epsilon
    )


def _activated(graph, name, inputs):
    """What `hidden_act` names, of each number; as in Google's code the GELU is that of tanh's form."""
    if activation(name) is None:
        return inputs
    operator, domain = {"gelu": ("FastGelu", MICROSOFT), "relu": ("Relu", ""), "tanh": ("Tanh", "")}[
        name.lower()
    ]
    return graph.node(operator, inputs, domain=domain)


def _projection(graph, layer, inputs):
    return graph.dense(inputs, weights(layer.kernel), weights(layer.bias))


def _first_token(graph, hidden):
    """[B, S, H] to [B, 1, H]."""
    return graph.node("Gather", hidden, _FIRST, axis=1)
