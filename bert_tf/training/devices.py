"""What the model runs on, and in which precision."""

from bert_tf.errors import UserError

POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16", "float16": "mixed_float16"}


def check_tpu(use_tpu):
    """Raises UserError if a TPU is asked for."""
    if use_tpu:
        raise UserError(
            "--use_tpu=true: this package trains on GPU or CPU; leave the flag out (the other TPU flags are "
            "accepted, and ignored without it)"
        )


def set_up_devices():
    """Lets TensorFlow take GPU memory as it needs it, and says what there is to compute on."""
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    if not gpus:
        return "CPU"
    return tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")
