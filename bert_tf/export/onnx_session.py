"""Models run on ONNX Runtime, whose packages need not be installed for anything else."""

import numpy as np

from bert_tf.errors import UserError

# The files that --export_dir may hold beside the SavedModel's own.
FLOAT32_FILE, INT8_FILE = "model.onnx", "model.int8.onnx"


def check_onnx(wanted_for):
    """Raises UserError, in the name of a flag, if a package is missing."""
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
    except ImportError:
        raise UserError(
            f"{wanted_for} needs the packages onnx and onnxruntime: pip install -e '.[onnx]'"
        ) from None


def onnx_runner(model):
    """A model that runs on the CPU.

    Args:
        model: Path of an ONNX file, or its bytes.

    Returns:
        From a batch, of which it takes the model's inputs by name, to a dict of NumPy arrays: what
        `run_compiled` takes.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    inputs, outputs = ([end.name for end in ends] for ends in (session.get_inputs(), session.get_outputs()))

    def run(batch):
        values = session.run(outputs, {name: np.asarray(batch[name]) for name in inputs})
        return dict(zip(outputs, values))

    return run
