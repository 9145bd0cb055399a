"""Raw text to words as a corpus of words and tags has them, as TensorFlow ops.

BERT's own words would not do: a corpus has `state-of-the-art`, `30,000` or `a.b@c.org` as one
word, and its tags are learnt for a word's first piece only. Corpora differ; a `WordCut` says how
one cuts, and by default:

- White space parts words, and every ideograph is a word.
- Punctuation (what BERT takes for it, so `$` too) at either end of what is left is a word each.
  `@` and `#` before a letter or digit stay with it: `@user`, `#tag`.
- The last slash of an address stays with it: `https://t.co/`.
- English endings after an apostrophe are words: `London's` is `London` and `'s`.
- Characters that BERT drops (control, format) are no part of a word, unless inside it.
"""

import dataclasses

import tensorflow as tf

from bert_tf.tokenization import code_points
from bert_tf.tokenization.character_classes import (
    CLASSES,
    DIGITS,
    IDEOGRAPHS,
    MARKS,
    class_ranges,
)
from bert_tf.tokenization.known_words import known_windows

# What becomes of punctuation: it parts words at the ends of what white space parts, everywhere, or nowhere.
OUTER, ALL, NONE = "outer", "all", "none"
_APOSTROPHES = "'’"


@dataclasses.dataclass(frozen=True)
class WordCut:
    """How a corpus cuts text into words.

    Args:
        alone: The classes (`character_classes.SEPARABLE`) of which every character is a word.
        punctuation: `OUTER`, `ALL` or `NONE`.
        inner: With `OUTER`, the punctuation that is a word inside a word too.
        sticky: With `OUTER`, the punctuation that belongs to the letter or digit it stands before.
        endings: With `OUTER`, the ends of a word that are words, in lower case.
        repeated: With `OUTER`, the punctuation of which several in a row are one word.
        kept: With `OUTER`, words that are not cut, and how often the corpus has each.
        kept_shapes: With `OUTER`, shapes (`known_words.shapes`) whose words are not cut.
    """

    alone: tuple[str, ...] = (IDEOGRAPHS,)
    punctuation: str = OUTER
    inner: str = ""
    sticky: str = "@#"
    endings: tuple[str, ...] = ("'s", "'m", "'d", "'t", "'re", "'ve", "'ll")
    repeated: str = ""
    kept: dict[str, int] = dataclasses.field(default_factory=dict)
    kept_shapes: tuple[str, ...] = ()

    def to_settings(self):
        """The cut in terms of JSON."""
        settings = dataclasses.asdict(self)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in settings.items()}

    @classmethod
    def from_settings(cls, settings):
        """The cut that `to_settings` noted."""
        return cls(
            **{name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
        )


def corpus_words(decoded, kinds, cut):
    """Cuts texts into words; see `InGraphTokenizer.corpus_words`.

    Args:
        decoded: [B, None] int32 ragged code points, N in all, a space after each text.
        kinds: [N] int8, `LETTER`, `ALONE`, … of `code_points`.
        cut: `WordCut`.

    Returns:
        Three [B, None] `tf.RaggedTensor`s: words (string), starts and ends (int32).
    """
    numbers = decoded.values
    begins, belongs = _borders(numbers, kinds, cut)
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


def _borders(numbers, kinds, cut):
    """[N] bool, which characters begin a word, and which belong to one."""
    starts, classes = class_ranges()
    classes = tf.gather(classes, tf.searchsorted(starts, numbers, side="right") - 1)
    is_dropped = kinds == code_points.DROPPED
    is_punctuation = (kinds == code_points.ALONE) & ~_of_class(classes, (IDEOGRAPHS,))
    is_alone, is_follower = _alone(classes, cut)
    is_alone |= is_punctuation & (cut.punctuation == ALL)
    is_outer = (kinds == code_points.SEPARATOR) | is_alone | is_follower
    is_loose = is_punctuation & (cut.punctuation == OUTER)
    is_firm = ~is_outer & ~is_loose & ~is_dropped
    is_firm |= _among(numbers, cut.sticky) & tf.concat([is_firm[1:], [False]], axis=0)
    # Between two outer characters, what lies from the first firm one to the last is a word.
    chunks = tf.cumsum(tf.cast(is_outer, tf.int32))
    is_firm |= is_loose & (numbers == ord("/")) & _in_address(numbers, chunks)
    places = tf.range(tf.size(numbers))
    first, last = _first_and_last(places, chunks, is_firm)
    is_known = tf.zeros_like(is_firm)
    if cut.kept or cut.kept_shapes:
        ends = _first_and_last(places, chunks, ~is_outer & ~is_dropped)
        is_digit = classes == CLASSES.index(DIGITS)
        is_letter = ~is_punctuation & ~is_dropped & (kinds != code_points.SEPARATOR)
        first, last, is_known = known_windows(numbers, (is_letter, is_digit), first, last, ends, cut)
    is_inside = ~is_outer & (places >= first) & (places <= last)
    is_single = is_loose & ~is_inside
    is_cut = is_inside & ~is_known & _cuts_inside(numbers, places, first, last, is_punctuation, cut)
    begins_single = is_single & ~(_among(numbers, cut.repeated) & _after(is_single) & _equals_last(numbers))
    begins = (is_inside & (places == first)) | is_cut | begins_single | is_alone
    return begins, is_inside | is_single | is_alone | is_follower


def _alone(classes, cut):
    """[N] bool, which characters are a word each, and which are marks that belong to the one before."""
    is_alone = _of_class(classes, cut.alone)
    if MARKS in cut.alone:
        return is_alone, tf.zeros_like(is_alone)
    is_mark = _of_class(classes, (MARKS,))
    bases = tf.where(~is_mark)[:, 0]
    base = tf.maximum(tf.cumsum(tf.cast(~is_mark, tf.int32)) - 1, 0)
    # A text may begin with a mark; a space ends every text, so there is a base somewhere.
    return is_alone, is_mark & (tf.cumsum(tf.cast(~is_mark, tf.int32)) > 0) & tf.gather(
        is_alone, tf.gather(bases, base)
    )


def _in_address(numbers, chunks):
    """[N] bool, which characters are in a chunk that holds `://`, where a last slash is no punctuation."""
    following = (tf.roll(numbers, -distance, axis=0) == ord("/") for distance in (1, 2))
    begins = _all([numbers == ord(":"), *following])
    held = tf.math.unsorted_segment_max(tf.cast(begins, tf.int32), chunks, tf.size(numbers) + 1)
    return tf.gather(held, chunks) > 0


def _first_and_last(places, chunks, wanted):
    """[N] int32: the first and the last wanted character of each one's chunk; first > last for none."""
    wanted_places, wanted_chunks = tf.boolean_mask(places, wanted), tf.boolean_mask(chunks, wanted)
    num_chunks = tf.size(places) + 1
    return (
        tf.gather(tf.math.unsorted_segment_min(wanted_places, wanted_chunks, num_chunks), chunks),
        tf.gather(tf.math.unsorted_segment_max(wanted_places, wanted_chunks, num_chunks), chunks),
    )


def _cuts_inside(numbers, places, first, last, is_punctuation, cut):
    """[N] bool: where endings of words begin, and inner punctuation and what comes after it."""
    found = [tf.zeros_like(is_punctuation)]
    for ending in cut.endings:
        is_ending = (places + len(ending) - 1 == last) & (places > first)
        for distance, char in enumerate(ending):
            is_ending &= _among(
                tf.roll(numbers, -distance, axis=0),
                _APOSTROPHES if char in _APOSTROPHES else char + char.upper(),
            )
        found.append(is_ending)
    if cut.inner:
        is_inner = is_punctuation & _among(numbers, cut.inner)
        found += [is_inner, _after(is_inner)]
    return _any(found)


def _of_class(classes, names):
    return _any([tf.zeros_like(classes, tf.bool), *(classes == CLASSES.index(name) for name in names)])


def _among(numbers, chars):
    return _any([tf.zeros_like(numbers, tf.bool), *(numbers == ord(char) for char in chars)])


def _after(values):
    """[N] bool, what each character's left neighbour has."""
    return tf.concat([[False], values[:-1]], axis=0)[: tf.size(values)]


def _equals_last(numbers):
    return tf.concat([[False], numbers[1:] == numbers[:-1]], axis=0)[: tf.size(numbers)]


def _all(conditions):
    return tf.reduce_all(tf.stack(conditions), axis=0)


def _any(conditions):
    return tf.reduce_any(tf.stack(conditions), axis=0)
