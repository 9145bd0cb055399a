"""Metrics against numbers worked out by hand and against scikit-learn called directly."""

import math

import numpy as np
import pytest
from sklearn import metrics

from bert_tf.metrics.classification import (
    class_report,
    classification_metrics,
    confusion_counts,
    confusion_pairs,
)

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


def test_as_scikit_learn():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 300)
    predictions = np.where(rng.random(300) < 0.7, labels, 1 - labels)
    assert classification_metrics(["accuracy", "f1", "matthews_correlation"], labels, predictions) == {
        "accuracy": pytest.approx(metrics.accuracy_score(labels, predictions)),
        "f1": pytest.approx(metrics.f1_score(labels, predictions)),
        "matthews_correlation": pytest.approx(metrics.matthews_corrcoef(labels, predictions)),
    }


@pytest.mark.filterwarnings("error")
def test_report_by_hand():
    names = ["no", "yes it is", "never seen"]
    rows = class_report(names, LABELS, PREDICTIONS).splitlines()
    assert rows[2].split() == ["no", "0.6667", "0.8000", "0.7273", "5"]
    assert rows[3].split() == ["yes", "it", "is", "0.7500", "0.6000", "0.6667", "5"]
    assert rows[4].split() == ["never", "seen", "0.0000", "0.0000", "0.0000", "0"]


def test_confusion_by_hand():
    assert confusion_counts(2, LABELS, PREDICTIONS).tolist() == [[4, 1], [2, 3]]
    # As many rows and columns as labels, whichever occur.
    assert confusion_counts(3, [1], [0]).tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0]]


def test_lengths_must_agree():
    with pytest.raises(ValueError):
        classification_metrics(["accuracy"], [0, 1], [0])


def test_pairs_are_the_entries_of_the_matrix():
    counts = confusion_counts(2, LABELS, PREDICTIONS)
    assert confusion_pairs(LABELS, PREDICTIONS) == [(*place, counts[place]) for place in np.ndindex(2, 2)]
    assert confusion_pairs([7, 7], [9, 9]) == [(7, 9, 2)]
