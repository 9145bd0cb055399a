"""Dropout whose mask follows from a seed that is handed over.

Keras's own layer keeps its seed to itself and draws another mask each time it is called, so
an activation that is recomputed in the backward pass would be dropped differently than it
was in the forward pass, and its gradient would be wrong. Here one seed is drawn for a
whole forward pass, and every place derives its own from it.
"""

import keras
from keras import ops

# Constants of the hash `lowbias32` (Wellons 2018, "Prospecting for Hash Functions").
_FIRST_FACTOR, _SECOND_FACTOR = 0x7FEB352D, 0x846CA68B


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


def keep_mask(shape, seed, rate):
    """Which places dropout keeps, drawn by a hash of the place and the seed.

    The hash is made of a few integer operations, which a compiler melts into whatever the mask is
    multiplied with: nothing is drawn in advance or kept. One by one they are slower than a generator.

    Args:
        shape: Of the mask.
        seed: int [2], not negative.
        rate: A number from 0 to below 1.

    Returns:
        A bool tensor of that shape.
    """
    size = 1
    for length in shape:
        size = size * length
    places = ops.reshape(ops.cast(ops.arange(size, dtype="int32"), "uint32"), shape)
    first, second = (_hash(ops.cast(seed[half], "uint32")) for half in range(2))
    # Two rounds, so that no two seeds give the same mask moved by some places.
    draws = _hash(ops.bitwise_xor(_hash(ops.bitwise_xor(places, first)), second))
    return draws >= ops.convert_to_tensor(round(rate * 2**32), dtype="uint32")


def _hash(words):
    """`lowbias32`: each bit of the result depends on all bits of a word, uint32 of any shape."""
    for shift, factor in ((16, _FIRST_FACTOR), (15, _SECOND_FACTOR), (16, 1)):
        words = ops.bitwise_xor(words, ops.right_shift(words, ops.convert_to_tensor(shift, dtype="uint32")))
        words = words * ops.convert_to_tensor(factor, dtype="uint32")
    return words
