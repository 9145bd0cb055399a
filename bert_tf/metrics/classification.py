"""Measures of predicted labels, as scikit-learn computes them."""

import numpy as np


def classification_metrics(names, labels, predictions):
    """Compares predicted labels with the true ones.

    Args:
        names: Any of "accuracy", "f1" (of label index 1, the positive class of
            GLUE's two-way tasks; 0 where neither side has one) and
            "matthews_correlation" (0 where one side is constant).
        labels: [examples] integers, the true label indices.
        predictions: [examples] integers, the predicted label indices.

    Returns:
        A dict from each name to a float, in the order of `names`.

    Raises:
        KeyError: If a name is unknown.
        ValueError: If the two differ in length.
    """
    return {name: float(_METRICS[name](labels, predictions)) for name in names}


def class_report(names, labels, predictions):
    """Precision, recall, F1 and support of each label, and their averages, as a text table.

    Args:
        names: The labels' names, C of them.
        labels: [examples] integers, the true label indices.
        predictions: [examples] integers, the predicted label indices.

    Returns:
        scikit-learn's report; a figure that would be 0 / 0 is 0.
    """
    from sklearn.metrics import classification_report

    indices = range(len(names))
    return classification_report(
        labels, predictions, labels=indices, target_names=names, digits=4, zero_division=0
    )


def confusion_counts(num_labels, labels, predictions):
    """How often each label was taken for each: int [C, C], rows true, columns predicted."""
    from sklearn.metrics import confusion_matrix

    return confusion_matrix(labels, predictions, labels=range(num_labels))


def confusion_pairs(labels, predictions):
    """The entries of the confusion matrix other than 0, sorted: (true, predicted, count)."""
    pairs, counts = np.unique(np.stack([labels, predictions], axis=1), axis=0, return_counts=True)
    return [(*pair, count) for pair, count in zip(pairs.tolist(), counts.tolist())]


# scikit-learn takes a second to import, so each measure imports its own when called.


def _accuracy(labels, predictions):
    from sklearn.metrics import accuracy_score

    return accuracy_score(labels, predictions)


def _f1(labels, predictions):
    from sklearn.metrics import f1_score

    # A list of one label, averaged: the binary average refuses labels other than 0 and 1.
    return f1_score(labels, predictions, labels=[1], average="micro", zero_division=0)


def _matthews_correlation(labels, predictions):
    from sklearn.metrics import matthews_corrcoef

    return matthews_corrcoef(labels, predictions)


_METRICS = {
    "accuracy": _accuracy,
    "f1": _f1,
    "matthews_correlation": _matthews_correlation,
}
