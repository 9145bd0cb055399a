"""Text in any script to words as TensorFlow ops: `reference.BasicTokenizer` in the graph."""

import dataclasses

import tensorflow as tf

from bert_tf.tokenization import code_points

_CAPITAL_SIGMA = ord("Σ")
_FINAL_SIGMA = ord("ς")
_COMBINING_CLASSES = 256  # 0 to 255


@dataclasses.dataclass(frozen=True)
class SpelledWords:
    """The words of B texts, with every character's way back to the text.

    Args:
        words: [B, None] string ragged, W words in all.
        characters: [W, None] int32 ragged, the code points of each word, C in all.
        origins: [C] int32, the code point of the texts that each of `characters` came from.
        original_kinds: [N] int8, kind of each code point of the texts, laid end to end, a space
            after each text.
        original_splits: [B + 1] int64, where each text begins among them.
    """

    words: tf.RaggedTensor
    characters: tf.RaggedTensor
    origins: tf.Tensor
    original_kinds: tf.Tensor
    original_splits: tf.Tensor


class UnicodeWords(tf.Module):
    """Cleans text, lower-cases it if asked, and splits it into words and punctuation.

    The code points of a whole batch are treated as one long row, and looked up in the
    table of `code_points.py`. Steps that few texts need run only where a text needs them.

    Args:
        do_lower_case: Whether to lower-case the text and strip its accents.
    """

    def __init__(self, do_lower_case):
        super().__init__(name="unicode_words")
        self._do_lower_case = do_lower_case
        table = code_points.code_point_table(do_lower_case)
        self._longest_expansion = int(table.length.max())
        self._table = {
            field.name: tf.constant(getattr(table, field.name)) for field in dataclasses.fields(table)
        }

    def __call__(self, texts):
        """The words of each text.

        Args:
            texts: [B] string, UTF-8; what is not UTF-8 is left out.

        Returns:
            [B, None] string `tf.RaggedTensor`.
        """
        return self.spell(texts).words

    def classify(self, texts):
        """The characters of each text and a space after it, and what kind of character each is.

        Args:
            texts: As above; N characters in all, the spaces included.

        Returns:
            [B, None] int32 ragged code points and [N] int8, `LETTER`, `ALONE`, … of `code_points`.
        """
        decoded = _decode(texts)
        return decoded, self._column("kind", self._rows(decoded.values))

    def spell(self, texts):
        """The words of each text as `SpelledWords`; `texts` as above."""
        decoded = _decode(texts)
        original_kinds, (numbers, kinds, origins, splits) = self._rewrite(decoded)
        starts = (kinds == code_points.ALONE) | (
            (kinds == code_points.LETTER) & (_shift(kinds, code_points.SEPARATOR) != code_points.LETTER)
        )
        kept = tf.where(kinds != code_points.SEPARATOR)[:, 0]
        word_splits = tf.concat([tf.where(tf.gather(starts, kept))[:, 0], [tf.size(kept, tf.int64)]], axis=0)
        characters = tf.RaggedTensor.from_row_splits(tf.gather(numbers, kept), word_splits, validate=False)
        words_before = tf.concat([[0], tf.cumsum(tf.cast(starts, tf.int64))], axis=0)
        words = tf.RaggedTensor.from_row_splits(
            tf.strings.unicode_encode(characters, "UTF-8"), tf.gather(words_before, splits), validate=False
        )
        return SpelledWords(words, characters, tf.gather(origins, kept), original_kinds, decoded.row_splits)

    def _rewrite(self, decoded):
        """Replaces each code point by what it becomes.

        Args:
            decoded: [B, None] int32 ragged code points, N in all, a space at the end of each row.

        Returns:
            [N] int8 kinds of the code points, and what they become: [M] int32 code points, [M] int8
            kinds (`LETTER`, `ALONE` or `SEPARATOR`), [M] int32 places among the N of where they came
            from, and [B + 1] int64 row splits.
        """
        rows = self._rows(decoded.values)
        kinds = self._column("kind", rows)
        numbers = decoded.values + self._column("delta", rows)
        if self._do_lower_case:
            numbers = tf.cond(
                tf.reduce_any(decoded.values == _CAPITAL_SIGMA),
                lambda: self._with_final_sigmas(decoded.values, rows, numbers),
                lambda: numbers,
            )
        return kinds, tf.cond(
            tf.reduce_any(kinds >= code_points.DROPPED),
            lambda: self._drop_and_expand(rows, kinds, numbers, decoded.row_splits),
            lambda: (numbers, kinds, tf.range(tf.size(rows)), decoded.row_splits),
        )

    def _with_final_sigmas(self, originals, rows, numbers):
        """`str.lower` makes a capital sigma final after a cased character if none follows."""
        contexts = self._column("sigma_context", rows)
        places = tf.where(contexts != code_points.IGNORED)
        contexts = tf.gather(contexts, places[:, 0])
        following = tf.concat([contexts[1:], [code_points.CASELESS]], axis=0)
        is_final = (
            (tf.gather(originals, places[:, 0]) == _CAPITAL_SIGMA)
            & (_shift(contexts, code_points.CASELESS) == code_points.CASED)
            & (following != code_points.CASED)
        )
        places = tf.boolean_mask(places, is_final)
        return tf.tensor_scatter_nd_update(numbers, places, tf.fill(tf.shape(places)[:1], _FINAL_SIGMA))

    def _drop_and_expand(self, rows, kinds, numbers, splits):
        """Replaces each of [N] numbers by the `length` ones from it on, M in all."""
        # Number i of N is given the `length` places from i * step on: each place tells
        # which number it comes from and how far behind it lies.
        step = self._longest_expansion
        first = tf.range(tf.size(rows)) * step
        places = tf.raw_ops.RaggedRange(starts=first, limits=first + self._column("length", rows), deltas=1)
        origins = places.rt_dense_values // step
        numbers = tf.gather(numbers, origins) + places.rt_dense_values % step
        kinds = tf.gather(kinds, origins)
        if self._do_lower_case:
            numbers, kinds, origins = tf.cond(
                tf.reduce_any(kinds >= code_points.EXPANDED),
                lambda: self._with_expansions(rows, origins, numbers, kinds),
                lambda: (numbers, kinds, origins),
            )
        return numbers, kinds, origins, tf.gather(places.rt_nested_splits, splits)

    def _with_expansions(self, rows, origins, numbers, kinds):
        """Looks up the [M] numbers that are no code points, and sorts what NFD sorts."""
        is_expanded = kinds >= code_points.EXPANDED
        places = tf.where(is_expanded, numbers - code_points.FIRST_EXPANSION, 0)
        letters = tf.where(is_expanded, tf.gather(self._table["expansions"], places), numbers)
        letter_kinds = tf.where(is_expanded, tf.constant(code_points.LETTER, tf.int8), kinds)
        classes = tf.where(is_expanded, tf.gather(self._table["combining_class"], places), 0)
        order = tf.cond(
            tf.reduce_any(kinds == code_points.MOVABLE),
            lambda: self._canonical_order(rows, origins, classes),
            lambda: tf.range(tf.size(numbers)),
        )
        return tf.gather(letters, order), tf.gather(letter_kinds, order), tf.gather(origins, order)

    def _canonical_order(self, rows, origins, classes):
        """NFD sorts what follows a starter by combining class (Unicode, section 3.11).

        Accents are gone by now; what is left to sort are the few letters with a class.
        """
        runs = tf.cumsum(tf.cast(self._column("is_starter", rows), tf.int64))
        keys = tf.gather(runs, origins) * _COMBINING_CLASSES + tf.cast(classes, tf.int64)
        return tf.argsort(keys, stable=True)

    def _rows(self, numbers):
        """The table's row of each code point."""
        pages = tf.gather(self._table["page_of"], tf.bitwise.right_shift(numbers, code_points.PAGE_BITS))
        in_page = tf.bitwise.bitwise_and(numbers, code_points.PAGE - 1)
        return tf.gather(self._table["pages"], pages * code_points.PAGE + in_page)

    def _column(self, name, rows):
        return tf.gather(self._table[name], rows)


def _decode(texts):
    # The space ends the last word of each text, and parts its marks from the next text's.
    return tf.strings.unicode_decode(texts + " ", "UTF-8", errors="ignore")


def _shift(values, first):
    """Each place's left neighbour."""
    return tf.concat([[first], values[:-1]], axis=0)
