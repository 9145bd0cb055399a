"""Words with punctuation at their ends that a corpus does not cut, as TensorFlow ops: `U.S.`, `10%`.

They are looked up as they are and by their shapes, so that `U.N.` and `12%` are known with them.
"""

import tensorflow as tf

# How much punctuation before and after what is firm is tried.
_BEFORE, _AFTER = 2, 3
_LETTER, _DIGIT, _INITIAL = "w", "0", "U"
_HASHES = 2**63 - 1


def known_windows(numbers, kinds, first, last, ends, cut):
    """Widens the firm part of each chunk to the longest known word around it.

    Args:
        numbers: [N] int32 code points.
        kinds: Two [N] bool: whether it is neither punctuation nor blank, and whether a digit.
        first, last: [N] int32: where the firm part of each one's chunk begins and ends; first > last
            where there is none.
        ends: Two [N] int32: where the chunk itself does.
        cut: `WordCut`, with `kept` and `kept_shapes`.

    Returns:
        [N] int32 `first` and `last` as they are now, and [N] bool, whether this is a known word.
    """
    # One place of each chunk stands for all of it.
    places = tf.range(tf.size(numbers))
    chosen = tf.where(places == ends[0])[:, 0]
    firsts, lasts, begins, stops = (tf.gather(values, chosen) for values in (first, last, *ends))
    has_firm = firsts <= lasts
    codes = _shape_codes(numbers, *kinds)
    starts, finals, found = firsts, lasts, tf.zeros_like(has_firm)
    candidates = [(begins, stops, tf.ones_like(has_firm), ())]
    for before, after in sorted(
        ((before, after) for before in range(_BEFORE + 1) for after in range(_AFTER + 1)),
        key=sum,
        reverse=True,
    ):
        # Where there is less punctuation than that, this is the same window as a smaller one.
        fits = has_firm & (firsts - before >= begins) & (lasts + after <= stops)
        candidates.append((firsts - before, lasts + after, fits, cut.kept_shapes if before + after else ()))
    for left, right, fits, kept_shapes in candidates:
        left, right = tf.where(fits, left, 0), tf.where(fits, right, 0)
        is_known = _is_among(_strings(numbers, left, right), cut.kept)
        is_known |= _is_among(_shapes(codes, left, right), kept_shapes)
        is_new = is_known & fits & ~found
        starts, finals = tf.where(is_new, left, starts), tf.where(is_new, right, finals)
        found |= is_new
    rows = tf.cumsum(tf.cast(places == ends[0], tf.int32)) - 1
    # Characters before a chunk's first one, dropped ones, are in no window whatever they are given.
    rows = tf.clip_by_value(rows, 0, tf.maximum(tf.size(firsts) - 1, 0))
    return tuple(
        tf.gather(tf.concat([values, if_none], axis=0), rows)
        for values, if_none in ((starts, [1]), (finals, [0]), (found, [False]))
    )


def shapes(decoded, kinds):
    """The shape of each text: each run of letters as `w` and of digits as `0`, initials (`U.S.`) as `U`.

    Args:
        decoded: [B, None] int32 ragged code points, N in all, a space after each text.
        kinds: As of `known_windows`.

    Returns:
        [B] string.
    """
    starts, ends = tf.cast(decoded.row_starts(), tf.int32), tf.cast(decoded.row_limits(), tf.int32)
    return _shapes(_shape_codes(decoded.values, *kinds), starts, ends - 2)


def _shape_codes(numbers, is_letter, is_digit):
    """[N] int32 code points, of which runs of one make the shape."""
    before = tf.concat([[False], is_letter[:-1]], axis=0)[: tf.size(numbers)]
    dots = tf.concat([numbers[1:] == ord("."), [False]], axis=0)[: tf.size(numbers)]
    is_initial = is_letter & ~is_digit & ~before & dots
    is_initial |= tf.concat([[False], is_initial[:-1]], axis=0)[: tf.size(numbers)]
    codes = tf.where(is_letter, ord(_LETTER), numbers)
    codes = tf.where(is_digit, ord(_DIGIT), codes)
    return tf.where(is_initial, ord(_INITIAL), codes)


def _shapes(codes, firsts, lasts):
    windows = tf.ragged.range(firsts, lasts + 1)
    is_new = tf.gather(codes, windows.values) != tf.gather(codes, tf.maximum(windows.values - 1, 0))
    is_new |= windows.values == tf.gather(firsts, tf.cast(windows.value_rowids(), tf.int32))
    kept = tf.ragged.boolean_mask(tf.gather(codes, windows), windows.with_values(is_new))
    return tf.strings.unicode_encode(kept, "UTF-8")


def _strings(numbers, firsts, lasts):
    return tf.strings.unicode_encode(tf.gather(numbers, tf.ragged.range(firsts, lasts + 1)), "UTF-8")


def _is_among(strings, known):
    """[C] bool: whether each is one of the known strings, by 63 bits of a hash."""
    if not known:
        return tf.zeros(tf.shape(strings), tf.bool)
    with tf.init_scope():
        table = tf.sort(tf.strings.to_hash_bucket_fast(tf.constant(sorted(known)), _HASHES)).numpy()
    hashes = tf.strings.to_hash_bucket_fast(strings, _HASHES)
    places = tf.minimum(tf.searchsorted(table, hashes), len(table) - 1)
    return tf.gather(table, places) == hashes
