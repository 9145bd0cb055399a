"""TFRecord files that TensorFlow reads as its own."""

import errno
import os
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from bert_tf.data.record_files import RecordWriter, serialize_examples
from bert_tf.errors import UserError


def write(path, records, compress=False):
    with RecordWriter(path, compress) as writer:
        writer.write(records[:1])
        writer.write(records[1:])


@pytest.mark.parametrize("largest", [1, 127, 128, 2**14 - 1, 2**14, 2**21 - 1, 2**21, 2**28 - 1])
def test_examples_are_parsed_by_protobuf(largest):
    rng = np.random.default_rng(largest)
    features = {
        "numbers": np.minimum(2 ** (rng.random((5, 200)) * 28), largest).astype(np.int64),
        "a single one of a rather long name " * 5: np.array([[0], [largest], [1], [0], [largest]], np.int32),
        "weights": rng.random((5, 3)).astype(np.float32),
    }
    records = serialize_examples(features)
    assert len(records) == 5
    for row, record in enumerate(records):
        parsed = tf.train.Example.FromString(record).features.feature
        assert set(parsed) == set(features)
        for name, values in features.items():
            found = parsed[name].float_list.value if name == "weights" else parsed[name].int64_list.value
            assert list(found) == values[row].tolist()


@pytest.mark.parametrize("compress", [False, True])
def test_tensorflow_reads_the_files(tmp_path, compress):
    path = tmp_path / "new folder" / "x.tfrecord"
    records = [b"", b"short", bytes(range(256)) * 500]
    write(path, records, compress)
    assert list(tf.data.TFRecordDataset(str(path), "GZIP" if compress else "").as_numpy_iterator()) == records
    assert (path.stat().st_size < 10_000) == compress


def test_compressed_files_of_the_same_records_are_the_same(tmp_path):
    for name in "ab":
        write(tmp_path / name, [b"record"], compress=True)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_file_appears_when_complete_or_stays_as_it_was(tmp_path):
    path = tmp_path / "x"
    path.write_text("before")
    with pytest.raises(ZeroDivisionError):
        with RecordWriter(path) as writer:
            writer.write([b"record"])
            assert path.read_text() == "before"
            1 / 0
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
    write(path, [b"record"])
    assert path.read_bytes() != b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_unwritable_files_are_named(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "x"):
        with pytest.raises(UserError, match=rf"^{path}: cannot be written \(.+\): give an output_file"):
            RecordWriter(path)


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_fails_in_the_end_leaves_nothing(tmp_path, monkeypatch, call, compress):
    def fail(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "x").write_text("before")
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(UserError, match=r"x: cannot be written \(No space left on device\)"):
        write(tmp_path / "x", [b"record"], compress)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["before"]


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("size", [200, 2_000, 4_000_000])
def test_a_full_disk_is_one_clear_line_and_leaves_nothing(tmp_path, size, compress):
    program = """
import os, resource, signal, sys
from bert_tf import UserError
from bert_tf.data.record_files import RecordWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    with RecordWriter(sys.argv[1], sys.argv[3] == "True") as writer:
        writer.write([os.urandom(int(sys.argv[2]))])
except UserError as error:
    print(error)
"""
    command = [sys.executable, "-c", program, str(tmp_path / "x"), str(size), str(compress)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.stdout.startswith(f"{tmp_path}/x: cannot be written (File too large): give an output_file")
    assert result.stdout.count("\n") == 1 and not result.stderr
    assert not list(tmp_path.iterdir())


def test_two_writers_of_one_file_do_not_mix(tmp_path):
    with RecordWriter(tmp_path / "x") as writer:
        with pytest.raises(UserError, match="x: another process is writing it: wait"):
            RecordWriter(tmp_path / "x")
        writer.write([b"record"])
    assert list(tf.data.TFRecordDataset(str(tmp_path / "x")).as_numpy_iterator()) == [b"record"]
