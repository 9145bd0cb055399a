"""Entities of raw texts, in TensorFlow ops: what a SavedModel of `Ner` runs."""

import tensorflow as tf

from bert_tf.data.tagging import tagging_features
from bert_tf.tasks.entity_spans import entity_spans


def serve_entities(labels, run, tokenizer, max_seq_length):
    """The `text` function of a SavedModel; arguments as of `Task.serve`.

    Texts are cut into words by `InGraphTokenizer.corpus_words`, which comes close to what corpora
    have; from there on all is as in training. Texts of any length are taken, in several rows.

    Args:
        labels: The tags by number, `O` first.

    Returns:
        A function from `text` [B] string to a dict of `count`, int32 [B], the number of entities in
        each text, and of [B, E], in the order of the text and filled up: `type` and `text` (string,
        ""), `score` (float32, 0; the mean probability of the tags), `start` and `end` (int32, -1;
        the half-open range in code points, as Python counts them in the decoded text).
    """

    def text(text):
        words, starts, ends = tokenizer.corpus_words(text)
        word_labels, word_scores = _tag(run, tagging_features(tokenizer, words, max_seq_length), words)
        spans = entity_spans(labels, word_labels, word_scores, words.row_splits)
        starts, ends = tf.gather(starts.values, spans.first), tf.gather(ends.values, spans.last)
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


def _tag(run, features, words):
    """[W] int64 numbers of the likeliest tags and [W] float32 their probabilities.

    Words without word pieces are outside, for certain.
    """
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
    places = tf.boolean_mask(token_words, is_word)[:, None]
    num_words = tf.size(words.values, tf.int64)[None]
    labels = tf.scatter_nd(places, tf.argmax(probabilities, axis=-1), num_words)
    ones = tf.ones(num_words)
    return labels, tf.tensor_scatter_nd_update(ones, places, tf.reduce_max(probabilities, axis=-1))
