"""The confusion matrix as a picture."""

import numpy as np

from bert_tf.errors import UserError

# With more labels the cells have no room for numbers.
_MOST_LABELS_WITH_COUNTS = 25
# Inches of the figure for each label; the names come on top.
_WITH_COUNTS, _WITHOUT_COUNTS = 0.6, 0.25


def draw_confusion_matrix(names, counts, path):
    """Draws how often each label was taken for each; darker is more often, within the true label.

    Args:
        names: The labels' names, C of them.
        counts: int [C, C], a row for each true label, a column for each predicted one.
        path: The file to write; its ending says the format, such as .png.

    Raises:
        UserError: If the package matplotlib is not installed, or the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise UserError(f"{path} needs the package matplotlib: pip install -e '.[plots]'") from None
    shows_counts = len(names) <= _MOST_LABELS_WITH_COUNTS
    size = max(3.0, len(names) * (_WITH_COUNTS if shows_counts else _WITHOUT_COUNTS))
    figure = Figure((size, size))
    axes = figure.subplots()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    slanting = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    axes.set_xticks(range(len(names)), names, parse_math=False, **slanting)
    axes.set_yticks(range(len(names)), names, parse_math=False)
    if shows_counts:
        _write_counts(axes, counts, shares)
    try:
        figure.savefig(path, dpi=120, bbox_inches="tight")  # As large as the labels' names need.
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror or error}") from None


def _write_counts(axes, counts, shares):
    for row, column in np.ndindex(*counts.shape):
        color = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=color)
