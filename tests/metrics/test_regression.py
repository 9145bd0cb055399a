"""Correlations against numbers worked out by hand and against SciPy called directly."""

import math

import numpy as np
import pytest
from scipy import stats

from bert_tf.metrics.regression import regression_metrics

BOTH = ("pearson", "spearman")


def test_by_hand():
    # Deviations -1, 0, 1 and -2, -1, 3 multiply to 5; their squares sum to 2 and 14. Ranks agree.
    found = regression_metrics(BOTH, [1, 2, 3], [0, 1, 5])
    assert found == {"pearson": pytest.approx(5 / math.sqrt(28)), "spearman": pytest.approx(1)}
    assert regression_metrics(["pearson"], [1, 2, 3], [-1, -2, -3]) == {"pearson": pytest.approx(-1)}


def test_as_scipy():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 6, 200)  # With ties.
    predictions = labels + rng.normal(size=200)
    assert regression_metrics(BOTH, labels, predictions.astype(np.float32)) == {
        "pearson": pytest.approx(stats.pearsonr(labels, predictions).statistic, abs=1e-6),
        "spearman": pytest.approx(stats.spearmanr(labels, predictions).statistic, abs=1e-6),
    }


@pytest.mark.parametrize("labels, predictions", [([1, 2], [3, 3]), ([2, 2, 2], [1, 2, 3]), ([1], [2])])
@pytest.mark.filterwarnings("error")
def test_zero_where_one_side_is_constant(labels, predictions):
    assert regression_metrics(BOTH, labels, predictions) == {"pearson": 0.0, "spearman": 0.0}


@pytest.mark.filterwarnings("error")
def test_nearly_constant_values():
    values = np.float32(2.5) + np.array([0, 0, 1e-6, 0], np.float32)
    assert abs(regression_metrics(BOTH, [1, 2, 3, 4], values)["pearson"]) <= 1


def test_lengths_must_agree():
    with pytest.raises(ValueError):
        regression_metrics(BOTH, [0, 1], [0])
