"""Many texts to word pieces at once, each distinct word tokenized only once."""

import dataclasses

import numpy as np

_WORDS_AT_ONCE = 4096


@dataclasses.dataclass(frozen=True)
class TokenizedTexts:
    """Texts as word pieces, laid end to end.

    Args:
        ids: int32 [pieces].
        words: int32 [pieces], the number of the word of its text that each piece is of.
        splits: int64 [texts + 1]; text i is pieces splits[i] to splits[i + 1].
    """

    ids: np.ndarray
    words: np.ndarray
    splits: np.ndarray

    def of(self, text):
        """The ids and the words of one text, by its number."""
        pieces = slice(self.splits[text], self.splits[text + 1])
        return self.ids[pieces], self.words[pieces]


def tokenize_by_words(tokenizer, split, texts):
    """Tokenizes texts word by word, as Google's `run_squad.py` and taggers do.

    Args:
        tokenizer: An `InGraphTokenizer`, or what else turns [N] strings into [N, None] ragged ids.
        split: From a text to its words.
        texts: The texts; they are gone through once.

    Returns:
        `TokenizedTexts`. Where words end at white space only, these are the pieces of the whole texts.
    """
    numbers, places, lengths = {}, [], []
    for text in texts:
        words = [numbers.setdefault(word, len(numbers)) for word in split(text)]
        places.append(np.array(words, np.int32))
        lengths.append(len(words))
    ids, sizes = _pieces(tokenizer, list(numbers))
    occurrences = np.concatenate([*places, np.zeros(0, np.int32)])
    first_pieces = (np.cumsum(sizes) - sizes)[occurrences]
    sizes = sizes[occurrences]
    word_of_text = _ranges(np.zeros(len(lengths), np.int64), np.array(lengths, np.int64))
    ends = np.concatenate([[0], np.cumsum(sizes)])
    return TokenizedTexts(
        ids[_ranges(first_pieces, sizes)],
        np.repeat(word_of_text, sizes).astype(np.int32),
        ends[np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])],
    )


def _pieces(tokenizer, words):
    """The ids of the words' pieces, laid end to end, and how many each word has."""
    ids, sizes = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
    for start in range(0, len(words), _WORDS_AT_ONCE):
        pieces = tokenizer(words[start : start + _WORDS_AT_ONCE])
        ids.append(pieces.values.numpy())
        sizes.append(pieces.row_lengths().numpy())
    return np.concatenate(ids), np.concatenate(sizes)


def _ranges(starts, lengths):
    """starts[0], starts[0] + 1, … for lengths[0] numbers, then on from starts[1], and so forth."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - lengths), lengths)
