"""Evaluation while training, in this process: what is kept, when it stops, what a killed run remembers."""

import json
import pathlib

import numpy as np
import pytest

from bert_tf import BertConfig
from bert_tf.checkpoints.google import CheckpointReader, latest_checkpoint
from bert_tf.tasks.glue import Mrpc
from bert_tf.tasks.texts import Examples
from bert_tf.training import best_checkpoint
from bert_tf.training.finetuning import FineTuning
from bert_tf.training.finetuning_options import FineTuningOptions

SAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "mrpc_sample"
CONFIG = BertConfig(
    vocab_size=296,
    hidden_size=8,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=12,
    max_position_embeddings=32,
    type_vocab_size=2,
    initializer_range=0.3,
)
# What the dev set says at each step: the second evaluation of four is the best.
WORTH = {2: 0.5, 4: 0.7, 6: float("nan"), 8: 0.7, 10: 0.9}


class Killed(Exception):
    """Stands for the end of the process."""


class Scripted(Mrpc):
    """MRPC whose accuracy is what `WORTH` says."""

    run, killed_at = None, None

    def measure(self, outputs, encoded):
        step = int(self.run.trainer.step)
        if step == self.killed_at:
            raise Killed
        return {"accuracy": WORTH[step], "f1": 0.5}

    def tune(self, outputs, encoded):
        return {"tuned_at": int(self.run.trainer.step)}


def start(folder, killed_at=None, **options):
    folder.mkdir(exist_ok=True)
    task = Scripted()
    options = {"eval_every_steps": 2, "save_checkpoints_steps": 3, "learning_rate": 1e-2, **options}
    run = FineTuning(
        "mrpc",
        task,
        CONFIG,
        FineTuningOptions(
            str(folder),
            str(SAMPLE / "vocab.txt"),
            max_seq_length=32,
            train_batch_size=4,
            num_train_epochs=4,
            **options,
        ),
    )
    task.run, task.killed_at = run, killed_at
    return run


@pytest.fixture(scope="module")
def examples():
    dev = Mrpc().examples("dev", SAMPLE)
    return Examples(dev.ids[:10], dev.text_a[:10], dev.text_b[:10], dev.labels[:10])


def train(run, examples):
    encoded = run.encode(examples)
    said = run.prepare_training(len(encoded))
    run.train(encoded, encoded)
    return said


def tensors(prefix):
    reader = CheckpointReader(prefix)
    return {name: reader.read(name) for name in reader.shapes}


def assert_same_tensors(ours, theirs):
    ours, theirs = tensors(ours), tensors(theirs)
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)


@pytest.fixture(scope="module")
def stopped(examples, tmp_path_factory):
    """A run that two evaluations without a better one stopped, at step 8 of 10."""
    folder = tmp_path_factory.mktemp("stopped") / "out"
    run = start(folder, early_stopping_patience=2)
    train(run, examples)
    return run, folder


def test_stops_early_and_keeps_the_best(stopped):
    run, folder = stopped
    assert run.stopped_early and run.global_step == 8
    assert latest_checkpoint(folder) == str(folder / "model.ckpt-8")
    assert latest_checkpoint(folder / "best") == str(folder / "best" / "model.ckpt-4")
    best, at_its_step = tensors(folder / "best"), tensors(folder / "model.ckpt-4")
    assert not any(name.endswith("/adam_m") for name in best)
    for name in best:
        np.testing.assert_array_equal(best[name], at_its_step[name], err_msg=name)


def test_uses_the_best_from_then_on(stopped, examples):
    run, folder = stopped
    encoded = run.encode(examples)
    last = run.predict(encoded)["probabilities"]
    assert f"Checkpoint {folder}/best/model.ckpt-4" in run.load_trained()
    assert run.global_step == 4
    best = run.predict(encoded)["probabilities"]
    assert np.abs(best - last).max() > 1e-4
    later = start(folder)
    assert "best/model.ckpt-4" in later.load_trained()
    np.testing.assert_array_equal(later.predict(encoded)["probabilities"], best)
    # What was tuned belongs to the best weights too.
    assert json.loads((folder / "run_settings.json").read_text())["tuned_at"] == 4


