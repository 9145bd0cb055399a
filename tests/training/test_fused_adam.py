"""The optimizer with compiled updates against the plain one."""

import keras
import numpy as np
import tensorflow as tf

from bert_tf.optimization.adam_weight_decay import AdamWeightDecay
from bert_tf.optimization.schedules import LinearWarmupLinearDecay
from bert_tf.training.fused_adam import FusedAdamWeightDecay

# The large ones have their updates compiled, the small ones in one, by share of the rate and decay.
SHAPES = {
    "kernel": (512, 512),
    "LayerNorm_gamma": (1, 2**18),
    "bias": (4,),
    "small_kernel": (3, 2),
    "LayerNorm_beta": (5,),
    "weights": (2, 2),
    "table": (2**16, 4),
}


def trained(optimizer_class):
    """Weights and slots after some steps, in graph as the trainer runs them."""
    rng = np.random.default_rng(0)
    weights = [
        keras.Variable(rng.normal(size=shape).astype("float32"), name=name) for name, shape in SHAPES.items()
    ]
    schedule = LinearWarmupLinearDecay(0.1, 20, 3)
    optimizer = optimizer_class(schedule, rates=[("kernel", 0.5)], global_clipnorm=2.0)
    optimizer.build(weights)
    rows = tf.constant([1, 4, 1])

    # Gradients of unknown shape, as those of inputs of any length are.
    @tf.function(input_signature=[[tf.TensorSpec([None] * len(shape)) for shape in SHAPES.values()]])
    def step(gradients):
        # As an embedding table's gradient comes: by row, one of them twice.
        by_row = tf.IndexedSlices(gradients[-1][:3], rows, tf.constant(SHAPES["table"]))
        optimizer.apply([*gradients[:-1], by_row], weights)

    for _ in range(10):
        step([tf.constant(rng.normal(size=shape).astype("float32")) for shape in SHAPES.values()])
    slots = {(path, slot): variable.numpy() for path, slot, variable in optimizer.slots()}
    return {weight.name: weight.numpy() for weight in weights}, slots, int(optimizer.iterations)


def test_steps_are_those_of_the_formula():
    weights, slots, steps = trained(FusedAdamWeightDecay)
    expected_weights, expected_slots, expected_steps = trained(AdamWeightDecay)
    assert steps == expected_steps == 10
    assert slots.keys() == expected_slots.keys()
    for found, expected in ((weights, expected_weights), (slots, expected_slots)):
        for name in found:
            np.testing.assert_allclose(found[name], expected[name], rtol=1e-4, atol=2e-5, err_msg=str(name))
