"""What is given for a checkpoint of Google's BERT and is something else, so that a message can say what."""

import os

_TENSORFLOW = "give a TensorFlow checkpoint by Google's variable names, as bert_model.ckpt"
_UNPACK = "unpack it, and give the folder that comes out"

# Of a folder's files the first kind that is there says most.
_ENDINGS = {
    ".safetensors": "weights of Hugging Face in safetensors",
    **dict.fromkeys((".bin", ".pt", ".pth"), "weights of PyTorch"),
    **dict.fromkeys((".h5", ".hdf5"), "weights of Keras in HDF5"),
    ".keras": "a Keras model",
    ".msgpack": "weights of Flax",
    ".pb": "a SavedModel or another graph of TensorFlow",
    ".onnx": "an ONNX model",
    ".tflite": "a LiteRT model",
    ".npz": "arrays of NumPy",
    **dict.fromkeys((".zip", ".tar", ".tgz", ".gz", ".xz", ".bz2", ".7z"), "an archive"),
}
_FIRST_BYTES = {
    b"PK\x03\x04": "a zip file, as PyTorch writes weights too",
    b"\x89HDF": "weights of Keras in HDF5",
    b"\x1f\x8b": "an archive",
    b"\x80\x02": "weights of PyTorch",
}


def described(path):
    """What a file, or the files of a folder, are instead of a checkpoint, and what to do; "" if unknown."""
    names = [os.path.basename(path)]
    if os.path.isdir(path):
        names = sorted(os.listdir(path))
        if "saved_model.pb" in names:
            return f"it is a SavedModel: {_TENSORFLOW}"
        inner = next((name for name in names if _holds_checkpoint(os.path.join(path, name))), None)
        if inner:
            return f"there is one in its folder {inner}: give that"
    for ending, what in _ENDINGS.items():
        name = next((name for name in names if name.lower().endswith(ending)), None)
        if name:
            subject = f"{name} is" if os.path.isdir(path) else "it is"
            return f"{subject} {what}: {_UNPACK if what == 'an archive' else _TENSORFLOW}"
    if not os.path.isfile(path):
        return ""
    with open(path, "rb") as file:
        first = file.read(4)
    what = next((what for begin, what in _FIRST_BYTES.items() if first.startswith(begin)), "another file")
    return f"it is {what}: {_UNPACK if what == 'an archive' else _TENSORFLOW}"


def _holds_checkpoint(folder):
    return os.path.isdir(folder) and any(name.endswith(".index") for name in os.listdir(folder))


# The beginning of variables' names, or a part of them, in the checkpoints of other models of its kind.
_OTHER_MODELS = {
    "electra/": "ELECTRA",
    "generator/": "ELECTRA",
    "discriminator_predictions/": "ELECTRA",
    "bert/encoder/transformer/group_": "ALBERT",
    "bert/embeddings/embedding_transformation": "MobileBERT",
    "model/transformer/": "XLNet",
    "roberta/": "RoBERTa",
    "distilbert/": "DistilBERT",
    "ernie/": "ERNIE",
    "encoder/block_": "T5",
    "model/h0/": "GPT-2",
}


def other_model(names):
    """The model that a checkpoint's variables are of by their names, if it is a known one other than BERT."""
    for part, model in _OTHER_MODELS.items():
        if any(name.startswith(part) or f"/{part}" in name for name in names):
            return model
    return None
