"""Interruptions that wait until what must stay whole is done."""

import contextlib
import signal
import threading


@contextlib.contextmanager
def uninterrupted():
    """Has Ctrl-C and SIGTERM wait for the end of the block; a second one does not wait.

    Where a call into TensorFlow calls back into Python, an interruption would come out of it as some
    other error, or not at all. What is ignored, as Ctrl-C is in a background job, stays so. Only the main
    thread gets signals; in others the block just runs.
    """
    handlers = {
        number: handler
        for number in (signal.SIGINT, signal.SIGTERM)
        if (handler := signal.getsignal(number)) != signal.SIG_IGN
    }
    foreign = None in handlers.values()  # Set by other than Python, which could not put it back.
    if foreign or threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived = []

    def restore():
        for number, handler in handlers.items():
            signal.signal(number, handler)

    def note(number, frame):
        arrived.append(number)
        restore()

    for number in handlers:
        signal.signal(number, note)
    try:
        yield
    finally:
        restore()
    for number in arrived:
        signal.raise_signal(number)
