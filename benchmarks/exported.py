"""The exported models that prediction and latency are measured with."""

import pathlib

import contest

# What bert_tf needs to run its own ONNX models, and what it takes to make the others.
OWN_ONNX = ("onnxruntime", "onnx")
ONNX = ("onnxruntime", "onnx", "onnxscript", *contest.TORCH)


def saved_model(folder, precision):
    """Path of bert_tf's SavedModel."""
    return str(pathlib.Path(folder) / f"saved_model_{precision}")


def own_onnx(folder, precision):
    """Path of bert_tf's ONNX model, "float32" or "int8"."""
    return str(pathlib.Path(folder) / f"bert_tf_{precision}.onnx")


def onnx(folder, precision):
    """Path of PyTorch's model as ONNX, "float32" or "int8"."""
    return str(pathlib.Path(folder) / f"pytorch_{precision}.onnx")


def export(contestants, shape, folder, vocab_file):
    """Writes the models that these contestants run.

    Args:
        contestants: `Contestant`s whose command lines hold the paths.
        shape: The `BertConfig`.
        folder: Where to write.
        vocab_file: The SavedModels' vocabulary.
    """
    commands = [" ".join(one.command) for one in contestants if not one.missing]

    def is_used(path):
        return any(path in command for command in commands)

    config = shape.to_dict()
    for precision in contest.PRECISIONS:
        path = saved_model(folder, precision)
        if is_used(path):
            settings = {"precision": precision, "vocab_file": vocab_file}
            contest.prepare("ours.py", "export", config=config, path=path, **settings)
    for precision in ("float32", "int8"):
        path = own_onnx(folder, precision)
        if is_used(path):
            contest.prepare("ours_on_onnx.py", "export", config=config, path=path, int8=precision == "int8")
    if is_used(onnx(folder, "float32")) or is_used(onnx(folder, "int8")):
        contest.prepare("torch_peer.py", "export_onnx", config=config, path=onnx(folder, "float32"))
    if is_used(onnx(folder, "int8")):
        quantized = onnx(folder, "int8")
        contest.prepare("onnx_peer.py", "quantize", path=onnx(folder, "float32"), quantized_path=quantized)
