"""Entities of raw texts, in TensorFlow ops: what a SavedModel of `Ner` runs."""

import tensorflow as tf

from bert_tf.data.tagging import tagging_features
from bert_tf.tasks.entity_spans import entity_spans, tag_spans


def serve_entities(labels, is_plain, cut, run, tokenizer, max_seq_length):
    """The `text` function of a SavedModel; other arguments as of `Task.serve`.

    Texts are cut into words as the training data is; from there on all is as in prediction. Words
    without word pieces are in an entity only if it goes on around them. Texts of any length are
    taken, in several rows.

    Args:
        labels: The tags by number.
        is_plain: Whether they are no more than names, so that each word is an answer of its own.
        cut: The `WordCut`.

    Returns:
        A function from `text` [B] string to a dict of `count`, int32 [B], the number of entities in
        each text, and of [B, E], in the order of the text and filled up: `type` and `text` (string,
        ""), `score` (float32, 0; the mean probability of the tags), `start` and `end` (int32, -1;
        the half-open range in code points, as Python counts them in the decoded text).
    """

    def text(text):
        words, starts, ends = tokenizer.corpus_words(text, cut)
        features = tagging_features(tokenizer, words, max_seq_length)
        places, word_labels, word_scores = _tag(run, features)
        splits = tf.searchsorted(places, words.row_splits)
        find = tag_spans if is_plain else entity_spans
        spans = find(labels, word_labels, word_scores, tf.cast(splits, tf.int64))
        starts = tf.gather(starts.values, tf.gather(places, spans.first))
        ends = tf.gather(ends.values, tf.gather(places, spans.last))
        texts = tf.strings.unicode_transcode(text, "UTF-8", "UTF-8", errors="ignore")
        counts = spans.splits[1:] - spans.splits[:-1]
        entity_texts = tf.strings.substr(tf.repeat(texts, counts), starts, ends - starts, unit="UTF8_CHAR")

        def filled(values, filler):
            return tf.RaggedTensor.from_row_splits(values, spans.splits, validate=False).to_tensor(filler)

        return {
            "count": tf.cast(counts, tf.int32),
            "type": filled(spans.types, ""),
            "text": filled(entity_texts, ""),
            "score": filled(spans.scores, 0.0),
            "start": filled(starts, -1),
            "end": filled(ends, -1),
        }

    return text


def _tag(run, features):
    """What words with word pieces there are, in order, [K] int64; their tags, likewise, and scores, float32."""
    input_ids = features.input_ids
    outputs = run(
        {
            "input_ids": input_ids.to_tensor(),
            "input_mask": tf.ones_like(input_ids).to_tensor(),
            "segment_ids": tf.zeros_like(input_ids).to_tensor(),
        }
    )
    token_words = features.token_words.to_tensor(-1)
    is_word = token_words >= 0
    probabilities = tf.boolean_mask(outputs["probabilities"], is_word)
    return (
        tf.boolean_mask(token_words, is_word),
        tf.argmax(probabilities, axis=-1),
        tf.reduce_max(probabilities, axis=-1),
    )
