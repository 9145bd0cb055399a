"""Running a program that declares flags."""

import json
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


@pytest.fixture
def default_values(in_a_process_of_its_own):
    """The defaults of flags, by name, where a function of a module of `bert_tf.flags` defines a script's."""

    def values(module, function, names):
        program = f"""
import json, sys
from bert_tf.flags.{module} import {function}
{function}()
flags.FLAGS(sys.argv)
print(json.dumps({{name: flags.FLAGS[name].value for name in json.loads(sys.argv[1])}}))
"""
        return json.loads(in_a_process_of_its_own(program, json.dumps(list(names))).stdout)

    return values
