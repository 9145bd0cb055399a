"""Raw text to words much as corpora of words and tags have them, as TensorFlow ops.

BERT's own words would not do: a corpus has `state-of-the-art`, `30,000` or `a.b@c.org` as one
word, and its tags are learnt for a word's first piece only. The rules:

- White space parts words, and every ideograph is a word.
- Punctuation (what BERT takes for it, so `$` too) at either end of what is left is a word each.
  `@` and `#` before a letter or digit stay with it: `@user`, `#tag`.
- English endings after an apostrophe are words: `London's` is `London` and `'s`.
- Characters that BERT drops (control, format) are no part of a word, unless inside it.
"""

import tensorflow as tf

from bert_tf.tokenization import code_points
from bert_tf.tokenization.unicode_rules import CHINESE_BLOCKS

_STICKY = (ord("@"), ord("#"))
_APOSTROPHES = (ord("'"), ord("’"))
_ENDINGS = ("s", "m", "d", "t", "re", "ve", "ll")


def corpus_words(decoded, kinds):
    """Cuts texts into words; see `InGraphTokenizer.corpus_words`.

    Args:
        decoded: [B, None] int32 ragged code points, N in all, a space after each text.
        kinds: [N] int8, `LETTER`, `ALONE`, … of `code_points`.

    Returns:
        Three [B, None] `tf.RaggedTensor`s: words (string), starts and ends (int32).
    """
    numbers = decoded.values
    begins, belongs = _borders(numbers, kinds)
    places = tf.range(tf.size(numbers))
    starts = tf.boolean_mask(places, begins)
    words_before = tf.cumsum(tf.cast(begins, tf.int32))
    words = tf.boolean_mask(words_before - 1, belongs)
    ends = tf.math.segment_max(tf.boolean_mask(places, belongs), words) + 1
    characters = tf.gather(numbers, tf.ragged.range(starts, ends, row_splits_dtype=tf.int64))
    splits = tf.gather(tf.concat([[0], words_before], axis=0), decoded.row_splits)
    text_starts = tf.repeat(tf.cast(decoded.row_starts(), tf.int32), splits[1:] - splits[:-1])
    return tuple(
        tf.RaggedTensor.from_row_splits(values, tf.cast(splits, tf.int64), validate=False)
        for values in (
            tf.strings.unicode_encode(characters, "UTF-8"),
            starts - text_starts,
            ends - text_starts,
        )
    )


def _borders(numbers, kinds):
    """[N] bool, which characters begin a word, and which belong to one."""
    is_ideograph = _any([(numbers >= first) & (numbers <= last) for first, last in CHINESE_BLOCKS])
    is_outer = (kinds == code_points.SEPARATOR) | is_ideograph
    is_firm = ~is_outer & (kinds != code_points.ALONE) & (kinds != code_points.DROPPED)
    is_firm |= _among(numbers, _STICKY) & tf.concat([is_firm[1:], [False]], axis=0)
    # Between two outer characters, what lies from the first firm one to the last is a word.
    chunks = tf.cumsum(tf.cast(is_outer, tf.int32))
    places = tf.range(tf.size(numbers))
    firm_places, firm_chunks = tf.boolean_mask(places, is_firm), tf.boolean_mask(chunks, is_firm)
    num_chunks = tf.size(numbers) + 1
    first = tf.gather(tf.math.unsorted_segment_min(firm_places, firm_chunks, num_chunks), chunks)
    last = tf.gather(tf.math.unsorted_segment_max(firm_places, firm_chunks, num_chunks), chunks)
    is_inside = ~is_outer & (places >= first) & (places <= last)
    is_single = (kinds == code_points.ALONE) & ~is_inside
    begins = is_inside & ((places == first) | _begins_ending(numbers, places, last))
    return begins | is_single, is_inside | is_single


def _begins_ending(numbers, places, last):
    """[N] bool: the apostrophes of `_ENDINGS`, where those end the word."""
    found = []
    for ending in _ENDINGS:
        is_ending = places + len(ending) == last
        for distance, letter in enumerate(ending, start=1):
            following = tf.roll(numbers, -distance, axis=0)
            is_ending &= (following == ord(letter)) | (following == ord(letter.upper()))
        found.append(is_ending)
    return _among(numbers, _APOSTROPHES) & _any(found)


def _among(numbers, wanted):
    return _any([numbers == number for number in wanted])


def _any(conditions):
    return tf.reduce_any(tf.stack(conditions), axis=0)
