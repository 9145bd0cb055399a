"""What BERT does with a single character, by Python's own Unicode database (Google's `tokenization.py`)."""

import unicodedata

# The blocks that Google splits into single characters: CJK Unified Ideographs with
# extensions A to E, and the two blocks of compatibility ideographs. Kana and Hangul
# are absent on purpose: those scripts form words.
CHINESE_BLOCKS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


def is_whitespace(char):
    """Whether the character is turned into a space."""
    return char in " \t\n\r" or unicodedata.category(char) == "Zs"


def is_control(char):
    """Whether the character is dropped as a control or format character."""
    return char not in "\t\n\r" and unicodedata.category(char) in ("Cc", "Cf")


def is_chinese_char(char):
    """Whether the character is an ideograph, which always stands alone."""
    return any(first <= ord(char) <= last for first, last in CHINESE_BLOCKS)


def is_punctuation(char):
    """Whether the character is a token of its own.

    Every ASCII character that is neither letter, digit, space nor control counts,
    `$`, `+` and `^` included, though Unicode calls those symbols.
    """
    if char.isascii():
        return char.isprintable() and not char.isalnum() and char != " "
    return unicodedata.category(char).startswith("P")


def clean(char):
    """What replaces the character before the text is split at white space."""
    if char in "\0\ufffd" or is_control(char):
        return ""
    if is_whitespace(char):
        return " "
    return f" {char} " if is_chinese_char(char) else char


def strip_accents(text):
    """The text decomposed canonically (NFD), without its non-spacing marks."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
