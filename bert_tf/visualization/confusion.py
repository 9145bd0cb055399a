"""The confusion matrix as a picture."""

import numpy as np

from bert_tf.visualization.figures import new_figure, save_figure

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
    shows_counts = len(names) <= _MOST_LABELS_WITH_COUNTS
    size = max(3.0, len(names) * (_WITH_COUNTS if shows_counts else _WITHOUT_COUNTS))
    figure = new_figure((size, size), path)
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
    save_figure(figure, path)


def _write_counts(axes, counts, shares):
    for row, column in np.ndindex(*counts.shape):
        color = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=color)
