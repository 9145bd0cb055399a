"""The rows of a CSV or JSONL file, whose columns are asked for by name as those of a `Table` are."""

import dataclasses
import json
import math

from bert_tf.data.shown_names import listed, shortened
from bert_tf.data.tables import check_one_column, no_column
from bert_tf.errors import UserError


@dataclasses.dataclass(frozen=True)
class RowTable:
    """The rows of a CSV or JSONL file, asked for as a `Table`'s are.

    Args:
        path: The file, for messages.
        names: Names of the columns, in the file's order; of a JSONL file, of all its rows.
        rows: For each row a dict from column name to value.
        lines: For each row the number of the line it begins at.
        lists: Columns in which a JSON list of texts may stand, each with the separator that
            joins them into one text.
    """

    path: str
    names: tuple[str, ...]
    rows: list[dict]
    lines: list[int]
    lists: dict[str, str] = dataclasses.field(default_factory=dict)

    def __len__(self):
        return len(self.rows)

    @property
    def row_numbers(self):
        """For each row its number in the file, from 0."""
        return range(len(self.rows))

    def place(self, row):
        """Where the row begins, as `file:line`."""
        return f"{self.path}:{self.lines[row]}"

    def column(self, name):
        """The texts of one column; JSON's numbers and booleans as they are written there, null as "".

        Raises:
            UserError: If there is no such column or there are two, or a row has none, or something
                else in it.
        """
        if name not in self.names:
            raise no_column(self.path, self.names, name, "name one of these")
        check_one_column(self.path, self.names, name)
        return [self._text(row, name) for row in range(len(self.rows))]

    def value(self, row, name):
        """What a row holds in a column, as JSON has it.

        Raises:
            UserError: If the row has no such column.
        """
        values = self.rows[row]
        if name not in values:
            raise UserError(f"{self.place(row)}: no {name!r} among {listed(values)}: complete the row")
        return values[name]

    def _text(self, row, name):
        value = self.value(row, name)
        if isinstance(value, list) and name in self.lists:
            return self._joined(row, name, value)
        return "" if value is None else self._text_of(row, name, value)

    def _text_of(self, row, name, value):
        if isinstance(value, str):
            return value
        if isinstance(value, (dict, list)) or value is None:
            kind = {dict: "an object", list: "a list"}.get(type(value), "null")
            raise UserError(f"{self.place(row)}: {name!r} holds {kind} where a text is expected: change it")
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(
                f"{self.place(row)}: {name!r} holds {value}, which is no number of JSON: change it"
            )
        return json.dumps(value)

    def _joined(self, row, name, values):
        separator = self.lists[name]
        texts = [self._text_of(row, name, value) for value in values]
        for text in texts:
            if separator in text:
                raise UserError(
                    f"{self.place(row)}: {name!r} holds {shortened(text)!r}, which is no text without "
                    f"{separator!r}: change it, or choose another separator"
                )
        return separator.join(texts)


def check_no_breaks(place, what, value):
    """Raises UserError for a value, such as a row's id, that would break a line of a results file."""
    if "\t" in value or "\n" in value or "\r" in value:
        raise UserError(f"{place}: the {what} {shortened(value)!r} holds a tab or a line end: remove it")
