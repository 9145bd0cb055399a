"""Measures of several labels at once, as scikit-learn computes them, and the threshold that suits them."""

import numpy as np

# scikit-learn takes a second to import, so each function imports its own when called.


def multi_label_f1(names, labels, predictions):
    """F1 over all labels and of each of them.

    Args:
        names: The labels' names, C of them.
        labels: [examples, C] of 0 and 1, which labels hold.
        predictions: [examples, C] of 0 and 1, which were predicted.

    Returns:
        A dict of floats: `f1_micro` (of all examples' labels counted together), `f1_macro` (the mean
        over the labels) and `f1_NAME` for each label, 0 where it neither holds nor was predicted.
    """
    from sklearn.metrics import f1_score

    # Column by column and flattened: scikit-learn takes an array of one column for another problem.
    of_each = [float(f1_score(*columns, zero_division=0)) for columns in zip(labels.T, predictions.T)]
    return {
        "f1_micro": float(f1_score(labels.ravel(), predictions.ravel(), zero_division=0)),
        "f1_macro": float(np.mean(of_each)),
        **{f"f1_{name}": value for name, value in zip(names, of_each)},
    }


def best_threshold(labels, probabilities):
    """The threshold, the same for all labels, with the highest `f1_micro`.

    Args:
        labels: [examples, C] of 0 and 1.
        probabilities: [examples, C].

    Returns:
        A float; a label is predicted from there on. It lies half-way between two
        probabilities that occur, so that rounding does not carry one across; 0.5
        if no label ever holds.
    """
    from sklearn.metrics import precision_recall_curve

    if not labels.any():
        return 0.5
    scores = probabilities.ravel().astype(np.float64)
    precision, recall, thresholds = precision_recall_curve(labels.ravel(), scores)
    # The curve's last point stands for predicting nothing; it has no threshold.
    precision, recall = precision[:-1], recall[:-1]
    best = int(np.argmax(2 * precision * recall / np.maximum(precision + recall, 1e-12)))
    below = thresholds[best - 1] if best else 0.0
    return float((below + thresholds[best]) / 2)
