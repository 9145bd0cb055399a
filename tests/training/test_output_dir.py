"""What is written into the output folder, and what keeps runs from overwriting each other."""

import os

import numpy as np
import pytest

from bert_tf import UserError
from bert_tf.checkpoints.google import write_tensors
from bert_tf.training.output_dir import (
    check_export_dir,
    check_settings,
    prepare_output_dir,
    read_settings,
    write_eval_results,
    write_files,
    write_settings,
)


def with_checkpoint(folder, settings):
    write_settings(folder, settings)
    write_tensors(str(folder / "model.ckpt-1"), {"x": np.zeros(1)})
    (folder / "checkpoint").write_text(
        'model_checkpoint_path: "model.ckpt-1"\nall_model_checkpoint_paths: "model.ckpt-1"\n'
    )
    return folder


def test_prepares_a_folder(tmp_path):
    prepare_output_dir(tmp_path / "a" / "b")
    assert os.listdir(tmp_path / "a" / "b") == []


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(
        UserError, match="^--output_dir=.*file/x: Not a directory: choose a folder that can be written$"
    ):
        prepare_output_dir(tmp_path / "file" / "x")
    with pytest.raises(UserError, match="^/proc/.*: could not be written"):
        prepare_output_dir("/proc/self")


def test_other_settings(tmp_path):
    folder = with_checkpoint(tmp_path, {"learning_rate": 2e-5, "seed": 1})
    check_settings(folder, {"learning_rate": 2e-5, "seed": 1, "new_flag": 3})
    with pytest.raises(
        UserError, match="its checkpoints were made with learning_rate 2e-05, this run has 5e-05: "
    ):
        check_settings(folder, {"learning_rate": 5e-5, "seed": 1})


def test_settings_without_a_checkpoint_bind_nobody(tmp_path):
    write_settings(tmp_path, {"learning_rate": 2e-5})
    check_settings(tmp_path, {"learning_rate": 5e-5})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "run_settings.json:1: not JSON"),
        (b"", "run_settings.json:1: not JSON"),
        (b"\x89PNG\r\n", "run_settings.json:1: not UTF-8"),
        (b"[" * 100_000, "run_settings.json:1: JSON nested too deeply"),
        (b"[1]", "run_settings.json: holds a JSON list, no settings of a run: choose another --output_dir"),
        (b"7", "holds a JSON int"),
        (b'"text"', "holds a JSON str"),
        (b"null", "holds a JSON NoneType"),
        (b'{"labels": "yes"}', 'labels is "yes", as no run noted it: choose another --output_dir'),
        (b'{"labels": [1, 2]}', r"labels is \[1, 2\]"),
        (b'{"threshold": NaN}', "threshold is NaN"),
        (b'{"threshold": true}', "threshold is true"),
        (b'{"first_step": -1}', "first_step is -1"),
        (b'{"first_step": "x"}', 'first_step is "x"'),
    ],
)
def test_settings_that_are_something_else(tmp_path, content, message):
    (tmp_path / "run_settings.json").write_bytes(content)
    with pytest.raises(UserError, match=message):
        read_settings(tmp_path)


def test_settings_that_are_a_folder(tmp_path):
    (tmp_path / "run_settings.json").mkdir()
    with pytest.raises(UserError, match="run_settings.json: Is a directory: choose another --output_dir"):
        read_settings(tmp_path)


def test_eval_results_as_google_wrote_them(tmp_path):
    path = write_eval_results(tmp_path, {"loss": 0.5, "eval_accuracy": 0.875, "global_step": 343})
    with open(path) as file:
        assert file.read() == "eval_accuracy = 0.875\nglobal_step = 343\nloss = 0.5\n"


def test_files(tmp_path):
    paths = write_files(tmp_path, {"a.tsv": "1\t2\n", "b.txt": ""})
    assert paths == [str(tmp_path / "a.tsv"), str(tmp_path / "b.txt")]
    assert (tmp_path / "a.tsv").read_text() == "1\t2\n"


def test_export_dir(tmp_path):
    check_export_dir(tmp_path / "new")
    (tmp_path / "thesis.txt").write_text("")
    with pytest.raises(UserError, match="holds other files: name a new folder"):
        check_export_dir(tmp_path)
    with pytest.raises(UserError, match="is a file: name a folder"):
        check_export_dir(tmp_path / "thesis.txt")
    (tmp_path / "saved_model.pb").write_text("")
    check_export_dir(tmp_path)
