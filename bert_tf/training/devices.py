"""What the model runs on, and in which precision."""

import contextlib
import functools

from bert_tf.errors import UserError

POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16", "float16": "mixed_float16"}


def check_tpu(use_tpu):
    """Raises UserError if a TPU is asked for."""
    if use_tpu:
        raise UserError(
            "--use_tpu=true: this package trains on GPU or CPU; leave the flag out (the other TPU flags are "
            "accepted, and ignored without it)"
        )


def set_up_devices(deterministic=False):
    """Lets TensorFlow take GPU memory as it needs it, and says what there is to compute on.

    Args:
        deterministic: Whether to use only operations that give the same bits each time.
    """
    import tensorflow as tf

    if deterministic:
        tf.config.experimental.enable_op_determinism()

    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    if not gpus:
        return "CPU"
    return tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")


def formula_compiler():
    """What compiles the model's formulas (see `layers/fusion.py`): XLA on a CPU, nothing on a GPU."""
    import tensorflow as tf

    return None if tf.config.list_physical_devices("GPU") else _compiled_by_xla


@functools.cache
def _compiled_by_xla(formula):
    import tensorflow as tf

    return tf.function(formula, jit_compile=True, autograph=False)


@contextlib.contextmanager
def graphs_as_traced():
    """Within it, a CPU runs graphs without TensorFlow's rewriting of them (Grappler).

    That is for graphs that bring their formulas compiled: it took two of the ten seconds of BERT-Base's
    first training step, and the later ones were no faster for it. A GPU has it as ever.
    """
    import tensorflow as tf

    optimizer, option = tf.config.optimizer, "disable_meta_optimizer"
    before = optimizer.get_experimental_options().get(option, False)
    optimizer.set_experimental_options({option: before or not tf.config.list_physical_devices("GPU")})
    try:
        yield
    finally:
        optimizer.set_experimental_options({option: before})
