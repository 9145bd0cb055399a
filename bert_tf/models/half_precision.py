"""Dense kernels in half precision, for running a model that is not being trained."""

import contextlib

import keras
from keras import ops

from bert_tf.layers.base import FlatDense


class HalfPrecisionKernels:
    """Copies of a model's dense kernels in the precision that they are computed with.

    Under mixed precision the weights are float32, and every call of the model casts them: a matrix
    takes as long to cast as a few rows take to multiply with it.

    Args:
        model: A Keras model. In float32 there is nothing to copy.
    """

    def __init__(self, model):
        dense = [layer for layer in model._flatten_layers() if isinstance(layer, FlatDense)]
        self._copies = [
            (layer.kernel, _copy(layer.kernel, layer.compute_dtype))
            for layer in dense
            if layer.compute_dtype != "float32"
        ]

    def refresh(self):
        """Takes over the kernels as they are now: to be called after they have changed."""
        for kernel, copy in self._copies:
            copy.assign(ops.cast(kernel, copy.dtype))

    @contextlib.contextmanager
    def in_use(self):
        """Within it, the model computes with the copies."""
        with keras.StatelessScope() as scope:
            for kernel, copy in self._copies:
                scope.add_update((kernel, copy.value))
            yield

    def replaced(self, variables):
        """The variables that the model needs where the copies are in use."""
        copies = {id(kernel): copy for kernel, copy in self._copies}
        return [copies.get(id(variable), variable) for variable in variables]


def _copy(variable, dtype):
    return keras.Variable(variable, dtype=dtype, trainable=False, name=variable.name)
