"""Parity with the 2018 graph, on both backends: outputs, gradients, ten optimizer steps."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from bert_tf.checkpoints.google import CheckpointReader
from bert_tf.checkpoints.tensor_names import keras_path

TESTS = pathlib.Path(__file__).parent
BACKENDS = {"tensorflow": [], "jax": ["--without-tensorflow"]}


@pytest.fixture(scope="module", params=BACKENDS)
def results(request, golden_dir, tmp_path_factory):
    """Our numbers on one backend; on JAX where TensorFlow cannot even be imported."""
    folder = tmp_path_factory.mktemp(request.param)
    reader = CheckpointReader(golden_dir / "bert_model.ckpt")
    np.savez(folder / "weights.npz", **{keras_path(name): reader.read(name) for name in reader.shapes})
    command = [TESTS / "golden_run.py", golden_dir, folder / "weights.npz", folder / "out.npz"]
    environment = {**os.environ, "KERAS_BACKEND": request.param, "PYTHONPATH": str(TESTS.parent)}
    subprocess.run([sys.executable, *command, *BACKENDS[request.param]], env=environment, check=True)
    return np.load(folder / "out.npz")


@pytest.fixture(scope="module")
def golden(golden_dir):
    return np.load(golden_dir / "golden.npz")


def names(golden, prefix):
    found = [name for name in golden.files if name.startswith(prefix)]
    assert len(found) == 62
    return found


@pytest.mark.parametrize(
    "name",
    [
        "embedding_output",
        "layers",
        "sequence_output",
        "pooled",
        "mlm_logp",
        "nsp_logp",
        "mlm_loss",
        "nsp_loss",
    ],
)
def test_outputs(results, golden, name):
    assert results[name].shape == golden[name].shape
    np.testing.assert_allclose(results[name], golden[name], rtol=0, atol=1e-4)


def test_gradients(results, golden):
    for name in names(golden, "grad/"):
        difference = np.linalg.norm(results[name] - golden[name])
        # A key's bias has no gradient but rounding: a constant added to a row of scores cancels out.
        scale = 1.0 if name.endswith("key/bias") else np.linalg.norm(golden[name])
        assert difference <= 1e-4 * scale, name


def test_global_norm(results, golden):
    squares = [np.sum(np.square(results[name].astype(np.float64))) for name in names(golden, "grad/")]
    assert np.sqrt(sum(squares)) == pytest.approx(golden["gnorm"], rel=1e-4)


def test_ten_steps(results, golden):
    np.testing.assert_allclose(results["losses"], golden["losses"], rtol=0, atol=2e-3)
    for name in names(golden, "final/"):
        np.testing.assert_allclose(results[name], golden[name], rtol=0, atol=1e-3, err_msg=name)


def test_slots_after_ten_steps(results, golden_dir):
    reader = CheckpointReader(golden_dir / "trained.ckpt")
    slots = [name for name in results.files if name.startswith("slot/")]
    assert len(slots) == 2 * 62
    for name in slots:
        np.testing.assert_allclose(
            results[name], reader.read(name.removeprefix("slot/")), rtol=0, atol=1e-3, err_msg=name
        )
