"""Counts the words of text of any size, as BERT's tokenizer normalises and splits them."""

import collections
import dataclasses

from bert_tf.data.progress import reading_bar
from bert_tf.data.text_files import read_blocks
from bert_tf.data.worker_pool import WorkerPool
from bert_tf.errors import UserError
from bert_tf.tokenization.reference import BasicTokenizer

# Entries of a process's cache of words; at some 200 bytes each.
_CACHED_WORDS = 1 << 18

# Different words to keep count of, at some 150 bytes each; above, the rarest are forgotten.
_MAX_WORDS = 1 << 21


@dataclasses.dataclass(frozen=True)
class WordCounts:
    """How often each word and each of their characters occurs.

    Args:
        words: From a word to its count.
        characters: From a character to its count in all words, those forgotten included.
        forgotten: Number of times that a word's count was given up to save memory.
    """

    words: collections.Counter
    characters: collections.Counter
    forgotten: int


def count_words(paths, do_lower_case=True, num_processes=1, max_words=_MAX_WORDS):
    """Counts the words of text files, with a progress bar.

    Memory does not grow with the text: where it has more than `max_words` different words,
    the rarest so far are forgotten until half as many are left. Their characters are not.

    Args:
        paths: The files; names that end in `.gz` and `.xz` are decompressed.
        do_lower_case: Whether to lower-case the words and strip their accents.
        num_processes: How many processes count; they do not change the result.
        max_words: Most different words to keep.

    Returns:
        A `WordCounts`.

    Raises:
        UserError: If a file cannot be read, is not UTF-8, or if there are no words in any.
    """
    words, characters, forgotten = collections.Counter(), collections.Counter(), 0
    with WorkerPool(num_processes) as pool, reading_bar(paths) as bar:
        for counts in pool.map(BlockCounter, (do_lower_case,), read_blocks(paths, bar.update)):
            words.update(counts)
            if len(words) > max_words:
                rare = _take_rarest(words, max_words // 2)
                _count_characters(rare, characters)
                forgotten += len(rare)
    if not words:
        more = f" (and {len(paths) - 1} more files)" if len(paths) > 1 else ""
        raise UserError(f"{paths[0]}{more}: no words: give text files with words in them")
    _count_characters(words, characters)
    return WordCounts(words, characters, forgotten)


class BlockCounter:
    """Counts the words of one `TextBlock` after the other.

    Args:
        do_lower_case: Whether to lower-case the words and strip their accents.
    """

    def __init__(self, do_lower_case):
        self._basic = BasicTokenizer(do_lower_case)
        self._split = _SplitWords(self._basic)

    def __call__(self, block):
        """A `dict` from a word to its count in the block."""
        between_spaces = collections.Counter()
        for line in block.lines():
            between_spaces.update(self._words(line))
        counts = collections.defaultdict(int)
        for word, count in between_spaces.items():
            for token in self._split[word]:
                counts[token] += count
        return dict(counts)

    def _words(self, line):
        if line.isascii() and line.isprintable():  # Then there is nothing to clean.
            return line.split()
        return self._basic.whitespace_tokens(line)


class _SplitWords(dict):
    """From a word between spaces to its tokens, filled as words are met."""

    def __init__(self, basic_tokenizer):
        super().__init__()
        self._basic = basic_tokenizer

    def __missing__(self, word):
        if len(self) >= _CACHED_WORDS:
            self.clear()
        self[word] = tokens = tuple(self._basic.split_word(word))
        return tokens


def _take_rarest(words, number_left):
    """Removes the words of the lowest counts, until at most `number_left` are left; gives those removed."""
    removed, count = {}, 0
    while len(words) > number_left:
        count += 1
        rare = [word for word, occurrences in words.items() if occurrences <= count]
        removed.update((word, words.pop(word)) for word in rare)
    return removed


def _count_characters(words, characters):
    for word, count in words.items():
        for char in word:
            characters[char] += count
