"""Keeps the lines that TensorFlow says of itself when it starts from the user's eyes.

`TF_CPP_MIN_LOG_LEVEL` does not silence them any more. What is written to descriptor 2, as TensorFlow
does, goes through a process of its own, so that nothing is lost when the script crashes: it passes
on what it does not know at once, and what it held back if the script does not end well. Python's
`sys.stderr` takes another way (see `streams.py`). As that process this file is run by itself.
"""

import collections
import os
import re
import signal
import sys

# From then on the user wants TensorFlow's lines.
_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_LEVELS_SHOWN = ("0", "1")

# Lines of which none asks for anything to be done.
_KNOWN = re.compile(
    rb"""
    All\ log\ messages\ before\ absl::InitializeLog\(\)
    | oneDNN\ custom\ operations\ are\ on
    | oneDNN\ supports\ \w+\ only\ on\ platforms\ with
    | This\ TensorFlow\ binary\ is\ optimized\ to\ use | To\ enable\ the\ following\ instructions:
    | Could\ not\ find\ cuda\ drivers\ on\ your\ machine
    | failed\ call\ to\ cuInit:\ .*(\(303\)|CUDA_ERROR_NO_DEVICE) | cuda_diagnostics\.cc:
    | Could\ not\ find\ TensorRT
    | Unable\ to\ register\ cu\w+\ factory | computation\ placer\ already\ registered
    | NUMA\ node
    | Created\ device\ /job:localhost | Using\ CUDA\ malloc\ Async\ allocator
    | TF_FORCE_GPU_ALLOW_GROWTH
    | XLA\ service\ 0x\w+\ initialized
    | StreamExecutor\ (\[\d+\]:|device\ \() | Compiled\ cluster\ using\ XLA!
    | Loaded\ cu\w+\ version | disabling\ MLIR\ crash\ reproducer
    | None\ of\ the\ MLIR\ Optimization\ Passes\ are\ enabled | MLIR\ V1\ optimization\ pass\ is\ not\ enabled
    | Local\ rendezvous\ is\ aborting\ with\ status:\ OUT_OF_RANGE
    | Skipping\ the\ delay\ kernel
    | ptxas\ warning\ :\ Registers\ are\ spilled
    """,
    re.VERBOSE,
)
# What follows this is the script's own: how it ended.
_END, _WELL = b"\0", b"well\n"
_MOST_HELD_BACK = 1000


class StartUpLines:
    """Begins to filter descriptor 2 when TensorFlow is first imported, be it never.

    On `sys.meta_path` it is asked for every module.
    """

    def __init__(self):
        self._process = None
        if os.environ.setdefault(_LEVEL, "2") not in _LEVELS_SHOWN:
            sys.meta_path.insert(0, self)

    def find_spec(self, name, path=None, target=None):
        """Finds no module; takes notice of TensorFlow."""
        if name == "tensorflow":
            sys.meta_path.remove(self)
            self._begin()

    def end(self, well):
        """Ends the filter, and waits until all is said. What was held back is shown unless all went well."""
        if self._process is not None:
            os.write(2, _END + (_WELL if well else b"\n"))
            os.dup2(self._stderr, 2)
            os.waitpid(self._process, 0)
            self._process = None

    def _begin(self):
        self._stderr = os.dup(2)
        reading, writing = os.pipe()
        try:
            self._process = os.posix_spawn(
                sys.executable,
                [sys.executable, "-I", "-S", __file__],
                os.environ,
                file_actions=[(os.POSIX_SPAWN_DUP2, reading, 0), (os.POSIX_SPAWN_DUP2, 2, 1)],
                setsigmask=signal.valid_signals(),  # It ends with the script, not by what ends the script.
            )
            os.dup2(writing, 2)
        except OSError:  # As where no more processes may be had: then the lines show.
            pass
        os.close(reading)
        os.close(writing)


def filter_lines(lines, write):
    """Passes on lines of bytes but those that are known, which come last unless the end is well.

    Args:
        lines: An iterable, ended early by what says how the script ended.
        write: Called with each line to pass on.
    """
    held_back = collections.deque(maxlen=_MOST_HELD_BACK)
    for line in lines:
        line, is_end, how = line.partition(_END)
        if _KNOWN.search(line):
            held_back.append(line)
        elif line:
            write(line if line.endswith(b"\n") else line + b"\n")
        if how == _WELL:
            return
        if is_end:
            break
    for line in held_back:
        write(line)


def _write(line):
    try:
        while line:
            line = line[os.write(1, line) :]
    except OSError:  # Nobody listens; but the script must find a reader, lest its lines fill the pipe.
        pass


if __name__ == "__main__":
    filter_lines(iter(lambda: sys.stdin.buffer.readline(1 << 16), b""), _write)
