"""SQuAD's questions as rows of ids (Google's `convert_examples_to_features`), a thousand at a time."""

import dataclasses

import numpy as np
import tensorflow as tf

from bert_tf.data.pipelines import EncodedExamples
from bert_tf.data.squad import split_words
from bert_tf.data.squad_labels import answer_spans
from bert_tf.data.squad_windows import is_max_context, num_pieces, question_windows
from bert_tf.data.word_pieces import TokenizedTexts, tokenize_by_words
from bert_tf.errors import UserError

# So many questions, or word pieces in their windows, are dealt with at once, but at least one question.
_QUESTIONS_AT_ONCE = 1024
_PIECES_AT_ONCE = 1 << 20
# More pieces than any real file has; of each, 60 bytes are needed at once and 9 stay.
_MOST_PIECES, _MOST_PIECES_OF_QUESTION = 1 << 31, 1 << 26


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
        num_borders: How many windows have no piece in common with the one before on their paragraph.
        num_ambiguous: How many answers `answer_spans` finds in two different places.
        num_unlabelled: How many answers no window holds whole.
    """

    question: np.ndarray = None
    first: np.ndarray = None
    offset: np.ndarray = None
    max_context: np.ndarray | None = None
    paragraphs: TokenizedTexts = None
    num_cut_questions: int = 0
    num_borders: int = 0
    num_ambiguous: int = 0
    num_unlabelled: int = 0


def encode_squad(tokenizer, examples, options, at_answer_start=False):
    """The rows of questions, with labels where any answers are known.

    Paragraphs are tokenized once, however many questions are on them. Labels are the positions
    of the first answer's first and last piece, or 0 and 0 in windows that do not hold it whole.
    Google's script takes the first place in the words around where the answer's pieces stand; in a
    language without blanks these words are a sentence or a paragraph.

    Args:
        tokenizer: An `InGraphTokenizer`.
        examples: `SquadExamples`.
        options: `WindowOptions`.
        at_answer_start: Whether to label the pieces at the answer's characters instead.

    Returns:
        `EncodedWindows`, labels int32 [rows, 2] or None.

    Raises:
        UserError: If no paragraph has a word, or if the windows would take too much memory.
    """
    paragraphs = tokenize_by_words(tokenizer, split_words, examples.paragraphs)
    questions = tokenize_by_words(tokenizer, split_words, (q.text for q in examples.questions))
    if not len(paragraphs.ids):
        raise UserError("none of the paragraphs holds a word: give a file with text in its contexts")
    with tf.device("/CPU:0"):
        rows = _rows(tokenizer, examples, paragraphs, questions, options)
    labels, counts = None, {}
    if examples.is_training or examples.have_answers:
        spans = answer_spans(tokenizer, examples, paragraphs)
        chosen = spans.by_offset if at_answer_start else spans.by_occurrence
        labels = _labels(chosen[rows["question"]], rows["first"], rows["length"], rows["offset"])
        labelled = np.unique(rows["question"][labels[:, 0] > 0])
        counts["num_unlabelled"] = int(np.count_nonzero(chosen[:, 0] >= 0)) - len(labelled)
        counts["num_ambiguous"] = spans.num_different
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
        num_borders=_num_borders(rows),
        **counts,
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
    sizes = num_pieces(np.diff(questions.splits), np.diff(paragraphs.splits)[paragraph_of], options)
    _check_memory(sizes)
    all_paragraphs, all_questions = _ragged(paragraphs), _ragged(questions)
    collected = {name: [] for name in names}
    for start, end in _batches(sizes):
        values = rows_of(all_questions[start:end], tf.gather(all_paragraphs, paragraph_of[start:end]))
        values[names.index("question")] += start
        for name, value in zip(names, values):
            collected[name].append(value.numpy())
    return {name: np.concatenate(collected.pop(name)) for name in names}


def _check_memory(sizes):
    """Raises UserError where so many pieces for each question are more than any machine should hold."""
    total, largest = int(sizes.sum()), int(sizes.max())
    if total > _MOST_PIECES or largest > _MOST_PIECES_OF_QUESTION:
        raise UserError(
            f"the windows of {len(sizes)} questions would hold {total:,} word pieces, {largest:,} those of "
            f"one question ({(9 * total + 60 * largest) / 1e9:.0f} GB): raise --doc_stride or split the "
            "paragraphs"
        )


def _batches(sizes):
    """First questions and ends of batches, from the numbers of pieces that the questions' windows hold."""
    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        before = ends[start] - sizes[start]
        end = int(np.searchsorted(ends, before + _PIECES_AT_ONCE, side="right"))
        end = min(max(end, start + 1), start + _QUESTIONS_AT_ONCE)
        yield start, end
        start = end


def _ragged(texts):
    return tf.RaggedTensor.from_row_splits(tf.constant(texts.ids), tf.constant(texts.splits), validate=False)


def _labels(spans, first, length, offset):
    """int32 [rows, 2]: where in its row each answer [rows, 2] stands."""
    inside = (spans[:, 0] >= first) & (spans[:, 1] < first + length)
    return np.where(inside[:, None], spans + (offset - first)[:, None], 0).astype(np.int32)


def _num_borders(rows):
    """How many windows begin where the one before, of the same question, ends."""
    same = np.diff(rows["question"]) == 0
    return int(np.count_nonzero(same & (rows["first"][1:] >= (rows["first"] + rows["length"])[:-1])))
