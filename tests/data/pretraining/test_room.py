"""Instances that there is no room for, refused by the least that they take."""

import collections
import dataclasses
import os
import shutil

import numpy as np
import pytest

from bert_tf.data.pretraining import room
from bert_tf.data.pretraining.documents import CorpusCensus, Sentences
from bert_tf.data.pretraining.in_memory import write_instances
from bert_tf.data.pretraining.options import PretrainingDataJob, PretrainingDataOptions, shard_names
from bert_tf.data.pretraining.room import check_room
from bert_tf.data.pretraining.streaming import write_sharded_instances
from bert_tf.errors import UserError

Disk = collections.namedtuple("Disk", "total used free")


@pytest.fixture
def job(tmp_path, toy_vocab_file, write_text, random_documents):
    options = PretrainingDataOptions(max_seq_length=32, max_predictions_per_seq=5, dupe_factor=2)
    return PretrainingDataJob(
        (write_text(random_documents(30)),), (str(tmp_path / "new" / "out"),), toy_vocab_file, options=options
    )


@pytest.fixture
def machine(monkeypatch):
    """Has the machine have so many bytes."""

    def has(disk=10**12, memory=10**12, total=10**13):
        monkeypatch.setattr(shutil, "disk_usage", lambda folder: Disk(total, 0, disk))
        monkeypatch.setattr(room, "_memory_bytes", lambda: memory)

    return has


def test_the_least_that_records_take_is_less_than_they_take(job):
    report = write_instances(job)
    size = os.path.getsize(job.output_files[0]) / report.instances
    assert size / 2 < room._least_record_bytes(job) <= size
    packed = dataclasses.replace(job, compress_output=True)
    write_instances(packed)
    size = os.path.getsize(job.output_files[0]) / report.instances
    assert room._least_record_bytes(packed) < size / 2


def test_what_does_not_fit_is_refused_with_its_size(job, machine, tmp_path):
    least = room._least_record_bytes(job)
    machine(disk=2 * 1000 * least)
    check_room(job, 10, 1000)
    with pytest.raises(UserError) as error:
        check_room(job, 10, 1001)
    assert str(error.value).startswith(
        "dupe_factor 2: 10 documents or more make at least 2,002 instances, 0."
    )
    assert f"MB of records, and {tmp_path} has 0." in str(error.value)
    machine(disk=0, total=0)  # Not known.
    check_room(job, 10, 10**9)
    machine(memory=2 * 10**6 * 34)
    check_room(job, 10, 10**6)
    with pytest.raises(
        UserError, match="2,000,002 instances, 68.0 MB in memory, and there are 68.0 MB: .* or num_shards"
    ):
        check_room(job, 10, 10**6 + 1)
    check_room(job, 10, 10**9, held=10**6)
    with pytest.raises(UserError, match="give a smaller dupe_factor$"):
        check_room(job, 10, 10**9, held=10**6 + 1)
    machine(memory=None)
    check_room(job, 10, 10**9)


def test_what_is_replaced_makes_room(job, machine):
    write_instances(job)
    machine(disk=0)
    check_room(job, 1, 1)


@pytest.mark.parametrize("write", [write_instances, lambda job: write_sharded_instances(job, 1)])
def test_before_and_after_the_text_is_read(job, machine, write, monkeypatch, tmp_path):
    def unread(*arguments):
        raise AssertionError("read")

    least = room._least_record_bytes(job)
    with monkeypatch.context() as patch:
        for module in ("in_memory", "streaming"):
            patch.setattr(f"bert_tf.data.pretraining.{module}.read_blocks", unread)
        machine(disk=3 * least)
        with pytest.raises(UserError, match="2 documents or more make at least 4 instances"):
            write(job)
        machine(disk=4 * least)
        with pytest.raises(AssertionError, match="read"):
            write(job)
    with pytest.raises(UserError, match="30 documents or more make at least"):
        write(job)
    assert not list(tmp_path.glob("new/*"))


def test_least_instances_are_no_more_than_are_made(job, toy_tokenizer):
    census = CorpusCensus(toy_tokenizer.vocabulary, max_num_tokens=10)
    lengths = [np.array([4, 25, 3, 3], np.uint32), np.array([2], np.uint32)]
    documents = [Sentences(np.zeros(each.sum(), np.uint16), each) for each in lengths]
    assert list(census.count(documents)) == documents
    assert census.least_instances == 2
    assert list(census.count(documents * 20)) and census.least_instances == 42
    long = [Sentences(np.zeros(10_000, np.uint16), np.full(1000, 10, np.uint32))]
    census = CorpusCensus(toy_tokenizer.vocabulary, max_num_tokens=10)
    assert list(census.count(long)) and census.least_instances == 500


def test_absurd_numbers_end_at_once(job, machine):
    machine(disk=10**11)
    for name, value in [("dupe_factor", 10**9), ("dupe_factor", 10**12), ("max_predictions_per_seq", 10**12)]:
        with pytest.raises(UserError, match=f"^{name} {value}: "):
            write_instances(
                dataclasses.replace(job, options=dataclasses.replace(job.options, **{name: value}))
            )
    with pytest.raises(UserError, match="^num_shards 1000000000000: give a value from 0 to 100000$"):
        shard_names(["a"], 10**12)
