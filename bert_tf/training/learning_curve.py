"""How a training run went, step by step, in a file that outlives it."""

import os

from bert_tf.errors import UserError
from bert_tf.files import write_text

FILE_NAME = "learning_curve.tsv"
PICTURE_NAME = "learning_curve.png"
# A picture shows no more; a longer run has its rows further apart.
_NUM_ROWS = 200


class LearningCurve:
    """Losses, rates and figures of evaluations by step, in `learning_curve.tsv`.

    A run that is resumed from a checkpoint goes on with the rows up to that step, so in the end
    the file is that of an uninterrupted run. It is written before each checkpoint and after each
    evaluation.

    Args:
        output_dir: The folder of the file.
        num_train_steps: Steps of the whole run.

    Attributes:
        rows: Dicts of figures by step, in the order of the steps.
    """

    def __init__(self, output_dir, num_train_steps):
        self.path = os.path.join(output_dir, FILE_NAME)
        self.rows = {}
        self._every = max(1, num_train_steps // _NUM_ROWS)
        self._sums, self._count, self._step, self._rate = {}, 0, 0, None

    def resume(self, step):
        """Takes over the file's rows up to a step, none if there is no file.

        Raises:
            UserError: If the file is not as `save` writes it.
        """
        rows = _read(self.path) if os.path.exists(self.path) else {}
        self.rows = {number: figures for number, figures in rows.items() if number <= step}

    def next_row(self, step):
        """The first step after `step` that has a row."""
        return (step // self._every + 1) * self._every

    def add(self, step, count, figures, rate):
        """Takes note of training.

        Args:
            step: The last step done.
            count: How many steps the figures are for.
            figures: Their means by name.
            rate: The learning rate of the last of them.
        """
        for name, value in figures.items():
            self._sums[name] = self._sums.get(name, 0.0) + count * value
        self._count, self._step, self._rate = self._count + count, step, rate
        if step % self._every == 0:
            self._end_row()

    def note(self, step, figures):
        """Adds the figures of an evaluation to a step's row."""
        self.rows.setdefault(step, {}).update(figures)

    def save(self):
        """Writes the file, atomically, with a row for the steps since the last one."""
        self._end_row()
        names = self.names
        lines = ["\t".join(("step", *names))]
        for step, figures in self.rows.items():
            lines.append("\t".join([str(step), *(_text(figures.get(name)) for name in names)]))
        write_text(self.path, "\n".join(lines) + "\n")

    @property
    def names(self):
        """The names of all figures, those of training first."""
        names = dict.fromkeys(name for figures in self.rows.values() for name in figures)
        return sorted(names, key=lambda name: name.startswith("eval_"))

    def series(self, name):
        """The steps at which there is a figure of that name, and its values: two lists."""
        points = [(step, figures[name]) for step, figures in self.rows.items() if name in figures]
        return [step for step, _ in points], [value for _, value in points]

    def groups(self, figures):
        """What a picture shows: all losses, the figures of these names, and the learning rate.

        Returns:
            A dict, by title, of dicts of `series` by name.
        """
        losses = [name for name in self.names if name.endswith("loss")]
        kinds = {"loss": losses, "figures": figures, "learning rate": ["learning_rate"]}
        present = set(self.names)
        return {
            title: {name: self.series(name) for name in names if name in present}
            for title, names in kinds.items()
        }

    def _end_row(self):
        if self._count:
            # So rounded, a mean does not show in how many parts it was computed.
            means = {name: float(f"{value / self._count:.6g}") for name, value in self._sums.items()}
            self.rows[self._step] = {**means, "learning_rate": float(f"{self._rate:.6g}")}
        self._sums, self._count = {}, 0


def _text(value):
    return "" if value is None else repr(float(value))


def _read(path):
    """The rows of a file."""
    remedy = "remove the file, or choose another --output_dir"
    try:
        with open(path, encoding="utf-8") as file:
            header, *lines = [line.rstrip("\n").split("\t") for line in file] or [[]]
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}: {remedy}") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: no learning curve (not UTF-8: {error.reason}): {remedy}") from None
    rows = {}
    for number, cells in enumerate(lines, start=2):
        try:
            figures = {name: float(cell) for name, cell in zip(header, cells, strict=True) if cell}
            rows[int(figures.pop("step"))] = figures
        except (ValueError, KeyError, OverflowError):
            raise UserError(f"{path}:{number}: not a row of a learning curve: {remedy}") from None
    return rows
