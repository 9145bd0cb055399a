"""From scores of starts and ends to answers in the paragraph's own words (Google's `write_predictions`)."""

import dataclasses
import functools
import math

import numpy as np

from bert_tf.data.squad import split_words
from bert_tf.tasks.answer_text import AnswerText


@dataclasses.dataclass(frozen=True)
class SpanOptions:
    """Which spans may be answers.

    Args:
        n_best_size: How many answers to list, and how many starts and ends to look at in each window.
        max_answer_length: Longest answer in word pieces.
        version_2_with_negative: Whether a question may have no answer.
        null_score_diff_threshold: "" is predicted if it scores higher than the best other answer by
            more than this.
    """

    n_best_size: int = 20
    max_answer_length: int = 30
    version_2_with_negative: bool = False
    null_score_diff_threshold: float = 0.0


@dataclasses.dataclass(frozen=True)
class Entry:
    """One of a question's n best answers, with the scores of its start and end; "" is no answer."""

    text: str
    start_logit: float
    end_logit: float


# What Google's script writes where no span may be an answer.
NONE_FOUND = Entry("empty", 0.0, 0.0)
# Google's "large and positive" score of no answer, as long as there is no window to give it another.
NO_NULL_SCORE = 1000000.0


@dataclasses.dataclass(frozen=True)
class SpanPrediction:
    """What is predicted for a question.

    Args:
        entries: The n best `Entry`s, best first, at least one.
        null_score: The score of no answer; None where each question has one.
    """

    entries: list
    null_score: float | None

    @property
    def best(self):
        """The best `Entry` with a text; one without if there is none."""
        return next((entry for entry in self.entries if entry.text), Entry("", 0.0, 0.0))

    @property
    def null_odds(self):
        """By how much no answer scores higher than the best one with a text."""
        return self.null_score - self.best.start_logit - self.best.end_logit

    def text(self, threshold):
        """The answer; "" if the odds against having one are above the threshold."""
        if self.null_score is None:
            return self.entries[0].text
        return "" if self.null_odds > threshold else self.best.text

    def probabilities(self):
        """The softmax of the entries' scores, added up in the order of Google's `_compute_softmax`."""
        scores = [entry.start_logit + entry.end_logit for entry in self.entries]
        exponentials = [math.exp(score - max(scores)) for score in scores]
        total = sum(exponentials)
        return [value / total for value in exponentials]


class SpanPredictor:
    """Predicts the questions of one file.

    Args:
        encoded: `EncodedWindows` of questions that are not for training.
        outputs: `start_logits` and `end_logits`, float32 arrays [rows, S]. All S positions compete for
            a place among the best starts and ends, as in Google's code; -inf keeps one out.
        options: `SpanOptions`.
        vocabulary: The `Vocabulary` that the rows were made with.
        do_lower_case: Whether its pieces are of lower-cased text.
    """

    def __init__(self, encoded, outputs, options, vocabulary, do_lower_case):
        self._encoded, self._options, self._tokens = encoded, options, vocabulary.tokens
        self._logits = [outputs["start_logits"], outputs["end_logits"]]
        self._answer_text = AnswerText(do_lower_case)
        self._first_rows = np.searchsorted(encoded.question, np.arange(len(encoded.examples) + 1))
        self._lengths = encoded.lengths - encoded.offset - 1
        self._first_pieces = np.cumsum(self._lengths) - self._lengths
        self._words = functools.lru_cache(1)(lambda number: split_words(encoded.examples.paragraphs[number]))

    def predict(self, number):
        """The `SpanPrediction` of a question, by its number."""
        rows = range(*self._first_rows[number : number + 2])
        spans = [self._spans(row) for row in rows]
        null = null_score = None
        if self._options.version_2_with_negative:
            null, null_score = self._null(rows)
            spans.append(null)
        spans = np.concatenate([*spans, np.zeros((0, 5))])
        best_first = np.argsort(-(spans[:, 3] + spans[:, 4]), kind="stable")
        paragraph = self._encoded.examples.questions[number].paragraph
        entries = self._distinct((spans[index].tolist() for index in best_first), paragraph)
        if null is not None and not any(entry.text == "" for entry in entries):
            entries.append(Entry("", *null[0, 3:].tolist()))
        return SpanPrediction(entries or [NONE_FOUND], null_score)

    def _spans(self, row):
        """[spans, 5]: row, start, end and the scores of these two, for each span that may be an answer."""
        options, offset, length = self._options, self._encoded.offset[row], self._lengths[row]
        logits = [values[row].astype(np.float64) for values in self._logits]
        best = [np.argsort(-values, kind="stable")[: options.n_best_size] for values in logits]
        start, end = (place.ravel() for place in np.meshgrid(*best, indexing="ij"))
        kept = (start >= offset) & (start <= end) & (end < offset + length)
        kept &= end - start < options.max_answer_length
        start, end = start[kept], end[kept]
        kept = self._encoded.max_context[self._first_pieces[row] + start - offset]
        start, end = start[kept], end[kept]
        return np.stack([np.full(len(start), row), start, end, logits[0][start], logits[1][end]], axis=1)

    def _null(self, rows):
        """The span [1, 5] at [CLS] of the window that scores it lowest, and that score."""
        scores = [[float(values[row, 0]) for values in self._logits] for row in rows]
        if not scores:
            return np.zeros((1, 5)), NO_NULL_SCORE
        start_logit, end_logit = min(scores, key=sum)
        return np.array([[-1, 0, 0, start_logit, end_logit]]), start_logit + end_logit

    def _distinct(self, spans, paragraph):
        """The first `Entry`s of different texts."""
        entries = {}
        for row, start, end, *scores in spans:
            if len(entries) == self._options.n_best_size:
                break
            text = self._text(int(row), int(start), int(end), paragraph) if start else ""
            if text not in entries:
                entries[text] = Entry(text, *scores)
        return list(entries.values())

    def _text(self, row, start, end, paragraph):
        encoded = self._encoded
        place = encoded.row_splits[row]
        pieces = " ".join(self._tokens[index] for index in encoded.input_ids[place + start : place + end + 1])
        words_of_pieces = encoded.paragraphs.of(paragraph)[1]
        to_paragraph = encoded.first[row] - encoded.offset[row]
        first, last = words_of_pieces[start + to_paragraph], words_of_pieces[end + to_paragraph]
        words = self._words(paragraph)[first : last + 1]
        return self._answer_text(pieces, " ".join(words))
