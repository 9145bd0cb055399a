"""Work shared out among processes, with results in the order of the items."""

import collections
import concurrent.futures
import contextlib
import functools
import itertools
import multiprocessing
import os
import signal
import threading

from bert_tf.errors import UserError

# What a process takes when it has begun to work, in megabytes.
_MEGABYTES = 100
# More than these, or than two a processor, would only take memory from one another.
_MANY = 64

# Items under way for each process: enough that none waits, few enough to bound the memory.
_UNDER_WAY = 2


class WorkerPool(contextlib.AbstractContextManager):
    """Processes that each prepare a kind of work once and then do it for one item after another.

    A context manager, on whose end the processes end too: after an error at once.

    Args:
        num_processes: How many; with 1 the work is done right here.

    Raises:
        UserError: If they are more than a machine of so many processors could use, or cannot be started.
    """

    def __init__(self, num_processes):
        most = max(_MANY, 2 * (os.cpu_count() or 1))
        if num_processes > most:
            raise UserError(
                f"num_processes {num_processes}: would take {num_processes * _MEGABYTES:,} MB of memory, "
                f"on {os.cpu_count()} processors: give at most {most}"
            )
        self._num_processes = num_processes
        self._executor = None
        if num_processes > 1:
            try:
                self._start()
            except OSError as error:
                raise self._not_started(error) from None

    def _start(self):
        # Not forked: a process that has TensorFlow's threads in it must not be.
        context = multiprocessing.get_context("spawn")
        lifeline, self._lifeline = context.Pipe(duplex=False)
        with _signals_held_back():
            self._executor = concurrent.futures.ProcessPoolExecutor(
                self._num_processes, context, _hold_on, (lifeline,)
            )

    def map(self, prepare, arguments, items):
        """Does `prepare(*arguments)(item)` for each item.

        Args:
            prepare: A module's function or class that gives a callable; called once in a process.
            arguments: Its arguments, hashable.
            items: An iterable, never read far ahead of the results.

        Yields:
            The results in the order of the items.

        Raises:
            UserError: If a process cannot be started, or was ended from outside.
        """
        if self._executor is None:
            yield from map(prepare(*arguments), items)
            return
        items = iter(items)
        under_way = collections.deque()
        try:
            while True:
                for item in itertools.islice(items, _UNDER_WAY * self._num_processes - len(under_way)):
                    under_way.append(self._submit(prepare, arguments, item))
                if not under_way:
                    return
                yield under_way.popleft().result()
        except concurrent.futures.process.BrokenProcessPool:
            raise UserError(
                "a worker process was ended from outside, perhaps for want of memory: "
                "run again with a smaller num_processes"
            ) from None

    def _submit(self, *work):
        try:
            with _signals_held_back():
                return self._executor.submit(_work, *work)
        except OSError as error:
            raise self._not_started(error) from None

    def _not_started(self, error):
        return UserError(
            f"num_processes {self._num_processes}: a process cannot be started ({error.strerror}): give fewer"
        )

    def __exit__(self, error_type, error, traceback):
        if self._executor is None:
            return
        if error_type is not None:
            self._lifeline.close()
        self._executor.shutdown(cancel_futures=True)
        self._lifeline.close()


@contextlib.contextmanager
def _signals_held_back():
    """A context in which processes are started, which then never get a signal but SIGKILL.

    Ctrl-C, a terminal that is closed and many a batch system signal all processes of a group. The
    parent answers, and its workers end with it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _hold_on(lifeline):
    """Ends this worker when its parent lets go of the other end, be it by being killed."""
    threading.Thread(target=_exit_at_end_of, args=(lifeline,), daemon=True).start()


def _exit_at_end_of(lifeline):
    with contextlib.suppress(EOFError):
        lifeline.recv_bytes()
    os._exit(1)


@functools.lru_cache(maxsize=None)
def _prepared(prepare, arguments):
    return prepare(*arguments)


def _work(prepare, arguments, item):
    return _prepared(prepare, arguments)(item)
