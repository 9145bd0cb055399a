"""Tables in the form a user has them: TSV, CSV or JSON lines, with or without a header."""

import codecs
import csv
import dataclasses
import json
import sys

from bert_tf.data.tables import numbered, table_of_lines
from bert_tf.data.text_files import read_blocks
from bert_tf.errors import UserError

FORMATS = ("tsv", "csv", "jsonl")
_BYTE_ORDER_MARK = codecs.BOM_UTF8.decode("utf-8")


@dataclasses.dataclass(frozen=True)
class RowTable:
    """The rows of a CSV or JSONL file, asked for as a `Table`'s are.

    Args:
        path: The file, for messages.
        names: Names of the columns, in the file's order; of a JSONL file, of its first row.
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
            UserError: If a row has no such column, or something else in it.
        """
        if not any(name in row for row in self.rows):
            raise UserError(
                f"{self.path}: no column {name!r} among {', '.join(self.names)}: name one of these"
            )
        return [self._text(row, name) for row in range(len(self.rows))]

    def value(self, row, name):
        """What a row holds in a column, as JSON has it.

        Raises:
            UserError: If the row has no such column.
        """
        values = self.rows[row]
        if name not in values:
            raise UserError(f"{self.place(row)}: no {name!r} among {', '.join(values)}: complete the row")
        return values[name]

    def _text(self, row, name):
        value = self.value(row, name)
        if isinstance(value, list) and name in self.lists:
            return self._joined(row, name, value)
        if isinstance(value, (dict, list)):
            kind = "a list" if isinstance(value, list) else "an object"
            raise UserError(f"{self.place(row)}: {name!r} holds {kind} where a text is expected: change it")
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def _joined(self, row, name, values):
        separator = self.lists[name]
        for value in values:
            if not isinstance(value, str) or separator in value:
                raise UserError(
                    f"{self.place(row)}: {name!r} holds {value!r}, which is no text without {separator!r}: "
                    "change it, or choose another separator"
                )
        return separator.join(values)


def read_user_table(path, file_format=None, has_header=True, lists=None):
    """Reads a table of any of the `FORMATS`.

    TSV is read as `read_table` does: a quotation mark is a character as any other. CSV is that of
    RFC 4180: a field may be in quotation marks and then hold commas, line ends and doubled quotation
    marks. JSONL has one JSON object a line, whose names are those of the columns.

    Args:
        path: The file, UTF-8; names that end in `.gz` and `.xz` are decompressed.
        file_format: One of `FORMATS`; by default what the file's name ends in.
        has_header: Whether the first row of TSV and CSV names the columns; otherwise they are
            called "1", "2", ….
        lists: See `RowTable`.

    Returns:
        A `Table` or `RowTable` of at least one row.

    Raises:
        UserError: If the file cannot be read, has no rows, or a row is wrong; the message
            names its line.
    """
    file_format = file_format or _format_of(path)
    if file_format == "jsonl" and not has_header:
        raise UserError(f"{path}: JSONL names the columns in each row: leave out --header=false")
    lines = _read_lines(path)
    if file_format == "tsv":
        return table_of_lines(path, lines, None if has_header else ())
    if file_format == "jsonl":
        return read_json_lines(path, lines, lists)
    return _read_csv(path, lines, has_header)


def read_json_lines(path, lines=None, lists=None):
    """Reads a file of one JSON object a line into a `RowTable`.

    Args:
        path: The file.
        lines: Its lines, if they were read before.
        lists: See `RowTable`.

    Raises:
        UserError: As `read_user_table`.
    """
    lines = _read_lines(path) if lines is None else lines
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError as error:
            what = (
                f"not JSON ({error.msg}, column {error.colno})"
                if line.strip()
                else "a blank line where a row is expected"
            )
            raise UserError(f"{path}:{number}: {what}: correct the line") from None
        if not isinstance(rows[-1], dict):
            raise UserError(f'{path}:{number}: not a JSON object: write {{"name": value, …}}')
    if not rows:
        raise UserError(f"{path}: the file is empty: give a file with at least one row")
    return RowTable(str(path), tuple(rows[0]), rows, list(range(1, len(rows) + 1)), lists or {})


def check_no_breaks(table, what, values):
    """Raises UserError for a value of a row, such as its id, that would break a line of a results file."""
    for row, value in enumerate(values):
        if "\t" in value or "\n" in value:
            raise UserError(f"{table.place(row)}: the {what} {value!r} holds a tab or a line end: remove it")


def _read_csv(path, lines, has_header):
    rows, starts = [], []
    csv.field_size_limit(sys.maxsize)  # A text may be a whole book.
    reader = csv.reader((line + "\n" for line in lines), strict=True)
    while True:
        start = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise UserError(f"{path}:{start}: not CSV ({error}): correct the quotation marks") from None
        if row is None:
            break
        if not row:
            raise UserError(f"{path}:{start}: a blank line where a row is expected: remove it")
        rows.append(row)
        starts.append(start)
    if len(rows) <= has_header:
        found = "only a header" if rows else "the file is empty"
        raise UserError(f"{path}: {found}: give a file with at least one row")
    names = tuple(rows.pop(0)) if has_header else numbered(len(rows[0]))
    starts = starts[has_header:]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UserError(f"{path}:1: two columns are called {twice!r}: rename one")
    for row, start in zip(rows, starts):
        if len(row) != len(names):
            raise UserError(
                f"{path}:{start}: {len(row)} columns where {len(names)} are expected: complete the row, "
                "or put a text with commas in quotation marks"
            )
    return RowTable(str(path), names, [dict(zip(names, row)) for row in rows], starts)


def _format_of(path):
    ending = str(path).removesuffix(".gz").removesuffix(".xz").rpartition(".")[2].lower()
    ending = {"json": "jsonl"}.get(ending, ending)
    if ending not in FORMATS:
        raise UserError(
            f"{path}: the name ends in none of .tsv, .csv and .jsonl: rename the file, or say with "
            f"--file_format which of {', '.join(FORMATS)} it is"
        )
    return ending


def _read_lines(path):
    """The lines of a text file without their ends and without blank ones at the end."""
    lines = [line.removesuffix("\r") for block in read_blocks([str(path)]) for line in block.lines()]
    if lines:
        lines[0] = lines[0].removeprefix(_BYTE_ORDER_MARK)
    while lines and not lines[-1]:
        lines.pop()
    return lines
