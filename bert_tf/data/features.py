"""Examples to ids as TensorFlow ops, one function a kind of task."""

import dataclasses

import tensorflow as tf

from bert_tf.errors import UserError

# Of what is kept of a long text, this is the beginning, the rest the end (Sun et al. 2019, "How to
# Fine-Tune BERT for Text Classification?", section 5.3.1: the first 128 and the last 382 of 510).
_HEAD, _HEAD_AND_TAIL = 128, 510


@dataclasses.dataclass(frozen=True)
class ClassificationFeatures:
    """What `classification_features` and its like return.

    Args:
        input_ids: [R, None] int32 ragged, `[CLS] a [SEP]` or `[CLS] a [SEP] b [SEP]`.
        segment_ids: [R, None] int32 ragged, 0 up to the first [SEP] and 1 after it.
        truncated: [B] bool, whether word pieces were left out for want of room.
        num_rows: [B] int64, how many of the R rows, one after the other, are each example's;
            None if each has one.
    """

    input_ids: tf.RaggedTensor
    segment_ids: tf.RaggedTensor
    truncated: tf.Tensor
    num_rows: tf.Tensor | None = None


def classification_features(tokenizer, text_a, text_b, max_seq_length):
    """The ids of single texts and pairs (Google's `run_classifier.py`, `convert_single_example`).

    Args:
        tokenizer: An `InGraphTokenizer`, or what else turns [B] string into [B, None] int32
            ragged ids and has the attributes `cls_id` and `sep_id`.
        text_a: [B] string.
        text_b: [B] string; where it holds no word piece, the example is a single text.
        max_seq_length: Longest sequence in word pieces, [CLS] and [SEP] included.

    Returns:
        `ClassificationFeatures` of B rows.

    Raises:
        UserError: If not even the special tokens of a pair would fit.
    """
    return _features_of_ends(first_pieces, tokenizer, text_a, text_b, max_seq_length)


def head_tail_features(tokenizer, text_a, text_b, max_seq_length):
    """As `classification_features`, but a text that is too long keeps its beginning and its end.

    Each text keeps as many pieces as there, about a quarter of them (128 of 510, rounded down)
    from its beginning, the others from its end.
    """
    return _features_of_ends(_first_and_last_pieces, tokenizer, text_a, text_b, max_seq_length)


