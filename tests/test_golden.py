"""Parity with the 2018 graph, on both backends: outputs, gradients, ten optimizer steps.

Two models: `tiny`, and `wide`, from whose width on training has its formulas compiled. Of a tensor as large as
`wide` has them, the golden numbers are its products with random vectors of -1 and 1, and its norm.
"""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from bert_tf import BertConfig
from bert_tf.checkpoints.google import CheckpointReader
from bert_tf.checkpoints.tensor_names import keras_path
from bert_tf.models.pretraining import bert_pretraining_model

TESTS = pathlib.Path(__file__).parent
GOLDEN = TESTS / "golden"
BACKENDS = {"tensorflow": [], "jax": ["--without-tensorflow"]}
NUM_VARIABLES = {"tiny": 62, "wide": 46}
# Model, backend and way; see `golden_run.py`.
RUNS = [
    ("tiny", "tensorflow", "plain"),
    ("tiny", "tensorflow", "fused"),
    ("tiny", "jax", "plain"),
    ("wide", "tensorflow", "plain"),
    ("wide", "tensorflow", "fused"),
    ("wide", "tensorflow", "recomputed"),
    ("wide", "jax", "plain"),
    ("wide", "jax", "fused"),
]


@pytest.fixture(scope="module")
def initial_weights():
    """From a model's name to its weights by path."""
    reader = CheckpointReader(GOLDEN / "tiny" / "bert_model.ckpt")
    wide = bert_pretraining_model(BertConfig.from_json_file(GOLDEN / "wide" / "bert_config.json"))
    return {
        "tiny": {keras_path(name): reader.read(name) for name in reader.shapes},
        "wide": {variable.path: wide_weight(variable) for variable in wide.trainable_variables},
    }


def wide_weight(variable):
    """What the golden numbers of `wide` were computed from."""
    rng = np.random.default_rng([2018, *variable.path.encode()])
    return rng.normal(0, 0.05, variable.shape).astype("f4") + float(variable.path.endswith("gamma"))


@pytest.fixture(scope="module", params=RUNS, ids="-".join)
def run(request, initial_weights, tmp_path_factory):
    """Name of the model, our numbers, the golden ones; on JAX where TensorFlow cannot even be imported."""
    name, backend, way = request.param
    folder = tmp_path_factory.mktemp(name)
    np.savez(folder / "weights.npz", **initial_weights[name])
    command = [TESTS / "golden_run.py", GOLDEN / name, folder / "weights.npz", folder / "out.npz", way]
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(TESTS.parent)}
    subprocess.run([sys.executable, *command, *BACKENDS[backend]], env=environment, check=True)
    return name, np.load(folder / "out.npz"), np.load(GOLDEN / name / "golden.npz")


def names(run, prefix):
    found = [name for name in run[2].files if name.startswith(prefix)]
    assert len(found) == NUM_VARIABLES[run[0]]
    return found


def apart(ours, theirs):
    """How far two tensors are apart, as a share of the norm of the latter."""
    return np.linalg.norm(ours - theirs) / np.linalg.norm(theirs)


def projections(name, tensor):
    """Eight products with random vectors of -1 and 1, and the norm."""
    tensor, rng = np.asarray(tensor, np.float64).ravel(), np.random.default_rng([2019, *name.encode()])
    products = [tensor @ rng.choice([-1.0, 1.0], tensor.size) for _ in range(8)]
    return np.array([*products, np.linalg.norm(tensor)])


def projections_apart(name, ours, theirs):
    """How far a tensor's projections are from the golden ones, as a share of its norm."""
    return np.abs(projections(name, ours) - theirs).max() / theirs[-1]


# From name, tensor and golden numbers of a model to how far they are apart.
difference_of = {"tiny": lambda name, ours, theirs: apart(ours, theirs), "wide": projections_apart}


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
def test_outputs(run, name):
    model, results, golden = run
    if (model, name) == ("wide", "layers"):
        pytest.skip("the golden numbers of this model are without them")
    assert results[name].shape == golden[name].shape
    np.testing.assert_allclose(results[name], golden[name], rtol=0, atol=1e-4)


def test_gradients(run):
    model, results, golden = run
    for name in names(run, "grad/"):
        difference = difference_of[model](name, results[name], golden[name])
        if name.endswith("key/bias"):
            # It has no gradient but rounding: a constant added to a row of scores cancels out.
            assert np.linalg.norm(results[name]) <= 1e-5, name
        else:
            assert difference <= 1e-5, name


def test_global_norm(run):
    _, results, golden = run
    squares = [np.sum(np.square(results[name].astype(np.float64))) for name in names(run, "grad/")]
    assert np.sqrt(sum(squares)) == pytest.approx(golden["gnorm"], rel=1e-4)


def test_ten_steps(run):
    model, results, golden = run
    # Rounding grows from step to step: in double precision the losses of `tiny` are 1e-5 away, too.
    assert apart(results["losses"], golden["losses"]) <= 5e-5
    for name in names(run, "final/"):
        limit = {"tiny": 5e-5, "wide": 1e-5}[model]
        assert difference_of[model](name, results[name], golden[name]) <= limit, name


def test_slots_after_ten_steps(run):
    model, results, _ = run
    if model == "wide":
        pytest.skip("the golden numbers of this model have no slots")
    reader = CheckpointReader(GOLDEN / "tiny" / "trained.ckpt")
    slots = [name for name in results.files if name.startswith("slot/")]
    assert len(slots) == 2 * 62
    for name in slots:
        np.testing.assert_allclose(
            results[name], reader.read(name.removeprefix("slot/")), rtol=0, atol=5e-5, err_msg=name
        )
