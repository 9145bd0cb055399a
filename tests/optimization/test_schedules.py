"""Learning rates by step, against hand-computed values."""

import keras
import numpy as np
import pytest

from bert_tf.optimization.schedules import LinearWarmupLinearDecay


def rates(schedule, steps):
    return [float(schedule(step)) for step in range(steps)]


def test_warmup_then_decay_counted_from_step_0():
    schedule = LinearWarmupLinearDecay(1.0, num_train_steps=10, num_warmup_steps=4)
    expected = [0, 1 / 4, 2 / 4, 3 / 4, 6 / 10, 5 / 10, 4 / 10, 3 / 10, 2 / 10, 1 / 10, 0, 0]
    np.testing.assert_allclose(rates(schedule, 12), expected, atol=1e-6)


def test_no_warmup():
    schedule = LinearWarmupLinearDecay(2e-5, num_train_steps=4)
    np.testing.assert_allclose(rates(schedule, 5), [2e-5, 1.5e-5, 1e-5, 0.5e-5, 0], atol=1e-10)


def test_warmup_longer_than_the_run():
    """The warm-up is cut off, as in Google's code: the rate never gets to what was asked for."""
    schedule = LinearWarmupLinearDecay(1.0, num_train_steps=3, num_warmup_steps=10)
    np.testing.assert_allclose(rates(schedule, 3), [0, 0.1, 0.2], atol=1e-7)


def test_is_serializable():
    schedule = LinearWarmupLinearDecay(3e-5, num_train_steps=100, num_warmup_steps=7)
    config = keras.optimizers.schedules.serialize(schedule)
    again = keras.optimizers.schedules.deserialize(config)
    assert isinstance(again, LinearWarmupLinearDecay)
    assert rates(again, 20) == pytest.approx(rates(schedule, 20))
