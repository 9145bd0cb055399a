"""Interruptions that wait until what must stay whole is done."""

import contextlib
import signal
import threading

# Ctrl-C and Ctrl-\\: who repeats them means it. The others are often sent several times at once.
BY_HAND = (signal.SIGINT, signal.SIGQUIT)
# What ends a process at a user's or a system's wish: by hand, by `kill`, a terminal that is closed, a batch
# system that gives notice of the end (by whichever signal it was told to), a limit of CPU time.
INTERRUPTIONS = (
    *BY_HAND,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGXCPU,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGALRM,
)


@contextlib.contextmanager
def uninterrupted():
    """Has interruptions wait for the end of the block; a second one by hand does not.

    Where a call into TensorFlow calls back into Python, an interruption would come out of it as some
    other error, or not at all. What is ignored, as Ctrl-C is in a background job, stays so. Only the main
    thread gets signals; in others the block just runs.
    """
    handlers = {number: signal.getsignal(number) for number in INTERRUPTIONS}
    # What others than Python have set (None) could not be put back.
    handlers = {n: handler for n, handler in handlers.items() if handler not in (signal.SIG_IGN, None)}
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived = []

    def restore(numbers):
        for number in handlers.keys() & numbers:
            signal.signal(number, handlers[number])

    def note(number, frame):
        arrived.append(number)
        restore(BY_HAND)

    for number in handlers:
        signal.signal(number, note)
    try:
        yield
    finally:
        restore(INTERRUPTIONS)
    for number in arrived:
        signal.raise_signal(number)