def window_features(tokenizer, text_a, text_b, max_seq_length):
    """As `classification_features`, but a first text that is too long is read in several rows.

    Each row has a window of it, as long as the text would be cut to, and the second text,
    which is cut as there. A window begins half a window after the last one; the last window
    ends with the text.

    Returns:
        `ClassificationFeatures`; `truncated` is about second texts only.
    """
    with tf.device("/CPU:0"):
        ids_a, ids_b, kept_a, kept_b = _pieces_and_room(tokenizer, text_a, text_b, max_seq_length)
        lengths = ids_a.row_lengths()
        stride = tf.maximum(kept_a // 2, 1)
        num_rows = 1 - (kept_a - lengths) // stride  # Rounded up.
        owners = tf.repeat(tf.range(tf.size(num_rows)), num_rows)
        starts = tf.ragged.range(num_rows).values * tf.gather(stride, owners)
        starts = tf.minimum(starts, tf.gather(lengths - kept_a, owners)) + tf.gather(
            ids_a.row_starts(), owners
        )
        windows = tf.gather(ids_a.values, tf.ragged.range(starts, starts + tf.gather(kept_a, owners)))
        seconds = tf.gather(first_pieces(ids_b, kept_b), owners)
        input_ids, segment_ids = join_segments(windows, seconds, tokenizer.cls_id, tokenizer.sep_id)
        truncated = kept_b < ids_b.row_lengths()
    return ClassificationFeatures(input_ids, segment_ids, truncated, num_rows)


def _features_of_ends(kept_pieces, tokenizer, text_a, text_b, max_seq_length):
    """One row for each example, `kept_pieces` choosing which pieces of a long text are kept."""
    with tf.device("/CPU:0"):
        ids_a, ids_b, kept_a, kept_b = _pieces_and_room(tokenizer, text_a, text_b, max_seq_length)
        input_ids, segment_ids = join_segments(
            kept_pieces(ids_a, kept_a), kept_pieces(ids_b, kept_b), tokenizer.cls_id, tokenizer.sep_id
        )
        truncated = (kept_a < ids_a.row_lengths()) | (kept_b < ids_b.row_lengths())
    return ClassificationFeatures(input_ids, segment_ids, truncated)


def _pieces_and_room(tokenizer, text_a, text_b, max_seq_length):
    """The word pieces of both texts, ragged, and how many of each fit, [B] int64."""
    if max_seq_length < 3:
        raise UserError(f"max_seq_length is {max_seq_length}: give at least 3, room for [CLS] and two [SEP]")
    ids_a, ids_b = tokenizer(text_a), tokenizer(text_b)
    lengths_a, lengths_b = ids_a.row_lengths(), ids_b.row_lengths()
    room = max_seq_length - tf.where(lengths_b > 0, tf.constant(3, tf.int64), 2)
    return ids_a, ids_b, *truncated_lengths(lengths_a, lengths_b, room)


def truncated_lengths(lengths_a, lengths_b, room):
    """How much to keep of two sequences that must fit together.

    Google's `_truncate_seq_pair` drops the last piece of the longer sequence, of the second
    one if both are equally long, until they fit. So a sequence keeps what the other one
    leaves free, and in any case half of the room; an odd place goes to the first.

    Args:
        lengths_a: [B] int64.
        lengths_b: [B] int64, 0 for a single text.
        room: [B] int64, places for both together.

    Returns:
        [B] int64 and [B] int64.
    """
    half_b = room // 2
    half_a = room - half_b
    return (
        tf.minimum(lengths_a, tf.maximum(half_a, room - lengths_b)),
        tf.minimum(lengths_b, tf.maximum(half_b, room - lengths_a)),
    )


def first_pieces(ids, lengths):
    """The first `lengths` [B] int64 of each row of `ids` [B, None], ragged."""
    starts = ids.row_starts()
    return tf.gather(ids.values, tf.ragged.range(starts, starts + lengths))


def _first_and_last_pieces(ids, lengths):
    """`lengths` [B] int64 pieces of each row of `ids` [B, None], some from either end, ragged."""
    heads = lengths * _HEAD // _HEAD_AND_TAIL
    tails = tf.gather(ids.values, tf.ragged.range(ids.row_limits() - (lengths - heads), ids.row_limits()))
    return tf.concat([first_pieces(ids, heads), tails], axis=1)


def join_segments(ids_a, ids_b, cls_id, sep_id):
    """Puts the special tokens around and between two sequences.

    As in Google's code an empty second sequence has no [SEP], also if it was truncated to that.

    Args:
        ids_a: [B, None] int32 ragged.
        ids_b: [B, None] int32 ragged.
        cls_id: Id of [CLS].
        sep_id: Id of [SEP].

    Returns:
        [B, None] int32 ragged ids and [B, None] int32 ragged segment ids.
    """
    always = tf.ones_like(ids_a.row_lengths())
    if_any = tf.cast(ids_b.row_lengths() > 0, tf.int64)
    first = tf.concat([_repeated(cls_id, always), ids_a, _repeated(sep_id, always)], axis=1)
    second = tf.concat([ids_b, _repeated(sep_id, if_any)], axis=1)
    segment_ids = tf.concat([tf.zeros_like(first), tf.ones_like(second)], axis=1)
    return tf.concat([first, second], axis=1), segment_ids


def _repeated(value, lengths):
    """[B, None] ragged int32, `value` as often as `lengths` [B] says."""
    return tf.RaggedTensor.from_row_lengths(tf.fill([tf.reduce_sum(lengths)], value), lengths, validate=False)
