"""What is written into the output folder, and what keeps runs from overwriting each other."""

import os

import numpy as np
import pytest

from bert_tf import UserError
from bert_tf.checkpoints.google import write_tensors
from bert_tf.training.output_dir import (
    check_output_dir,
    check_settings,
    check_start,
    in_use,
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


def test_makes_the_folder_and_leaves_nothing_in_it(tmp_path):
    with in_use(tmp_path / "a" / "b"):
        pass
    assert os.listdir(tmp_path / "a" / "b") == []


def test_clears_away_what_killed_runs_left_of_checkpoints_and_nothing_else(tmp_path):
    own = [
        ".model.ckpt-7.bert_tf-partial.index",
        ".model.ckpt-7.bert_tf-partial.data-00000-of-00001.tempstate1",
    ]
    others = [
        ".notes.partial",
        ".model.ckpt-7.partial.index",
        ".vocab.txt.bert_tf-partial",
        "model.ckpt-7.index",
    ]
    for folder in (tmp_path, tmp_path / "best"):
        folder.mkdir(exist_ok=True)
        for name in own + others:
            (folder / name).write_text("")
    with in_use(tmp_path):
        pass
    assert sorted(os.listdir(tmp_path / "best")) == sorted(others)
    assert sorted(os.listdir(tmp_path)) == sorted([*others, "best"])


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(
        UserError, match="^--output_dir=.*file/x: cannot be written .Not a directory.: choose"
    ):
        check_output_dir(tmp_path / "file" / "x", [], [])
    with pytest.raises(UserError, match="^--output_dir=/proc/self: cannot be written"):
        check_output_dir("/proc/self", [], [])
    with pytest.raises(UserError, match="^--output_dir=/proc/self: cannot be written"):
        with in_use("/proc/self"):
            pass


def test_a_result_that_cannot_be_written_is_known_before_the_work(tmp_path):
    check_output_dir(tmp_path, ["eval_results.txt"], [])
    (tmp_path / "eval_results.txt").mkdir()
    with pytest.raises(
        UserError, match="eval_results.txt: cannot be written .Is a directory.: choose another"
    ):
        check_output_dir(tmp_path, ["eval_results.txt"], [])


@pytest.mark.parametrize("link", [None, os.symlink, os.link])
def test_what_a_run_reads_it_does_not_write(tmp_path, link):
    written = tmp_path / "test_results.tsv"
    written.write_text("a\tb\n")
    read = written if link is None else tmp_path / "input.tsv"
    if link:
        link(written, read)
    os.symlink(tmp_path, tmp_path / "other")
    for path in (read, tmp_path / "other" / read.name):
        with pytest.raises(UserError, match="test_results.tsv: to be written, but this run reads it"):
            check_output_dir(tmp_path, ["eval_results.txt", "test_results.tsv"], [path])
    check_output_dir(tmp_path, ["eval_results.txt"], [read])


def test_training_does_not_write_over_the_checkpoint_it_starts_from(tmp_path):
    prefix = str(tmp_path / "best" / "model.ckpt-7")
    write_tensors(prefix, {"x": np.zeros(1)})
    with pytest.raises(UserError, match="ckpt-7: training writes checkpoints of such names there"):
        check_start(tmp_path, prefix)
    check_start(tmp_path / "elsewhere", prefix)
    write_tensors(str(tmp_path / "bert_model.ckpt"), {"x": np.zeros(1)})
    check_start(tmp_path, str(tmp_path / "bert_model.ckpt"))
    with_checkpoint(tmp_path, {})  # Now a run is to go on.
    check_start(tmp_path, prefix)


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
