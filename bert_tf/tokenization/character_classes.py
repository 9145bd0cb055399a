"""Kinds of characters, as far as they tell where the words of a corpus begin and end."""

import functools
import sys
import unicodedata

import numpy as np

from bert_tf.tokenization.unicode_rules import CHINESE_BLOCKS, is_punctuation

# Scripts whose words follow each other without a blank, or whose texts are often cut into characters.
IDEOGRAPHS = "ideographs"
_SCRIPTS = {
    "kana": ((0x3031, 0x3035), (0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F)),
    "hangul": ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF)),
    "southeast_asian": ((0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x19E0, 0x19FF)),
    # With the signs that are written among them: 々 〆 〇.
    IDEOGRAPHS: (*CHINESE_BLOCKS, (0x3005, 0x3007)),
}
LETTERS, DIGITS, MARKS, SYMBOLS, PUNCTUATION, BLANKS, DROPPED = (
    "letters",
    "digits",
    "marks",
    "symbols",
    "punctuation",
    "blanks",
    "dropped",
)
CLASSES = (LETTERS, DIGITS, MARKS, SYMBOLS, PUNCTUATION, BLANKS, DROPPED, *_SCRIPTS)
UNSPACED = ("kana", "southeast_asian", IDEOGRAPHS)  # Written without blanks.
# Those of which a corpus may have every character as a word; punctuation has rules of its own.
SEPARABLE = (LETTERS, DIGITS, MARKS, SYMBOLS, *_SCRIPTS)


# By Unicode's general category, the whole of it or its first letter; any other is a letter.
_BY_CATEGORY = {"M": MARKS, "Nd": DIGITS, "P": PUNCTUATION, "S": SYMBOLS, "Z": BLANKS}
_BY_CATEGORY |= dict.fromkeys(("Cc", "Cf", "Cs"), DROPPED)


@functools.cache
def class_ranges():
    """Where a code point of another class than the one before begins.

    Returns:
        [ranges] int32, the first code point of each range, from 0 on, and [ranges] int32, its place
        among `CLASSES`. Made in half a second.
    """
    categories = list(map(unicodedata.category, map(chr, range(sys.maxunicode + 1))))
    numbers = {
        category: CLASSES.index(_BY_CATEGORY.get(category, _BY_CATEGORY.get(category[0], LETTERS)))
        for category in set(categories)
    }
    classes = np.fromiter(map(numbers.get, categories), np.int32, len(categories))
    # What BERT takes otherwise than Unicode, all of it in ASCII: `$`, `+`, … are punctuation.
    for char in filter(is_punctuation, map(chr, range(128))):
        classes[ord(char)] = CLASSES.index(PUNCTUATION)
    for char in "\t\n\r":
        classes[ord(char)] = CLASSES.index(BLANKS)
    for name, blocks in _SCRIPTS.items():
        for first, last in blocks:
            block = classes[first : last + 1]
            block[block == CLASSES.index(LETTERS)] = CLASSES.index(name)
    starts = np.flatnonzero(np.diff(classes, prepend=-1))
    return starts.astype(np.int32), classes[starts]


def classes_of(text):
    """[characters] int32: the place among `CLASSES` of each character of a `str`."""
    starts, classes = class_ranges()
    numbers = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int32)
    return classes[np.searchsorted(starts, numbers, side="right") - 1]


@functools.lru_cache(1 << 18)
def class_names(word):
    """The class of each character of a word, a tuple of names."""
    return tuple(CLASSES[number] for number in classes_of(word))
