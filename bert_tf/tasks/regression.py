"""A number for a text or a pair of texts."""

import math

import numpy as np

from bert_tf.data.shown_names import shortened
from bert_tf.errors import UserError
from bert_tf.metrics.regression import regression_metrics
from bert_tf.tasks.label_counts import number_range
from bert_tf.tasks.result_tables import number_rows, table, worst_rows
from bert_tf.tasks.texts import TextTask

_LARGEST = float(np.finfo(np.float32).max)


class Regression(TextTask):
    """A number for a text or a pair of texts, such as a score.

    A data set states `splits`, whose `label` is the column of numbers.

    Attributes:
        metrics: Names that `bert_tf.metrics.regression` knows.
        splits: See `TextTask`.
    """

    metrics = ("pearson", "spearman")
    evaluation_file_names = ("largest_errors.tsv",)
    result_file_names = ("test_results.tsv", "predictions.tsv")

    def targets(self, table, source):
        """The numbers, float32 [rows]."""
        words = table.column(source.label)
        return np.array([_number(word, table, row) for row, word in enumerate(words)], np.float32)

    def described(self, labels):
        """How many numbers there are, and where they lie."""
        return number_range(labels)

    def model(self, config, dtype=None, recompute=False):
        """See `bert_regressor`."""
        from bert_tf.models.regression import bert_regressor

        return bert_regressor(config, dtype, recompute)

    def loss(self, outputs, batch):
        """The squared error, [B]."""
        from bert_tf.models.regression import regression_loss

        return regression_loss(outputs, batch["labels"])

    def measure(self, outputs, encoded):
        """The task's metrics."""
        return regression_metrics(self.metrics, encoded.labels, outputs["value"])

    def result_files(self, outputs, encoded):
        """`test_results.tsv`, a line with the number of each example, and `predictions.tsv`."""
        values = outputs["value"].astype(np.float32)
        rows = zip(encoded.examples.ids, (f"{value:.6f}" for value in values))
        return {
            "test_results.tsv": number_rows(values[:, np.newaxis]),
            "predictions.tsv": table(("id", "value"), rows),
        }

    def evaluation_files(self, outputs, encoded):
        """`largest_errors.tsv`, the rows predicted worst."""
        errors = outputs["value"] - encoded.labels

        def columns(row):
            return f"{encoded.labels[row]:g}", f"{outputs['value'][row]:.6f}", f"{errors[row]:.6f}"

        header = ("value", "predicted", "error")
        return {"largest_errors.tsv": worst_rows(encoded.examples, np.abs(errors), header, columns)}

    def answer(self, outputs):
        """`value`, float32 [B]."""
        return {"value": outputs["value"]}


def _number(word, table, row):
    """The number that a word spells, one that float32 can hold."""
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    # Python takes 1_000 for a number; in a file it is none.
    if not math.isfinite(number) or "_" in word:
        raise UserError(f"{table.place(row)}: {shortened(word)!r} is not a number: correct the row")
    if abs(number) > _LARGEST:
        raise UserError(
            f"{table.place(row)}: {shortened(word)!r} is beyond {_LARGEST:.1e}: scale the numbers down"
        )
    return number
