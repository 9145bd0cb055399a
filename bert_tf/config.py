"""The shape of a BERT model, as Google's bert_config.json states it."""

import dataclasses
import json

from bert_tf.errors import UserError
from bert_tf.files import write_text

ACTIVATIONS = ("gelu", "relu", "tanh", "linear", "")


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
            _check(name, getattr(self, name), "a whole number of at least 1", _is_size)
        for name in ("hidden_dropout_prob", "attention_probs_dropout_prob"):
            _check(name, getattr(self, name), "a number from 0 to below 1", _is_rate)
        _check("initializer_range", self.initializer_range, "a number above 0", _is_positive)
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

    @classmethod
    def from_dict(cls, values):
        """The config of a mapping as `bert_config.json` holds it."""
        known = {field.name for field in dataclasses.fields(cls)} - {"extra"}
        if "vocab_size" not in values:
            raise UserError("vocab_size is missing: add the number of lines of vocab.txt")
        extra = {key: value for key, value in values.items() if key not in known}
        return cls(**{key: value for key, value in values.items() if key in known}, extra=extra)

    @classmethod
    def from_json_file(cls, path):
        """Reads a `bert_config.json`.

        Raises:
            UserError: If the file is missing, is no JSON object, or holds a
                wrong value; the message names the file.
        """
        try:
            with open(path, encoding="utf-8") as file:
                values = json.load(file)
        except OSError as error:
            raise UserError(f"{path}: {error.strerror}: give the path of a bert_config.json") from None
        except UnicodeDecodeError as error:
            raise UserError(
                f"{path}: not UTF-8 ({error.reason} at byte {error.start}): "
                "give the path of a bert_config.json"
            ) from None
        except json.JSONDecodeError as error:
            raise UserError(f"{path}:{error.lineno}: not JSON: {error.msg}: correct the file") from None
        if not isinstance(values, dict):
            raise UserError(f"{path}: holds a JSON {type(values).__name__}, not an object of settings")
        try:
            return cls.from_dict(values)
        except UserError as error:
            raise UserError(f"{path}: {error}") from None

    def check_max_seq_length(self, max_seq_length, config_file):
        """Raises UserError if sequences of this length have no position embeddings."""
        if max_seq_length > self.max_position_embeddings:
            raise UserError(
                f"--max_seq_length={max_seq_length}: the model has {self.max_position_embeddings} positions "
                f"(max_position_embeddings in {config_file}): give at most that"
            )

    def to_dict(self):
        """The mapping that `bert_config.json` holds, extra keys included."""
        values = dataclasses.asdict(self)
        return {**values.pop("extra"), **values}

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
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_rate(value):
    return _is_number(value) and 0 <= value < 1


def _is_positive(value):
    return _is_number(value) and value > 0


def _is_activation(value):
    return value is None or isinstance(value, str) and value.lower() in ACTIVATIONS
