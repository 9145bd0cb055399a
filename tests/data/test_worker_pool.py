"""Work in other processes: in order, never read far ahead, its errors told."""

import concurrent.futures
import errno
import functools
import os

import pytest

from bert_tf.data.text_files import TextBlock
from bert_tf.data.worker_pool import WorkerPool
from bert_tf.errors import UserError


@pytest.mark.parametrize("processes", [1, 2])
def test_results_come_in_order_and_items_are_read_as_needed(processes):
    read = []

    def items():
        for item in range(20):
            read.append(item)
            yield item

    with WorkerPool(processes) as pool:
        # Callables of the standard library: a new process can import them by name.
        results = pool.map(functools.partial, (pow, 2), items())
        assert next(results) == 1
        assert len(read) <= 2 * processes
        assert list(results) == [2**item for item in range(1, 20)]
        assert list(pool.map(functools.partial, (max, 3), [2, 4])) == [3, 4]


def test_what_the_user_must_know_comes_through():
    with pytest.raises(UserError, match="^x.txt:5: not UTF-8"):
        with WorkerPool(2) as pool:
            list(pool.map(functools.partial, (TextBlock.lines,), [TextBlock("x.txt", 5, b"\xff\n")]))


def test_more_processes_than_a_machine_bears_are_refused():
    with pytest.raises(UserError, match="^num_processes 1000000000000: would take 100,000,000,000,000 MB"):
        WorkerPool(10**12)


def test_processes_that_cannot_be_started_are_one_clear_line(monkeypatch):
    def fail(self, *work):
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(concurrent.futures.ProcessPoolExecutor, "submit", fail)
    with pytest.raises(UserError, match="^num_processes 2: a process cannot be started .*: give fewer$"):
        with WorkerPool(2) as pool:
            list(pool.map(functools.partial, (len,), ["a"]))


def test_a_worker_that_is_killed_is_one_clear_line():
    with pytest.raises(UserError, match="worker process was ended from outside.*smaller num_processes"):
        with WorkerPool(2) as pool:
            list(pool.map(functools.partial, (os._exit,), [9]))
