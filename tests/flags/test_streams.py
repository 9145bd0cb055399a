"""Standard streams that are closed, full, unread or ASCII only end no work and show no traceback."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import contextlib, os, sys
from bert_tf import flags
from bert_tf.errors import UserError
from bert_tf.progress import progress_bar, say

def main():
    print("± 中 \\udce9")
    with progress_bar("Working", 2, "step") as bar:
        bar.update(1)
        say("meanwhile")
    with open(sys.argv[0], "w") as file:
        with contextlib.suppress(OSError):
            os.write(2, b"not into the result\\n")  # As TensorFlow writes its lines.
        file.write("whole")

flags.run(main)
"""


def run(tmp_path, redirections, *arguments, **environment):
    """Status, errors and result of the program, run by a shell with these redirections."""
    program, result = tmp_path / "program.py", tmp_path / "result"
    program.write_text(PROGRAM.replace("sys.argv[0]", repr(str(result))))
    command = f"{sys.executable} {program} {' '.join(arguments)} {redirections}"
    process = subprocess.run(
        ["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        env={**os.environ, **environment},
    )
    assert b"Traceback" not in process.stderr + process.stdout
    return process, result.read_text() if result.exists() else None


@pytest.mark.parametrize(
    ("redirections", "reason"),
    [
        (">&-", None),
        ("2>&-", None),
        (">&- 2>&-", None),
        ("<&- >&- 2>&-", None),
        ("2>/dev/full", None),
        (">/dev/full", b"No space left on device"),
        ("| true", b"nothing reads its output any more"),
    ],
)
def test_the_work_is_done_and_what_is_lost_is_told(tmp_path, redirections, reason):
    process, result = run(tmp_path, redirections)
    assert result == "whole"
    if reason is None:
        assert process.returncode == 0
    else:
        assert process.returncode == 1
        last = process.stderr.strip().splitlines()[-1]
        assert last == b"program.py: standard output: %s: some of what was said is lost" % reason


@pytest.mark.parametrize("arguments", [["--help"], ["--nonsense"]])
@pytest.mark.parametrize("redirections", [">&-", "2>&-", ">&- 2>&-", ">/dev/full", "2>/dev/full", "| true"])
def test_help_and_errors_too(tmp_path, redirections, arguments):
    process, _ = run(tmp_path, redirections, *arguments)
    assert process.returncode == 1


def test_what_ascii_cannot_write_is_written_otherwise(tmp_path):
    process, result = run(tmp_path, "", PYTHONIOENCODING="ascii")
    assert process.returncode == 0 and result == "whole"
    assert process.stdout.splitlines()[0] == rb"\xb1 \u4e2d \udce9"
    process, _ = run(tmp_path, "", LC_ALL="C", PYTHONIOENCODING="")
    assert process.returncode == 0 and rb"\udce9" in process.stdout.splitlines()[0]
