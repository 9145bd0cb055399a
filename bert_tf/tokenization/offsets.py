"""From word pieces back to the characters of the text that they stand for, as TensorFlow ops."""

import tensorflow as tf

from bert_tf.tokenization import code_points


def piece_ranges(spelled, first_bytes):
    """The range of code points that each piece came from.

    Args:
        spelled: `SpelledWords` of B texts, W words and C characters.
        first_bytes: [W, None] int64 ragged, where each word's pieces begin in its UTF-8, P in all.
            The pieces of a word follow one another without a gap.

    Returns:
        [P] int32 starts and [P] int32 ends, each counted from the beginning of its text.
    """
    first_characters = _first_characters(spelled.characters, first_bytes)
    num_characters = tf.size(spelled.origins, tf.int64)
    lengths = tf.concat([first_characters[1:], [num_characters]], axis=0) - first_characters
    pieces = tf.repeat(tf.range(tf.size(lengths)), lengths)
    # Not the first and the last character alone: canonical order may have moved them.
    starts = tf.math.segment_min(spelled.origins, pieces)
    ends = tf.math.segment_max(tf.gather(_ends(spelled.original_kinds), spelled.origins), pieces)
    text_starts = _text_starts(spelled.original_splits, starts)
    return starts - text_starts, ends - text_starts


def _first_characters(characters, first_bytes):
    """[P] int64: the first of the C characters of each piece."""
    numbers = characters.values
    sizes = 1 + sum(tf.cast(numbers >= least, tf.int64) for least in (0x80, 0x800, 0x10000))
    character_of_byte = tf.repeat(tf.range(tf.size(numbers, tf.int64)), sizes)
    bytes_before = tf.concat([[0], tf.cumsum(sizes)], axis=0)
    word_bytes = tf.gather(bytes_before, characters.row_starts())
    words = first_bytes.value_rowids()
    return tf.gather(character_of_byte, tf.gather(word_bytes, words) + first_bytes.values)


def _ends(kinds):
    """[N] int32: where each code point ends, the accents that are stripped after it included."""
    places = tf.range(tf.size(kinds))
    leaves_something = (kinds != code_points.DROPPED) & (kinds != code_points.STRIPPED)
    # An accent's host is the last place before it that leaves something, by number; -1 if none does.
    hosts = tf.cumsum(tf.cast(leaves_something, tf.int32)) - 1
    # What is dropped ends nothing: a negative number is passed over.
    ending = tf.where(kinds == code_points.DROPPED, -1, hosts)
    last_places = tf.math.unsorted_segment_max(places, ending, tf.size(kinds))
    return tf.gather(last_places, tf.maximum(hosts, 0)) + 1


def _text_starts(splits, places):
    """[P] int32: where the text of each place begins."""
    splits = tf.cast(splits, tf.int32)
    return tf.gather(splits, tf.searchsorted(splits, places, side="right") - 1)
