"""A fine-tuning run loses nothing that is there, and knows before the work what it cannot write."""

import os
import pathlib

import numpy as np
import pytest

from bert_tf import UserError
from bert_tf.checkpoints.google import write_tensors
from bert_tf.files import locks, whole_folder
from bert_tf.tasks.user_table import user_table
from bert_tf.training.finetuning_options import FineTuningOptions
from bert_tf.workflow import Work
from bert_tf.workflow.outputs import check_outputs, outputs_in_use


@pytest.fixture
def check(tmp_path, monkeypatch):
    """Looks at the outputs of a run with these options, in a folder with its inputs in `in/`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for name in ("vocab.txt", "bert_config.json", "train.tsv", "dev.tsv", "test.tsv"):
        (tmp_path / "in" / name).write_text(name)

    def check(context=None, work=(), task=(), **options):
        files = {"train_file": "in/train.tsv", "eval_file": "in/dev.tsv", "predict_file": "in/test.tsv"}
        given = {"output_dir": "out", "vocab_file": "in/vocab.txt", **options}
        wanted = {"do_train": True, "do_eval": True, "do_predict": True, **dict(work)}
        own = FineTuningOptions(**given), Work(None, "in/bert_config.json", **wanted)
        check_outputs(user_table(**{**files, **dict(task)}), *own)
        return context and context(*own)

    return check


def everything(folder):
    """All files in a folder with their contents."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def make_export(path):
    with whole_folder(path, lists_files=True) as partial:
        pathlib.Path(partial, "saved_model.pb").write_text("model")


def test_an_ordinary_run_is_let_through_and_leaves_nothing_behind(check, tmp_path):
    before = everything(tmp_path)
    work = {"export_dir": "model"}
    in_use = check(outputs_in_use, work, tensorboard_dir="out", learning_curve=True, eval_every_epoch=True)
    assert everything(tmp_path) == before
    with in_use:
        assert sorted(os.listdir(tmp_path)) == [".model.bert_tf-lock", "in", "out"]
    assert everything(tmp_path) == {**before, "out": None}


@pytest.mark.parametrize(
    "export_dir",
    ["out", ".", "..", "/", "./out/", "in/../out", "link", "out/best", "in", "out/eval_results.txt"],
)
@pytest.mark.parametrize("exists", [False, True])
def test_an_export_takes_the_place_of_nothing_else(check, tmp_path, export_dir, exists):
    os.symlink("out", tmp_path / "link")
    if exists:
        write_tensors(str(tmp_path / "out" / "model.ckpt-1"), {"x": np.zeros(1)})
        write_tensors(str(tmp_path / "out" / "best" / "model.ckpt-1"), {"x": np.zeros(1)})
    before = everything(tmp_path)
    with pytest.raises(UserError, match="^--export_dir=.*: name a (new )?folder"):
        check(work={"export_dir": export_dir})
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    "work, options",
    [
        ({"export_dir": "a", "seeds": (1, 2)}, {"output_dir": "a"}),
        ({"export_dir": "out/x"}, {"output_dir": "out/x/y"}),
        ({"export_dir": "a"}, {"tensorboard_dir": "a/events"}),
        ({"export_dir": "a/b"}, {"output_dir": "a/b"}),
    ],
)
def test_nor_of_what_is_to_come(check, work, options):
    with pytest.raises(
        UserError, match="^--export_dir=.*: an export replaces the whole folder, but .* is there"
    ):
        check(work=work, **options)


def test_an_export_may_lie_in_the_output_folder_or_beside_the_data(check, tmp_path):
    for export_dir in ("out/model", "in/model", "new/folder/model"):
        check(work={"export_dir": export_dir})
    check(work={"export_dir": "out", "seeds": (1, 2)}, output_dir="elsewhere")


def test_only_an_earlier_export_is_replaced(check, tmp_path):
    (tmp_path / "model").mkdir()
    check(work={"export_dir": "model"})
    make_export(tmp_path / "model")
    check(work={"export_dir": "model"})
    (tmp_path / "model" / "thesis.txt").write_text("")
    with pytest.raises(UserError, match="^--export_dir=model: holds other files than an export wrote there"):
        check(work={"export_dir": "model"})
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "saved_model.pb").write_text("a model of someone else")
    with pytest.raises(
        UserError, match="^--export_dir=foreign: holds other files than an export wrote there"
    ):
        check(work={"export_dir": "foreign"})
    with pytest.raises(UserError, match="^--export_dir=in/dev.tsv: "):
        check(work={"export_dir": "in/dev.tsv"})


def test_an_impossible_output_is_known_before_the_work(check, tmp_path):
    for work, options in (
        ({"export_dir": "in/dev.tsv/model"}, {}),
        ({"export_dir": "x" * 300}, {}),
        ({"export_dir": "/proc/model"}, {}),
        ({}, {"output_dir": "in/dev.tsv"}),
        ({}, {"output_dir": "in/dev.tsv/out"}),
        ({}, {"tensorboard_dir": "in/dev.tsv"}),
        ({}, {"tensorboard_dir": "out/eval_results.txt"}),
        ({"seeds": (1, 2)}, {"output_dir": "in/dev.tsv"}),
    ):
        with pytest.raises(UserError, match="^--(export|output|tensorboard)_dir="):
            check(work=work, **options)


@pytest.mark.parametrize(
    "name, work, options",
    [
        ("checkpoint", {}, {}),
        ("run_settings.json", {}, {}),
        ("learning_curve.tsv", {}, {}),
        ("learning_curve.png", {}, {"learning_curve": True}),
        ("eval_results.txt", {}, {}),
        ("wrong_predictions.tsv", {}, {}),
        ("confusion_matrix.png", {}, {}),
        ("test_results.tsv", {}, {}),
        ("seed_2/predictions.tsv", {"seeds": (1, 2)}, {}),
        ("seed_results.tsv", {"seeds": (1, 2)}, {}),
    ],
)
def test_a_folder_in_the_place_of_a_result(check, tmp_path, name, work, options):
    (tmp_path / "out" / name).mkdir(parents=True)
    with pytest.raises(UserError, match=f"out/{name}: cannot be written .Is a directory.: choose another"):
        check(work=work, **options)


@pytest.mark.parametrize("flag", ["train_file", "eval_file", "predict_file"])
def test_a_result_that_is_an_input(check, tmp_path, flag):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "predictions.tsv").write_text("text\n")
    os.symlink("out", tmp_path / "link")
    for path in ("out/predictions.tsv", tmp_path / "link" / "predictions.tsv"):
        with pytest.raises(UserError, match="out/predictions.tsv: to be written, but this run reads it"):
            check(task={flag: str(path)})
        check(task={flag: str(path)}, work={"do_predict": False})


def test_a_vocabulary_in_the_output_folder_is_no_mistake(check, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "vocab.txt").write_text("")
    check(vocab_file="out/vocab.txt")


def test_a_second_run_in_the_same_folders(check, monkeypatch):
    others = (
        ({}, {}),
        ({"do_train": False, "do_eval": False}, {"output_dir": "out/seed_1"}),
        ({"export_dir": "model/seed_2"}, {"output_dir": "elsewhere"}),
    )
    with check(outputs_in_use, {"export_dir": "model", "seeds": (1, 2)}):
        monkeypatch.setattr(locks, "_held", set())  # As in another process.
        for work, options in others:
            with pytest.raises(UserError, match="_dir=.*: in use by another run .process .*: wait until"):
                with check(outputs_in_use, work, **options):
                    pass
    for work, options in others:
        with check(outputs_in_use, work, **options):
            pass
