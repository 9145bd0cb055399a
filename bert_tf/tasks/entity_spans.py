"""From the tag of each word to entities, in TensorFlow ops."""

import dataclasses

import tensorflow as tf

from bert_tf.data.tag_schemes import OUTSIDE, in_bioes, split_tag


@dataclasses.dataclass(frozen=True)
class EntitySpans:
    """E entities in B texts of W words.

    Args:
        first, last: [E] int64, the numbers of an entity's first and last word.
        types: [E] string.
        scores: [E] float32, the mean over its words of their tags' probabilities.
        splits: [B + 1] int64, which entities are in each text.
    """

    first: tf.Tensor
    last: tf.Tensor
    types: tf.Tensor
    scores: tf.Tensor
    splits: tf.Tensor


def entity_spans(labels, word_labels, word_scores, word_splits):
    """Finds the entities as conlleval counts them, whatever the scheme and also out of order.

    An entity goes on until a word outside, one with another type, one whose tag begins an
    entity (`B`, `S`), or the word after one that ends it (`E`, `S`); so do the letters of other
    schemes that mean the same.

    Args:
        labels: The tags by number.
        word_labels: [W] integers.
        word_scores: [W] float32.
        word_splits: [B + 1] int64, which words are in each text.

    Returns:
        `EntitySpans`.
    """
    prefixes, types = zip(*(split_tag(in_bioes(label)) for label in labels))
    is_inside = _lookup([label != OUTSIDE for label in labels], word_labels)
    is_begin = _lookup([prefix in "BS" for prefix in prefixes], word_labels)
    is_end = _lookup([prefix in "ES" for prefix in prefixes], word_labels)
    type_numbers = _lookup([types.index(name) for name in types], word_labels)
    goes_on = _after(is_inside & ~is_end, False) & (_after(type_numbers, -1) == type_numbers) & ~is_begin
    is_first_of_text = tf.scatter_nd(
        word_splits[:, None], tf.ones_like(word_splits), tf.size(word_labels, tf.int64)[None] + 1
    )[:-1]
    begins = is_inside & (~goes_on | (is_first_of_text > 0))
    before = tf.concat([[0], tf.cumsum(tf.cast(begins, tf.int64))], axis=0)
    words = tf.where(is_inside)[:, 0]
    first = tf.where(begins)[:, 0]
    entities = tf.gather(before[1:], words) - 1
    return EntitySpans(
        first,
        tf.math.segment_max(words, entities),
        tf.gather(tf.constant(types), tf.gather(word_labels, first)),
        tf.math.segment_mean(tf.gather(word_scores, words), entities),
        tf.gather(before, word_splits),
    )


def tag_spans(labels, word_labels, word_scores, word_splits):
    """Takes every word that is not `O` for one of its own; arguments and result as of `entity_spans`."""
    is_tagged = _lookup([label != OUTSIDE for label in labels], word_labels)
    before = tf.concat([[0], tf.cumsum(tf.cast(is_tagged, tf.int64))], axis=0)
    words = tf.where(is_tagged)[:, 0]
    return EntitySpans(
        words,
        words,
        tf.gather(tf.constant(labels), tf.gather(word_labels, words)),
        tf.gather(word_scores, words),
        tf.gather(before, word_splits),
    )


def _lookup(of_labels, word_labels):
    return tf.gather(tf.constant(of_labels), word_labels)


def _after(values, first):
    """What each word's left neighbour has."""
    return tf.concat([tf.constant([first], values.dtype), values[:-1]], axis=0)
