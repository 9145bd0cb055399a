"""Formulas between the matrix products as one operation each, where there is a compiler for them.

Run operation by operation, the GELU of Google's code passes nine times over memory and its gradient
fifteen times; with LayerNorm, softmax and dropout that was a sixth of BERT-Base's training step on a CPU.
Inside `fusing` each such formula and its gradient, written out in `formulas.py`, is handed as a whole to the
compiler given. Outside of it, as in prediction and in exported models, the layers run plain operations.
"""

import contextlib
import contextvars

import keras
from keras import ops

# Compiling takes a moment for each new shape, which narrow layers do not earn back.
_LEAST_WIDTH = 512

_compiler = contextvars.ContextVar("compiler", default=None)


@contextlib.contextmanager
def fusing(compiler):
    """Within it, forward and backward passes of the model have their formulas compiled.

    Args:
        compiler: From a function of tensors and numbers to one that runs faster. Asked for the same
            function again, it gives the same one. None leaves the layers as they are. With JAX, which
            compiles a step as a whole, it is the identity.
    """
    token = _compiler.set(compiler)
    try:
        yield
    finally:
        _compiler.reset(token)


def is_fusing(width):
    """Whether formulas over vectors of this width are to be compiled."""
    return _compiler.get() is not None and width >= _LEAST_WIDTH


def compiled(formula):
    """The formula as the compiler of `fusing` makes it; as it is, outside of that."""
    compiler = _compiler.get()
    return compiler(formula) if compiler else formula


def with_gradient(formula, *inputs):
    """Calls a formula that comes with its gradient.

    Args:
        formula: From tensors to one tensor and the function that maps the gradient of that one to a
            list of theirs, as `keras.ops.custom_gradient` has it. What is worth it, it has compiled.
        *inputs: The tensors.

    Returns:
        The tensor.
    """
    if keras.backend.backend() == "jax":
        # JAX itself derives the gradient and compiles it together with all around it.
        return formula(*inputs)[0]
    return ops.custom_gradient(formula)(*inputs)
