"""Measures of predicted numbers, as SciPy computes them."""

import numpy as np


def regression_metrics(names, labels, predictions):
    """Compares predicted numbers with the true ones.

    Args:
        names: Any of "pearson" and "spearman", the correlations of the values and of their ranks;
            both are 0 where one side is constant, also for a single example.
        labels: [examples] numbers.
        predictions: [examples] numbers.

    Returns:
        A dict from each name to a float, in the order of `names`.

    Raises:
        KeyError: If a name is unknown.
        ValueError: If the two differ in length.
    """
    labels, predictions = (np.asarray(values, np.float64) for values in (labels, predictions))
    if labels.shape != predictions.shape:
        raise ValueError(f"{labels.shape} labels and {predictions.shape} predictions")
    is_constant = np.ptp(labels) == 0 or np.ptp(predictions) == 0
    return {name: 0.0 if is_constant else float(_METRICS[name](labels, predictions)) for name in names}


# SciPy's statistics take a second to import, so each measure imports its own when called.


def _pearson(labels, predictions):
    from scipy.stats import pearsonr

    return pearsonr(labels, predictions).statistic


def _spearman(labels, predictions):
    from scipy.stats import spearmanr

    return spearmanr(labels, predictions).statistic


_METRICS = {"pearson": _pearson, "spearman": _spearman}
