"""The confusion matrix as a picture."""

import numpy as np

from bert_tf.data.shown_names import shortened
from bert_tf.errors import UserError
from bert_tf.visualization.figures import new_figure, save_figure

# With more labels the cells have no room for numbers.
_MOST_LABELS_WITH_COUNTS = 25
# With more labels the axes have no room for names: the picture grows no further.
_MOST_LABELS_WITH_NAMES = 80
# Inches of the figure for each label; the names come on top.
_WITH_COUNTS, _WITHOUT_COUNTS = 0.6, 0.25


def draw_confusion_matrix(names, counts, path):
    """Draws how often each label was taken for each; darker is more often, within the true label.

    Args:
        names: The labels' names, C of them.
        counts: int [C, C], a row for each true label, a column for each predicted one; None if there
            are too many.
        path: The file to write; its ending says the format, such as .png.

    Returns:
        What there is to say of it, "" for nothing.

    Raises:
        UserError: If there are too many labels, the package matplotlib is not installed, or the file
            cannot be written.
    """
    if counts is None:
        raise UserError(f"{path}: {len(names)} labels are too many for a picture: see confusion_pairs.tsv")
    shows_counts = len(names) <= _MOST_LABELS_WITH_COUNTS
    inches = min(len(names), _MOST_LABELS_WITH_NAMES) * (_WITH_COUNTS if shows_counts else _WITHOUT_COUNTS)
    figure = new_figure((max(3.0, inches),) * 2, path)
    axes = figure.subplots()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    shows_names = len(names) <= _MOST_LABELS_WITH_NAMES
    for axis, what in ((axes.xaxis, "predicted"), (axes.yaxis, "true")):
        axis.set_label_text(what if shows_names else f"{what}, by number from 0 in confusion_matrix.tsv")
    if shows_names:
        _write_names(axes, [_on_one_line(name) for name in names])
    if shows_counts:
        _write_counts(axes, counts, shares)
    save_figure(figure, path)
    return "" if shows_names else f"without the names, as there are {len(names)} labels"


def _write_names(axes, names):
    slanting = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    axes.set_xticks(range(len(names)), names, parse_math=False, **slanting)
    axes.set_yticks(range(len(names)), names, parse_math=False)


def _on_one_line(name):
    """A short name of letters that can be drawn."""
    printable = (letter if letter.isprintable() else " " for letter in shortened(name))
    return " ".join("".join(printable).split())


def _write_counts(axes, counts, shares):
    for row, column in np.ndindex(*counts.shape):
        color = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=color)
