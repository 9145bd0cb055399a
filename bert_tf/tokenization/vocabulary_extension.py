"""Finds new words a place in the vocabulary of a trained model."""

import dataclasses
import re

from bert_tf.errors import UserError
from bert_tf.tokenization.reference import MAX_INPUT_CHARS_PER_WORD, BasicTokenizer, WordpieceTokenizer
from bert_tf.tokenization.vocabulary import load_vocab, read_lines

_UNUSED = re.compile(r"\[unused\d+\]")


@dataclasses.dataclass(frozen=True)
class NewWord:
    """A word to add.

    Args:
        text: The word.
        where: Where it was given, for messages.
    """

    text: str
    where: str


@dataclasses.dataclass(frozen=True)
class VocabularyExtension:
    """A vocabulary with new words in it.

    Args:
        lines: The lines of the new vocab.txt; those of the old one are as they were, but for a byte
            order mark and blank lines at the end.
        ids: From each new word to its id.
        old_pieces: From each new word to the pieces that it was cut into before.
        old_ids: From each new id to the ids of those pieces.
        known: The words that were pieces already, or given before.
    """

    lines: tuple
    ids: dict
    old_pieces: dict
    old_ids: dict
    known: tuple


def extend_vocabulary(vocab_file, new_words, do_lower_case=True, append=False):
    """Puts words in a vocabulary's slots `[unusedN]`, in order, or after its last entry.

    Args:
        vocab_file: Path of vocab.txt.
        new_words: `NewWord`s.
        do_lower_case: Whether the model's text is lower-cased.
        append: Whether to add entries, rather than use slots. The first of them take the rows of the
            embedding table that have no piece, where the vocabulary has fewer lines than that.

    Returns:
        A `VocabularyExtension`.

    Raises:
        UserError: If the vocabulary is wrong, if the tokenizer would never look up one of the
            words, if all are pieces already, or if there are too few slots.
    """
    vocabulary = load_vocab(vocab_file)
    _check_reachable(new_words, do_lower_case)
    words, known = _sort_out(new_words, vocabulary)
    lines = read_lines(vocab_file)[: len(vocabulary)]
    places = _appended(lines, words) if append else _unused_places(vocab_file, vocabulary, words)
    for word, place in zip(words, places):
        lines[place] = word
    tokenizer = WordpieceTokenizer(vocabulary.ids)
    old_pieces = {word: tokenizer.tokenize(word) for word in words}
    ids = dict(zip(words, places))
    old_ids = {ids[word]: [vocabulary.ids[piece] for piece in old_pieces[word]] for word in words}
    return VocabularyExtension(tuple(lines), ids, old_pieces, old_ids, tuple(known))


def _check_reachable(new_words, do_lower_case):
    """Makes sure that each word reaches the vocabulary as it is."""
    basic = BasicTokenizer(do_lower_case)
    wrong = [
        word
        for word in new_words
        if basic.tokenize(word.text) != [word.text] or len(word.text) > MAX_INPUT_CHARS_PER_WORD
    ]
    if not wrong:
        return
    first, tokens = wrong[0], basic.tokenize(wrong[0].text)
    more = f" ({len(wrong) - 1} more words likewise)" if len(wrong) > 1 else ""
    if tokens == [first.text]:
        raise UserError(
            f"{first.where}: {first.text[:20]}…: over {MAX_INPUT_CHARS_PER_WORD} characters"
            f"{more}: the tokenizer looks up none so long, so leave it out"
        )
    result = " ".join(tokens) if tokens else "nothing"
    raise UserError(
        f"{first.where}: {first.text!r} becomes {result!r} in the tokenizer (do_lower_case "
        f"{str(do_lower_case).lower()}) and would never be looked up{more}: give single words in "
        "the form that they take there"
    )


def _sort_out(new_words, vocabulary):
    """The words to add, each once, and those that are known already."""
    words, known = {}, []
    for word in new_words:
        if word.text in vocabulary.ids or word.text in words:
            known.append(word.text)
        else:
            words[word.text] = word
    if not words:
        raise UserError(
            f"{new_words[0].where}: nothing to add: {_all(known)} in the vocabulary already: give new words"
        )
    return list(words), known


def _all(words):
    return f"{words[0]!r} is" if len(words) == 1 else f"all {len(words)} words are"


def _appended(lines, words):
    places = range(len(lines), len(lines) + len(words))
    lines.extend(words)
    return places


def _unused_places(vocab_file, vocabulary, words):
    places = [index for index, token in enumerate(vocabulary.tokens) if _UNUSED.fullmatch(token)]
    if len(places) < len(words):
        raise UserError(
            f"{vocab_file}: {len(places)} unused slots for {len(words)} new words: give at most "
            "as many words, or add rows with --append=true"
        )
    return places[: len(words)]
