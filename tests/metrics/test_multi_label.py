"""F1 of several labels, and the threshold, against counts made by hand."""

import numpy as np
import pytest

from bert_tf.metrics.multi_label import best_threshold, multi_label_f1

LABELS = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 0]])


def test_f1_by_hand():
    predictions = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0], [1, 1, 0]])
    # a: 1 true positive, 1 false, 1 missed. b: 2 true, 1 false. c: nothing at all.
    expected = {"f1_micro": 6 / 9, "f1_macro": (0.5 + 0.8) / 3, "f1_a": 0.5, "f1_b": 0.8, "f1_c": 0.0}
    assert multi_label_f1(["a", "b", "c"], LABELS, predictions) == pytest.approx(expected)


def test_f1_of_one_label():
    one = multi_label_f1(["a"], LABELS[:, :1], np.array([[1], [0], [1], [0]]))
    assert one == pytest.approx({"f1_micro": 0.5, "f1_macro": 0.5, "f1_a": 0.5})


def test_the_threshold_is_the_best_of_all():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, (40, 3))
    probabilities = (rng.random((40, 3)) * 0.7 + labels * 0.2).astype(np.float32)

    def f1(threshold):
        return multi_label_f1("abc", labels, (probabilities >= threshold).astype(int))["f1_micro"]

    best = best_threshold(labels, probabilities)
    assert f1(best) == max(f1(threshold) for threshold in np.unique(probabilities))
    assert np.abs(probabilities - best).min() > 0


def test_the_threshold_lies_between_the_labels_that_hold_and_those_that_do_not():
    probabilities = np.array([[0.8, 0.2, 0.1], [0.7, 0.6, 0.1], [0.2, 0.6, 0.1], [0.1, 0.1, 0.1]])
    assert best_threshold(LABELS, probabilities) == pytest.approx(0.4)
    assert best_threshold(LABELS[3:], probabilities[3:]) == 0.5
    assert best_threshold(np.ones([2, 1]), np.array([[0.5], [0.9]])) == pytest.approx(0.25)
