"""Metrics against numbers worked out by hand."""

import math

import pytest

from bert_tf.metrics.classification import classification_metrics
from bert_tf.tasks.registry import TASKS

# 3 true positives, 1 false positive, 2 false negatives, 4 true negatives.
LABELS = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]
PREDICTIONS = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "name, expected",
    [
        ("accuracy", 7 / 10),
        ("f1", 2 * 3 / (2 * 3 + 1 + 2)),
        ("matthews_correlation", (3 * 4 - 1 * 2) / math.sqrt((3 + 1) * (3 + 2) * (4 + 1) * (4 + 2))),
    ],
)
def test_by_hand(name, expected):
    assert classification_metrics([name], LABELS, PREDICTIONS) == {name: pytest.approx(expected)}


def test_three_labels():
    assert classification_metrics(["accuracy"], [0, 1, 2, 2], [0, 1, 2, 0]) == {"accuracy": 0.75}


@pytest.mark.parametrize(
    "labels, predictions, expected",
    [
        ([0, 0], [0, 0], 0.0),
        ([1, 0], [0, 0], 0.0),
        ([1, 1], [1, 1], 1.0),
    ],
)
@pytest.mark.filterwarnings("error")
def test_f1_where_a_label_is_missing(labels, predictions, expected):
    assert classification_metrics(["f1"], labels, predictions) == {"f1": expected}


@pytest.mark.filterwarnings("error")
def test_matthews_correlation_of_one_answer_for_all():
    found = classification_metrics(["matthews_correlation"], [0, 1, 1], [1, 1, 1])
    assert found == {"matthews_correlation": 0.0}


def test_each_task_names_known_metrics():
    for task in TASKS.values():
        found = classification_metrics(task.metrics, [0, 1], [0, 1])
        assert list(found) == list(task.metrics)
        assert "accuracy" in found


def test_lengths_must_agree():
    with pytest.raises(ValueError):
        classification_metrics(["accuracy"], [0, 1], [0])
