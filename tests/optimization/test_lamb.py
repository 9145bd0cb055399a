"""LAMB against algorithm 2 of its paper, written out, and against Keras where Keras does the same."""

import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from bert_tf.checkpoints.loading import is_slot
from bert_tf.optimization.lamb import LAMB
from bert_tf.optimization.schedules import LinearWarmupLinearDecay

ROOT = pathlib.Path(__file__).parents[2]
SHAPES = {"kernel": (3, 2), "attention_kernel": (2, 2, 3), "bias": (4,), "LayerNorm_gamma": (3,)}
EXCLUDED = {"bias", "LayerNorm_gamma"}
RATE = 0.1


@pytest.fixture
def weights():
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=shape) for name, shape in SHAPES.items()}


@pytest.fixture
def steps():
    """Gradients of seven steps; their norms together lie on both sides of 1."""
    rng = np.random.default_rng(1)
    return [
        {name: scale * rng.normal(size=shape) for name, shape in SHAPES.items()}
        for scale in (0.1, 3.0, 0.2, 1.0, 0.05, 0.3, 0.1)
    ]


def by_hand(weights, steps, decay=0.01, clip=None, corrected=True, not_adapted=EXCLUDED):
    """The weights after the steps, number by number, in float64."""
    flat = {name: [float(x) for x in value.ravel()] for name, value in weights.items()}
    m = {name: [0.0] * len(values) for name, values in flat.items()}
    v = {name: [0.0] * len(values) for name, values in flat.items()}
    for t, gradients in enumerate(steps, 1):
        total = sum(float(x) ** 2 for g in gradients.values() for x in g.ravel()) ** 0.5
        factor = clip / total if clip and total > clip else 1.0
        for name, w in flat.items():
            update = []
            for i, g in enumerate(gradients[name].ravel()):
                m[name][i] = 0.9 * m[name][i] + 0.1 * factor * g
                v[name][i] = 0.999 * v[name][i] + 0.001 * (factor * g) ** 2
                mean = m[name][i] / (1 - 0.9**t) if corrected else m[name][i]
                square = v[name][i] / (1 - 0.999**t) if corrected else v[name][i]
                decayed = 0.0 if name in EXCLUDED else decay * w[i]
                update.append(mean / (square**0.5 + 1e-6) + decayed)
            length, step = sum(x * x for x in w) ** 0.5, sum(x * x for x in update) ** 0.5
            ratio = length / step if length and step and name not in not_adapted else 1.0
            flat[name] = [x - RATE * ratio * u for x, u in zip(w, update)]
    return {name: np.reshape(values, weights[name].shape) for name, values in flat.items()}


def trained(optimizer, weights, steps):
    """The weights after the optimizer's steps."""
    variables = [keras.Variable(value.astype("float32"), name=name) for name, value in weights.items()]
    for gradients in steps:
        optimizer.apply([tf.constant(gradients[v.name], tf.float32) for v in variables], variables)
    return {variable.name: variable.numpy() for variable in variables}


