"""What pretraining data is made from, how, and where it goes."""

import contextlib
import dataclasses

from bert_tf.errors import UserError
from bert_tf.files.outputs import check_apart, check_file, check_not_read, reserved
from bert_tf.files.paths import place

# Google draws the length of a short instance from 2 tokens up, beside [CLS] and two [SEP].
_SHORTEST_SEQUENCE = 5
# What to do where an output file cannot be written.
REMEDY = "give an output_file in a folder with room that you may write to"

# Positions are held as 16-bit numbers.
_LONGEST_SEQUENCE = 1 << 16

# Whatever is asked for must have room too: see `room.py`.
_MOST_PASSES = 1_000_000_000
# So many files are written in one folder in reasonable time; it has room for no more than names of five digits.
_MOST_SHARDS = 100_000


@dataclasses.dataclass(frozen=True)
class PretrainingDataOptions:
    """How instances are made: the options of Google's `create_pretraining_data.py`, under its names.

    Args:
        max_seq_length: Tokens of an instance at most, [CLS] and two [SEP] included.
        max_predictions_per_seq: Tokens masked in an instance at most.
        dupe_factor: How often the text is gone through, each time with other masks.
        masked_lm_prob: Share of an instance's tokens that is masked.
        short_seq_prob: Share of documents cut into instances shorter than `max_seq_length`.
        do_whole_word_mask: Whether all pieces of a word are masked together.

    Raises:
        UserError: If a value is out of range.
    """

    max_seq_length: int = 128
    max_predictions_per_seq: int = 20
    dupe_factor: int = 10
    masked_lm_prob: float = 0.15
    short_seq_prob: float = 0.1
    do_whole_word_mask: bool = False

    def __post_init__(self):
        _check_range("max_seq_length", self.max_seq_length, _SHORTEST_SEQUENCE, _LONGEST_SEQUENCE)
        _check_range("max_predictions_per_seq", self.max_predictions_per_seq, 1, _LONGEST_SEQUENCE)
        _check_range("dupe_factor", self.dupe_factor, 1, _MOST_PASSES)
        _check_range("masked_lm_prob", self.masked_lm_prob, 0, 1)
        _check_range("short_seq_prob", self.short_seq_prob, 0, 1)

    @property
    def max_num_tokens(self):
        """Tokens of text an instance has at most, beside [CLS] and two [SEP]."""
        return self.max_seq_length - 3


@dataclasses.dataclass(frozen=True)
class PretrainingDataJob:
    """One making of pretraining data.

    Args:
        input_files: Text files, a sentence a line, a blank line between documents.
        output_files: TFRecord files to write.
        vocab_file: vocab.txt.
        do_lower_case: Whether the text is lower-cased.
        random_seed: Decides every choice.
        compress_output: Whether the TFRecord files are compressed with GZIP.
        options: `PretrainingDataOptions`.

    Raises:
        UserError: If an output file is named twice, or is one of the files to read.
    """

    input_files: tuple[str, ...]
    output_files: tuple[str, ...]
    vocab_file: str
    do_lower_case: bool = True
    random_seed: int = 12345
    compress_output: bool = False
    options: PretrainingDataOptions = dataclasses.field(default_factory=PretrainingDataOptions)

    def __post_init__(self):
        check_apart(self.output_files, "give each output_file once")
        inputs = (*self.input_files, self.vocab_file)
        check_not_read(self.output_files, inputs, "give another output_file")

    @contextlib.contextmanager
    def alone(self):
        """Keeps other runs out which write the same files, after a look at whether they can be written.

        Raises:
            UserError: If one cannot, or another run is writing them.
        """
        for path in self.output_files:
            check_file(path, path, REMEDY)
        first = min(map(place, self.output_files))
        with reserved(first, self.output_files[0], "give another output_file"):
            yield

    @property
    def input_name(self):
        """The input, for messages."""
        others = len(self.input_files) - 1
        return self.input_files[0] + (f" and {others} more" if others else "")


@dataclasses.dataclass(frozen=True)
class PretrainingDataReport:
    """What came out of a job.

    Args:
        documents: Number of documents of the input.
        tokens: Number of their tokens.
        instances: Number of instances written.
        written: The files written, in order.
        kept: Those that an earlier run had finished.
    """

    documents: int
    tokens: int
    instances: int
    written: tuple[str, ...]
    kept: tuple[str, ...] = ()


def shard_names(output_files, num_shards):
    """The files of the shards: as given, or one name extended as in `data.tfrecord-00000-of-00008`.

    Args:
        output_files: One path, or as many as there are shards.
        num_shards: Number of shards, 0 for as many as there are paths.

    Raises:
        UserError: If there are several paths, but another number of shards, or if it is out of range.
    """
    _check_range("num_shards", num_shards, 0, _MOST_SHARDS)
    if num_shards in (0, len(output_files)):
        return tuple(output_files)
    if len(output_files) > 1:
        raise UserError(
            f"num_shards {num_shards}, but {len(output_files)} output files: "
            "give one name, which is extended for each shard, or as many as shards"
        )
    return tuple(f"{output_files[0]}-{shard:05d}-of-{num_shards:05d}" for shard in range(num_shards))


def _check_range(name, value, low, high):
    if not low <= value <= high:
        raise UserError(f"{name} {value}: give a value from {low} to {high}")
