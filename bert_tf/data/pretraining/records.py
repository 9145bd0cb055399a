"""Records of pretraining instances: one specification writes, parses and checks them."""

import dataclasses

from bert_tf.data.record_files import serialize_examples
from bert_tf.errors import UserError

# The features of Google's `create_pretraining_data.py`, by the option that is their length.
_BY_SEQUENCE = ("input_ids", "input_mask", "segment_ids")
_BY_PREDICTION = ("masked_lm_positions", "masked_lm_ids", "masked_lm_weights")
_SINGLE = ("next_sentence_labels",)

_FLOAT_FEATURES = ("masked_lm_weights",)

# A gzip file's first bytes. As a TFRecord's they would announce a first record of half a megabyte or more.
_GZIP_MAGIC = b"\x1f\x8b\x08"


@dataclasses.dataclass(frozen=True)
class PretrainingRecords:
    """What a record of pretraining data holds.

    Args:
        max_seq_length: S, length of the features by token.
        max_predictions_per_seq: P, length of the features by masked token.
    """

    max_seq_length: int
    max_predictions_per_seq: int

    @property
    def lengths(self):
        """From the features' names to their lengths, in the order in which they are written."""
        return {
            **dict.fromkeys(_BY_SEQUENCE, self.max_seq_length),
            **dict.fromkeys(_BY_PREDICTION, self.max_predictions_per_seq),
            **dict.fromkeys(_SINGLE, 1),
        }

    def serialize(self, features):
        """Serialized examples.

        Args:
            features: From each name to an array [N, length].

        Returns:
            A list of N `bytes`.
        """
        return serialize_examples({name: features[name] for name in self.lengths})

    def parse(self, serialized):
        """Parses a batch of records inside a `tf.data` pipeline.

        Args:
            serialized: String tensor [B].

        Returns:
            A dictionary of tensors [B, length]: float32 `masked_lm_weights`, int32 all others.
        """
        import tensorflow as tf

        spec = {
            name: tf.io.FixedLenFeature([length], tf.float32 if name in _FLOAT_FEATURES else tf.int64)
            for name, length in self.lengths.items()
        }
        features = tf.io.parse_example(serialized, spec)
        return {
            name: values if name in _FLOAT_FEATURES else tf.cast(values, tf.int32)
            for name, values in features.items()
        }

    def check(self, path):
        """Makes sure that a file's first record is what `parse` expects.

        Args:
            path: A TFRecord file, compressed with GZIP or not.

        Raises:
            UserError: If it cannot be read, holds no record, or one of other features or lengths.
        """
        found = _first_record_lengths(path)
        for name, length in self.lengths.items():
            if name not in found:
                raise _not_records(path, f"records without {name}")
            if found[name] != length:
                option = "max_seq_length" if name in _BY_SEQUENCE else "max_predictions_per_seq"
                raise UserError(
                    f"{path}: records with {found[name]} {name}, but {option} is {length}: "
                    f"give {option} {found[name]}, or make the records with {length}"
                )


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


def _first_record_lengths(path):
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
    lengths = {}
    for name, feature in example.features.feature.items():
        kind = "float_list" if name in _FLOAT_FEATURES else "int64_list"
        lengths[name] = len(getattr(feature, kind).value)
    return lengths


def _not_records(path, what):
    return UserError(f"{path}: {what}: give files made by create_pretraining_data.py")
