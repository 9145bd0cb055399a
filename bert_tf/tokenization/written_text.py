"""The words of a sentence as they would be written: the blanks that a corpus does not tell."""

from bert_tf.tokenization.character_classes import MARKS, SYMBOLS, UNSPACED, class_names
from bert_tf.tokenization.corpus_words import NONE

# Punctuation that is written without a blank before it, or after it.
CLOSING = ".,;:!?)]}%'’”»…、。，．！？；：）】》」』"
OPENING = "([{$#@“‘«¿¡（【《「『"
QUOTES = "\"'"
# Classes that are written with blanks around them even where every character is a word.
_LOOSE = {SYMBOLS, MARKS}


def joined(words, cut):
    """The text that words may come from: no blank before a comma, after a bracket or between ideographs.

    Args:
        words: The words of a sentence, none of them empty.
        cut: The `WordCut` of their corpus.

    Returns:
        The text.
    """
    text, opened, is_opening = "", set(), False
    for before, word in zip(["", *words], words):
        closes = word in opened
        is_tight = not before or is_opening or closes or _is_tight(before, word, cut)
        text += word if is_tight else " " + word
        is_opening = word in QUOTES and not closes and cut.punctuation != NONE
        opened ^= {word} if is_opening or closes else set()
    return text


def _is_tight(before, word, cut):
    """Whether a word is written next to the one before it."""
    if not {*class_names(before)[-1:], *class_names(word)[:1]}.isdisjoint({*cut.alone, *UNSPACED} - _LOOSE):
        return True
    if cut.punctuation == NONE:
        return False
    # A comma follows a word or a bracket without a blank, but no emoticon, nor a full stop another.
    after_word = len(before) == 1 or any(map(str.isalnum, before))
    after_word &= (before[-1:], word[:1]) != (".", ".")
    is_closing = after_word and len(set(word)) == 1 and word[0] in CLOSING and word not in QUOTES
    return is_closing or before in tuple(OPENING) or word.lower().replace("’", "'") in cut.endings
