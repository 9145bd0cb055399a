"""run_classifier.py --quantize=int8 and --export_onnx."""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_text  # noqa: F401 (the SavedModel's tokenizer needs its operations)

BOOKS = pathlib.Path(__file__).parents[2] / "examples" / "uncased_L-2_H-128_A-2_books"
# Accuracy on the sample's 200 dev rows may differ by this.
BOUND = 0.05

IDS = [[2, 9, 3, 11, 3]]
RUN_ALONE = """
import json, sys
import numpy as np
import onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1])
ids = np.array(json.loads(sys.argv[2]), np.int32)
inputs = {"input_ids": ids, "input_mask": np.ones_like(ids), "segment_ids": np.zeros_like(ids)}
outputs = session.run(["probabilities"], inputs)
assert not {"bert_tf", "tensorflow", "keras", "onnx"} & set(sys.modules)
print(json.dumps(outputs[0].tolist()))
"""


def run_alone(path):
    """What an ONNX file answers to `IDS`, without this package."""
    command = [sys.executable, "-c", RUN_ALONE, path, json.dumps(IDS)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.fixture(scope="module")
def sample_flags(flags_for):
    """Of a run of the small BERT of examples/ on the whole sample."""
    sample = BOOKS.with_name("mrpc_sample")

    def flags(output_dir, **changes):
        defaults = {
            "vocab_file": BOOKS / "vocab.txt",
            "bert_config_file": BOOKS / "bert_config.json",
            "init_checkpoint": BOOKS / "bert_model.ckpt",
            "max_seq_length": 64,
            "train_batch_size": 16,
            "num_train_epochs": 20,
            "learning_rate": 3e-4,
            "save_checkpoints_steps": 1000,
        }
        return flags_for(sample, output_dir, **{**defaults, **changes})

    return flags


def figures(folder):
    lines = (folder / "eval_results.txt").read_text().splitlines()
    return {name: float(value) for name, value in (line.split(" = ") for line in lines)}


def test_evaluates_predicts_and_exports(classifier, sample_flags, tmp_path):
    pytest.importorskip("onnx", reason="needs the package onnx")
    pytest.importorskip("onnxruntime", reason="needs the package onnxruntime")
    folder, export = tmp_path / "out", tmp_path / "export"
    status, _, last = classifier.run(*sample_flags(folder, do_eval=True))
    assert status == 0, last
    as_trained = figures(folder)
    assert as_trained["eval_accuracy"] > 0.8  # It has learned something that int8 could spoil.

    flags = {"do_train": False, "do_eval": True, "do_predict": True, "quantize": "int8", "export_onnx": True}
    status, out, last = classifier.run(*sample_flags(folder, export_dir=export, **flags))

    assert status == 0, last
    assert "In int8 on ONNX Runtime: evaluation, prediction, export" in out
    for name in ("model.int8.onnx, ONNX in int8", "model.onnx, ONNX in float32"):
        assert f"Wrote {export / name}" in out
    in_int8 = figures(folder)
    assert abs(in_int8["eval_accuracy"] - as_trained["eval_accuracy"]) <= BOUND
    assert 0 < abs(in_int8["eval_loss"] - as_trained["eval_loss"]) < BOUND
    assert np.loadtxt(folder / "test_results.tsv").shape == (200, 2)
    served = tf.saved_model.load(str(export)).signatures["serving_default"]
    ids = tf.constant(IDS)
    answer = served(input_ids=ids, input_mask=tf.ones_like(ids), segment_ids=tf.zeros_like(ids))
    np.testing.assert_allclose(run_alone(export / "model.onnx"), answer["probabilities"], atol=1e-5)
    np.testing.assert_allclose(run_alone(export / "model.int8.onnx"), answer["probabilities"], atol=BOUND)


def test_needs_a_use(classifier, flags_for, data, tmp_path):
    pytest.importorskip("onnx", reason="needs the package onnx")
    pytest.importorskip("onnxruntime", reason="needs the package onnxruntime")
    status, _, last = classifier.run(*flags_for(data, tmp_path / "out", quantize="int8"))
    assert status == 1
    assert "--quantize needs one of --do_eval, --do_predict, --export_dir" in last
    status, _, last = classifier.run(*flags_for(data, tmp_path / "out", export_onnx=True))
    assert status == 1
    assert "--export_onnx needs --export_dir" in last


def test_missing_packages_are_said_first(classifier, flags_for, data, tmp_path, monkeypatch):
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "onnxruntime.py").write_text("raise ImportError('as where it is not installed')\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(hidden), os.environ.get("PYTHONPATH", "")]))
    folder = tmp_path / "out"
    status, out, last = classifier.run(*flags_for(data, folder, quantize="int8", do_eval=True))
    assert (status, out) == (1, "")
    assert "--quantize=int8 needs the packages onnx and onnxruntime: pip install -e '.[onnx]'" in last
    assert not folder.exists()
