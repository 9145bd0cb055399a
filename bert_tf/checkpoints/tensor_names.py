"""The name table: every kind of tensor in a checkpoint, one row each, readable in both directions.

A row says the tensor's name in Google's checkpoints, the sizes its shape is made of
(attributes of `BertConfig`), and, where they differ, its path in our Keras models.
`{n}` stands for the number of an encoder layer.
"""

import dataclasses
import re


@dataclasses.dataclass(frozen=True)
class TensorKind:
    """One row of the table.

    Args:
        google: The name in Google's checkpoints.
        sizes: What each axis counts.
        path: The variable's path in our models, Google's name by default.
        head: Whether it belongs to a head, which a checkpoint may lack, rather
            than to the encoder, which it may not.
        pooler: Whether it belongs to the pooler, the part of the encoder that a checkpoint may lack:
            not all models use it.
    """

    google: str
    sizes: tuple
    path: str = ""
    head: bool = False
    pooler: bool = False

    @property
    def optional(self):
        """Whether a checkpoint may lack it."""
        return self.head or self.pooler


def _rows():
    hidden, inner = "hidden_size", "intermediate_size"
    embeddings, layer = "bert/embeddings/", "bert/encoder/layer_{n}/"

    yield TensorKind(embeddings + "word_embeddings", ("vocab_size", hidden))
    yield TensorKind(embeddings + "token_type_embeddings", ("type_vocab_size", hidden))
    yield TensorKind(embeddings + "position_embeddings", ("max_position_embeddings", hidden))
    yield from _layer_norm(embeddings)
    for name in ("query", "key", "value"):
        yield from _dense(layer + f"attention/self/{name}", hidden, hidden)
    yield from _dense(layer + "attention/output/dense", hidden, hidden)
    yield from _layer_norm(layer + "attention/output/")
    yield from _dense(layer + "intermediate/dense", hidden, inner)
    yield from _dense(layer + "output/dense", inner, hidden)
    yield from _layer_norm(layer + "output/")
    yield from _dense("bert/pooler/dense", hidden, hidden, pooler=True)

    yield from _dense("cls/predictions/transform/dense", hidden, hidden, head=True)
    yield from _layer_norm("cls/predictions/transform/", head=True)
    yield TensorKind("cls/predictions/output_bias", ("vocab_size",), head=True)
    yield TensorKind("cls/seq_relationship/output_weights", ("2", hidden), head=True)
    yield TensorKind("cls/seq_relationship/output_bias", ("2",), head=True)
    yield TensorKind("cls/squad/output_weights", ("2", hidden), head=True)
    yield TensorKind("cls/squad/output_bias", ("2",), head=True)
    yield TensorKind("output_weights", ("labels", hidden), path="classifier/output_weights", head=True)
    yield TensorKind("output_bias", ("labels",), path="classifier/output_bias", head=True)


def _dense(scope, inputs, outputs, **part):
    yield TensorKind(f"{scope}/kernel", (inputs, outputs), **part)
    yield TensorKind(f"{scope}/bias", (outputs,), **part)


def _layer_norm(scope, head=False):
    yield TensorKind(f"{scope}LayerNorm/gamma", ("hidden_size",), head=head)
    yield TensorKind(f"{scope}LayerNorm/beta", ("hidden_size",), head=head)


TENSOR_KINDS = tuple(_rows())

_BY_GOOGLE = {kind.google: kind for kind in TENSOR_KINDS}
_BY_PATH = {kind.path or kind.google: kind for kind in TENSOR_KINDS}
_LAYER = re.compile(r"(?<=/layer_)\d+(?=/)")


def encoder_shapes(config):
    """The shapes of the tensors that the encoder of a `BertConfig` has, pooler included, by Google's names."""
    shapes = {}
    for kind in TENSOR_KINDS:
        if not kind.head:
            shape = tuple(getattr(config, size) for size in kind.sizes)
            numbers = range(config.num_hidden_layers) if "{n}" in kind.google else [0]
            shapes |= {kind.google.replace("{n}", str(number)): shape for number in numbers}
    return shapes


def num_layers(names):
    """How many encoder layers there are tensors of among these, by Google's names."""
    matches = (re.match(r"bert/encoder/layer_(\d+)/", name) for name in names)
    return len({match[1] for match in matches if match})


def kind_of_path(path):
    """The row of a variable of one of our models, by its path.

    Raises:
        KeyError: If the table has no row for it.
    """
    return _BY_PATH[_LAYER.sub("{n}", path)]


def kind_of_name(name):
    """The row of a tensor of Google's checkpoints.

    Raises:
        KeyError: If the table has no row for it.
    """
    return _BY_GOOGLE[_LAYER.sub("{n}", name)]


def google_name(path):
    """The name in Google's checkpoints of the variable at a path of our models."""
    return _numbered(kind_of_path(path).google, path)


def keras_path(name):
    """The path in our models of a tensor of Google's checkpoints; inverse of `google_name`."""
    kind = kind_of_name(name)
    return _numbered(kind.path or kind.google, name)


def _numbered(pattern, original):
    number = _LAYER.search(original)
    return pattern.replace("{n}", number.group()) if number else pattern
