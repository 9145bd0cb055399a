"""How much each label counts in training, for data where some are rare."""

import math

import numpy as np

from bert_tf.errors import UserError

BALANCED = "balanced"


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
        UserError: If a label is none of the task's, or a weight is no number above 0.
    """
    if wanted == [BALANCED]:
        return _balanced(len(labels), targets)
    weights = np.ones(len(labels), np.float32)
    for pair in wanted:
        label, number = _parsed(pair)
        if label not in labels:
            raise UserError(f"--class_weights: {label!r} is not one of the labels {', '.join(labels)}")
        weights[labels.index(label)] = number
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
    return label, value
