"""The optimizer against its formula, on dense and row-wise gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from bert_tf.optimization.adam_weight_decay import AdamWeightDecay
from bert_tf.optimization.schedules import LinearWarmupLinearDecay


def variable(name, value):
    return keras.Variable(np.asarray(value, np.float32), name=name)


def by_hand(weights, gradients, rate, decay):
    """The formula of the class, without clipping."""
    m = v = np.zeros_like(weights)
    for gradient in gradients:
        m = 0.9 * m + 0.1 * gradient
        v = 0.999 * v + 0.001 * gradient**2
        weights = weights - rate * (m / (np.sqrt(v) + 1e-6) + decay * weights)
    return weights


@pytest.mark.parametrize(
    ("name", "decay"), [("kernel", 0.01), ("bias", 0.0), ("output_bias", 0.0), ("LayerNorm_gamma", 0.0)]
)
def test_steps_by_hand(name, decay):
    rng = np.random.default_rng(0)
    weights, gradients = rng.normal(size=5), rng.normal(size=(6, 5))
    ours = variable(name, weights)
    optimizer = AdamWeightDecay(0.1, global_clipnorm=None)
    for gradient in gradients:
        optimizer.apply([tf.constant(gradient, tf.float32)], [ours])
    np.testing.assert_allclose(ours.numpy(), by_hand(weights, gradients, 0.1, decay), rtol=1e-4)


def test_clips_all_gradients_together():
    ours = [variable("a", [1.0]), variable("b", [1.0])]
    optimizer = AdamWeightDecay(0.1)
    optimizer.apply([tf.constant([3.0]), tf.constant([4.0])], ours)
    slots = {(path, slot): value.numpy()[0] for path, slot, value in optimizer.slots()}
    assert slots["a", "adam_m"] == pytest.approx(0.1 * 3 / 5)
    assert slots["b", "adam_v"] == pytest.approx(0.001 * (4 / 5) ** 2)
    optimizer.apply([tf.constant([0.3]), tf.constant([0.4])], ours)
    slots = {(path, slot): value.numpy()[0] for path, slot, value in optimizer.slots()}
    assert slots["a", "adam_m"] == pytest.approx(0.9 * 0.06 + 0.1 * 0.3)


def test_rows_looked_up_twice_count_as_their_sum():
    table = variable("word_embeddings", np.ones((3, 2)))
    optimizer = AdamWeightDecay(0.1)
    rows = tf.IndexedSlices(tf.constant([[3.0, 0.0], [3.0, 0.0]]), tf.constant([1, 1]), tf.constant([3, 2]))
    optimizer.apply([rows], [table])
    slots = {slot: value.numpy() for _, slot, value in optimizer.slots()}
    np.testing.assert_allclose(slots["adam_m"], [[0, 0], [0.1, 0], [0, 0]], atol=1e-7)
    assert np.all(table.numpy()[0] < 1)  # Decayed although it had no gradient, as in Google's code.


def test_is_serializable_and_trains_with_fit():
    optimizer = AdamWeightDecay(
        LinearWarmupLinearDecay(0.1, 30, 3), weight_decay_rate=0.02, no_weight_decay=["bias"]
    )
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert again.get_config() == optimizer.get_config()
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(again, "mse")
    x = np.linspace(-1, 1, 32, dtype=np.float32)[:, None]
    history = model.fit(x, 3 * x, batch_size=32, epochs=30, verbose=0)
    assert history.history["loss"][-1] < 0.5 * history.history["loss"][0]


def test_loss_scaling_steps_over_what_is_not_finite():
    ours = variable("kernel", [1.0])
    inner = AdamWeightDecay(0.1)
    optimizer = keras.optimizers.LossScaleOptimizer(inner)
    optimizer.build([ours])
    optimizer.apply([tf.constant([np.inf])], [ours])
    assert ours.numpy()[0] == 1.0
    optimizer.apply([tf.constant([2.0**14])], [ours])
    assert ours.numpy()[0] < 1.0
