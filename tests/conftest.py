"""Fixtures that every test may use."""

import json
import os
import pathlib
import subprocess
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pytest

TESTS = pathlib.Path(__file__).parent


class Script:
    """A script of the repository, to be run as a user runs it."""

    def __init__(self, name):
        self._command = [sys.executable, str(TESTS.parent / name)]

    def start(self, *flags, **options):
        """Starts it; returns the process."""
        return subprocess.Popen(
            [*self._command, *map(str, flags)],
            env={**os.environ, "KERAS_BACKEND": "tensorflow"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run(self, *flags, **options):
        """Runs it to its end, which must not be a traceback; returns status, output, last line of errors."""
        process = self.start(*flags, **options)
        out, err = process.communicate(timeout=300)
        assert "Traceback" not in err, err
        return process.returncode, out, (err.strip().splitlines() or [""])[-1]


@pytest.fixture(scope="session")
def script():
    """From a script's name to a `Script`."""
    return Script


_ASK_WITHOUT_PROJECT = """
import json, sys
import numpy as np
sys.modules["bert_tf"] = None  # As where the project is not installed.
import tensorflow as tf
import tensorflow_text
folder, signature, inputs = json.load(sys.stdin)
model = tf.saved_model.load(folder)
answers = model.signatures[signature](**{name: tf.constant(value) for name, value in inputs.items()})
answers = {name: value.numpy() for name, value in answers.items()}
print(json.dumps({
    name: (np.char.decode(value.astype(bytes), "utf-8") if value.dtype == object else value).tolist()
    for name, value in answers.items()
}))
"""


@pytest.fixture(scope="session")
def ask_without_project():
    """From a SavedModel's folder and inputs by name to its answers by name, as lists, without the project."""

    def ask(folder, signature="text", **inputs):
        process = subprocess.run(
            [sys.executable, "-c", _ASK_WITHOUT_PROJECT],
            input=json.dumps([str(folder), signature, inputs]),
            capture_output=True,
            text=True,
            cwd=folder,
            check=True,
        )
        return json.loads(process.stdout.splitlines()[-1])

    return ask


@pytest.fixture(scope="session")
def bert_tf_data():
    """The folder of real data that BERT_TF_DATA names; skips where there is none."""
    folder = os.environ.get("BERT_TF_DATA")
    if not folder:
        pytest.skip("real data: set BERT_TF_DATA to the folder that holds glue/, vocabs/, …")
    return pathlib.Path(folder).resolve()


@pytest.fixture(scope="session")
def golden_dir():
    """Google's tiny checkpoint and what the 2018 code computed from it."""
    return TESTS / "golden" / "tiny"
