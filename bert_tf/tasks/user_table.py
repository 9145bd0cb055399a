"""The tasks on a user's tables: one label a row, several, or a number."""

import dataclasses

from bert_tf.errors import UserError
from bert_tf.tasks.classification import Classification
from bert_tf.tasks.multi_label import MultiLabel
from bert_tf.tasks.options import check_options
from bert_tf.tasks.regression import Regression
from bert_tf.tasks.table_columns import UserTable
from bert_tf.tasks.table_labels import check_labels, found_labels


class TableRegression(UserTable, Regression):
    """A number for each row."""

    problem = "regression"


@dataclasses.dataclass(kw_only=True, eq=False)
class _LabelledTable(UserTable):
    """A table with labels from a list, which is given, found in the training file, or recalled.

    Args:
        labels: The labels, in the order of the model's outputs; by default those of the
            training file, sorted.
    """

    labels: list[str] | None = None

    def __post_init__(self):
        super().__post_init__()
        if self.labels is None:
            self.remedy = "correct the row, train on rows with this label too, or list all with --labels"
        else:
            check_labels(self.labels, self.fewest_labels)

    def examples(self, split, data_dir=None):
        """See `UserTable.examples`; reading the training file finds the labels."""
        if split != "train":
            self._check_known()
        return super().examples(split, data_dir)

    def targets(self, table, source):
        """As of the problem; see `Classification` and `MultiLabel`."""
        if self.labels is None:
            self.labels = self._found(table, source)
        return super().targets(table, source)

    def settings(self):
        """The labels, as far as the model depends on them."""
        self._check_known()
        return {**super().settings(), "labels": self.labels}

    def recall(self, settings):
        """Uses the labels that the model was trained with."""
        super().recall(settings)
        if self.labels is None:
            self.labels = settings.get("labels")

    def _found(self, table, source):
        found = found_labels(table, self.words(table, source))
        found.check()
        if len(found.counts) < self.fewest_labels:
            raise UserError(
                f"{table.path}: fewer than {self.fewest_labels} labels in column {source.label!r}: name "
                "another --label_column, or give more rows"
            )
        return sorted(found.counts)

    def _check_known(self):
        if self.labels is None:
            raise UserError(
                "the labels are not known: give the --output_dir of the run that found them when it trained, "
                "or list them with --labels"
            )


class TableClassification(_LabelledTable, Classification):
    """One label for each row."""

    problem = "classification"
    fewest_labels = 2

    def words(self, table, source):
        """The label of each row, a list of one; blanks around it do not count."""
        known = set(self.labels or ())
        words = [word if word in known else word.strip() for word in table.column(source.label)]
        if "" in words:
            raise UserError(f"{table.place(words.index(''))}: the label is empty: complete the row")
        return [[word] for word in words]


@dataclasses.dataclass(kw_only=True, eq=False)
class TableMultiLabel(_LabelledTable, MultiLabel):
    """Any number of labels for each row.

    Args:
        label_columns: Columns of 0 and 1, one for each label and called like it, instead of
            one `label_column`.
        label_separator: What stands between the labels of a `label_column`; a list of JSON
            needs none.
        threshold: See `MultiLabel`.
    """

    problem = "multi_label"
    fewest_labels = 1

    label_columns: list[str] | None = None
    label_separator: str = ","
    threshold: dataclasses.InitVar[str | None] = None

    def __post_init__(self, threshold):
        if not self.label_separator:
            raise UserError("--label_separator is empty: give the text between two labels")
        if self.label_columns is not None:
            if self.labels is not None:
                raise UserError(
                    "--labels beside --label_columns: the columns' names are the labels; give one"
                )
            self.labels = self.label_columns
        MultiLabel.__init__(self, threshold)
        super().__post_init__()
        self._check_separator()

    def _check_separator(self):
        for label in self.labels or ():
            if self.label_separator in label:
                raise UserError(
                    f"the label {label!r} holds {self.label_separator!r}, which separates the labels of a "
                    "row: choose another --label_separator"
                )

    def _label_source(self):
        return self.label_column if self.label_columns is None else tuple(self.label_columns)

    def _lists(self):
        return {self.label_column: self.label_separator}


_PROBLEMS = {task.problem: task for task in (TableClassification, TableMultiLabel, TableRegression)}
PROBLEMS = tuple(_PROBLEMS)


def user_table(problem="classification", **options):
    """The task on a user's tables for one of the `PROBLEMS`.

    Args:
        problem: "classification", "multi_label" or "regression".
        **options: See `UserTable`, `_LabelledTable` and `TableMultiLabel`.

    Raises:
        UserError: If the problem does not take one of the options.
    """
    task = _PROBLEMS[problem]
    check_options(f"--problem={problem}", task, options)
    return task(**options)
