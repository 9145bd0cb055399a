"""SQuAD's questions as rows of ids (Google's `convert_examples_to_features`), a thousand at a time."""

import dataclasses

import numpy as np
import tensorflow as tf

from bert_tf.data.pipelines import EncodedExamples
from bert_tf.data.squad import split_words
from bert_tf.data.squad_windows import is_max_context, question_windows
from bert_tf.data.word_pieces import TokenizedTexts, tokenize_by_words
from bert_tf.errors import UserError

_QUESTIONS_AT_ONCE = 1024


@dataclasses.dataclass(frozen=True)
class EncodedWindows(EncodedExamples):
    """Rows `[CLS] question [SEP] window [SEP]`, in the order of their questions.

    Args:
        question: int64 [rows], the number of each row's question.
        first: int64 [rows], the piece of the paragraph that each row's window begins with.
        offset: int64 [rows], where in its row each window begins.
        max_context: bool [pieces of all windows], see `is_max_context`; None for training.
        paragraphs: `TokenizedTexts` of all paragraphs.
        num_cut_questions: How many questions were longer than allowed.
    """

    question: np.ndarray = None
    first: np.ndarray = None
    offset: np.ndarray = None
    max_context: np.ndarray | None = None
    paragraphs: TokenizedTexts = None
    num_cut_questions: int = 0


def encode_squad(tokenizer, examples, options):
    """The rows of questions, with labels where any answers are known.

    Paragraphs are tokenized once, however many questions are on them. Labels are the positions
    of the first answer's first and last piece, or 0 and 0 in windows that do not hold it whole.

    Args:
        tokenizer: An `InGraphTokenizer`.
        examples: `SquadExamples`.
        options: `WindowOptions`.

    Returns:
        `EncodedWindows`, labels int32 [rows, 2] or None.

    Raises:
        UserError: If no paragraph has a word.
    """
    paragraphs = tokenize_by_words(tokenizer, split_words, examples.paragraphs)
    questions = tokenize_by_words(tokenizer, split_words, (q.text for q in examples.questions))
    if not len(paragraphs.ids):
        raise UserError("none of the paragraphs holds a word: give a file with text in its contexts")
    with tf.device("/CPU:0"):
        rows = _rows(tokenizer, examples, paragraphs, questions, options)
    labels = None
    if examples.is_training or examples.have_answers:
        spans = _answer_spans(tokenizer, examples, paragraphs)[rows["question"]]
        labels = _labels(spans, rows["first"], rows["length"], rows["offset"])
    return EncodedWindows(
        rows["input_ids"],
        rows["segment_ids"],
        np.concatenate([[0], np.cumsum(rows["offset"] + rows["length"] + 1)]),
        labels,
        num_truncated=0,
        examples=examples,
        question=rows["question"],
        first=rows["first"],
        offset=rows["offset"],
        max_context=rows.get("max_context"),
        paragraphs=paragraphs,
        num_cut_questions=int(np.count_nonzero(np.diff(questions.splits) > options.max_query_length)),
    )


def _rows(tokenizer, examples, paragraphs, questions, options):
    """The fields of `Windows` of all questions, as flat arrays by name, and `max_context`."""
    names = ["input_ids", "segment_ids", "question", "first", "length", "offset"]
    names += [] if examples.is_training else ["max_context"]

    @tf.function(autograph=False)
    def rows_of(question_ids, paragraph_ids):
        windows = question_windows(question_ids, paragraph_ids, options, tokenizer.cls_id, tokenizer.sep_id)
        fields = vars(windows)
        if not examples.is_training:
            fields = {**fields, "max_context": is_max_context(windows, paragraph_ids.row_lengths())}
        return [getattr(fields[name], "values", fields[name]) for name in names]

    # With a signature of its own it is traced once.
    ragged = tf.RaggedTensorSpec([None, None], tf.int32)
    rows_of = rows_of.get_concrete_function(ragged, ragged)
    paragraph_of = np.array([question.paragraph for question in examples.questions])
    all_paragraphs, all_questions = _ragged(paragraphs), _ragged(questions)
    collected = {name: [] for name in names}
    for start in range(0, len(paragraph_of), _QUESTIONS_AT_ONCE):
        end = min(start + _QUESTIONS_AT_ONCE, len(paragraph_of))
        values = rows_of(all_questions[start:end], tf.gather(all_paragraphs, paragraph_of[start:end]))
        values[names.index("question")] += start
        for name, value in zip(names, values):
            collected[name].append(value.numpy())
    return {name: np.concatenate(collected.pop(name)) for name in names}


def _ragged(texts):
    return tf.RaggedTensor.from_row_splits(tf.constant(texts.ids), tf.constant(texts.splits), validate=False)


def _answer_spans(tokenizer, examples, paragraphs):
    """int64 [questions, 2]: first and last piece of each answer in its paragraph; -1 where there is none."""
    answers = tokenize_by_words(tokenizer, split_words, ((q.answers or [""])[0] for q in examples.questions))
    spans = np.full((len(examples), 2), -1)
    for number, question in enumerate(examples.questions):
        if question.first_word is not None:
            ids, words = paragraphs.of(question.paragraph)
            first = int(np.searchsorted(words, question.first_word))
            last = int(np.searchsorted(words, question.last_word + 1)) - 1
            spans[number] = _narrowed(ids, first, last, answers.of(number)[0])
    return spans


def _narrowed(ids, first, last, answer):
    """The first place of the answer's own pieces within the span, else the span (`_improve_answer_span`).

    The words of a span may hold more than the answer: of "(1895-1943)." it may be "1895".
    """
    answer, span = answer.tolist(), ids[first : last + 1].tolist()
    for start in range(len(span) - len(answer) + 1 if answer else 0):
        if span[start : start + len(answer)] == answer:
            return first + start, first + start + len(answer) - 1
    return first, last


def _labels(spans, first, length, offset):
    """int32 [rows, 2]: where in its row each answer [rows, 2] stands."""
    inside = (spans[:, 0] >= first) & (spans[:, 1] < first + length)
    return np.where(inside[:, None], spans + (offset - first)[:, None], 0).astype(np.int32)
