"""A question and a paragraph of any length as rows of bounded length, as TensorFlow ops."""

import dataclasses

import numpy as np
import tensorflow as tf

from bert_tf.data.features import first_pieces, join_segments


@dataclasses.dataclass(frozen=True)
class WindowOptions:
    """How paragraphs are cut.

    Args:
        max_seq_length: Longest row in word pieces, [CLS] and two [SEP] included.
        doc_stride: How many pieces each window begins after the one before.
        max_query_length: How many pieces of a question are kept.
    """

    max_seq_length: int = 384
    doc_stride: int = 128
    max_query_length: int = 64


@dataclasses.dataclass(frozen=True)
class Windows:
    """The rows of some questions: `[CLS] question [SEP] window [SEP]`, W in all.

    Args:
        input_ids: [W, None] int32 ragged.
        segment_ids: [W, None] int32 ragged, 0 up to the first [SEP] and 1 after it.
        question: [W] int64, the number of each row's question; rows are in the order of questions.
        first: [W] int64, the piece of the paragraph that each window begins with.
        length: [W] int64, pieces of the paragraph in each window.
        offset: [W] int64, where in its row each window begins.
    """

    input_ids: tf.RaggedTensor
    segment_ids: tf.RaggedTensor
    question: tf.Tensor
    first: tf.Tensor
    length: tf.Tensor
    offset: tf.Tensor


def question_windows(question_ids, paragraph_ids, options, cls_id, sep_id, fewest=0):
    """Cuts paragraphs into windows (the `doc_spans` of Google's `convert_examples_to_features`).

    Args:
        question_ids: [B, None] int32 ragged.
        paragraph_ids: [B, None] int32 ragged, the paragraph of each question.
        options: `WindowOptions`.
        cls_id: Id of [CLS].
        sep_id: Id of [SEP].
        fewest: Windows of a paragraph without any piece; Google's code makes none.

    Returns:
        `Windows`.
    """
    kept = tf.minimum(question_ids.row_lengths(), options.max_query_length)
    sizes = paragraph_ids.row_lengths()
    room = options.max_seq_length - 3 - kept
    stride = tf.minimum(room, options.doc_stride)
    more = tf.maximum(-(-(sizes - room) // stride), tf.constant(0, tf.int64))
    counts = tf.where(sizes > 0, 1 + more, fewest)
    question = tf.repeat(tf.range(tf.size(counts, tf.int64)), counts)
    first = tf.ragged.range(counts).values * tf.gather(stride, question)
    length = tf.minimum(tf.gather(room, question), tf.gather(sizes, question) - first)
    starts = tf.gather(paragraph_ids.row_starts(), question) + first
    window_ids = tf.gather(paragraph_ids.values, tf.ragged.range(starts, starts + length))
    question_part = tf.gather(first_pieces(question_ids, kept), question)
    input_ids, segment_ids = join_segments(question_part, window_ids, cls_id, sep_id)
    offset = tf.gather(kept, question) + 2
    return Windows(input_ids, segment_ids, question, first, length, offset)


def num_pieces(question_sizes, paragraph_sizes, options):
    """How long all rows of each question are together, in word pieces.

    Args:
        question_sizes: int64 array [questions], the word pieces of each.
        paragraph_sizes: Likewise of its paragraph.
        options: `WindowOptions`.

    Returns:
        int64 array [questions].
    """
    kept = np.minimum(question_sizes, options.max_query_length)
    room = options.max_seq_length - 3 - kept
    stride = np.minimum(room, options.doc_stride)
    more = np.maximum(-(-(paragraph_sizes - room) // stride), 0)
    return np.where(
        paragraph_sizes > 0, paragraph_sizes + more * (room - stride) + (1 + more) * (kept + 3), 0
    )


def is_max_context(windows, sizes):
    """Whether a window is the one of its paragraph that shows most of what is around a piece.

    That is the window in which the smaller of the numbers of pieces before and after it, plus a
    hundredth of the window's length, is greatest; of several, the first (Google's
    `_check_is_max_context`).

    Args:
        windows: The `Windows`.
        sizes: [B] int64, pieces of each question's paragraph.

    Returns:
        [W, None] bool ragged, for each piece of each window.
    """
    places = tf.ragged.range(windows.length)
    rows = places.value_rowids()
    length = tf.gather(windows.length, rows)
    context = tf.minimum(places.values, length - 1 - places.values)
    score = tf.cast(context, tf.float64) + 0.01 * tf.cast(length, tf.float64)
    first_of_paragraph = tf.gather(tf.cumsum(sizes, exclusive=True), windows.question)
    piece = tf.gather(first_of_paragraph + windows.first, rows) + places.values
    count = tf.reduce_sum(sizes)
    best = tf.math.unsorted_segment_max(score, piece, count)
    candidates = tf.where(score == tf.gather(best, piece), rows, tf.int64.max)
    winners = tf.math.unsorted_segment_min(candidates, piece, count)
    return places.with_values(rows == tf.gather(winners, piece))
