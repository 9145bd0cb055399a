"""What is no checkpoint of Google's BERT is called what it is."""

import zipfile

import numpy as np
import pytest

from bert_tf import UserError
from bert_tf.checkpoints.finding import find_checkpoint
from bert_tf.checkpoints.foreign import other_model


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["config.json", "pytorch_model.bin"], "pytorch_model.bin is weights of PyTorch: give a TensorFlow"),
        (["config.json", "model.safetensors"], "model.safetensors is weights of Hugging Face in safetensors"),
        (["data.zip", "golden.npz", "model.safetensors"], "model.safetensors is weights of Hugging Face"),
        (["tf_model.h5"], "tf_model.h5 is weights of Keras in HDF5"),
        (["model.keras"], "model.keras is a Keras model"),
        (["model.weights.h5", "task.json"], "weights of Keras in HDF5"),
        (["saved_model.pb", "variables/variables.index"], "it is a SavedModel: give a TensorFlow"),
        (["uncased.zip"], "uncased.zip is an archive: unpack it"),
        (["uncased.tar.gz"], "uncased.tar.gz is an archive: unpack it"),
        (["inner/bert_model.ckpt.index"], "there is one in its folder inner: give that"),
        (["vocab.txt"], "no checkpoint in this folder .no .index file.: give another"),
    ],
)
def test_folders(tmp_path, files, message):
    for file in files:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("x")
    with pytest.raises(UserError, match=message):
        find_checkpoint(tmp_path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pytorch_model.bin", "it is weights of PyTorch"),
        ("model.pth", "it is weights of PyTorch"),
        ("model.safetensors", "it is weights of Hugging Face"),
        ("bert.h5", "it is weights of Keras in HDF5"),
        ("uncased_L-2_H-128_A-2.zip", "it is an archive: unpack it, and give the folder"),
        ("bert.tgz", "it is an archive"),
        ("saved_model.pb", "it is a SavedModel"),
        ("weights.npz", "it is arrays of NumPy"),
        ("bert_model.ckpt", "it is a zip file, as PyTorch writes weights too"),
    ],
)
def test_files(tmp_path, name, message):
    with zipfile.ZipFile(tmp_path / name, "w") as file:
        file.writestr("data.pkl", "x")
    with pytest.raises(UserError, match=f"{name}: no checkpoint by Google's variable names; {message}"):
        find_checkpoint(tmp_path / name)


def test_another_file(tmp_path):
    np.savetxt(tmp_path / "numbers", np.zeros(3))
    with pytest.raises(UserError, match="it is another file: give a TensorFlow checkpoint"):
        find_checkpoint(tmp_path / "numbers")


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("bert/encoder/transformer/group_0/inner_group_0/attention_1/self/query/kernel", "ALBERT"),
        ("electra/embeddings/word_embeddings", "ELECTRA"),
        ("module/electra/embeddings/word_embeddings", "ELECTRA"),
        ("bert/encoder/layer_0/attention/self/query/kernel", None),
        ("my_electra_like/bert/embeddings/word_embeddings", None),
    ],
)
def test_other_models(name, model):
    assert other_model(["global_step", name]) == model
