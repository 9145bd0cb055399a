"""TensorFlow's lines about its own start are kept from the user, unless the script fails."""

import os
import subprocess
import sys

import pytest

from bert_tf.flags.start_up_lines import filter_lines

KNOWN = [
    b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n",
    b"I0000 00:00:17.37    7308 port.cc:153] oneDNN custom operations are on. You may see slightly\n",
    b"I0000 00:00:17.37    7308 cudart_stub.cc:31] Could not find cuda drivers on your machine, GPU will\n",
    b"E0000 00:00:17.54    7308 cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA error: Failed "
    b"call to cuInit: UNKNOWN ERROR (303)\n",
    b"E0000 00:00:17.82    7308 util.cc:131] oneDNN supports DT_INT64 only on platforms with AVX-512.\n",
]
UNKNOWN = [
    b"E0000 00:00:17.54    7308 cuda_platform.cc:52] failed call to cuInit: CUDA_ERROR_SYSTEM_NOT_READY\n",
    b"F0000 00:00:17.54    7308 tensor.cc:12] Check failed: dtype() == expected\n",
    b"no line of a log\n",
]


@pytest.mark.parametrize(
    ("end", "last"), [([b"\0well\n", b"too late\n"], []), ([b"\0\n"], KNOWN), ([], KNOWN)]
)
def test_only_what_is_unknown_passes_unless_the_end_is_bad(end, last):
    written = []
    filter_lines(iter([*KNOWN[:2], UNKNOWN[0], *KNOWN[2:], *UNKNOWN[1:], *end]), written.append)
    assert written == UNKNOWN + last


def test_a_line_that_is_not_ended_is():
    written = []
    filter_lines(iter([b"begun\0well\n"]), written.append)
    filter_lines(iter([b"begun"]), written.append)
    assert written == [b"begun\n", b"begun\n"]


PROGRAM = """
import os, sys
from bert_tf import flags
from bert_tf.errors import UserError

def main():
    import tensorflow
    {}

flags.run(main)
"""


@pytest.fixture
def stderr_of(tmp_path):
    """From what a script does after importing TensorFlow, here a module that says its lines, to stderr."""

    def errors(does, level="2"):
        (tmp_path / "tensorflow.py").write_text(f"import os\nos.write(2, {b''.join([*KNOWN, *UNKNOWN])!r})")
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": level}
        environment["PYTHONPATH"] = f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH') or os.getcwd()}"
        command = [sys.executable, "-c", PROGRAM.format(does)]
        return subprocess.run(command, capture_output=True, env=environment).stderr

    return errors


def test_a_script_that_ends_well_or_says_what_is_wrong(stderr_of):
    assert stderr_of("pass") == b"".join(UNKNOWN)
    assert stderr_of("raise UserError('wrong')") == b"".join(UNKNOWN) + b"-c: error: wrong\n"


@pytest.mark.parametrize("does", ["os._exit(3)", "os.kill(os.getpid(), 9)", "os.abort()", "raise KeyError"])
def test_a_script_that_dies_loses_nothing(stderr_of, does):
    assert set(KNOWN) <= set(stderr_of(does).splitlines(keepends=True))


def test_who_asks_for_the_lines_gets_them(stderr_of):
    assert stderr_of("pass", level="0") == b"".join([*KNOWN, *UNKNOWN])
