"""A model of this package as ONNX: its layers one by one, each by what stands for it in `_CONVERTERS`."""

import keras
import numpy as np

from bert_tf.errors import UserError
from bert_tf.export.onnx_encoder import add_bert
from bert_tf.export.onnx_graph import Graph, weights
from bert_tf.layers.bert import Bert
from bert_tf.models.classification import ClassificationHead
from bert_tf.models.multiple_choice import ChoiceHead, MergeChoices
from bert_tf.models.span_answering import SpanHead


def check_convertible(model):
    """Raises UserError, naming the layer, if a model has one that ONNX is not written for."""
    for operation in _operations(model):
        _converter(operation)


def onnx_model(model, int8=True):
    """A Keras model as ONNX, with the same inputs and outputs under the same names.

    Args:
        model: A functional model of this package, whose inputs and outputs are dicts.
        int8: Whether the matrices of the encoder, the pooler and the word embeddings are int8,
            rather than float32.

    Returns:
        An `onnx.ModelProto`, for any batch size and length.

    Raises:
        UserError: If the model has a layer that ONNX is not written for.
    """
    check_convertible(model)
    graph = Graph(int8)
    # Tensors of the Keras model, by identity, and their names in the graph.
    names = {id(tensor): _wide_enough(graph, name, tensor.ndim) for name, tensor in model.input.items()}
    for operation in _operations(model):
        inputs = [names[id(tensor)] for tensor in keras.tree.flatten(operation.input)]
        outputs = keras.tree.flatten(_converter(operation)(graph, operation, *inputs))
        names |= zip(map(id, keras.tree.flatten(operation.output)), outputs, strict=True)
    for name, tensor in model.output.items():
        graph.node("Identity", names[id(tensor)], name=name)
    return graph.model(_axes(model.input), _axes(model.output))


def _wide_enough(graph, ids, rank):
    """Sequences [..., S] as they are; those of an empty batch without a width, [0, 0], with a width of 1."""
    rows = graph.node("ReduceProd", graph.node("Shape", ids, end=-1))
    taken = graph.node("Add", rows, graph.node("Shape", ids, start=-1))
    missing = graph.node("Max", graph.node("Sub", np.array([1]), taken), np.array([0]))
    before, after = np.zeros(rank, np.int64), np.zeros(rank - 1, np.int64)
    return graph.node("Pad", ids, graph.node("Concat", before, after, missing, axis=0))


def _axes(tensors):
    """The axes of each tensor: a number, or a name where the size is free, the same for like axes."""
    return {
        name: [f"axis_{axis}" if size is None else size for axis, size in enumerate(tensor.shape)]
        for name, tensor in tensors.items()
    }


def _operations(model):
    """What a model is made of, in the order of its computation."""
    return [one for one in model.operations if not isinstance(one, keras.layers.InputLayer)]


def _converter(operation):
    converter = _CONVERTERS.get(type(operation))
    is_known = not isinstance(operation, keras.layers.Activation) or operation.activation in _ACTIVATIONS
    if converter is None or not is_known:
        raise UserError(f"the layer {operation.name} ({type(operation).__name__}) cannot be written as ONNX")
    return converter


def _classification_head(graph, layer, inputs):
    """[..., H] to [..., C]."""
    product = graph.node("MatMul", inputs, weights(layer.output_weights).T)
    return graph.node("Add", product, weights(layer.output_bias))


def _span_head(graph, layer, inputs):
    """[B, S, H] to two tensors [B, S]."""
    logits = _classification_head(graph, layer.squad, inputs)
    columns = (graph.node("Gather", logits, np.array(column), axis=-1) for column in range(2))
    return dict(zip(("start_logits", "end_logits"), columns))


def _merge_choices(graph, layer, inputs):
    """[B, C, S] to [B·C, S]."""
    last = graph.node("Shape", inputs, start=2)
    return graph.node("Reshape", inputs, graph.node("Concat", np.array([-1]), last, axis=0))


def _choice_head(graph, layer, pooled_output, input_ids):
    """[B·C, H] to [B, C]."""
    scores = graph.node("MatMul", pooled_output, weights(layer.output_weights).T)
    return graph.node("Reshape", scores, graph.node("Shape", input_ids, end=2), allowzero=1)


def _reshape(graph, layer, inputs):
    """To the batch (0 says: as it is) and the layer's own shape."""
    return graph.node("Reshape", inputs, np.array([0, *layer.target_shape]))


def _activation(graph, layer, inputs):
    return graph.node(_ACTIVATIONS[layer.activation], inputs)


_ACTIVATIONS = {keras.activations.sigmoid: "Sigmoid"}

# From a class of layers to a function of graph, layer and names of its inputs to names of its outputs.
_CONVERTERS = {
    Bert: add_bert,
    ClassificationHead: _classification_head,
    SpanHead: _span_head,
    MergeChoices: _merge_choices,
    ChoiceHead: _choice_head,
    keras.layers.Softmax: lambda graph, layer, inputs: graph.node("Softmax", inputs, axis=-1),
    keras.layers.Activation: _activation,
    keras.layers.Reshape: _reshape,
}
