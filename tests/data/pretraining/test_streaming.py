"""Streaming: the same shards however many processes make them and however often they are killed."""

import dataclasses
import errno
import os
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow as tf

from bert_tf.data.pretraining import streaming
from bert_tf.data.pretraining.documents import Sentences
from bert_tf.data.pretraining.options import PretrainingDataJob, PretrainingDataOptions, shard_names
from bert_tf.data.pretraining.records import PretrainingRecords
from bert_tf.data.pretraining.streaming import ShardMaker, cut_into_pools, write_sharded_instances
from bert_tf.errors import UserError

SCRIPT = pathlib.Path(__file__).parents[3] / "create_pretraining_data.py"
OPTIONS = PretrainingDataOptions(max_seq_length=32, max_predictions_per_seq=5, dupe_factor=2)


@pytest.fixture
def job(tmp_path, toy_vocab_file, write_text, random_documents):
    """Makes a job of four shards that go to a folder of the given name."""
    text = write_text(random_documents(60))

    def make(folder="out", **changes):
        output_files = shard_names([str(tmp_path / folder / "data")], 4)
        return PretrainingDataJob((text,), output_files, toy_vocab_file, options=OPTIONS, **changes)

    return make


@pytest.fixture
def small_pools(monkeypatch):
    """Pools so small that each shard has several."""
    monkeypatch.setattr(streaming.cut_into_pools, "__defaults__", (300,))


def contents(job):
    return [pathlib.Path(path).read_bytes() for path in job.output_files]


def files_in(job):
    return sorted(os.listdir(pathlib.Path(job.output_files[0]).parent))


def test_the_number_of_processes_changes_nothing(job):
    one, two = job("one"), job("two")
    report = write_sharded_instances(one, 1)
    assert write_sharded_instances(two, 2) == dataclasses.replace(report, written=two.output_files)
    assert contents(one) == contents(two)
    assert files_in(one) == [f"data-0000{shard}-of-00004" for shard in range(4)]

    records = tf.data.TFRecordDataset(list(one.output_files)).batch(100_000)
    (features,) = records.map(PretrainingRecords(32, 5).parse).as_numpy_iterator()
    assert report.instances == len(features["input_ids"]) > 120
    assert report.documents == 60


def test_the_seed_decides(job, small_pools):
    jobs = job("a"), job("b"), job("c", random_seed=1)
    for each in jobs:
        write_sharded_instances(each, 1)
    assert contents(jobs[0]) == contents(jobs[1])
    assert not set(contents(jobs[0])) & set(contents(jobs[2]))


def test_a_pool_never_meets_another_ones_documents(job, small_pools, monkeypatch):
    sizes = []
    corpus = streaming.Corpus

    def counted(documents, id_type):
        sizes.append(len(documents))
        return corpus(documents, id_type)

    monkeypatch.setattr(streaming, "Corpus", counted)
    write_sharded_instances(job(), 1)
    assert sum(sizes) == 60 and len(sizes) > 8 and min(sizes) >= 2


@pytest.mark.parametrize(
    "sizes, pool_tokens, expected",
    [
        ([10] * 8, 20, [2, 2, 2, 2]),
        ([10] * 9, 20, [3, 2, 2, 2]),
        ([10] * 7, 1000, [7]),
        # Documents larger than a pool still come in twos, also where one would be left over.
        ([100] * 5, 10, [2, 3]),
        ([1, 1, 1000, 1], 10, [4]),
    ],
)
def test_pools_are_even_and_hold_two_documents_at_least(sizes, pool_tokens, expected):
    documents = [Sentences(np.zeros(size, np.uint16), np.array([size], np.uint32)) for size in sizes]
    pools = list(cut_into_pools(iter(documents), len(sizes), sum(sizes), pool_tokens))
    assert [len(pool) for pool in pools] == expected
    assert [document for pool in pools for document in pool] == documents


