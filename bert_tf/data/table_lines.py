"""The lines of a table's file, whatever its format, and what is said of a file that is not text."""

import codecs
import re

from bert_tf.data.text_files import read_blocks
from bert_tf.errors import UserError

_BEGINNINGS = {
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
    b"\x1f\x8b": "compressed by gzip, but its name does not end in .gz",
    b"\xfd7zXZ\x00": "compressed by xz, but its name does not end in .xz",
    b"PK\x03\x04": "a zip archive, as spreadsheets are",
}
_LONE_RETURN = re.compile("\r(?!\n)")


def read_lines(path):
    r"""The lines of a text file without their ends and without blank ones at the end.

    Only "\n" and "\r\n" end a line. A "\r" alone ends none, since a text may hold one; where it
    ends them all, or ends any twice, the file is refused, and where some stand within lines, this is said.

    Args:
        path: A UTF-8 file with or without a byte order mark, plain, `.gz` or `.xz`.

    Raises:
        UserError: If the file cannot be read, or is no such text; the message names the line.
    """
    data = b"".join(block.data for block in read_blocks([str(path)])).removeprefix(codecs.BOM_UTF8)
    text = _decoded(path, data).rstrip("\r\n")
    if "\r" in text:
        _check_returns(path, text)
    # Not str.splitlines: it also splits at U+2028, form feeds and the like, which texts may hold.
    return text.replace("\r\n", "\n").split("\n") if text else []


def _decoded(path, data):
    for beginning, what in _BEGINNINGS.items():
        if data.startswith(beginning):
            raise UserError(f"{path}: the file is {what}: save it as plain text in UTF-8")
    zero = data.find(b"\0")
    if zero >= 0:
        raise UserError(
            f"{path}:{_line(data, zero)}: a zero byte, as in UTF-16 or a file that is no text: "
            "save the file as UTF-8"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = f"{path}:{_line(data, error.start)}"
        raise UserError(f"{place}: not UTF-8 ({error.reason}): save the file as UTF-8") from None


def _line(data, position):
    return data.count(b"\n", 0, position) + 1


def _check_returns(path, text):
    if "\n" not in text:
        raise UserError(
            f"{path}: its lines end in CR (\\r) alone: save it with the line ends of Unix (\\n) or Windows "
            "(\\r\\n)"
        )
    double = text.find("\r\r\n")
    if double >= 0:
        line = text.count("\n", 0, double) + 1
        raise UserError(
            f"{path}:{line}: the line ends in CR CR LF (\\r\\r\\n): save the file with one CR or none"
        )
    lone = [match.start() for match in _LONE_RETURN.finditer(text)]
    if lone:
        first = text.count("\n", 0, lone[0]) + 1
        print(
            f"{path}:{first}: a CR (\\r) alone within the line ends no line and is read as a blank; "
            f"there are {len(lone)} in the file"
        )
