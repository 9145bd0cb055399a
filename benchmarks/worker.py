"""What the workers share: a worker file holds functions that each measure one library at one thing."""

import json
import os
import sys
import time

import numpy as np
from measure import STARTED

# Steps that are not counted: the first traces or compiles, the second still allocates.
WARM_UP = 2
_LATENCY_WARM_UP = 10


def answer(*functions):
    """Calls the function that the command line names with the settings it holds, and prints its figures."""
    name, settings = sys.argv[1:]
    figures = {function.__name__: function for function in functions}[name](**json.loads(settings))
    print(json.dumps(figures or {}))


class Stopwatch:
    """The times at which training steps ended. It starts when it is made.

    Args:
        warm_up: Steps that do not count for `examples/s`.
    """

    def __init__(self, warm_up=WARM_UP):
        self._warm_up = warm_up
        self._marks = [(0, time.perf_counter())]
        self._start_seconds = None

    def mark(self, step):
        """Notes that this step, counted from 1, has ended."""
        if self._start_seconds is None:
            self._start_seconds = time.time() - float(os.environ[STARTED])
        self._marks.append((step, time.perf_counter()))

    def figures(self, batch_size):
        """`examples/s` after the warm-up, `first step s`, and `start s`, from process start to its end."""
        (_, begun), (_, first) = self._marks[:2]
        start_step, start = next((mark for mark in self._marks if mark[0] >= self._warm_up), self._marks[-1])
        last_step, last = self._marks[-1]
        rate = (last_step - start_step) * batch_size / (last - start) if last > start else float("nan")
        return {"examples/s": rate, "first step s": first - begun, "start s": self._start_seconds}


def prediction_figures(run, batches):
    """Runs a model over batches: `examples/s` after one call with the first and the last, `first batch s`."""
    started = time.perf_counter()
    run(batches[0])
    first = time.perf_counter() - started
    run(batches[-1])
    started = time.perf_counter()
    for batch in batches:
        run(batch)
    seconds = time.perf_counter() - started
    num_examples = sum(len(batch["input_ids"]) for batch in batches)
    return {"examples/s": num_examples / seconds, "first batch s": first}


def latency_figures(run, vocab_size, lengths, calls):
    """Median and 99th percentile of the milliseconds of a call with one example, for each length."""
    figures = {}
    for length in lengths:
        ids = np.random.default_rng(length).integers(vocab_size, size=(1, length), dtype=np.int32)
        batch = {"input_ids": ids, "input_mask": np.ones_like(ids), "segment_ids": np.zeros_like(ids)}
        for _ in range(_LATENCY_WARM_UP):
            run(batch)
        times = [_milliseconds(run, batch) for _ in range(calls)]
        figures[f"{length} tokens: median ms"] = float(np.median(times))
        figures[f"{length} tokens: 99% ms"] = float(np.percentile(times, 99))
    return figures


def _milliseconds(run, batch):
    started = time.perf_counter()
    run(batch)
    return 1000 * (time.perf_counter() - started)
