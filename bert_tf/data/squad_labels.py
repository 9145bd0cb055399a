"""Which word pieces of a paragraph are an answer: those at its characters, or those that Google takes."""

import dataclasses
import functools

import numpy as np

from bert_tf.data.squad import split_words
from bert_tf.data.word_pieces import tokenize_by_words

_CHARACTERS_AT_ONCE = 1 << 16


@dataclasses.dataclass(frozen=True)
class AnswerSpans:
    """The word pieces of the questions' first answers.

    Args:
        by_offset: int64 [questions, 2], the first and the last piece, by their numbers in the paragraph,
            of those that hold the answer's characters; -1 where there is no answer.
        by_occurrence: The same as Google's script has them: the first place where the pieces of the
            answer stand in the words around it, or these words (`_improve_answer_span`).
    """

    by_offset: np.ndarray
    by_occurrence: np.ndarray

    @property
    def num_different(self):
        """How many answers the two are different for."""
        return int(np.count_nonzero((self.by_offset != self.by_occurrence).any(axis=1)))


def answer_spans(tokenizer, examples, paragraphs):
    """The pieces of the first answers.

    Where a paragraph has other blanks than the answer, so that its characters are not found, both ways
    are Google's.

    Args:
        tokenizer: An `InGraphTokenizer`.
        examples: `SquadExamples`.
        paragraphs: `TokenizedTexts` of their paragraphs.

    Returns:
        `AnswerSpans`.
    """
    answers = tokenize_by_words(tokenizer, split_words, ((q.answers or [""])[0] for q in examples.questions))
    borders = _border_words(examples)
    ranges = _piece_ranges(tokenizer, dict.fromkeys(word for pair in borders for word in pair if word))
    by_occurrence = np.full((len(examples), 2), -1)
    by_offset = by_occurrence.copy()
    for number, question in enumerate(examples.questions):
        if question.first_word is None:
            continue
        ids, words = paragraphs.of(question.paragraph)
        first = int(np.searchsorted(words, question.first_word))
        last = int(np.searchsorted(words, question.last_word + 1)) - 1
        by_offset[number] = by_occurrence[number] = _first_occurrence(ids, first, last, answers.of(number)[0])
        if question.start is not None:
            first, last = _pieces_at(question, words, *(ranges.get(word) for word in borders[number]))
            if first <= last:
                by_offset[number] = first, last
    return AnswerSpans(by_offset, by_occurrence)


def _first_occurrence(ids, first, last, answer):
    """The first place of the answer's own pieces within a span, else the span.

    The words of a span may hold more than the answer: of "(1895-1943)." it may be "1895".
    """
    span, wanted, size = ids[first : last + 1].tobytes(), answer.tobytes(), answer.itemsize
    place = span.find(wanted) if wanted else -1
    while place >= 0 and place % size:  # Found across the borders of ids.
        place = span.find(wanted, place + 1)
    if place < 0:
        return first, last
    return first + place // size, first + place // size + len(answer) - 1


def _pieces_at(question, words, first_ranges, last_ranges):
    """The first and the last of the pieces that hold the answer's characters.

    Args:
        question: The `SquadQuestion`.
        words: int32 [pieces], the number of each piece's word.
        first_ranges: `_piece_ranges` of its first word, None if it has that from the beginning.
        last_ranges: Those of its last word, None if it has that to its end.
    """
    (first_word, before), (last_word, until) = question.start, question.end
    first = int(np.searchsorted(words, first_word))
    if first_ranges:
        first += np.count_nonzero(first_ranges[1] <= before)
    if last_ranges:
        return first, int(np.searchsorted(words, last_word)) + np.count_nonzero(last_ranges[0] < until) - 1
    return first, int(np.searchsorted(words, last_word + 1)) - 1


def _border_words(examples):
    """For each question the words that its answer begins and ends within, None for those it has whole."""
    words_of = functools.lru_cache(1)(lambda number: split_words(examples.paragraphs[number]))
    borders = []
    for question in examples.questions:
        (first, before), (last, until) = question.start or (0, 0), question.end or (0, None)
        words = words_of(question.paragraph) if before or until else ()
        borders.append((words[first] if before else None, words[last] if until else None))
    return borders


def _piece_ranges(tokenizer, words):
    """Where the pieces of words begin and end: two int32 arrays of characters for each of these texts."""
    ranges = {}
    for batch in _batches(words):
        _, starts, ends = tokenizer.tokenize_with_offsets(batch)
        splits = starts.row_splits.numpy()[1:-1]
        ranges |= zip(batch, zip(*(np.split(values.values.numpy(), splits) for values in (starts, ends))))
    return ranges


def _batches(words):
    """Lists of the words, of some ten thousand characters or of a single word each."""
    batch, size = [], 0
    for word in words:
        if batch and size + len(word) > _CHARACTERS_AT_ONCE:
            yield batch
            batch, size = [], 0
        batch.append(word)
        size += len(word)
    if batch:
        yield batch
