"""Whether a checkpoint's numbers are numbers: those of a training run that went wrong are NaN or infinite."""

import os

import numpy as np

from bert_tf.checkpoints.google import CheckpointReader, list_checkpoints
from bert_tf.errors import UserError


def check_finite(prefix, values):
    """Looks through what was read from a checkpoint.

    Args:
        prefix: The checkpoint.
        values: NumPy arrays by name.

    Raises:
        UserError: If one of them holds a NaN or an infinite number; it names the older checkpoints in the
            same folder.
    """
    name = next((name for name, value in values.items() if not np.isfinite(value).all()), None)
    if name is not None:
        raise UserError(
            f"{prefix}: variable {name} holds NaN or infinite numbers, as training leaves them when it goes "
            f"wrong: use {instead_of(prefix)}"
        )


def is_finite(prefix):
    """Whether a checkpoint can be read and all its tensors are finite."""
    try:
        reader = CheckpointReader(prefix)
        return all(np.isfinite(reader.read(name)).all() for name in reader.shapes)
    except UserError:
        return False


def instead_of(prefix):
    """What to use in a checkpoint's place, as text: the older ones that its folder's `checkpoint` file lists."""
    names = [os.path.abspath(other) for other in list_checkpoints(os.path.dirname(prefix))]
    own = os.path.abspath(prefix)
    older = names[: names.index(own)] if own in names else []
    return f"an older one ({', '.join(older)})" if older else "another one"
