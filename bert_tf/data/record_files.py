"""TFRecord files of `tf.train.Example`s, written without TensorFlow.

Many processes write records at once, and TensorFlow would cost each of them seconds and
hundreds of megabytes to load. The two formats are small: see TensorFlow's `example.proto`
and `feature.proto`, protobuf's "Encoding" page, and TensorFlow's `record_writer.cc`.
"""

import functools
import gzip
import pathlib
import struct

import google_crc32c
import numpy as np

from bert_tf.files import WholeFile
from bert_tf.files.paths import beside, place
from bert_tf.files.writing import PARTIAL_MARK

# Field numbers shifted by three, and the type "length-delimited", as protobuf packs them.
_FIELD_1, _FIELD_2, _FIELD_3 = b"\x0a", b"\x12", b"\x1a"

# The smallest numbers that take a varint's first, second, third and fourth byte.
_FIRST_OF_SIZE = np.array([0, 1 << 7, 1 << 14, 1 << 21], "<u4")

# zlib's level: higher ones take several times as long to save a few percent of ids.
_COMPRESSION_LEVEL = 1


def serialize_examples(features):
    """Serialized `tf.train.Example`s, one for each row.

    Args:
        features: From names to arrays [N, n]: whole numbers from 0 to 2^28 - 1 become int64 lists,
            floating point numbers float lists.

    Returns:
        A list of N `bytes`.
    """
    columns = [_entries(name, np.asarray(values)) for name, values in features.items()]
    return [_delimited(_FIELD_1, b"".join(entries)) for entries in zip(*columns)]


def _entries(name, values):
    """For each row its entry in the map `Features.feature`."""
    if np.issubdtype(values.dtype, np.floating):
        kind, lists = _FIELD_2, [row.tobytes() for row in values.astype("<f4")]
    else:
        kind, lists = _FIELD_3, _varints(values)
    return [_head(name, kind, len(packed)) + packed for packed in lists]


@functools.lru_cache(maxsize=1 << 14)
def _head(name, kind, size):
    """What stands before a packed list of `size` bytes: the lengths of all that encloses it."""
    values = _FIELD_1 + _varint(size)
    feature = kind + _varint(len(values) + size) + values
    entry = _delimited(_FIELD_1, name.encode()) + _FIELD_2 + _varint(len(feature) + size) + feature
    return _FIELD_1 + _varint(len(entry) + size) + entry


def _delimited(field, payload):
    return field + _varint(len(payload)) + payload


def _varint(number):
    """Seven bits a byte, the lowest first; the eighth bit says that more follow."""
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*encoded, number))


def _varints(values):
    """Each row of numbers from 0 up, below 2^28, as `bytes` of varints."""
    values = values.astype("<u4")
    largest = values.max(initial=0)
    if largest < 1 << 7:
        return [row.tobytes() for row in values.astype(np.uint8)]
    # All four bytes of a number at once: its groups of seven bits moved apart, the eighth bits between.
    spread = values & 0x7F
    for group in (1, 2, 3):
        low = 7 * group
        if largest >> low:
            spread |= (values >> low & 0x7F) << low + group
            spread |= (values >= 1 << low).astype("<u4") << low + group - 1
    used = values[..., None] >= _FIRST_OF_SIZE
    encoded = spread.view(np.uint8).reshape(used.shape)[used].tobytes()
    ends = np.cumsum(np.count_nonzero(used, axis=(1, 2))).tolist()
    return [encoded[start:end] for start, end in zip([0, *ends], ends)]


def partial_of(path):
    """Where a `RecordWriter` writes until its file is complete."""
    return pathlib.Path(beside(place(path), PARTIAL_MARK))


class RecordWriter:
    """Writes a TFRecord file that appears under its name when it is complete, or not at all.

    A context manager. Until its end the file is a hidden one beside its final place.

    Args:
        path: The file; its folder is made if need be.
        compress: Whether to compress with GZIP.

    Raises:
        UserError: If the file cannot be written, at whatever moment that shows.
    """

    def __init__(self, path, compress=False):
        self._whole = WholeFile(path, "give an output_file in a folder with room that you may write to")
        raw = self._whole.file
        # Without name and time the same records give the same file.
        self._file = gzip.GzipFile("", "wb", _COMPRESSION_LEVEL, raw, 0) if compress else raw

    def write(self, records):
        """Appends serialized records."""
        framed = bytearray()
        for record in records:
            length = struct.pack("<Q", len(record))
            framed += length + _masked_crc(length) + record + _masked_crc(record)
        try:
            self._file.write(framed)
        except OSError as error:
            raise self._whole.unwritable(error) from None

    def discard(self):
        """Gives up what was written; a file of before stays as it is."""
        self._whole.discard()

    def __enter__(self):
        return self

    def complete(self):
        """Has all of it reach the disk, so that nothing but the name is left to change."""
        try:
            if self._file is not self._whole.file:
                self._file.close()
        except OSError as failure:
            self.discard()
            raise self._whole.unwritable(failure) from None
        self._whole.complete()

    def __exit__(self, error_type, error, traceback):
        if error_type is None:
            self.complete()
        self._whole.__exit__(error_type, error, traceback)


def _masked_crc(data):
    """CRC-32C, turned and shifted so that records holding checksums can be checksummed too."""
    crc = google_crc32c.value(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)
