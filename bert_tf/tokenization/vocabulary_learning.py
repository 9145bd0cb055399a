"""Learns a WordPiece vocabulary from the counts of words, with TensorFlow Text's learner.

The learner works from the top down: it keeps every piece that occurs at least as often as a
threshold, where it is not part of a longer one that is kept. Here is what surrounds it: the
alphabet, the search for the threshold, Google's order of the file, and figures of the result.
"""

import collections
import dataclasses
import itertools
import math

from bert_tf.errors import UserError
from bert_tf.tokenization import unicode_rules
from bert_tf.tokenization.reference import MAX_INPUT_CHARS_PER_WORD, WordpieceTokenizer
from bert_tf.tokenization.vocabulary import CLS, MASK, PAD, SEP, SPECIAL_TOKENS, UNK

# Google's vocabularies have so many before [UNK], which puts [UNK] at 100 and [MASK] at 103.
NUM_UNUSED = 99

# What an entry takes in memory as it is learned and counted, and how many are still no burden.
_ENTRY_BYTES = 250
_MOST_ENTRIES = 10_000_000

# How many more pieces than wanted a threshold may give; those of the lowest counts are then left out.
_SURPLUS = 1.05

# The number of pieces falls with about this power of the threshold (books in English).
_FALL = 0.6

# Guesses by that power; if more are needed the search halves what is left.
_GUESSES = 4

# Words to learn from, for each entry of the vocabulary. Three were enough in trials; the learner
# takes up to 10 kB of memory for each.
_WORDS_PER_ENTRY = 5
_MIN_WORDS = 20_000


@dataclasses.dataclass(frozen=True)
class VocabularyOptions:
    """What the vocabulary is to be like.

    Args:
        vocab_size: Number of entries, all counted.
        num_unused: Number of slots `[unusedN]` before `[UNK]`, free for words to come.
        min_count: How often a character must occur to become a piece.

    Raises:
        UserError: If `vocab_size` has no room for the slots and the special tokens, or is so large that
            its entries would hardly fit in memory.
    """

    vocab_size: int
    num_unused: int = NUM_UNUSED
    min_count: int = 1

    def __post_init__(self):
        if self.vocab_size > _MOST_ENTRIES:
            gigabytes = self.vocab_size * _ENTRY_BYTES // 10**9
            raise UserError(
                f"vocab_size {self.vocab_size}: its entries would take {gigabytes:,} GB of memory: give at "
                f"most {_MOST_ENTRIES:,}"
            )
        if self.vocab_size <= self.num_unused + len(SPECIAL_TOKENS):
            raise UserError(
                f"vocab_size {self.vocab_size}: {self.num_unused} unused slots and {len(SPECIAL_TOKENS)} "
                "special tokens leave no room for a piece: give a larger vocab_size or a smaller num_unused"
            )


@dataclasses.dataclass(frozen=True)
class LearnedVocabulary:
    """A vocabulary and what it is made of.

    Args:
        tokens: The lines of vocab.txt, in order.
        characters: Number of characters that are pieces.
        inner_characters: Number of those that are also pieces inside words.
        pieces: Number of pieces of more than one character.
        padding: Number of slots `[unusedN]` at the end, for want of pieces.
        rare_characters: Number of characters left out as too rare.
    """

    tokens: tuple
    characters: int
    inner_characters: int
    pieces: int
    padding: int
    rare_characters: int


@dataclasses.dataclass(frozen=True)
class Coverage:
    """How a vocabulary cuts words, each counted as often as it occurs.

    Args:
        words: Number of words.
        whole: Share of them that are one piece.
        pieces_per_word: Number of pieces of a word on average; `[UNK]` is one.
        unknown: Share of them that become `[UNK]`.
    """

    words: int
    whole: float
    pieces_per_word: float
    unknown: float


