"""Tasks on tables of the user's own, described by flags rather than by a class."""

import dataclasses

from bert_tf.data.user_tables import check_no_breaks, read_user_table
from bert_tf.errors import UserError
from bert_tf.tasks.classification import Classification
from bert_tf.tasks.multi_label import MultiLabel
from bert_tf.tasks.options import check_options
from bert_tf.tasks.regression import Regression
from bert_tf.tasks.texts import Split, TextTask

_FILE_FLAGS = {"train": "train_file", "dev": "eval_file", "test": "predict_file"}


@dataclasses.dataclass(kw_only=True, eq=False)
class UserTable(TextTask):
    """A task whose files and columns are given one by one.

    Args:
        train_file: Table to train on; see `read_user_table`.
        eval_file: Table to evaluate on.
        predict_file: Table to predict the answers of; it needs no labels.
        file_format: "tsv", "csv" or "jsonl"; by default what a file's name ends in.
        header: Whether the first row of TSV and CSV names the columns, which are
            called "1", "2", … otherwise.
        text_column: Column of the text.
        text_pair_column: Column of a second text, if any.
        label_column: Column of what is to be found.
        id_column: Column of the rows' ids; by default they are numbered from 0.
    """

    reads_data_dir = False

    train_file: str | None = None
    eval_file: str | None = None
    predict_file: str | None = None
    file_format: str | None = None
    header: bool = True
    text_column: str = "text"
    text_pair_column: str | None = None
    label_column: str = "label"
    id_column: str | None = None

    def __post_init__(self):
        # What is predicted needs no label, and one that stands there is not looked at.
        labels = {"train": self._label_source(), "dev": self._label_source(), "test": None}
        self.splits = {
            split: Split(getattr(self, flag), self.text_column, self.text_pair_column, label, self.id_column)
            for (split, flag), label in zip(_FILE_FLAGS.items(), labels.values())
            if getattr(self, flag)
        }

    def examples(self, split, data_dir=None):
        """Reads one split into `Examples`; `data_dir` is not used."""
        if split not in self.splits:
            raise UserError(f"--{_FILE_FLAGS[split]} is missing: give the table to read")
        return super().examples(split, data_dir)

    def table(self, source, data_dir):
        """The table of a file, after a look at its ids."""
        table = read_user_table(source.file, self.file_format, self.header, self._lists())
        if self.id_column:
            check_no_breaks(table, "id", table.column(self.id_column))
        return table

    def settings(self):
        """The problem, on which the model depends."""
        return {**super().settings(), "problem": self.problem}

    def _label_source(self):
        """The `label` of a `Split`."""
        return self.label_column

    def _lists(self):
        """See `RowTable.lists`."""
        return {}


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
        elif "" in self.labels or len(set(self.labels)) < len(self.labels):
            raise UserError(
                f"the labels {','.join(self.labels)}: one is empty or there twice: correct the list"
            )

    def examples(self, split, data_dir=None):
        """See `UserTable.examples`; reading the training file finds the labels."""
        if split != "train":
            self._check_labels()
        return super().examples(split, data_dir)

    def targets(self, table, source):
        """As of the problem; see `Classification` and `MultiLabel`."""
        if self.labels is None:
            self.labels = self._found(table, source)
        return super().targets(table, source)

    def settings(self):
        """The labels, as far as the model depends on them."""
        self._check_labels()
        return {**super().settings(), "labels": self.labels}

    def recall(self, settings):
        """Uses the labels that the model was trained with."""
        super().recall(settings)
        if self.labels is None:
            self.labels = settings.get("labels")

    def _found(self, table, source):
        check_no_breaks(table, "label", table.column(source.label))
        labels = sorted({word for row in self.words(table, source) for word in row})
        if len(labels) < self.fewest_labels:
            raise UserError(
                f"{table.path}: fewer than {self.fewest_labels} labels in column {source.label!r}: name "
                "another --label_column, or give more rows"
            )
        return labels

    def _check_labels(self):
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
        """The label of each row, a list of one."""
        words = table.column(source.label)
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
        if self.label_columns and self.labels:
            raise UserError("--labels beside --label_columns: the columns' names are the labels; give one")
        MultiLabel.__init__(self, threshold)
        self.labels = self.labels or self.label_columns
        super().__post_init__()

    def _label_source(self):
        return tuple(self.label_columns) if self.label_columns else self.label_column

    def _lists(self):
        return {self.label_column: self.label_separator}


_PROBLEMS = {task.problem: task for task in (TableClassification, TableMultiLabel, TableRegression)}
PROBLEMS = tuple(_PROBLEMS)


def user_table(problem="classification", **options):
    """The task on a user's tables for one of the `PROBLEMS`.

    Args:
        problem: "classification", "multi_label" or "regression".
        **options: See `UserTable`, `TableClassification`, `TableMultiLabel` and `TableRegression`.

    Raises:
        UserError: If the problem does not take one of the options.
    """
    task = _PROBLEMS[problem]
    check_options(f"--problem={problem}", task, options)
    return task(**options)
