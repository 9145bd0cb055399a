"""Sentences in columns, a word a line, as the CoNLL shared tasks gave them."""

import dataclasses
import re

from bert_tf.data.text_files import read_blocks
from bert_tf.errors import UserError

DOCUMENT_START = "-DOCSTART-"
_SPACES = re.compile(" +")
# A byte order mark stands inside a file where files that began with one were put together.
_BLANK = "\t \ufeff"


@dataclasses.dataclass(frozen=True)
class ConllSentences:
    """The sentences of a file, their words laid end to end.

    Args:
        path: The file, for messages.
        lines: All its lines, without their ends.
        separator: What parts the columns, a tab or spaces.
        words: Words of all sentences, exactly as in the file; a word may be "".
        tags: The tag of each word, None where tags were not asked for.
        line_numbers: Line of each word, from 1.
        splits: [sentences + 1]; sentence i is words splits[i] to splits[i + 1].
    """

    path: str
    lines: list[str]
    separator: str
    words: list[str]
    tags: list[str] | None
    line_numbers: list[int]
    splits: list[int]

    def __len__(self):
        return len(self.splits) - 1

    def place(self, word):
        """Where a word stands, as `file:line`."""
        return f"{self.path}:{self.line_numbers[word]}"

    def by_sentence(self, values):
        """A list with one value for each word, cut into one list for each sentence."""
        return [values[start:end] for start, end in zip(self.splits, self.splits[1:])]

    def with_column(self, values, filler):
        """The text of the file with one more column.

        Args:
            values: A string for each word.
            filler: What lines that begin a document get; blank lines stay blank.
        """
        column = dict(zip(self.line_numbers, values, strict=True))
        rows = (
            "" if _is_blank(line) else f"{line.rstrip(' ')}{self.separator}{column.get(number, filler)}"
            for number, line in enumerate(self.lines, start=1)
        )
        return "".join(row + "\n" for row in rows)


def read_conll(path, text_column=0, tag_column=-1):
    r"""Reads words and tags from columns.

    Columns are parted by tabs if the file has any, otherwise by one or more spaces. A blank line,
    or one whose columns are all blank, ends a sentence; a line that begins with `-DOCSTART-` ends
    a document and is not a sentence. Nothing is a comment or a quotation.

    Args:
        path: A UTF-8 file, plain, `.gz` or `.xz`.
        text_column: Number of the words' column, from 0; negative numbers count from the last, -1.
        tag_column: Likewise of the tags; None to read none.

    Returns:
        `ConllSentences`, at least one.

    Raises:
        UserError: If the file cannot be read, is not UTF-8, has no words, lacks a column, or its
            lines differ in their number of columns.
    """
    lines = [line.rstrip("\r") for block in read_blocks([str(path)]) for line in block.lines()]
    lines[:1] = [line.removeprefix("\ufeff") for line in lines[:1]]
    separator = "\t" if any("\t" in line for line in lines) else " "
    words, tags, line_numbers, splits = [], [], [], [0]
    for number, columns in _rows(path, lines, separator):
        if columns:
            if not words:
                _check_columns(f"{path}:{number}", len(columns), text_column, tag_column)
            words.append(columns[text_column])
            tags.append(columns[tag_column or 0])
            line_numbers.append(number)
        elif len(words) > splits[-1]:
            splits.append(len(words))
    if not words:
        raise UserError(f"{path}: no words: give a file with one word a line, its tag in another column")
    tags = None if tag_column is None else tags
    return ConllSentences(str(path), lines, separator, words, tags, line_numbers, splits)


def _rows(path, lines, separator):
    """The number and the columns of each line that holds a word, and `None` where a sentence ends."""
    expected = None
    for number, line in enumerate(lines, start=1):
        if _is_blank(line) or line.startswith(DOCUMENT_START):
            yield number, None
            continue
        columns = line.split("\t") if separator == "\t" else _SPACES.split(line.strip(" "))
        expected = expected or len(columns)
        if len(columns) != expected:
            raise UserError(
                f"{path}:{number}: {len(columns)} columns where the lines before have {expected}: complete "
                f"the line (columns are parted by {'tabs' if separator != ' ' else 'spaces'})"
            )
        yield number, columns
    yield len(lines) + 1, None


def _is_blank(line):
    return not line.strip(_BLANK)


def _check_columns(place, count, text_column, tag_column):
    for name, column in (("text_column", text_column), ("tag_column", tag_column)):
        if column is not None and not -count <= column < count:
            raise UserError(f"{place}: {count} columns, so no --{name}={column}: give a number below {count}")
    if tag_column is not None and text_column % count == tag_column % count:
        raise UserError(
            f"{place}: --text_column={text_column} and --tag_column={tag_column} are the same of {count} "
            "columns: give two different ones, and a file with tags"
        )