def test_the_curve_has_every_step_and_every_evaluation(stopped):
    _, folder = stopped
    header, *rows = [line.split("\t") for line in (folder / "learning_curve.tsv").read_text().splitlines()]
    assert header == ["step", "loss", "learning_rate", "eval_accuracy", "eval_f1", "eval_loss"]
    assert [row[0] for row in rows] == [str(step) for step in range(1, 9)]
    assert [row[3] for row in rows] == ["", "0.5", "", "0.7", "", "nan", "", "0.7"]
    assert float(rows[0][1]) > 0 and [float(row[2]) for row in rows[:3]] == [0.0, 0.009, 0.008]


def killed_while_keeping(monkeypatch, step):
    """Has the writing of the best checkpoint of a step end the process."""
    save = best_checkpoint.save_checkpoint

    def save_or_die(model, prefix, **others):
        if prefix.endswith(f"ckpt-{step}"):
            raise Killed
        save(model, prefix, **others)

    monkeypatch.setattr(best_checkpoint, "save_checkpoint", save_or_die)


@pytest.mark.parametrize("killed", ["in an evaluation", "with the best not written", "after one without"])
def test_a_killed_run_remembers(stopped, examples, tmp_path, monkeypatch, killed):
    _, folder = stopped
    with pytest.raises(Killed), monkeypatch.context() as patch:
        if killed == "with the best not written":
            killed_while_keeping(patch, step=4)
        run = start(tmp_path / "out", {"in an evaluation": 4, "after one without": 8}.get(killed))
        train(run, examples)
    step = 8 if killed == "after one without" else 4
    run = start(tmp_path / "out", early_stopping_patience=2)
    assert train(run, examples) == f"Going on from {tmp_path}/out/model.ckpt-{step}"
    assert run.stopped_early and run.global_step == 8
    assert (tmp_path / "out/learning_curve.tsv").read_bytes() == (folder / "learning_curve.tsv").read_bytes()
    assert_same_tensors(tmp_path / "out" / "best", folder / "best")
    assert_same_tensors(tmp_path / "out" / "model.ckpt-8", folder / "model.ckpt-8")


def test_more_patience_goes_on(stopped, examples, tmp_path):
    _, folder = stopped
    for file in folder.rglob("*"):
        if file.is_file():
            target = tmp_path / file.relative_to(folder)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(file.read_bytes())
    run = start(tmp_path)
    train(run, examples)
    assert run.global_step == 10 and not run.stopped_early
    assert latest_checkpoint(tmp_path / "best") == str(tmp_path / "best" / "model.ckpt-10")


def test_frozen_weights_stay_and_checkpoints_hold_them(examples, tmp_path):
    run = start(tmp_path / "out", freeze_layers=1, eval_every_steps=None)
    encoded = run.encode(examples)
    run.prepare_training(len(encoded))
    before = {variable.path: variable.numpy() for variable in run.model.weights}
    after = tensors(run.train(encoded))
    frozen = {path for path in before if "/embeddings/" in path or "/layer_0/" in path}
    assert len(frozen) == 5 + 16
    for path, value in before.items():
        name = path.removeprefix("classifier/")
        assert np.array_equal(value, after[name]) == (path in frozen), path
        assert (f"{name}/adam_m" in after) == (path not in frozen), path


def test_trains_for_what_was_asked(tmp_path):
    """The rates of the layers and the weights of the labels reach the trainer."""
    run = start(tmp_path / "out", layerwise_lr_decay=0.5)
    run.task.choose(class_weights=["0:3"])
    run.task.examples("train", SAMPLE)
    run.prepare_training(10)
    shares = {v.path: run.trainer.optimizer.share_of_rate(v) for v in run.model.weights}
    assert shares["bert/embeddings/word_embeddings"] == 0.5**3
    assert shares["bert/encoder/layer_0/output/dense/bias"] == 0.25
    assert shares["bert/encoder/layer_1/output/dense/bias"] == 0.5
    assert shares["bert/pooler/dense/bias"] == shares["classifier/output_bias"] == 1.0
    batch = {"input_ids": np.zeros([3, 2], np.int32), "labels": np.array([0, 1, 1], np.int32)}
    assert float(run.trainer.objective.totals(batch)["loss"]) == 3 + 1 + 1
