"""Digests of training data: whether a run that is resumed is given what it began with.

They are noted in the output folder, so what they are made from stays the same from version to version.
"""

import hashlib
import itertools
import os

import numpy as np

# What is read of record files in all, and of a large one at least twice, at its beginning and its end.
_READ_BYTES = 1 << 28
_BLOCK_BYTES = 1 << 16

# So many are copied into one type, rather than all.
_NUMBERS_AT_ONCE = 1 << 20


def rows_digest(encoded):
    """What training takes from encoded examples.

    It is about ids and labels, so that a file may be moved, renamed or written in another format.

    Args:
        encoded: `EncodedExamples`.

    Returns:
        Digests by name: of the `texts` in their order, of the `labels`, and of the `sorted_texts`.
    """
    ids = np.ascontiguousarray(encoded.input_ids, "<i4")
    splits = encoded.row_splits.tolist()
    rows = sorted(
        hashlib.blake2b(ids[start:end], digest_size=16).digest() for start, end in itertools.pairwise(splits)
    )
    texts = (ids, encoded.segment_ids, encoded.row_splits, encoded.row_examples, encoded.num_choices)
    return {
        "texts": _digest(texts),
        "labels": _digest((encoded.labels, encoded.token_labels)),
        "sorted_texts": hashlib.sha256(b"".join(rows)).hexdigest(),
    }


def _digest(arrays):
    """One digest of arrays of numbers, whatever types hold them; None is left out."""
    digest = hashlib.sha256()
    for values in arrays:
        if values is not None:
            values = np.asarray(values)
            digest.update(str(values.shape).encode())
            flat, kind = values.ravel(), "<f8" if values.dtype.kind == "f" else "<i8"
            for start in range(0, len(flat), _NUMBERS_AT_ONCE):
                digest.update(flat[start : start + _NUMBERS_AT_ONCE].astype(kind).tobytes())
    return digest.hexdigest()


def files_digest(paths):
    """What the order of the records of files follows from, at a cost that does not grow with their size.

    Args:
        paths: The files, in the order in which they are given.

    Returns:
        For each a list of its name, its size and a digest of its bytes: of all of them, or of
        blocks spread evenly over the file where that would be more than 256 MiB.

    Raises:
        OSError: If a file cannot be read.
    """
    share = max(2 * _BLOCK_BYTES, _READ_BYTES // len(paths))
    return [[os.path.basename(path), os.path.getsize(path), _sampled(path, share)] for path in paths]


def _sampled(path, share):
    size = os.path.getsize(path)
    digest = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        for start in range(0, size, _BLOCK_BYTES) if size <= share else _spread(size, share):
            file.seek(start)
            digest.update(file.read(_BLOCK_BYTES))
    return digest.hexdigest()


def _spread(size, share):
    """Where blocks begin, the first at the beginning of a file, the last up to its end."""
    count = share // _BLOCK_BYTES
    return [index * (size - _BLOCK_BYTES) // (count - 1) for index in range(count)]
