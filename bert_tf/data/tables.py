"""Tab-separated tables: GLUE's files and any other in their form."""

import dataclasses
from collections.abc import Sequence

from bert_tf.data.shown_names import listed
from bert_tf.data.table_lines import read_lines
from bert_tf.errors import UserError


@dataclasses.dataclass(frozen=True)
class Table:
    """The rows of a file, whose columns are asked for by name.

    Args:
        path: The file, for messages.
        names: Names of the columns, in the file's order.
        lines: One string a row, without its line end.
        row_numbers: For each row its number in the file, from 0, the header not counted.
        first_line: Line number of row 0: 2 under a header, otherwise 1.
    """

    path: str
    names: tuple[str, ...]
    lines: list[str]
    row_numbers: Sequence[int]
    first_line: int

    def __len__(self):
        return len(self.lines)

    def column(self, name):
        """The texts of one column, exactly as in the file.

        Raises:
            UserError: If there is no such column or there are two, or a row ends before it.
        """
        if name not in self.names:
            remedy = "correct the header, or give a file of the expected layout"
            raise no_column(self.path, self.names, name, remedy)
        check_one_column(self.path, self.names, name)
        index = self.names.index(name)
        try:
            return [line.split("\t", index + 1)[index] for line in self.lines]
        except IndexError:
            raise self._short_row(index) from None

    def where(self, name, value):
        """The table of those rows that hold `value` in the column `name`.

        Raises:
            UserError: As `column`, or if no row holds it.
        """
        values = self.column(name)
        kept = [row for row, found in enumerate(values) if found == value]
        if not kept:
            raise UserError(
                f"{self.path}: no row with {name} {value!r}: choose one of {listed(sorted(set(values)))}"
            )
        return self._only(kept)

    def whole_rows(self):
        """Leaves out the rows with fewer columns than there are names.

        Returns:
            The table of the others, and the places of those left out.

        Raises:
            UserError: If none would be left.
        """
        last = len(self.names) - 1
        kept, short = [], []
        for row, line in enumerate(self.lines):
            (kept if line.count("\t") >= last else short).append(row)
        if not kept:
            raise self._short_row(last)
        return self._only(kept), [self.place(row) for row in short]

    def surplus(self):
        """Looks for rows with more columns than they should have, as a tab within a text gives them.

        Columns without a name are no surplus where all rows have them.

        Returns:
            How many columns are expected, and the rows that have more.
        """
        widths = [line.count("\t") + 1 for line in self.lines]
        expected = max(len(self.names), min(widths))
        return expected, [row for row, width in enumerate(widths) if width > expected]

    def too_wide(self, row, expected):
        """The UserError on a row of the `surplus`: a text in it is cut, or a part taken for a label."""
        width = self.lines[row].count("\t") + 1
        return UserError(
            f"{self.place(row)}: {width} columns where {expected} are expected: put a blank in the place of "
            "each tab within a text"
        )

    def _only(self, rows):
        lines = [self.lines[row] for row in rows]
        return dataclasses.replace(self, lines=lines, row_numbers=[self.row_numbers[row] for row in rows])

    def place(self, row):
        """Where the row stands, as `file:line`."""
        return f"{self.path}:{self.first_line + self.row_numbers[row]}"

    def _short_row(self, index):
        counts = (line.count("\t") + 1 for line in self.lines)
        row, count = next((row, count) for row, count in enumerate(counts) if count <= index)
        return UserError(
            f"{self.place(row)}: {count} columns where {len(self.names)} are expected: "
            "complete the row or remove it (columns are separated by tabs)"
        )


def read_table(path, names=None):
    r"""Reads a tab-separated file as Google's `DataProcessor._read_tsv` does.

    Quotation marks are ordinary characters, only "\n" and "\r\n" end a line,
    the text is UTF-8 and may begin with a byte order mark. Columns beyond those
    that have a name are allowed and never looked at, but see `Table.surplus`;
    blank lines only at the end.

    Args:
        path: The file.
        names: Names of the columns of a file without a header; otherwise the
            first line holds them.

    Returns:
        A `Table` of at least one row.

    Raises:
        UserError: If the file cannot be read, is not UTF-8, has no rows, or a
            blank line between them.
    """
    lines = read_lines(path)
    first_line = 2 if names is None else 1
    check_rows(path, lines, first_line - 1)
    return Table(
        str(path),
        tuple(lines.pop(0).split("\t") if names is None else names),
        lines,
        range(len(lines)),
        first_line,
    )


def check_rows(path, lines, num_headers):
    """Raises UserError if a file has no row besides its header, or a blank line between its rows."""
    if len(lines) <= num_headers:
        found = "only a header" if lines else "the file is empty"
        raise UserError(f"{path}: {found}: give a file with at least one row")
    if "" in lines:
        raise UserError(f"{path}:{lines.index('') + 1}: a blank line where a row is expected: remove it")


def no_column(path, names, name, remedy):
    """The UserError where a file has no column of that name."""
    if len(names) == 1 and any(separator in names[0] for separator in ",;|\t"):
        remedy = "its columns are parted by another sign: use tabs, or commas and --file_format=csv"
    return UserError(f"{path}: no column {name!r} among {listed(names)}: {remedy}")


def check_one_column(path, names, name):
    """Raises UserError if two of a file's columns have the name of one that is asked for."""
    if list(names).count(name) > 1:
        raise UserError(f"{path}:1: two columns are called {name!r}: rename one")


def numbered(count):
    """Names for the columns of a file that has none: "1", "2", …"""
    return tuple(str(number) for number in range(1, count + 1))
