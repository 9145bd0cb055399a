"""Answers to questions inside a graph: windows, their best span, the characters of the paragraph."""

import tensorflow as tf

from bert_tf.data.squad_windows import is_max_context, question_windows
from bert_tf.tasks.span_predictions import NO_NULL_SCORE, NONE_FOUND


def span_answers(run, tokenizer, windows, spans, question, context):
    """Answers questions as `SpanPredictor` does, but by where word pieces stand in the paragraph.

    Args:
        run: From a dict of the model's inputs, int32 [W, S], to `start_logits` and `end_logits` [W, S].
        tokenizer: An `InGraphTokenizer`.
        windows: `WindowOptions`.
        spans: `SpanOptions`.
        question: [B] string.
        context: [B] string, the paragraph of each question.

    Returns:
        A dict of `answer`, string [B], which is the context from character `start` up to but not
        including `end`, int32 [B]; `score`, float32 [B], of the best span: the sum of its logits;
        and, where a question may have no answer, `null_odds`, float32 [B], by how much that scores
        higher. A question without an answer has "", -1 and -1. Where no span may be an answer, as in
        a context without words, the scores are those that `SpanPredictor` gives then.
    """
    with tf.device("/CPU:0"):
        # What is not UTF-8 is not counted, so it is left out.
        context = tf.strings.unicode_transcode(context, "UTF-8", "UTF-8", errors="ignore")
        pieces, char_starts, char_ends = tokenizer.tokenize_with_offsets(context)
        rows = question_windows(tokenizer(question), pieces, windows, tokenizer.cls_id, tokenizer.sep_id, 1)
        # Without a question there is no row, but still a place in it to look at.
        shape = tf.maximum(rows.input_ids.bounding_shape(), [0, 1])
        inputs = {
            "input_ids": rows.input_ids.to_tensor(shape=shape),
            "input_mask": tf.ones_like(rows.input_ids).to_tensor(shape=shape),
            "segment_ids": rows.segment_ids.to_tensor(shape=shape),
        }
    outputs = run(inputs)
    with tf.device("/CPU:0"):
        logits = [_without_padding(outputs[name], inputs) for name in ("start_logits", "end_logits")]
        sizes = pieces.row_lengths()
        scores, first, last = _best_spans(logits, _window_places(rows, sizes, shape), spans)
        best, winners = _best_of_question(scores, rows.question, tf.size(question, tf.int64))
        has_answer = best > -float("inf")
        best = tf.where(has_answer, best, NONE_FOUND.start_logit + NONE_FOUND.end_logit)
        results = {"score": tf.cast(best, tf.float32)}
        if spans.version_2_with_negative:
            null_scores = tf.math.segment_min(logits[0][:, 0] + logits[1][:, 0], rows.question)
            null_odds = tf.where(sizes > 0, null_scores, NO_NULL_SCORE) - best
            results["null_odds"] = tf.cast(null_odds, tf.float32)
            has_answer &= null_odds <= spans.null_score_diff_threshold
        # From places in the rows to pieces of all paragraphs.
        shift = rows.first - rows.offset + tf.gather(pieces.row_starts(), rows.question)
        start = _where_present(char_starts.values, tf.gather(first + shift, winners), has_answer)
        end = _where_present(char_ends.values, tf.gather(last + shift, winners), has_answer)
        answer = tf.strings.substr(context, tf.maximum(start, 0), end - start, unit="UTF8_CHAR")
    return {"answer": answer, "start": start, "end": end, **results}


def _without_padding(logits, inputs):
    """float64 [W, S], as Google's script adds scores up, -inf at places without a token."""
    is_token = tf.cast(inputs["input_mask"], tf.bool)
    return tf.where(is_token, tf.cast(logits, tf.float64), -float("inf"))


def _window_places(rows, sizes, shape):
    """Bool of this shape, [W, S], twice: where in each row its window stands, and where a start may be."""
    before = tf.RaggedTensor.from_row_lengths(tf.zeros([tf.reduce_sum(rows.offset)], tf.bool), rows.offset)
    max_context = is_max_context(rows, sizes)
    in_window = tf.concat([before, tf.ones_like(max_context)], axis=1).to_tensor(shape=shape)
    return in_window, tf.concat([before, max_context], axis=1).to_tensor(shape=shape)


def _best_spans(logits, places, spans):
    """float64 [W], int64 [W] twice: score, start and end of each row's best span; -inf for none.

    As in Google's script a span counts only if its start and its end are among the row's best.
    """
    in_window, may_start = places
    count = tf.minimum(spans.n_best_size, tf.shape(in_window)[1])
    (start_logits, starts), (end_logits, ends) = (tf.math.top_k(values, count) for values in logits)
    first, last = starts[:, :, None], ends[:, None, :]
    allowed = tf.gather(may_start, starts, batch_dims=1)[:, :, None]
    allowed &= tf.gather(in_window, ends, batch_dims=1)[:, None, :]
    allowed &= (last >= first) & (last - first < spans.max_answer_length)
    scores = tf.where(allowed, start_logits[:, :, None] + end_logits[:, None, :], -float("inf"))
    scores = tf.reshape(scores, [-1, count * count])
    best = tf.argmax(scores, axis=-1)
    count = tf.cast(count, tf.int64)
    return (
        tf.gather(scores, best, batch_dims=1),
        tf.cast(tf.gather(starts, best // count, batch_dims=1), tf.int64),
        tf.cast(tf.gather(ends, best % count, batch_dims=1), tf.int64),
    )


def _best_of_question(scores, question, count):
    """[B] twice: the best score of each question's rows, and the first row that has it."""
    best = tf.math.segment_max(scores, question)
    rows = tf.range(tf.size(scores, tf.int64))
    candidates = tf.where(scores == tf.gather(best, question), rows, tf.int64.max)
    return best, tf.math.unsorted_segment_min(candidates, question, count)


def _where_present(places, pieces, has_answer):
    """int32 [B]: the places of these pieces, -1 where there is no answer."""
    safe = tf.where(has_answer, pieces, 0)
    padded = tf.concat([tf.cast(places, tf.int32), [-1]], axis=0)
    return tf.where(has_answer, tf.gather(padded, safe), -1)