def learn_vocabulary(word_counts, character_counts, options):
    """Learns a vocabulary of exactly `options.vocab_size` entries.

    In the order of Google's files: `[PAD]`, unused slots, `[UNK]`, `[CLS]`, `[SEP]`, `[MASK]`,
    characters by code point, characters inside words (`##a`), then pieces from the most
    frequent down. Every character that occurs often enough is a piece, also inside words
    unless it always stands alone, so that no word of such characters becomes `[UNK]`. Where
    the text has too few pieces, more unused slots follow.

    Args:
        word_counts: From a word, as `BasicTokenizer` splits them, to its count.
        character_counts: From a character of the words to its count.
        options: A `VocabularyOptions`.

    Returns:
        A `LearnedVocabulary`; the same counts give the same, whatever their order.

    Raises:
        UserError: If `vocab_size` has no room for the alphabet, or no character occurs often enough.
    """
    alphabet = sorted(char for char, count in character_counts.items() if count >= options.min_count)
    if not alphabet:
        char, count = max(character_counts.items(), key=lambda item: (item[1], item[0]))
        raise UserError(
            f"min_count {options.min_count}: no character occurs so often, the most frequent {char!r} "
            f"{count:,} times: give a smaller min_count"
        )
    inner = [f"##{char}" for char in alphabet if _joins(char)]
    head = [PAD, *_unused(0, options.num_unused), UNK, CLS, SEP, MASK, *alphabet, *inner]
    room = options.vocab_size - len(head)
    if room < 0:
        raise UserError(
            f"vocab_size {options.vocab_size}: {len(alphabet)} characters, {len(inner)} of them also inside "
            f"words, {len(SPECIAL_TOKENS)} special tokens and {options.num_unused} unused slots are "
            f"{len(head)} entries: give a larger vocab_size, or a larger min_count of characters"
        )
    pieces = _learn_pieces(_learnable(word_counts, set(alphabet), options.vocab_size), room)
    padding = _unused(options.num_unused, room - len(pieces))
    rare = len(character_counts) - len(alphabet)
    tokens = (*head, *pieces, *padding)
    return LearnedVocabulary(tokens, len(alphabet), len(inner), len(pieces), len(padding), rare)


def measure_coverage(tokens, word_counts):
    """The `Coverage` of words, given as counts, by the pieces of a vocabulary."""
    tokenizer = WordpieceTokenizer(frozenset(tokens))
    totals = collections.Counter()
    for word, count in word_counts.items():
        pieces = tokenizer.tokenize(word)
        totals["pieces"] += len(pieces) * count
        totals["unknown"] += count * (pieces == [UNK])
        totals["whole"] += count * (pieces == [word])
    words = sum(word_counts.values())
    return Coverage(words, totals["whole"] / words, totals["pieces"] / words, totals["unknown"] / words)


def _unused(first, number):
    return [f"[unused{index}]" for index in range(first, first + number)]


def _joins(char):
    """Whether the character can stand inside a word, rather than always alone."""
    return not unicode_rules.is_punctuation(char) and not unicode_rules.is_chinese_char(char)


def _learnable(word_counts, alphabet, vocab_size):
    """The most frequent words that the alphabet can spell, in an order that their counts decide."""
    words = [
        item
        for item in word_counts.items()
        if 1 < len(item[0]) <= MAX_INPUT_CHARS_PER_WORD and alphabet.issuperset(item[0])
    ]
    words.sort(key=lambda item: (-item[1], item[0]))
    return words[: max(_MIN_WORDS, _WORDS_PER_ENTRY * vocab_size)]


def _learn_pieces(words, wanted):
    """At most `wanted` pieces of two characters or more, the most frequent first.

    The higher the threshold, the fewer the pieces; looked for is one that gives a few too many.
    """
    if not words or not wanted:
        return []
    enough, too_high = 0, words[0][1] + 1
    threshold = words[min(wanted, len(words)) - 1][1]
    for attempt in itertools.count(1):
        pieces = _pieces_above(words, threshold)
        if len(pieces) >= wanted or threshold == 1:
            enough, best = threshold, pieces
        else:
            too_high = threshold
        if threshold == 1 or wanted <= len(pieces) <= wanted * _SURPLUS or too_high - enough <= 1:
            return best[:wanted]
        if attempt < _GUESSES:
            guess = threshold * ((len(pieces) + 1) / (wanted * (1 + _SURPLUS) / 2)) ** (1 / _FALL)
        else:
            guess = math.sqrt(enough * too_high)
        threshold = min(max(round(guess), enough + 1), too_high - 1)


def _pieces_above(words, threshold):
    """The learner's pieces of two characters or more for one threshold."""
    # Loads TensorFlow, which takes seconds.
    from tensorflow_text.tools.wordpiece_vocab import wordpiece_tokenizer_learner_lib as learner

    tokens = learner.learn(
        words,
        vocab_size=0,
        reserved_tokens=[],
        lower_thresh=threshold,
        upper_thresh=threshold,
        max_input_tokens=-1,
        max_unique_chars=len(words) * MAX_INPUT_CHARS_PER_WORD,
    )
    return [token for token in tokens if len(token.removeprefix("##")) > 1]
