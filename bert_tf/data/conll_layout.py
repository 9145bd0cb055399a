"""How the lines of a file of words in columns are to be read, and which one is unlike the others."""

import codecs
import collections
import re

from bert_tf.data.text_files import read_blocks
from bert_tf.errors import UserError

DOCUMENT_START = "-DOCSTART-"
# A byte order mark stands inside a file where files that began with one were put together.
_BLANK = "\t \ufeff"
_SPACES = re.compile(" +")
_PARTED_BY = {"\t": "tabs", " ": "spaces"}
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ID = re.compile(r"(\d+)([-.]\d+)?")


def read_lines(path):
    r"""The lines of a file without their ends, "\n" or "\r\n", and without a byte order mark.

    Raises:
        UserError: If the file cannot be read, is not UTF-8, or has other line ends.
    """
    lines = []
    for block in read_blocks([str(path)]):
        if (not lines and block.data.startswith(_UTF_16)) or _is_half_nul(block.data):
            raise UserError(f"{path}: UTF-16 or UTF-32: save the file as UTF-8")
        lines += [line.rstrip("\r") for line in block.lines()]
    lines[:1] = [line.removeprefix("\ufeff") for line in lines[:1]]
    for number, line in enumerate(lines, start=1):
        if "\r" in line:
            raise UserError(
                f"{path}:{number}: a carriage return inside the line, as where lines end in CR alone: end "
                "each line with LF or CR LF"
            )
    return lines


def _is_half_nul(data):
    """Whether about every other byte is 0, as in UTF-16 without a byte order mark."""
    return data.count(0) > len(data) // 3


def is_blank(line):
    """Whether a line ends a sentence: all its columns are blank."""
    return not line.strip(_BLANK)


def split_columns(line, separator):
    """The columns of a line, parted by each tab or by one or more spaces."""
    return line.split("\t") if separator == "\t" else _SPACES.split(line.strip(" "))


def is_document_start(line, separator):
    """Whether a line begins a document, as in the files of CoNLL-2003, and is not a word."""
    return line.startswith(DOCUMENT_START) or DOCUMENT_START in split_columns(line, separator)


def separator_of(lines):
    """What parts the columns of most lines that hold a word: a tab if half of them have one, else spaces."""
    voters = _voters([line for line in lines if not line.startswith(DOCUMENT_START)])
    return "\t" if 2 * sum("\t" in line for line in voters) >= max(len(voters), 1) else " "


def check_alike(path, lines, separator):
    """Makes sure that all lines have as many columns as most of them.

    Args:
        path: The file, for messages.
        lines: The lines that hold a word, by their numbers.
        separator: What parts their columns.

    Raises:
        UserError: For the first line that is unlike the others.
    """
    counts = {number: len(split_columns(line, separator)) for number, line in lines.items()}
    voters = {number for number, line in lines.items() if not _begins_like_comment(line)} or counts
    most_common = collections.Counter(counts[number] for number in counts if number in voters).most_common(1)
    for number, count in counts.items():
        if count != most_common[0][0]:
            place = f"{path}:{number}"
            raise UserError(_odd_line(place, lines[number], separator, count, most_common[0][0]))


def _voters(lines):
    """The lines that tell how all are to be read: not those that look like comments, unless all do."""
    return [line for line in lines if not _begins_like_comment(line)] or lines


def _odd_line(place, line, separator, count, expected):
    if _begins_like_comment(line):
        return comment_message(place, line)
    parted_by, or_comment = _PARTED_BY[separator], "or if it is a comment, give --comment_prefix"
    if len(line.split()) == expected:
        return (
            f"{place}: its columns are not parted by {parted_by}, as those of most lines: part them alike, "
            f"{or_comment}"
        )
    columns = "1 column" if count == 1 else f"{count} columns"
    return (
        f"{place}: {columns} where most lines have {expected}: complete the line (columns are parted by "
        f"{parted_by}), {or_comment}"
    )


def _begins_like_comment(line):
    return line.startswith("#")


def comment_message(place, line):
    """What to say of a line that begins with `#` and cannot be read as a word."""
    text = line.lstrip("#")
    prefix = "#" * min(len(line) - len(text), 2) + " " * text.startswith(" ")
    return (
        f"{place}: {shortened(line)!r} looks like a comment line, not a word: give --comment_prefix='{prefix}' "
        "to leave such lines out, or correct it"
    )


def shortened(line, length=40):
    """The beginning of a line, for a message."""
    return line if len(line) <= length else line[: length - 1] + "…"


def lines_without_word(ids):
    """Which lines of a CoNLL-U file hold no word of their own: ranges such as `1-2`, empty nodes such as `1.1`.

    Args:
        ids: The first column of each sentence's lines.

    Returns:
        For each sentence a list of bools; all of them false unless the lines of all sentences are
        numbered from 1 on, as that format demands.
    """
    kinds = []
    for sentence in ids:
        numbers = [_ID.fullmatch(text) for text in sentence]
        words = [int(found[1]) for found in numbers if found and not found[2]]
        if None in numbers or not words or words != list(range(1, len(words) + 1)):
            return [[False] * len(sentence) for sentence in ids]
        kinds.append([bool(found[2]) for found in numbers])
    return kinds