def assert_same(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-4, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("corrected", [True, False])
@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("clip", [None, 1.0])
def test_steps_by_hand(weights, steps, corrected, decay, clip):
    optimizer = LAMB(RATE, weight_decay_rate=decay, bias_correction=corrected, global_clipnorm=clip)
    assert_same(trained(optimizer, weights, steps), by_hand(weights, steps, decay, clip, corrected))


def test_defaults_are_those_of_the_paper_with_googles_clipping_and_exclusions(weights, steps):
    assert_same(trained(LAMB(RATE), weights, steps), by_hand(weights, steps, decay=0.01, clip=1.0))


@pytest.mark.parametrize(("patterns", "not_adapted"), [((), set()), (["^attention"], {"attention_kernel"})])
def test_which_layers_are_adapted_may_differ_from_which_are_decayed(weights, steps, patterns, not_adapted):
    optimizer = LAMB(RATE, no_layer_adaptation=patterns, global_clipnorm=None)
    assert_same(trained(optimizer, weights, steps), by_hand(weights, steps, not_adapted=not_adapted))


def test_is_that_of_keras_without_decay_and_exclusions(weights, steps):
    ours = LAMB(RATE, weight_decay_rate=0.0, no_layer_adaptation=(), global_clipnorm=None)
    theirs = keras.optimizers.Lamb(RATE, epsilon=1e-6)
    assert_same(trained(ours, weights, steps), trained(theirs, weights, steps))


def test_a_layer_moves_by_the_rate_as_a_share_of_its_length():
    """The first corrected Adam step is the gradient's sign, whose length then does not matter."""
    weights, gradients = {"kernel": np.array([3.0, 4.0])}, {"kernel": np.array([0.01, -20.0])}
    moved = trained(LAMB(0.1, weight_decay_rate=0.0), weights, [gradients])["kernel"]
    np.testing.assert_allclose(moved, [3 - 0.5 / 2**0.5, 4 + 0.5 / 2**0.5], rtol=1e-3)


def test_a_layer_of_zeros_takes_a_plain_step():
    moved = trained(LAMB(0.1), {"kernel": np.zeros(3)}, [{"kernel": np.array([0.5, -0.2, 0.0])}])
    np.testing.assert_allclose(moved["kernel"], [-0.1, 0.1, 0.0], rtol=1e-3)


def test_a_layer_without_gradient_stays_or_decays():
    weights = {"kernel": np.array([3.0, 4.0]), "kernel_of_zeros": np.zeros(2)}
    none = [{name: np.zeros(2) for name in weights}]
    assert_same(trained(LAMB(0.1, weight_decay_rate=0.0), weights, none), weights)
    # The decay is inside the ratio, so its own rate does not matter where nothing else moves the layer.
    assert_same(trained(LAMB(0.1), weights, none), {**weights, "kernel": np.array([2.7, 3.6])})


def test_rows_looked_up_twice_count_as_their_sum(weights):
    tables = [keras.Variable(weights["kernel"].astype("float32"), name=name) for name in ("by_row", "dense")]
    rows = tf.IndexedSlices(tf.constant([[3.0, 0.0], [3.0, 1.0]]), tf.constant([1, 1]), tf.constant([3, 2]))
    optimizers = [LAMB(0.1), LAMB(0.1)]
    for _ in range(3):
        optimizers[0].apply([rows], tables[:1])
        optimizers[1].apply([tf.constant([[0.0, 0.0], [6.0, 1.0], [0.0, 0.0]])], tables[1:])
    np.testing.assert_allclose(tables[0].numpy(), tables[1].numpy(), rtol=1e-6)
    assert np.all(np.abs(tables[0].numpy()[0]) < np.abs(weights["kernel"][0]))  # Decayed without a gradient.


def test_slots_are_named_as_in_googles_checkpoints():
    optimizer = LAMB()
    optimizer.build([keras.Variable(np.ones(2, "float32"), name=name) for name in ("a", "b")])
    names = [f"{path}/{slot}" for path, slot, _ in optimizer.slots()]
    assert names == ["a/adam_m", "a/adam_v", "b/adam_m", "b/adam_v"]
    assert all(map(is_slot, names))


def test_accumulated_batches_are_one_update(weights, steps):
    doubled = [step for step in steps for _ in range(2)]
    optimizer = LAMB(RATE, gradient_accumulation_steps=2, global_clipnorm=None)
    assert_same(trained(optimizer, weights, doubled), by_hand(weights, steps))


@pytest.mark.parametrize("patterns", [None, (), ["bias"]])
def test_is_serializable(patterns):
    schedule = LinearWarmupLinearDecay(0.1, 30, 3)
    optimizer = LAMB(schedule, 0.02, 0.8, 0.99, 1e-5, ["gamma"], patterns, False, global_clipnorm=2.0)
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert again.get_config() == optimizer.get_config()
    assert again.no_layer_adaptation == (None if patterns is None else tuple(patterns))
    assert (again.bias_correction, again.global_clipnorm, again.no_weight_decay) == (False, 2.0, ("gamma",))


def test_trains_with_fit():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(LAMB(0.1), "mse")
    x = np.linspace(-1, 1, 32, dtype=np.float32)[:, None]
    losses = model.fit(x, 3 * x, batch_size=32, epochs=30, verbose=0).history["loss"]
    assert losses[-1] < 0.1 * losses[0]


def test_the_numbers_are_the_same_on_jax(weights, steps, tmp_path):
    """Where TensorFlow cannot even be imported, and compiled as Keras trains there."""
    program = """
import sys
sys.modules["tensorflow"] = None
import jax, keras, numpy as np
from bert_tf.optimization.lamb import LAMB
weights, steps = np.load("weights.npz"), np.load("steps.npz")
variables = [keras.Variable(weights[name].astype("float32"), name=name) for name in weights.files]
optimizer = LAMB(0.1)
optimizer.build(variables)
apply = jax.jit(optimizer.stateless_apply)
values, state = [v.value for v in variables], [v.value for v in optimizer.variables]
for t in range(len(steps[variables[0].name])):
    values, state = apply(state, [steps[v.name][t].astype("float32") for v in variables], values)
np.savez("out.npz", **{v.name: value for v, value in zip(variables, values)})
"""
    np.savez(tmp_path / "weights.npz", **weights)
    np.savez(tmp_path / "steps.npz", **{name: np.stack([step[name] for step in steps]) for name in SHAPES})
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True)
    assert_same(dict(np.load(tmp_path / "out.npz")), trained(LAMB(RATE), weights, steps))
