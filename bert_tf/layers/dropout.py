"""Dropout whose mask follows from a seed that is handed over.

Keras's own layer keeps its seed to itself and draws another mask each time it is called, so
an activation that is recomputed in the backward pass would be dropped differently than it
was in the forward pass, and its gradient would be wrong. Here one seed is drawn for a
whole forward pass, and every place derives its own from it.
"""

import keras
from keras import ops


class GivenSeed(keras.random.SeedGenerator):
    """A seed in the form that `keras.random` takes; it gives the same one however often it is asked."""

    def __init__(self, seed):
        self._seed = seed

    def next(self, ordered=True):
        return self._seed


def derived_seed(seed, place):
    """The seed of a place in the model, int [2], from that of the whole; None if there is none."""
    if seed is None:
        return None
    return seed + ops.convert_to_tensor([place, 0], dtype=seed.dtype)


def dropout(inputs, rate, seed):
    """Drops a share `rate` of the inputs and scales up the others.

    Args:
        inputs: A float tensor.
        rate: A number from 0 to below 1.
        seed: int [2], or None to drop nothing.

    Returns:
        A tensor like `inputs`.
    """
    if seed is None or rate == 0:
        return inputs
    return keras.random.dropout(inputs, rate, seed=GivenSeed(seed))
