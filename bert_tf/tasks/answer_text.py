"""Which part of some words an answer's word pieces stand for (Google's `get_final_text`)."""

import functools

from bert_tf.tokenization.reference import BasicTokenizer

# Answers repeat the words of one paragraph after the other.
_CACHED_WORDS = 1 << 14


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
        self._split = functools.lru_cache(_CACHED_WORDS)(BasicTokenizer(do_lower_case).tokenize)

    def __call__(self, pieces, words):
        """The answer's text.

        Args:
            pieces: The word pieces with blanks between.
            words: The words they are of, with blanks between.

        Returns:
            `words`, or a part of it.
        """
        wanted = " ".join(pieces.replace(" ##", "").replace("##", "").split())
        text = " ".join(token for word in words.split(" ") for token in self._split(word))
        start = text.find(wanted)
        if start < 0 or not wanted or len(text.replace(" ", "")) != len(words.replace(" ", "")):
            return words
        first = start - text.count(" ", 0, start)
        last = first + len(wanted) - wanted.count(" ") - 1
        places = [place for place, character in enumerate(words) if character != " "]
        return words[places[first] : places[last] + 1]
