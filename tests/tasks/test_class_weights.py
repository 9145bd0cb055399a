"""Weights of labels, from the training data or from the user."""

import numpy as np
import pytest

from bert_tf.errors import UserError
from bert_tf.tasks.class_weights import class_weights
from bert_tf.tasks.registry import get_task

LABELS = ["red", "blue", "a:b"]


def test_balanced_by_hand():
    targets = np.array([0, 0, 0, 1])
    weights = class_weights(["balanced"], LABELS, targets)
    np.testing.assert_allclose(weights[:2], [4 / (2 * 3), 4 / (2 * 1)])
    # All labels weigh the same together.
    assert np.bincount(targets, weights[targets])[0] == pytest.approx(
        np.bincount(targets, weights[targets])[1]
    )


def test_given_numbers():
    weights = class_weights(["blue:2.5", "a:b:0.5"], LABELS, np.array([0]))
    assert weights.tolist() == [1.0, 2.5, 0.5]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (["green:2"], "--class_weights: 'green' is not one of the labels red, blue, a:b"),
        (["red:0"], "'red:0' is no LABEL:NUMBER with a number above 0: write label:weight"),
        (["red:-1"], "'red:-1' is no LABEL:NUMBER with a number above 0"),
        (["red:inf"], "'red:inf' is no LABEL:NUMBER"),
        (["red:1e39"], "--class_weights: 'red:1e39': give a weight from 1e-30 to 1e\\+30"),
        (["red:1e-50"], "--class_weights: 'red:1e-50': give a weight from 1e-30 to"),
        ([":2"], "':2' is no LABEL:NUMBER"),
        (["red:2", "blue:1", "red:3"], "--class_weights: two weights for 'red': give one"),
        (["red"], "'red' is no LABEL:NUMBER"),
        (["red:nan"], "'red:nan' is no LABEL:NUMBER"),
        (["balanced", "red:2"], "'balanced' is no LABEL:NUMBER"),
    ],
)
def test_wrong(wanted, message):
    with pytest.raises(UserError, match=message):
        class_weights(wanted, LABELS, np.array([0]))


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"class_weights": []}, "--class_weights is empty: give 'balanced' or LABEL:NUMBER, or leave it out"),
        ({"label_smoothing": float("nan")}, "--label_smoothing=nan: give a share from 0 to below 1"),
        ({"label_smoothing": 1.0}, "--label_smoothing=1.0: give a share from 0 to below 1"),
        ({"label_smoothing": -0.1}, "--label_smoothing=-0.1: give a share from 0 to below 1"),
    ],
)
def test_wrong_choices_are_known_before_any_data(choices, message):
    with pytest.raises(UserError, match=message):
        get_task("mrpc").choose(**choices)


def test_the_objective_by_hand(tmp_path):
    """Smoothed losses, weighted, over the sum of the weights."""
    header = "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n"
    (tmp_path / "train.tsv").write_text(header + "0\t1\t2\ta\tb\n" * 3 + "1\t1\t2\ta\tb\n")
    task = get_task("mrpc")
    task.choose(class_weights=["balanced"], label_smoothing=0.2)
    task.examples("train", tmp_path)
    logits = np.array([[0.3, -1.0], [2.0, 0.5]], np.float32)
    batch = {"input_ids": np.zeros([2, 3], np.int32), "labels": np.array([0, 1], np.int32)}
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    losses = -np.array([0.9 * logs[0, 0] + 0.1 * logs[0, 1], 0.1 * logs[1, 0] + 0.9 * logs[1, 1]])
    expected = (2 / 3 * losses[0] + 2.0 * losses[1]) / (2 / 3 + 2.0)
    objective = task.objective()
    assert float(objective.means({"logits": logits}, batch)["loss"]) == pytest.approx(expected, rel=1e-5)
    # What an evaluation reports stays comparable between runs.
    np.testing.assert_allclose(task.loss({"logits": logits}, batch), [-logs[0, 0], -logs[1, 1]], rtol=1e-5)
