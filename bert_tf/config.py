"""The shape of a BERT model, as Google's bert_config.json states it."""

import dataclasses
import json
import math
import os

from bert_tf.config_keys import check_keys, google_names, remarks
from bert_tf.errors import UserError
from bert_tf.files import write_text
from bert_tf.json_text import read_json_file
from bert_tf.progress import say

ACTIVATIONS = ("gelu", "relu", "tanh", "linear", "")

# Ids are 32 bits wide. The deepest of the published transformers have a thousand layers.
_MOST = 2**31 - 1
_MOST_LAYERS = 1000
_SECONDS_PER_LAYER = 0.05
_BYTES_PER_WEIGHT = 4


@dataclasses.dataclass(frozen=True)
class BertConfig:
    """Hyperparameters of the encoder (Google's `modeling.py`, `BertConfig`).

    Args:
        vocab_size: Number of rows of the word embedding table.
        hidden_size: Width H of every layer's output.
        num_hidden_layers: Number L of encoder layers.
        num_attention_heads: Number N of heads; must divide `hidden_size`.
        intermediate_size: Width of the feed-forward layer.
        hidden_act: "gelu" (the tanh approximation), "relu", "tanh", "linear"
            or "" (linear too), in any case; `None` also means linear.
        hidden_dropout_prob: Dropout of embeddings and of each sub-layer's output.
        attention_probs_dropout_prob: Dropout of the attention probabilities.
        max_position_embeddings: Longest sequence, in tokens.
        type_vocab_size: Number of segment ids.
        initializer_range: Standard deviation of the truncated normal initializer.
        extra: Keys of the file that the encoder does not use, kept as read
            (the multilingual and Chinese files have some).

    Raises:
        UserError: If a value is of the wrong type, out of range, or does not
            go with another one.
    """

    vocab_size: int
    hidden_size: int = 768
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    intermediate_size: int = 3072
    hidden_act: str | None = "gelu"
    hidden_dropout_prob: float = 0.1
    attention_probs_dropout_prob: float = 0.1
    max_position_embeddings: int = 512
    type_vocab_size: int = 16
    initializer_range: float = 0.02
    extra: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        for name in _SIZES:
            _check(name, getattr(self, name), f"a whole number from 1 to {_MOST}", _is_size)
        if self.num_hidden_layers > _MOST_LAYERS:
            raise UserError(
                f"num_hidden_layers is {self.num_hidden_layers}: it may be at most {_MOST_LAYERS}; so many would "
                f"take some {self.num_hidden_layers * _SECONDS_PER_LAYER / 60:,.0f} minutes to be built alone"
            )
        for name in ("hidden_dropout_prob", "attention_probs_dropout_prob"):
            _check(name, getattr(self, name), "a number from 0 to below 1", _is_rate)
        _check("initializer_range", self.initializer_range, "a number above 0, at most 100", _is_deviation)
        _check("hidden_act", self.hidden_act, "one of gelu, relu, tanh, linear", _is_activation)
        if self.hidden_size % self.num_attention_heads:
            raise UserError(
                f"hidden_size {self.hidden_size} is not a multiple of num_attention_heads "
                f"{self.num_attention_heads}: each head takes an equal share, so correct one of them"
            )

    @property
    def head_size(self):
        """Width of one attention head."""
        return self.hidden_size // self.num_attention_heads

    @property
    def num_weights(self):
        """The numbers of weights of the encoder's parts, by the setting that most determines each."""
        width, inner = self.hidden_size, self.intermediate_size
        attention = 4 * width * (width + 1) + 2 * width
        feed_forward = width * (2 * inner + 1) + inner + 2 * width
        return {
            "vocab_size": self.vocab_size * width,
            "max_position_embeddings": self.max_position_embeddings * width,
            "type_vocab_size": self.type_vocab_size * width,
            "num_hidden_layers": self.num_hidden_layers * (attention + feed_forward),
            "hidden_size": width * (width + 1) + 2 * width,
        }

    @classmethod
    def from_dict(cls, values):
        """The config of a mapping as `bert_config.json` holds it.

        Raises:
            UserError: If a value is wrong, or a key means another model or is misspelt.
        """
        fields = _own_fields()
        check_keys(values, fields)
        if "vocab_size" not in values:
            raise UserError(
                "vocab_size is missing: is this the bert_config.json of a BERT? Then add the number of rows "
                "of its word embeddings, which is that of the lines of vocab.txt"
            )
        values = google_names(values)
        extra = {key: value for key, value in values.items() if key not in fields}
        return cls(**{key: value for key, value in values.items() if key in fields}, extra=extra)

    @classmethod
    def from_json_file(cls, path):
        """Reads a `bert_config.json`, and prints what a user should know of how it is taken.

        Raises:
            UserError: If the file is missing, is no JSON object, or holds a wrong value or more weights
                than this machine can; the message names the file.
        """
        values, _ = read_json_file(path, "give the path of a bert_config.json", unique_names=True)
        if not isinstance(values, dict):
            raise UserError(f"{path}: holds a JSON {type(values).__name__}, not an object of settings")
        try:
            config = cls.from_dict(values)
            config.check_memory(_machine_memory())
        except UserError as error:
            raise UserError(f"{path}: {error}") from None
        for remark in remarks(values, _own_fields()):
            say(f"{path}: {remark}")
        return config

    def check_memory(self, available):
        """Raises UserError if the weights alone take more than the bytes available."""
        needed = sum(self.num_weights.values()) * _BYTES_PER_WEIGHT
        if needed > available:
            name, largest = max(self.num_weights.items(), key=lambda part: part[1])
            raise UserError(
                f"its weights take {needed / 1e9:,.0f} GB in float32, {largest * _BYTES_PER_WEIGHT / 1e9:,.0f} "
                f"of them for {name} {getattr(self, name)}, and this machine has {available / 1e9:,.1f} GB of "
                "memory: correct the sizes, or use a larger machine"
            )

    def check_max_seq_length(self, max_seq_length, config_file):
        """Raises UserError if sequences of this length have no position embeddings."""
        if max_seq_length > self.max_position_embeddings:
            raise UserError(
                f"--max_seq_length={max_seq_length}: the model has {self.max_position_embeddings} positions "
                f"(max_position_embeddings in {config_file}): give at most that"
            )

    def to_dict(self):
        """The mapping that `bert_config.json` holds, extra keys included."""
        return {**self.extra, **{name: getattr(self, name) for name in _own_fields()}}

    def to_json_file(self, path):
        """Writes a `bert_config.json` that Google's code reads too."""
        write_text(path, json.dumps(self.to_dict(), indent=2, sort_keys=True) + "\n")


_SIZES = (
    "vocab_size",
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "max_position_embeddings",
    "type_vocab_size",
)


def _check(name, value, expected, is_valid):
    if not is_valid(value):
        raise UserError(f"{name} is {value!r}: it must be {expected}")


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_size(value):
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST


def _is_rate(value):
    return _is_number(value) and 0 <= value < 1


def _is_deviation(value):
    return _is_number(value) and 0 < value <= 100


def _is_activation(value):
    return value is None or isinstance(value, str) and value.lower() in ACTIVATIONS


def _own_fields():
    """The settings of the file that `BertConfig` knows, with their defaults; `None` where there is none."""
    return {
        field.name: None if field.default is dataclasses.MISSING else field.default
        for field in dataclasses.fields(BertConfig)
        if field.name != "extra"
    }


def _machine_memory():
    """Bytes of memory; infinitely many where that cannot be told."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # As on Windows.
        return math.inf
