"""Running a program that declares flags."""

import subprocess
import sys

import pytest


@pytest.fixture
def in_a_process_of_its_own():
    """Runs a program with command-line arguments: flags can be declared once a process."""

    def run(program, *arguments, stdout=subprocess.PIPE):
        command = [sys.executable, "-c", "from bert_tf import flags\n" + program, *arguments]
        return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True)

    return run
