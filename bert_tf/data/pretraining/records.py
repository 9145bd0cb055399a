"""Records of pretraining instances: one specification writes, parses and checks them."""

import dataclasses

from bert_tf.data.pretraining.record_checks import problem_of
from bert_tf.data.record_files import serialize_examples
from bert_tf.errors import UserError

# The features of Google's `create_pretraining_data.py`, by the option that is their length.
_BY_SEQUENCE = ("input_ids", "input_mask", "segment_ids")
_BY_PREDICTION = ("masked_lm_positions", "masked_lm_ids", "masked_lm_weights")
_SINGLE = ("next_sentence_labels",)

_FLOAT_FEATURES = ("masked_lm_weights",)

# Beyond the largest number that the model's int32 can hold.
_ANY = 1 << 31

# A gzip file's first bytes. As a TFRecord's they would announce a first record of half a megabyte or more.
_GZIP_MAGIC = b"\x1f\x8b\x08"


@dataclasses.dataclass(frozen=True)
class PretrainingRecords:
    """What a record of pretraining data holds.

    Args:
        max_seq_length: S, length of the features by token.
        max_predictions_per_seq: P, length of the features by masked token.
        vocab_size: Number of word pieces; ids are below it.
        type_vocab_size: Number of segments; their ids are below it.
    """

    max_seq_length: int
    max_predictions_per_seq: int
    vocab_size: int = _ANY
    type_vocab_size: int = _ANY

    @property
    def lengths(self):
        """From the features' names to their lengths, in the order in which they are written."""
        return {
            **dict.fromkeys(_BY_SEQUENCE, self.max_seq_length),
            **dict.fromkeys(_BY_PREDICTION, self.max_predictions_per_seq),
            **dict.fromkeys(_SINGLE, 1),
        }

    @property
    def kinds(self):
        """From the features' names to the lists of `tf.train.Feature` that hold them."""
        return {name: "float_list" if name in _FLOAT_FEATURES else "int64_list" for name in self.lengths}

    @property
    def limits(self):
        """From the names of the whole-number features to what all their values are below; none is below 0."""
        return {
            "input_ids": self.vocab_size,
            "input_mask": 2,
            "segment_ids": self.type_vocab_size,
            "masked_lm_positions": self.max_seq_length,
            "masked_lm_ids": self.vocab_size,
            "next_sentence_labels": 2,
        }

    def option_of(self, name):
        """The option that is a feature's length, None for a feature of one value."""
        if name in _SINGLE:
            return None
        return "max_seq_length" if name in _BY_SEQUENCE else "max_predictions_per_seq"

    def serialize(self, features):
        """Serialized examples.

        Args:
            features: From each name to an array [N, length].

        Returns:
            A list of N `bytes`.
        """
        return serialize_examples({name: features[name] for name in self.lengths})

    def parse(self, serialized):
        """Parses a batch of records inside a `tf.data` pipeline, and makes sure that their values can be.

        Args:
            serialized: String tensor [B].

        Returns:
            A dictionary of tensors [B, length]: float32 `masked_lm_weights`, int32 all others.

        Raises:
            tf.errors.InvalidArgumentError: From the pipeline, if a record has other features or lengths,
                or a value beyond its limits: `first_problem` says which.
        """
        import tensorflow as tf

        spec = {
            name: tf.io.FixedLenFeature([length], tf.float32 if name in _FLOAT_FEATURES else tf.int64)
            for name, length in self.lengths.items()
        }
        features = tf.io.parse_example(serialized, spec)
        possible = tf.debugging.Assert(self._are_possible(features), ["impossible values"])
        with tf.control_dependencies([possible]):
            return {
                name: tf.identity(values) if name in _FLOAT_FEATURES else tf.cast(values, tf.int32)
                for name, values in features.items()
            }

    def _are_possible(self, features):
        """Whether every value of parsed features, int64 and float32, is one that `problem_of` lets pass."""
        import tensorflow as tf

        # Without a sign what is below 0 lies beyond every limit.
        largest = [tf.reduce_max(tf.bitcast(features[name], tf.uint64)) for name in self.limits]
        in_range = tf.reduce_all(tf.stack(largest) < tf.constant(list(self.limits.values()), tf.uint64))
        weights, positions = features["masked_lm_weights"], features["masked_lm_positions"]
        seen = tf.cast(tf.gather(features["input_mask"], positions, batch_dims=-1), tf.float32)
        return in_range & tf.reduce_all((weights == 0) | ((weights == 1) & (seen == 1)))

    def check(self, path):
        """Makes sure that a file's first record is what `parse` expects.

        Args:
            path: A TFRecord file, compressed with GZIP or not.

        Raises:
            UserError: If it cannot be read, holds no record, or one of other features, lengths or values.
        """
        record, found = _first_record(path)
        for name, length in self.lengths.items():
            if name not in found:
                raise _not_records(path, f"records without {name}")
            count = len(getattr(found[name], self.kinds[name]).value)
            option = self.option_of(name)
            if option and count not in (0, length):
                raise UserError(
                    f"{path}: records with {count} {name}, but {option} is {length}: "
                    f"give {option} {count}, or make the records with {length}"
                )
        problem = problem_of(record, self)
        if problem:
            raise UserError(f"{path}: record 1: {problem}")


def compression_of(path):
    """What `tf.data.TFRecordDataset` is to be told of a file's compression: "GZIP" or "".

    Raises:
        UserError: If the file cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return "GZIP" if file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC else ""
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}: give a TFRecord file") from None


def _first_record(path):
    """A file's first record, and its features by name."""
    import tensorflow as tf
    from google.protobuf.message import DecodeError

    dataset = tf.data.TFRecordDataset(path, compression_of(path))
    try:
        record = next(dataset.as_numpy_iterator(), None)
        example = None if record is None else tf.train.Example.FromString(record)
    except (tf.errors.OpError, DecodeError):
        raise _not_records(path, "no TFRecord file of examples, or a damaged one") from None
    if example is None:
        raise _not_records(path, "no record")
    return record, example.features.feature


def _not_records(path, what):
    return UserError(f"{path}: {what}: give files made by create_pretraining_data.py")
