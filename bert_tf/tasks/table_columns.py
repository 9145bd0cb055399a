"""What all tasks on a user's tables have in common: files and columns, described by flags, not by a class."""

import dataclasses

from bert_tf.data.row_tables import check_no_breaks
from bert_tf.data.user_tables import read_user_table
from bert_tf.errors import UserError
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
        id_column: Column of the rows' ids; by default they are numbered from 0. Of several files only
            the one to predict must have it.
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
        self._check_columns()
        # What is predicted needs no label, and one that stands there is not looked at.
        labels = {"train": self._label_source(), "dev": self._label_source(), "test": None}
        self.splits = {
            split: Split(getattr(self, flag), self.text_column, self.text_pair_column, label, self.id_column)
            for (split, flag), label in zip(_FILE_FLAGS.items(), labels.values())
            if getattr(self, flag)
        }
        self._files_without_ids = set()

    def examples(self, split, data_dir=None):
        """Reads one split into `Examples`; `data_dir` is not used."""
        if split not in self.splits:
            raise UserError(f"--{_FILE_FLAGS[split]} is missing: give the table to read")
        return super().examples(split, data_dir)

    def table(self, source, data_dir):
        """The table of a file, after a look at its ids."""
        table = read_user_table(source.file, self.file_format, self.header, self._lists())
        if self.id_column:
            self._check_ids(table, source)
        return table

    def settings(self):
        """The problem, on which the model depends."""
        return {**super().settings(), "problem": self.problem}

    def _check_ids(self, table, source):
        if self.id_column not in table.names:
            self._files_without_ids.add(source.file)
            every_file = {split.file for split in self.splits.values()}
            if source is not self.splits.get("test") and self._files_without_ids < every_file:
                print(f"{table.path}: no column {self.id_column!r}, so its rows are numbered")
                return
        for row, row_id in enumerate(table.column(self.id_column)):
            check_no_breaks(table.place(row), "id", row_id)

    def _check_columns(self):
        source = self._label_source()
        uses = {column: "the label" for column in (source if isinstance(source, tuple) else (source,))}
        for flag, what in (("text_column", "the text"), ("text_pair_column", "the second text")):
            column = getattr(self, flag)
            if column in uses:
                raise UserError(
                    f"--{flag}={column}: is the column of {uses[column]} too: name different ones"
                )
            uses[column] = what

    def _label_source(self):
        """The `label` of a `Split`."""
        return self.label_column

    def _lists(self):
        """See `RowTable.lists`."""
        return {}
