"""run_classifier.py with evaluations while training: killed, resumed, stopped early, with several seeds."""

import os
import time
from importlib.util import find_spec

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_text  # noqa: F401 (its ops are in the SavedModel)

from bert_tf.checkpoints.google import CheckpointReader, latest_checkpoint

DRAWS = find_spec("matplotlib") is not None
CHOICES = {
    "eval_every_steps": 7,
    "eval_every_epoch": True,
    "best_metric": "loss",
    "class_weights": "balanced",
    "label_smoothing": 0.1,
    "layerwise_lr_decay": 0.8,
    "freeze_embeddings": True,
    "long_text": "head_tail",
}


@pytest.fixture(scope="module")
def whole(classifier, flags_for, data, tmp_path_factory):
    """The folder of a run with everything, and what it printed."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    others = {"export_dir": folder.with_name("export")}
    if find_spec("tensorboard"):
        others["tensorboard_dir"] = folder.with_name("events")
    status, out, last = classifier.run(
        *flags_for(data, folder, do_eval=True, do_predict=True, learning_curve=DRAWS, **CHOICES, **others)
    )
    assert status == 0, last
    return folder, out


def rows_of(folder):
    header, *rows = [line.split("\t") for line in (folder / "learning_curve.tsv").read_text().splitlines()]
    return [dict(zip(header, row)) for row in rows]


def test_the_best_is_evaluated_predicted_with_and_exported(whole, data):
    folder, out = whole
    evaluated = {int(row["step"]): float(row["eval_loss"]) for row in rows_of(folder) if row["eval_loss"]}
    assert list(evaluated) == [7, 14, 21, 24, 28, 35, 42, 48]
    best = min(evaluated, key=evaluated.get)
    results = dict(line.split(" = ") for line in (folder / "eval_results.txt").read_text().splitlines())
    assert results["global_step"] == str(best)
    assert float(results["eval_loss"]) == pytest.approx(evaluated[best])
    assert latest_checkpoint(folder / "best") == str(folder / "best" / f"model.ckpt-{best}")
    assert f"Step {best}: eval_loss = {evaluated[best]:.4f}, the best so far" in out
    exported = tf.saved_model.load(str(folder.with_name("export")))
    rows = [line.split("\t") for line in (data / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    texts = [tf.constant([row[column] for row in rows]) for column in (3, 4)]
    answer = exported.signatures["text"](text_a=texts[0], text_b=texts[1])
    np.testing.assert_allclose(answer["probabilities"], np.loadtxt(folder / "test_results.tsv"), atol=1e-6)


def test_draws_and_logs(whole):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    folder, out = whole
    assert (folder / "learning_curve.png").read_bytes().startswith(b"\x89PNG")
    assert f"Wrote {folder}/learning_curve.tsv\n" in out and f"Wrote {folder}/learning_curve.png\n" in out
    reason = "the extra tensorboard is not installed"
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator", reason=reason)
    events = accumulator.EventAccumulator(str(folder.with_name("events")))
    events.Reload()
    assert [event.step for event in events.Tensors("eval_accuracy")] == [7, 14, 21, 24, 28, 35, 42, 48]
    assert "learning_rate" in events.Tags()["tensors"]


def test_a_killed_run_ends_the_same(whole, classifier, flags_for, data, tmp_path):
    folder, _ = whole
    flags = flags_for(data, tmp_path / "out", do_predict=True, **CHOICES)
    process = classifier.start(*flags)
    deadline = time.monotonic() + 240
    while (
        not (tmp_path / "out/best/checkpoint").exists()
        and time.monotonic() < deadline
        and process.poll() is None
    ):
        time.sleep(0.01)
    process.kill()
    process.communicate()
    status, out, last = classifier.run(*flags)
    assert status == 0 and "Going on from" in out, last
    assert (tmp_path / "out/learning_curve.tsv").read_bytes() == (folder / "learning_curve.tsv").read_bytes()
    assert (tmp_path / "out/test_results.tsv").read_bytes() == (folder / "test_results.tsv").read_bytes()
    ours, theirs = (
        CheckpointReader(tmp_path / "out" / "model.ckpt-48"),
        CheckpointReader(folder / "model.ckpt-48"),
    )
    for name in theirs.shapes:
        np.testing.assert_array_equal(ours.read(name), theirs.read(name), err_msg=name)


def test_several_seeds(classifier, flags_for, data, tmp_path):
    short = {"num_train_epochs": 0.25, "do_eval": True, "long_text": "windows", "max_seq_length": 16}
    status, out, last = classifier.run(*flags_for(data, tmp_path / "out", seeds="3,4", **short))
    assert status == 0, last
    alone = {**short, "seed": 4, "do_predict": None}
    assert classifier.run(*flags_for(data, tmp_path / "alone", **alone))[0] == 0
    texts = [(tmp_path / f).read_text() for f in ("alone/eval_results.txt", "out/seed_4/eval_results.txt")]
    assert texts[0] == texts[1] != (tmp_path / "out/seed_3/eval_results.txt").read_text()
    losses = [
        float(dict(line.split(" = ") for line in text.splitlines())["eval_loss"])
        for text in ((tmp_path / "out/seed_3/eval_results.txt").read_text(), texts[1])
    ]
    summary = f"eval_loss = {np.mean(losses):.4f} ± {np.std(losses, ddof=1):.4f} with 2 seeds"
    assert summary in out and f"Wrote {tmp_path}/out/seed_results.tsv" in out
    status, out, _ = classifier.run(*flags_for(data, tmp_path / "out", seeds="3,4", **short))
    assert status == 0 and out.count("Nothing left to train") == 2 and summary in out


WRONG = {
    "unknown metric": (
        {"eval_every_steps": 5, "best_metric": "bleu"},
        "=bleu: choose one of accuracy, f1, loss",
    ),
    "unknown label": ({"class_weights": "2:3"}, "--class_weights: '2' is not one of the labels 0, 1"),
    "no weight": ({"class_weights": "1"}, "--class_weights: '1' is no LABEL:NUMBER"),
    "other task": (
        {"task_name": "STS-B", "class_weights": "balanced"},
        "--class_weights: is only for tasks with one label out of several: leave it out for Stsb",
    ),
    "too many layers": ({"freeze_layers": 2}, "--freeze_layers=2: the model has 1 layers: give at most that"),
    "no dev file": (
        {
            "task_name": "table",
            "data_dir": None,
            "train_file": "DATA/train.tsv",
            "text_column": "#1 String",
            "label_column": "Quality",
            "eval_every_steps": 5,
        },
        "--eval_file is missing: give the table to read",
    ),
    "patience alone": ({"early_stopping_patience": 2}, "--early_stopping_patience goes by evaluations"),
    "one seed": ({"seeds": "5"}, "--seeds=5: give at least two different ones, or --seed for a single one"),
    "no such way": (
        {"long_text": "middle"},
        "flag --long_text=middle: value should be one of <truncate|head_",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_flags_are_one_line(classifier, flags_for, data, tmp_path, case):
    changes, message = WRONG[case]
    changes = {
        name: value.replace("DATA", str(data)) if isinstance(value, str) else value
        for name, value in changes.items()
    }
    status, _, last = classifier.run(*flags_for(data, tmp_path / "out", **changes))
    assert status == 1 and last.startswith("run_classifier.py: error: ") and message in last


def test_no_picture_without_matplotlib(classifier, flags_for, data, tmp_path, monkeypatch):
    (tmp_path / "matplotlib").mkdir()
    (tmp_path / "matplotlib" / "__init__.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    status, _, last = classifier.run(*flags_for(data, tmp_path / "out", learning_curve=True))
    assert status == 1
    assert last.endswith("--learning_curve needs the package matplotlib: pip install -e '.[plots]'")
