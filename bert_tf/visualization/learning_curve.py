"""How training went, as a picture."""

from bert_tf.errors import UserError
from bert_tf.visualization.figures import new_figure, save_figure

_WIDTH, _HEIGHT = 7.0, 2.4


def draw_learning_curve(groups, path, best_step=None):
    """Draws figures by step, one set of axes below the other.

    Args:
        groups: For each set of axes, what its ordinate is called, and the curves in it: a dict of
            (steps, values) by name. Empty ones are left out.
        path: The file to write; its ending says the format, such as .png.
        best_step: The step of the best checkpoint, marked by a line, if any.

    Raises:
        UserError: If there is nothing to draw, the package matplotlib is not installed, or the file
            cannot be written.
    """
    groups = {title: curves for title, curves in groups.items() if curves}
    if not groups:
        raise UserError(f"{path}: there are no figures to draw yet")
    figure = new_figure((_WIDTH, _HEIGHT * len(groups)), path)
    all_axes = figure.subplots(len(groups), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (title, curves) in zip(all_axes, groups.items()):
        for name, (steps, values) in curves.items():
            # Few points, as of evaluations, are marked each.
            axes.plot(steps, values, label=name, marker="o" if len(steps) < 30 else None, markersize=3)
        if best_step is not None:
            axes.axvline(best_step, color="gray", linestyle=":")
        axes.set_ylabel(title)
        axes.grid(alpha=0.3)
        if len(curves) > 1:
            axes.legend(fontsize="small")
    all_axes[-1].set_xlabel("step")
    save_figure(figure, path)
