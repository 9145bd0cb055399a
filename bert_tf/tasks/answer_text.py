"""Which part of some words an answer's word pieces stand for (Google's `get_final_text`)."""

import functools

import numpy as np

from bert_tf.tokenization.reference import BasicTokenizer

# Answers repeat the words of one paragraph after the other. Of a language without blanks, a "word" is a
# sentence or a paragraph, and only the last one is kept.
_CACHED_WORDS, _LONGEST_CACHED = 1 << 14, 200


class AnswerText:
    """From word pieces back to the characters of the text.

    The pieces are lower-cased and stripped of accents, and may be less than the words they are of:
    of "Steve Smith's" they may be "steve smith". The words are split as the tokenizer splits them,
    the pieces are looked for in that, and where they are found is carried over, character by
    character without the blanks. Where anything of this does not work out, the words are the answer.

    Args:
        do_lower_case: As of the tokenizer.
    """

    def __init__(self, do_lower_case):
        self._tokenize = BasicTokenizer(do_lower_case).tokenize
        self._tokenize_short = functools.lru_cache(_CACHED_WORDS)(self._tokenize)
        self._aligned = functools.lru_cache(1)(self._align)

    def __call__(self, pieces, words):
        """The answer's text.

        Args:
            pieces: The word pieces with blanks between.
            words: The words they are of, with blanks between.

        Returns:
            `words`, or a part of it.
        """
        wanted = " ".join(pieces.replace(" ##", "").replace("##", "").split())
        text, places = self._aligned(words)
        start = text.find(wanted)
        if start < 0 or not wanted or len(text) - text.count(" ") != len(places):
            return words
        first = start - text.count(" ", 0, start)
        last = first + len(wanted) - wanted.count(" ") - 1
        return words[places[first] : places[last] + 1]

    def _align(self, words):
        """The words as the tokenizer splits them, and where their characters other than blanks stand."""
        tokens = (token for word in words.split(" ") for token in self._split(word))
        code_points = np.frombuffer(words.encode("utf-32-le", "surrogatepass"), np.uint32)
        return " ".join(tokens), np.flatnonzero(code_points != ord(" "))

    def _split(self, word):
        return (self._tokenize if len(word) > _LONGEST_CACHED else self._tokenize_short)(word)
