"""The standard streams of a script, whatever the shell made of them: closed, full, unread, ASCII only."""

import errno
import io
import os
import select
import sys


def open_streams():
    """Gives the script streams that never raise.

    A stream that was closed leads nowhere: else the next file to be opened would get its number, and
    TensorFlow would write its messages into it. Standard error goes past descriptor 2, which is left to
    TensorFlow's own lines (see `start_up_lines.py`).
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # It gets the lowest free number.
    sys.stdout = _text_stream(1, sys.stdout)
    sys.stderr = _text_stream(os.dup(2), sys.stderr)


def lost_output():
    """Why something printed was lost, as text; None if nothing was."""
    sys.stdout.flush()
    error = sys.stdout.buffer.raw.error
    if error is None:
        return None
    reason = "nothing reads its output any more" if error.errno == errno.EPIPE else error.strerror
    return f"standard output: {reason}: some of what was said is lost"


class _Stream(io.FileIO):
    """Takes what cannot be written and remembers why: no work is to end for want of a listener."""

    error = None

    def write(self, data):
        try:
            while (written := super().write(data)) is None:  # Who shares the pipe made it non-blocking.
                select.select([], [self], [])
            return written
        except OSError as error:
            self.error = error
            return len(data)


def _text_stream(descriptor, former):
    # Each line is seen when it is said, also in a file or a pipe.
    return io.TextIOWrapper(
        io.BufferedWriter(_Stream(descriptor, "w", closefd=False)),
        encoding=former.encoding if former else "utf-8",
        errors="backslashreplace",
        line_buffering=True,
    )