def interrupted_run(job, monkeypatch, shards):
    """Runs until so many shards are done."""
    make = ShardMaker.__call__

    def make_or_stop(self, shard):
        if shard == shards:
            raise KeyboardInterrupt
        return make(self, shard)

    with monkeypatch.context() as patch:
        patch.setattr(ShardMaker, "__call__", make_or_stop)
        with pytest.raises(KeyboardInterrupt):
            write_sharded_instances(job, 1)


def test_a_run_goes_on_with_the_shards_still_missing(job, monkeypatch):
    whole, broken = job("whole"), job("broken")
    write_sharded_instances(whole, 1)
    interrupted_run(broken, monkeypatch, shards=2)
    assert [os.path.exists(path) for path in broken.output_files] == [True, True, False, False]
    os.remove(broken.output_files[0])
    untouched = os.stat(broken.output_files[1])

    report = write_sharded_instances(broken, 1)
    assert contents(broken) == contents(whole)
    assert os.stat(broken.output_files[1]).st_ino == untouched.st_ino
    assert report.kept == broken.output_files[1:2]
    assert files_in(broken) == files_in(whole)


def test_a_run_goes_on_where_a_name_is_not_utf8(job, monkeypatch, tmp_path):
    unfinished = job("caf\udce9")
    interrupted_run(unfinished, monkeypatch, shards=2)
    assert len(write_sharded_instances(unfinished, 1).kept) == 2


def test_settings_do_not_mix(job, monkeypatch, toy_vocab_file, tmp_path):
    interrupted_run(job(), monkeypatch, shards=1)
    (tmp_path / "vocab.txt").write_text(pathlib.Path(toy_vocab_file).read_text() + "another\n")
    others = {
        "random_seed": {"random_seed": 1},
        "dupe_factor": {"options": dataclasses.replace(OPTIONS, dupe_factor=3)},
        "compress_output": {"compress_output": True},
        "vocab_file": {"vocab_file": str(tmp_path / "vocab.txt")},
    }
    for name, changes in others.items():
        with pytest.raises(UserError, match=rf"left by an unfinished run with another {name}: give its"):
            write_sharded_instances(dataclasses.replace(job(), **changes), 1)
    pathlib.Path(job().input_files[0]).write_text("a\n\nb\n")
    with pytest.raises(UserError, match="another input_files"):
        write_sharded_instances(job(), 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\0",
        b"[]",
        b"7",
        b"{}",
        b"[" * 100_000,
        b'{"settings": [], "shards": [[1, 1]]}',
        b'{"settings": {}, "shards": 4}',
        b'{"settings": {}, "shards": [[1, 1], [1], [1, 1], [1, 1]]}',
        b'{"settings": {}, "shards": [["1", 1], [1, 1], [1, 1], [1, 1]]}',
        b'{"settings": {}, "shards": [[NaN, 1], [1, 1], [1, 1], [1, 1]]}',
    ],
)
def test_notes_of_an_unfinished_run_that_are_something_else(job, content):
    unfinished = job()
    folder = pathlib.Path(unfinished.output_files[0])
    folder = folder.with_name(f".{folder.name}.unfinished")
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(UserError, match=r"unfinished: (damaged|left by)"):
        write_sharded_instances(unfinished, 1)


