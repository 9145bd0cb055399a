"""Tables in the form a user has them: TSV, CSV or JSON lines, with or without a header."""

import collections
import csv
import sys

from bert_tf.data.json_lines import read_json_lines
from bert_tf.data.row_tables import RowTable
from bert_tf.data.table_lines import read_lines
from bert_tf.data.tables import Table, check_rows, numbered
from bert_tf.errors import UserError

FORMATS = ("tsv", "csv", "jsonl")


def read_user_table(path, file_format=None, has_header=True, lists=None):
    """Reads a table of any of the `FORMATS`.

    TSV is read as `read_table` does, a quotation mark is a character as any other, but all rows have as
    many columns as the header. CSV is that of RFC 4180: a field may be in quotation marks and then hold
    commas, line ends and doubled quotation marks. JSONL has one JSON object a line, whose names are
    those of the columns.

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
    if file_format == "jsonl":
        if not has_header:
            raise UserError(f"{path}: JSONL names the columns in each row: leave out --header=false")
        return read_json_lines(path, lists)
    return {"tsv": _read_tsv, "csv": _read_csv}[file_format](path, has_header)


def _read_tsv(path, has_header):
    lines = read_lines(path)
    check_rows(path, lines, num_headers=has_header)
    header = tuple(lines.pop(0).split("\t")) if has_header else None
    numbers = range(1 + has_header, 1 + has_header + len(lines))
    widths = [line.count("\t") + 1 for line in lines]
    width = _check_widths(path, header, widths, numbers, "put a blank in the place of each tab within a text")
    return Table(str(path), header or numbered(width), lines, range(len(lines)), numbers[0])


def _read_csv(path, has_header):
    rows, starts = _csv_rows(path, read_lines(path))
    if len(rows) <= has_header:
        found = "only a header" if rows else "the file is empty"
        raise UserError(f"{path}: {found}: give a file with at least one row")
    header = tuple(rows.pop(0)) if has_header else None
    starts = starts[has_header:]
    width = _check_widths(
        path, header, list(map(len, rows)), starts, "put a text with commas in quotation marks"
    )
    names = header or numbered(width)
    return RowTable(str(path), names, [dict(zip(names, row)) for row in rows], starts)


def _csv_rows(path, lines):
    """The fields of each row, and the line it begins at."""
    rows, starts = [], []
    csv.field_size_limit(sys.maxsize)  # A text may be a whole book.
    reader = csv.reader((line + "\n" for line in lines), strict=True)
    while True:
        start = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise UserError(f"{path}:{start}: not CSV ({_reason(error)}): correct the row") from None
        if row is None:
            return rows, starts
        if not row:
            raise UserError(f"{path}:{start}: a blank line where a row is expected: remove it")
        rows.append(row)
        starts.append(start)


def _reason(error):
    reason = str(error)
    return r"a CR (\r) alone outside quotation marks" if "new-line" in reason else reason


def _check_widths(path, header, widths, lines, remedy):
    """How many columns the rows have.

    Args:
        path: The file, for messages.
        header: The columns' names, None if there are none.
        widths: How many columns each row has.
        lines: The line at which each begins.
        remedy: What to do about a row of too many.

    Raises:
        UserError: If some have another number than the header, or, where there is none, than most.
    """
    usual = collections.Counter(widths).most_common(1)[0][0]
    expected = len(header) if header else usual
    if expected != usual and len(set(widths)) == 1 < len(widths):
        raise UserError(
            f"{path}:1: the header names {expected} columns where all rows have {usual}: correct it, "
            "or say --header=false if the first line is a row"
        )
    for line, width in zip(lines, widths):
        if width != expected:
            what = f"complete the row, or {remedy}" if width < expected else remedy
            raise UserError(f"{path}:{line}: {width} columns where {expected} are expected: {what}")
    return expected


def _format_of(path):
    ending = str(path).removesuffix(".gz").removesuffix(".xz").rpartition(".")[2].lower()
    ending = {"json": "jsonl"}.get(ending, ending)
    if ending not in FORMATS:
        raise UserError(
            f"{path}: the name ends in none of .tsv, .csv and .jsonl: rename the file, or say with "
            f"--file_format which of {', '.join(FORMATS)} it is"
        )
    return ending
