"""Files of one JSON object a line, and what is said of other JSON."""

from bert_tf.data.row_tables import RowTable
from bert_tf.data.table_lines import read_lines
from bert_tf.errors import UserError
from bert_tf.json_text import parse_json

_REMEDY = (
    'write one object a line, {"name": value, …}, as pandas does with to_json(orient="records", lines=True)'
)


def read_json_lines(path, lists=None):
    """Reads a file of one JSON object a line into a `RowTable`.

    Half characters are read as U+FFFD (see `parse_json`); how many there were is said.

    Args:
        path: The file.
        lists: See `RowTable`.

    Raises:
        UserError: If the file cannot be read, has no rows, or a line is no JSON object; the message
            names the line.
    """
    lines = read_lines(path)
    if not lines:
        raise UserError(f"{path}: the file is empty: give a file with at least one row")
    rows, num_halves = [], 0
    for number, line in enumerate(lines, 1):
        try:
            row, count = _object(path, number, line)
        except UserError:
            if number == 1:
                _check_whole(path, lines)
            raise
        rows.append(row)
        num_halves += count
    if num_halves:
        print(f"{path}: {num_halves} half characters (as of a cut-off emoji) are read as U+FFFD")
    if len(rows) == 1:
        _check_not_columns(path, rows[0])
    names = dict.fromkeys(name for row in rows for name in row)
    return RowTable(str(path), tuple(names), rows, list(range(1, len(rows) + 1)), lists or {})


def _object(path, number, line):
    if not line.strip():
        raise UserError(f"{path}:{number}: a blank line where a row is expected: correct the line")
    row, num_halves = parse_json(line, path, number, unique_names=True)
    if not isinstance(row, dict):
        raise UserError(f'{path}:{number}: not a JSON object: write {{"name": value, …}}')
    return row, num_halves


def _check_whole(path, lines):
    """Raises UserError if the file is one JSON array or object over all its lines."""
    text = "\n".join(lines)
    try:
        value, _ = parse_json(text, path)
    except UserError:
        value = None
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        raise UserError(f"{path}: the file is one JSON array: {_REMEDY}")
    if isinstance(value, dict) and len(lines) > 1:
        raise UserError(f"{path}: the file is one JSON object over {len(lines)} lines: {_REMEDY}")
    if lines[0].strip() in ("{", "["):
        raise UserError(f"{path}:1: JSON that goes over several lines: {_REMEDY}")


def _check_not_columns(path, row):
    """Raises UserError if the only row holds whole columns, or all rows at once."""
    values = list(row.values())
    sizes = {len(value) if isinstance(value, (dict, list)) else None for value in values}
    are_columns = len(values) > 1 and len(sizes) == 1 and None not in sizes
    are_rows = (
        len(values) == 1
        and isinstance(values[0], list)
        and all(isinstance(entry, dict) for entry in values[0])
    )
    if are_columns or are_rows:
        what = "which holds whole columns" if are_columns else f"which has all rows in {next(iter(row))!r}"
        raise UserError(f"{path}: the file is one JSON object, {what}: {_REMEDY}")
