"""The quick shuffle draws what Python's own draws."""

import random

import pytest

from bert_tf.data.pretraining.quick_random import QuickRandom


@pytest.mark.parametrize("seed", [0, 12345, "a text"])
def test_shuffles_and_draws_are_those_of_random_random(seed):
    quick, plain = QuickRandom(seed), random.Random(seed)
    for length in [*range(70), 127, 128, 129, 1000]:
        shuffled, expected = list(range(length)), list(range(length))
        quick.shuffle(shuffled)
        plain.shuffle(expected)
        assert shuffled == expected
        assert quick.below(length + 1) == plain.randint(0, length)
    assert quick.getstate() == plain.getstate()
