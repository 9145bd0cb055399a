"""Tab-separated tables: GLUE's files and any other in their form."""

import codecs
import dataclasses
from collections.abc import Sequence

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
            UserError: If there is no such column, or a row ends before it.
        """
        if name not in self.names:
            raise UserError(
                f"{self.path}: no column {name!r} among {', '.join(self.names)}: "
                "correct the header, or give a file of the expected layout"
            )
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
                f"{self.path}: no row with {name} {value!r}: choose one of {', '.join(sorted(set(values)))}"
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
    that have a name are allowed and never looked at; blank lines only at the end.

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
    return table_of_lines(path, _read_lines(path), names)


def table_of_lines(path, lines, names=None):
    """The `Table` of a file's lines, whose ends and blank lines at the end are left out.

    Args:
        path: The file, for messages.
        lines: A list of strings, which is used up.
        names: As of `read_table`; () numbers the columns "1", "2", … as many as the first row has.

    Raises:
        UserError: As `read_table`.
    """
    first_line = 2 if names is None else 1
    if len(lines) < first_line:
        found = "only a header" if lines else "the file is empty"
        raise UserError(f"{path}: {found}: give a file with at least one row")
    if "" in lines:
        raise UserError(f"{path}:{lines.index('') + 1}: a blank line where a row is expected: remove it")
    names = lines.pop(0).split("\t") if names is None else names or numbered(lines[0].count("\t") + 1)
    return Table(str(path), tuple(names), lines, range(len(lines)), first_line)


def numbered(count):
    """Names for the columns of a file that has none: "1", "2", …"""
    return tuple(str(number) for number in range(1, count + 1))


def _read_lines(path):
    """The lines of a text file without their ends and without blank ones at the end."""
    try:
        with open(path, "rb") as file:
            data = file.read().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}: give the path of a tab-separated file") from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UserError(f"{path}:{line}: not UTF-8 ({error.reason}): save the file as UTF-8") from None
    # Not str.splitlines: it also splits at U+2028, form feeds and the like, which texts may hold.
    text = text.replace("\r\n", "\n").rstrip("\n")
    return text.split("\n") if text else []