def damaged_folders(folder):
    """Every damage, done one after the other to an unfinished folder, with what undoes it."""
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        for damaged in (None, b"", content[:-1], content[: len(content) // 2]):
            path.unlink() if damaged is None else path.write_bytes(damaged)
            yield
            path.write_bytes(content)
    manifest = folder / "manifest.json"
    content = manifest.read_text()
    for damaged in ("[]", "{}", '{"settings": {}, "shards": []}', "[" * 100_000, content.replace("[", "{")):
        manifest.write_text(damaged)
        yield
        manifest.write_text(content)


def test_a_damaged_folder_is_one_line(job, monkeypatch):
    interrupted_run(job(), monkeypatch, shards=0)
    (folder,) = pathlib.Path(job().output_files[0]).parent.glob(".*")
    count = 0
    for count, _ in enumerate(damaged_folders(folder), 1):
        with pytest.raises(
            UserError, match=f"^{folder}: (damaged|left by)[^\n]*: [^\n]*remove the folder[^;]*$"
        ):
            write_sharded_instances(job(), 1)
        for path in job().output_files:
            if os.path.exists(path):
                os.remove(path)
    assert count > 20
    write_sharded_instances(job(), 1)


def test_a_full_disk_leaves_what_is_finished(job, monkeypatch):
    """The third file to be synchronized finds no room: the second shard's, after all documents'."""
    write_sharded_instances(job("whole"), 1)

    def fill_up(descriptor):
        if "00001-of" in os.readlink(f"/proc/self/fd/{descriptor}"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fill_up)
        with pytest.raises(
            UserError, match=r"data-00001-of-00004: cannot be written \(No space.* same command"
        ):
            write_sharded_instances(job(), 1)
    assert files_in(job()) == [".data-00000-of-00004.unfinished", "data-00000-of-00004"]
    assert write_sharded_instances(job(), 1).kept == job().output_files[:1]
    assert contents(job()) == contents(job("whole"))


def test_a_full_disk_while_documents_are_dealt_out_leaves_nothing(job, monkeypatch):
    def fail(self, documents):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(streaming.DocumentSpool, "write", fail)
    with pytest.raises(UserError, match=r"unfinished: cannot be written \(No space left on device\): "):
        write_sharded_instances(job(), 1)
    assert files_in(job()) == []


def test_a_finished_run_is_made_anew_with_other_settings(job):
    write_sharded_instances(job(), 1)
    before = contents(job())
    write_sharded_instances(job(random_seed=1), 1)
    assert not set(contents(job())) & set(before)


def test_too_many_shards_for_the_documents(job, write_text, random_documents):
    few = dataclasses.replace(job(), input_files=(write_text(random_documents(7), "few.txt"),))
    with pytest.raises(UserError, match="num_shards 4: too many for 7 documents, .*: give at most 3"):
        write_sharded_instances(few, 1)
    assert files_in(few) == []


def children_of(process):
    return pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="needs /proc to see the workers end")
@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM])
def test_killed_and_run_again(tmp_path, toy_vocab_file, write_text, random_documents, kill):
    text = write_text(random_documents(400))

    def start(folder):
        return subprocess.Popen(
            [
                sys.executable,
                SCRIPT,
                f"--input_file={text}",
                f"--output_file={tmp_path / folder / 'data'}",
                f"--vocab_file={toy_vocab_file}",
                "--dupe_factor=10",
                "--num_shards=8",
                "--num_processes=2",
            ],
            stderr=subprocess.PIPE,
            text=True,
        )

    broken = start("broken")
    while not list(tmp_path.glob("broken/data-*")):
        assert broken.poll() is None
        time.sleep(0.01)
    workers = children_of(broken)
    broken.send_signal(kill)
    _, errors = broken.communicate()
    assert "Traceback" not in errors
    if kill == signal.SIGTERM:
        assert broken.returncode == 130
        said = "create_pretraining_data.py: interrupted; what is finished is kept, the same command goes on"
        assert errors.splitlines()[-1].startswith(said)
        assert not list(tmp_path.glob("broken/*.partial"))
    for worker in workers:
        for _ in range(500):
            if not os.path.exists(f"/proc/{worker}"):
                break
            time.sleep(0.01)
        assert not os.path.exists(f"/proc/{worker}")
    assert 0 < len(list(tmp_path.glob("broken/data-*"))) < 8

    for folder in ("broken", "whole"):
        process = start(folder)
        process.communicate()
        assert process.returncode == 0
    whole = sorted((tmp_path / "whole").iterdir())
    assert [path.name for path in whole] == sorted(os.listdir(tmp_path / "broken"))
    for path in whole:
        assert path.read_bytes() == (tmp_path / "broken" / path.name).read_bytes()
