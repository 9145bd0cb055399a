"""Sentences in columns, a word a line, as the CoNLL shared tasks gave them."""

import dataclasses

from bert_tf.data.conll_layout import (
    check_alike,
    is_blank,
    is_document_start,
    lines_without_word,
    read_lines,
    separator_of,
    split_columns,
)
from bert_tf.errors import UserError


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
        comments: Numbers of the lines that were left out as comments.
        parts: Numbers of the lines of a CoNLL-U file that hold no word of their own.
        answers: Of a file to predict, the right tag of each word, where it holds them.
    """

    path: str
    lines: list[str]
    separator: str
    words: list[str]
    tags: list[str] | None
    line_numbers: list[int]
    splits: list[int]
    comments: frozenset[int] = frozenset()
    parts: frozenset[int] = frozenset()
    answers: list[str] | None = None

    def __len__(self):
        return len(self.splits) - 1

    def place(self, word):
        """Where a word stands, as `file:line`."""
        return f"{self.path}:{self.line_numbers[word]}"

    def line(self, word):
        """The line that a word stands in."""
        return self.lines[self.line_numbers[word] - 1]

    def by_sentence(self, values):
        """A list with one value for each word, cut into one list for each sentence."""
        return [values[start:end] for start, end in zip(self.splits, self.splits[1:])]

    def with_column(self, values, filler):
        """The text of the file with one more column.

        Args:
            values: A string for each word.
            filler: What other lines with columns get, such as those that begin a document; blank
                lines stay blank, and comments stay as they are.
        """
        column = dict(zip(self.line_numbers, values, strict=True))
        rows = []
        for number, line in enumerate(self.lines, start=1):
            if is_blank(line):
                rows.append("")
            elif number in self.comments:
                rows.append(line)
            else:
                rows.append(f"{line.rstrip(' ')}{self.separator}{column.get(number, filler)}")
        return "".join(row + "\n" for row in rows)


def read_conll(path, text_column=0, tag_column=-1, comment_prefix=None, needs_tags=True):
    r"""Reads words and tags from columns.

    Columns are parted by tabs if at least half of the lines have any, otherwise by one or more
    spaces. A blank line, or one whose columns are all blank, ends a sentence; a line that begins
    with `-DOCSTART-` ends a document and is not a sentence; nor are words the ranges (`1-2`) and
    empty nodes (`1.1`) of a CoNLL-U file. Nothing is a quotation.

    Args:
        path: A UTF-8 file, plain, `.gz` or `.xz`.
        text_column: Number of the words' column, from 0; negative numbers count from the last, -1.
        tag_column: Likewise of the tags, which blanks around them are no part of; None to read none.
        comment_prefix: Lines that begin so are comments; None if there are none.
        needs_tags: Whether the file must have a column of tags.

    Returns:
        `ConllSentences`, at least one.

    Raises:
        UserError: If the file cannot be read, is not UTF-8, has no words, lacks a column, or its
            lines differ in their number of columns.
    """
    lines = read_lines(path)
    comments, sentences, separator = _sort(lines, comment_prefix)
    if not sentences:
        hint = "" if not comments else f" beside {len(comments)} lines that begin with {comment_prefix!r}"
        raise UserError(
            f"{path}: no words{hint}: give a file with one word a line, its tag in another column"
        )
    check_alike(path, {number: lines[number - 1] for numbers in sentences for number in numbers}, separator)
    columns = [[split_columns(lines[number - 1], separator) for number in numbers] for numbers in sentences]
    place, count = f"{path}:{sentences[0][0]}", len(columns[0][0])
    if tag_column is not None and not needs_tags and not _has_tags(count, text_column, tag_column):
        tag_column = None
    _check_columns(place, count, text_column, tag_column)
    is_part = _parts(columns, text_column % count)
    words, tags, line_numbers, splits, parts = [], [], [], [0], set()
    for numbers, rows, without_word in zip(sentences, columns, is_part):
        for number, row, is_none in zip(numbers, rows, without_word):
            if is_none:
                parts.add(number)
                continue
            words.append(row[text_column])
            tags.append(row[tag_column or 0].strip())
            line_numbers.append(number)
        splits.append(len(words))
    tags = None if tag_column is None else tags
    return ConllSentences(
        str(path), lines, separator, words, tags, line_numbers, splits, comments, frozenset(parts)
    )


def _sort(lines, comment_prefix):
    """Numbers of the comments, of each sentence's lines, and what parts the columns of the latter."""
    is_comment = [comment_prefix is not None and line.startswith(comment_prefix) for line in lines]
    comments = frozenset(number for number, found in enumerate(is_comment, start=1) if found)
    kept = [line for line, found in zip(lines, is_comment) if not found and not is_blank(line)]
    separator, sentences, sentence = separator_of(kept), [], []
    for number, line in enumerate(lines, start=1):
        if number in comments:
            continue
        if is_blank(line) or is_document_start(line, separator):
            sentences.append(sentence)
            sentence = []
        else:
            sentence.append(number)
    return comments, [numbers for numbers in (*sentences, sentence) if numbers], separator


def _parts(columns, text_column):
    """For each sentence, which of its lines hold no word of their own."""
    if text_column == 0:
        return [[False] * len(rows) for rows in columns]
    return lines_without_word([[row[0] for row in rows] for rows in columns])


def _has_tags(count, text_column, tag_column):
    columns = range(-count, count)
    return text_column in columns and tag_column in columns and text_column % count != tag_column % count


def _check_columns(place, count, text_column, tag_column):
    columns = "1 column" if count == 1 else f"{count} columns"
    for name, column in (("text_column", text_column), ("tag_column", tag_column)):
        if column is not None and not -count <= column < count:
            raise UserError(
                f"{place}: {columns}, so no --{name}={column}: give a number from {-count} to {count - 1}"
            )
    if tag_column is not None and text_column % count == tag_column % count:
        raise UserError(
            f"{place}: --text_column={text_column} and --tag_column={tag_column} are the same of {columns}, "
            "parted by tabs or spaces: give two different ones, and a file with tags"
        )
