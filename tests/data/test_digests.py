"""Digests of training data: what changes them and what does not."""

import dataclasses

import numpy as np
import pytest

from bert_tf.data import digests
from bert_tf.data.digests import files_digest, rows_digest
from bert_tf.data.pipelines import EncodedExamples

ENCODED = EncodedExamples(
    input_ids=np.array([2, 7, 3, 2, 8, 9, 3, 2, 3], np.int32),
    segment_ids=np.zeros(9, np.int32),
    row_splits=np.array([0, 3, 7, 9], np.int64),
    labels=np.array([0, 1, 1], np.int32),
    num_truncated=0,
)


def differs(**changes):
    """The names of the digests that are others after a change of the examples."""
    before, after = rows_digest(ENCODED), rows_digest(dataclasses.replace(ENCODED, **changes))
    return {name for name in before if before[name] != after[name]}


def test_what_training_takes_from_the_rows_is_told_apart():
    texts = {"texts", "sorted_texts"}
    assert differs() == differs(num_truncated=1, examples=["other"]) == set()
    assert differs(input_ids=np.array([2, 7, 3, 2, 8, 8, 3, 2, 3], np.int32)) == texts
    assert differs(segment_ids=np.ones(9, np.int32)) == {"texts"}
    assert differs(row_splits=np.array([0, 3, 6, 9], np.int64)) == texts
    assert differs(row_examples=np.array([0, 0, 1])) == differs(num_choices=3) == {"texts"}
    assert differs(labels=np.array([1, 0, 1], np.int32)) == {"labels"}
    assert differs(labels=np.array([0, 1, 1.5], np.float32)) == {"labels"}
    assert differs(labels=None, token_labels=np.zeros(9, np.int32)) == {"labels"}
    swapped = {
        "input_ids": np.array([2, 8, 9, 3, 2, 7, 3, 2, 3], np.int32),
        "row_splits": np.array([0, 4, 7, 9], np.int64),
    }
    assert differs(**swapped) == {"texts"}


def test_digests_of_rows_stay_what_they_are():
    """Output folders hold them."""
    found = {name: digest[:8] for name, digest in rows_digest(ENCODED).items()}
    assert found == {"texts": "762571d1", "labels": "ac45f696", "sorted_texts": "d6c69acf"}
    wider = dataclasses.replace(
        ENCODED, input_ids=ENCODED.input_ids.astype(np.int64), labels=ENCODED.labels.astype(np.int64)
    )
    assert rows_digest(wider) == rows_digest(ENCODED)


@pytest.fixture
def write(tmp_path):
    def write_file(name, content):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return str(path)

    return write_file


def test_every_byte_of_a_small_file_counts_and_its_folder_does_not(write):
    path = write("a", bytes(1000))
    name, size, digest = files_digest([path])[0]
    assert (name, size) == ("a", 1000)
    assert files_digest([write("elsewhere/a", bytes(1000))]) == [[name, size, digest]]
    for place in (0, 500, 999):
        changed = bytearray(1000)
        changed[place] = 1
        assert files_digest([write("a", changed)])[0][:2] == [name, size]
        assert files_digest([write("a", changed)])[0][2] != digest


def test_of_large_files_blocks_are_read(write, monkeypatch):
    monkeypatch.setattr(digests, "_READ_BYTES", 2000)
    monkeypatch.setattr(digests, "_BLOCK_BYTES", 100)
    content = np.random.default_rng(0).bytes(100_000)
    paths = [write("a", content), write("b", content)]
    (before, _) = files_digest(paths)
    seen = []
    for start in range(0, len(content), 100):
        write("a", content[:start] + bytes(100) + content[start + 100 :])
        if files_digest(paths)[0] != before:
            seen.append(start)
    assert seen[0] == 0 and seen[-1] == 99_900 and len(seen) == 10
    assert {11_100} == set(np.diff(seen))
