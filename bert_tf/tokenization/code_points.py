"""What BERT does with every code point, as arrays that a graph can look up.

Nothing here is a rule of its own: each row is what `unicode_rules` and Python's `str.lower`,
`str.isspace` and `unicodedata` say about one character, so the graph agrees with the
reference whichever Unicode version this Python knows.
"""

import dataclasses
import sys
import unicodedata

import numpy as np

from bert_tf.tokenization import unicode_rules

# What a code point does to the words of a text.
LETTER = 0  # goes on with a word
ALONE = 1  # is a word: punctuation and ideographs
SEPARATOR = 2  # ends a word
DROPPED = 3  # leaves nothing behind
STRIPPED = 4  # nor does this, but as an accent it belongs to the character before it
EXPANDED = 5  # becomes letters that are listed in `CodePointTable.expansions`
MOVABLE = 6  # likewise, and a letter among them may change places with its neighbours

# What a code point is to the capital sigma beside it (Unicode, section 3.13, Final_Sigma).
CASELESS = 0
CASED = 1
IGNORED = 2

# Code points are looked up by page: most pages of Unicode are alike.
PAGE_BITS = 7
PAGE = 1 << PAGE_BITS

# Numbers from here on are no code points but places in `CodePointTable.expansions`.
FIRST_EXPANSION = sys.maxunicode + 1

# Categories without any rule: unassigned, private use, and surrogates, which UTF-8 has not.
_NO_RULES = ("Cn", "Co", "Cs")


@dataclasses.dataclass(frozen=True)
class CodePointTable:
    """One row for every way in which code points are treated.

    The row of code point c is `pages[page_of[c // PAGE] * PAGE + c % PAGE]`. It becomes the
    `length` numbers from `c + delta` on, of which those from `FIRST_EXPANSION` on stand for
    `expansions[number - FIRST_EXPANSION]`.

    Args:
        page_of: [8704] int32, page of each 128 code points.
        pages: [pages * 128] int32, row of each code point of each page.
        kind: [rows] int8, `LETTER`, `ALONE`, …
        delta: [rows] int32.
        length: [rows] int32.
        is_starter: [rows] bool, whether combining marks before and after it stay apart.
        sigma_context: [rows] int8, `CASELESS`, `CASED` or `IGNORED`.
        expansions: [letters] int32, code points.
        combining_class: [letters] int32, canonical combining class of each of `expansions`.
    """

    page_of: np.ndarray
    pages: np.ndarray
    kind: np.ndarray
    delta: np.ndarray
    length: np.ndarray
    is_starter: np.ndarray
    sigma_context: np.ndarray
    expansions: np.ndarray
    combining_class: np.ndarray


def code_point_table(do_lower_case):
    """The `CodePointTable` of all code points, made in a quarter of a second."""
    builder = _Builder(do_lower_case)
    builder.add_ideographs()
    assigned = [
        char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) not in _NO_RULES
    ]
    contexts = _sigma_contexts(assigned) if do_lower_case else {}
    for char in assigned:
        context = contexts.get(char, CASELESS)
        if context != CASELESS or not _is_plain_letter(char):
            builder.add(char, context)
    return builder.table()


def _is_plain_letter(char):
    """A quick answer for the many letters of scripts without case."""
    return (
        unicodedata.category(char) == "Lo" and char.lower() == char and unicodedata.is_normalized("NFD", char)
    )


def _sigma_contexts(chars):
    """Asks `str.lower` about each character that is not `CASELESS`.

    A capital sigma is final if a cased character precedes it and none follows, ignored
    ones aside. Preceded by the character alone it is final only if that one is cased;
    preceded by a letter and the character, also if that one is ignored.
    """
    chars = [char for char in chars if char != "\0"]
    alone = "\0".join(char + "Σ" for char in chars).lower().split("\0")
    after_letter = "\0".join("a" + char + "Σ" for char in chars).lower().split("\0")
    contexts = {}
    for char, first, second in zip(chars, alone, after_letter):
        if second[-1] == "ς":
            contexts[char] = CASED if first[-1] == "ς" else IGNORED
    return contexts


class _Builder:
    """Collects rows, each once."""

    def __init__(self, do_lower_case):
        self._do_lower_case = do_lower_case
        self._row_of = np.zeros(sys.maxunicode + 1, np.int32)
        self._rows = {}
        self._expansions = []
        self._row(LETTER, 0, 1, True, CASELESS)  # row 0: every code point that is not added

    def add_ideographs(self):
        """The blocks as a whole: their unassigned code points stand alone too."""
        for first, last in unicode_rules.CHINESE_BLOCKS:
            self._row_of[first : last + 1] = self._row(ALONE, 0, 1, True, CASELESS)

    def add(self, char, context):
        """Adds the row of one character."""
        cleaned = unicode_rules.clean(char)
        if not cleaned:
            row = self._row(DROPPED, 0, 0, False, IGNORED)
        elif cleaned.isspace():
            row = self._row(SEPARATOR, 0, 1, True, CASELESS)
        else:
            row = self._visible(char, context)
        self._row_of[ord(char)] = row

    def table(self):
        """The rows as arrays."""
        pages = {}
        page_of = [pages.setdefault(page.tobytes(), len(pages)) for page in self._row_of.reshape(-1, PAGE)]
        columns = zip(*self._rows)
        dtypes = (np.int8, np.int32, np.int32, np.bool_, np.int8)
        return CodePointTable(
            np.array(page_of, np.int32),
            np.frombuffer(b"".join(pages), np.int32),
            *(np.array(column, dtype) for column, dtype in zip(columns, dtypes)),
            np.array([ord(char) for char in self._expansions], np.int32),
            np.array([unicodedata.combining(char) for char in self._expansions], np.int32),
        )

    def _visible(self, char, context):
        text, is_starter = char, True
        if self._do_lower_case:
            text = unicode_rules.strip_accents(char.lower())
            is_starter = 0 in map(unicodedata.combining, unicodedata.normalize("NFD", char.lower()))
        if not text:
            return self._row(STRIPPED, 0, 0, is_starter, context)
        is_movable = self._do_lower_case and any(map(unicodedata.combining, text))
        if len(text) > 1 or is_movable:
            delta = FIRST_EXPANSION + len(self._expansions) - ord(char)
            self._expansions += text
            return self._row(MOVABLE if is_movable else EXPANDED, delta, len(text), is_starter, context)
        is_alone = unicode_rules.is_chinese_char(char) or unicode_rules.is_punctuation(text)
        return self._row(ALONE if is_alone else LETTER, ord(text) - ord(char), 1, is_starter, context)

    def _row(self, *columns):
        return self._rows.setdefault(columns, len(self._rows))
