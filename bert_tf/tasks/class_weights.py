"""How much each label counts in training, for data where some are rare."""

import math

import numpy as np

from bert_tf.data.shown_names import listed
from bert_tf.errors import UserError

BALANCED = "balanced"
# So that the weighted losses of a batch and their sum are numbers of float32.
_LEAST, _MOST = 1e-30, 1e30


def class_weights(wanted, labels, targets):
    """The weight of each label.

    Args:
        wanted: ["balanced"] for n / (k · n_c), where c stands in n_c of the n rows and k labels
            occur at all (King and Zeng 2001, as scikit-learn computes it), so that all labels
            weigh the same together; or "LABEL:NUMBER" for some labels, the others weighing 1.
        labels: The labels' names, C of them.
        targets: int [rows], the labels' numbers in the training data.

    Returns:
        float32 [C].

    Raises:
        UserError: If a label is none of the task's or is there twice, or a weight is no number above 0.
    """
    if wanted == [BALANCED]:
        return _balanced(len(labels), targets)
    weights, given = np.ones(len(labels), np.float32), set()
    for pair in wanted:
        label, number = _parsed(pair)
        if label not in labels:
            raise UserError(f"--class_weights: {label!r} is not one of the labels {listed(labels)}")
        if label in given:
            raise UserError(f"--class_weights: two weights for {label!r}: give one")
        weights[labels.index(label)] = number
        given.add(label)
    return weights


def _balanced(num_labels, targets):
    from sklearn.utils.class_weight import compute_class_weight

    present = np.unique(targets)
    weights = np.ones(num_labels, np.float32)
    weights[present] = compute_class_weight(BALANCED, classes=present, y=targets)
    return weights


def _parsed(pair):
    """The label and the number of "LABEL:NUMBER"; a label may hold colons."""
    label, _, number = pair.rpartition(":")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not label or not 0 < value < math.inf:
        raise UserError(
            f"--class_weights: {pair!r} is no LABEL:NUMBER with a number above 0: write label:weight with "
            f"commas between, or {BALANCED}"
        )
    if not _LEAST <= value <= _MOST:
        raise UserError(f"--class_weights: {pair!r}: give a weight from {_LEAST:g} to {_MOST:g}")
    return label, value
