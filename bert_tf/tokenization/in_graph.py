"""BERT's tokenizer as TensorFlow ops: what training, evaluation, serving and SavedModels run.

It gives the ids of `reference.FullTokenizer` for every input. Text of printable ASCII, the
common case, is lower-cased and split by TensorFlow's string ops; any other text goes through a
table with a row for each code point. The words of both are cut into pieces by TensorFlow Text.
"""

import dataclasses
import functools

import tensorflow as tf
import tensorflow_text as tf_text

from bert_tf.tokenization import code_points
from bert_tf.tokenization.reference import MAX_INPUT_CHARS_PER_WORD
from bert_tf.tokenization.vocabulary import CLS, MASK, PAD, SEP, UNK, load_vocab

_PLAIN_TEXT = r"[\t\n\r -~]*"
_BYTES_PER_CHAR = 4  # of UTF-8, at most
_CAPITAL_SIGMA = ord("Σ")
_FINAL_SIGMA = ord("ς")
# More than any canonical combining class.
_COMBINING_CLASSES = 256


class InGraphTokenizer(tf.Module):
    """Text to ids, on the CPU, in eager code, `tf.data`, `tf.function` and SavedModels alike.

    A SavedModel that holds one needs `import tensorflow_text` before it is loaded.

    Args:
        vocab_file: Path of vocab.txt.
        do_lower_case: Whether to lower-case the text and strip its accents; must be
            what the checkpoint was trained with.

    Attributes:
        vocab_size: Number of word pieces.
        pad_id, unk_id, cls_id, sep_id, mask_id: Ids of the special tokens.

    Raises:
        UserError: If the vocabulary is wrong, see `vocabulary.load_vocab`.
    """

    def __init__(self, vocab_file, do_lower_case=True):
        super().__init__(name="tokenizer")
        vocabulary = load_vocab(vocab_file)
        self.do_lower_case = do_lower_case
        self.vocab_size = len(vocabulary)
        self.pad_id, self.unk_id, self.cls_id, self.sep_id, self.mask_id = (
            vocabulary.ids[token] for token in (PAD, UNK, CLS, SEP, MASK))
        # Eager tensors are captured, not copied: a SavedModel holds each once however often it is used.
        with tf.init_scope(), tf.device("/CPU:0"):
            table = code_points.code_point_table(do_lower_case)
            self._table = {field.name: tf.constant(getattr(table, field.name))
                           for field in dataclasses.fields(table)}
            self._longest_expansion = int(table.length.max())
            pieces = functools.partial(tf_text.FastWordpieceTokenizer, _matchable(vocabulary),
                                       token_out_type=tf.int32, unknown_token=UNK)
            self._plain_pieces = pieces(max_bytes_per_word=MAX_INPUT_CHARS_PER_WORD)
            self._word_pieces = pieces(max_bytes_per_word=MAX_INPUT_CHARS_PER_WORD * _BYTES_PER_CHAR,
                                       no_pretokenization=True)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)], autograph=False)
    def __call__(self, texts):
        """The ids of each text, without special tokens.

        Args:
            texts: [B] string, UTF-8; what is not UTF-8 is left out.

        Returns:
            [B, None] int32 `tf.RaggedTensor`.
        """
        with tf.device("/CPU:0"):
            is_plain = tf.strings.regex_full_match(texts, _PLAIN_TEXT)
            return tf.cond(tf.reduce_all(is_plain),
                           lambda: self._plain_ids(texts),
                           lambda: self._mixed_ids(texts, is_plain))

    def _mixed_ids(self, texts, is_plain):
        ids = tf.concat([self._plain_ids(tf.boolean_mask(texts, is_plain)),
                         self._unicode_ids(tf.boolean_mask(texts, ~is_plain))], axis=0)
        rows = tf.concat([tf.where(is_plain), tf.where(~is_plain)], axis=0)[:, 0]
        return tf.gather(ids, tf.math.invert_permutation(rows))

    def _plain_ids(self, texts):
        return self._plain_pieces.tokenize(tf.strings.lower(texts) if self.do_lower_case else texts)

    def _unicode_ids(self, texts):
        words = self._unicode_words(texts)
        lengths = tf.strings.length(words.values, unit="UTF8_CHAR")
        known = tf.where(lengths > MAX_INPUT_CHARS_PER_WORD, UNK, words.values)
        pieces = self._word_pieces.tokenize(known)
        return tf.RaggedTensor.from_row_splits(
            pieces.values, tf.gather(pieces.row_splits, words.row_splits), validate=False)

    def _unicode_words(self, texts):
        # The space ends the last word of each text, so that the code points of
        # all texts can be treated as one long row.
        decoded = tf.strings.unicode_decode(texts + " ", "UTF-8", errors="ignore")
        numbers, kinds, splits = self._rewrite(decoded)
        starts = (kinds == code_points.ALONE) | (
            (kinds == code_points.LETTER) & (_shift(kinds, code_points.SEPARATOR) != code_points.LETTER))
        kept = tf.where(kinds != code_points.SEPARATOR)[:, 0]
        word_splits = tf.concat([tf.where(tf.gather(starts, kept))[:, 0], [tf.size(kept, tf.int64)]], axis=0)
        words = tf.strings.unicode_encode(
            tf.RaggedTensor.from_row_splits(tf.gather(numbers, kept), word_splits, validate=False), "UTF-8")
        return tf.RaggedTensor.from_row_splits(words, tf.gather(_counts(starts), splits), validate=False)

    def _rewrite(self, decoded):
        """Cleans code points, and lower-cases and strips them if asked.

        Args:
            decoded: [B, None] int32 code points, each row with a space at its end.

        Returns:
            [M] int32 code points, [M] int8 kinds (`LETTER`, `ALONE` or `SEPARATOR`) and
            [B + 1] int64 row splits.
        """
        rows = self._rows(decoded.values)
        kinds = self._column("kind", rows)
        numbers = decoded.values + self._column("delta", rows)
        if self.do_lower_case:
            numbers = tf.cond(tf.reduce_any(decoded.values == _CAPITAL_SIGMA),
                              lambda: self._with_final_sigmas(decoded.values, rows, numbers),
                              lambda: numbers)
        return tf.cond(tf.reduce_any(kinds >= code_points.DROPPED),
                       lambda: self._drop_and_expand(rows, kinds, numbers, decoded.row_splits),
                       lambda: (numbers, kinds, decoded.row_splits))

    def _with_final_sigmas(self, code_points_in, rows, numbers):
        """`str.lower` makes a capital sigma final after a cased character that none follows."""
        contexts = self._column("sigma_context", rows)
        places = tf.where(contexts != code_points.IGNORED)
        contexts = tf.gather(contexts, places[:, 0])
        is_final = ((tf.gather(code_points_in, places[:, 0]) == _CAPITAL_SIGMA)
                    & (_shift(contexts, code_points.CASELESS) == code_points.CASED)
                    & (tf.concat([contexts[1:], [code_points.CASELESS]], axis=0) != code_points.CASED))
        places = tf.boolean_mask(places, is_final)
        return tf.tensor_scatter_nd_update(numbers, places, tf.fill(tf.shape(places)[:1], _FINAL_SIGMA))

    def _drop_and_expand(self, rows, kinds, numbers, splits):
        """Replaces each number by the `length` ones from it on; then reorders if need be."""
        first = tf.range(tf.size(rows)) * self._longest_expansion
        ranges = tf.raw_ops.RaggedRange(
            starts=first, limits=first + self._column("length", rows), deltas=1)
        origins, offsets = (ranges.rt_dense_values // self._longest_expansion,
                            ranges.rt_dense_values % self._longest_expansion)
        splits = tf.gather(ranges.rt_nested_splits, splits)
        numbers, kinds = tf.gather(numbers, origins) + offsets, tf.gather(kinds, origins)
        if self.do_lower_case:
            numbers, kinds = tf.cond(tf.reduce_any(kinds >= code_points.EXPANDED),
                                     lambda: self._expand(rows, origins, numbers, kinds),
                                     lambda: (numbers, kinds))
        return numbers, kinds, splits

    def _expand(self, rows, origins, numbers, kinds):
        places = tf.maximum(numbers - code_points.FIRST_EXPANSION, 0)
        is_expanded = kinds >= code_points.EXPANDED
        letters = tf.where(is_expanded, tf.gather(self._table["expansions"], places), numbers)
        classes = tf.where(is_expanded, tf.gather(self._table["combining_class"], places), 0)
        letter_kinds = tf.where(is_expanded, tf.constant(code_points.LETTER, tf.int8), kinds)
        order = tf.cond(tf.reduce_any(kinds == code_points.MOVABLE),
                        lambda: self._canonical_order(rows, origins, classes),
                        lambda: tf.range(tf.size(numbers)))
        return tf.gather(letters, order), tf.gather(letter_kinds, order)

    def _canonical_order(self, rows, origins, classes):
        """NFD sorts what follows a starter by combining class (Unicode, section 3.11).

        Accents sort among themselves and are gone by now; the few letters that have
        a class (`MOVABLE`) are left to be sorted.
        """
        runs = tf.cumsum(tf.cast(self._column("is_starter", rows), tf.int64))
        keys = tf.gather(runs, origins) * _COMBINING_CLASSES + tf.cast(classes, tf.int64)
        return tf.argsort(keys, stable=True)

    def _rows(self, numbers):
        pages = tf.gather(self._table["page_of"], tf.bitwise.right_shift(numbers, 7))
        return tf.gather(self._table["pages"], pages * 128 + tf.bitwise.bitwise_and(numbers, 127))

    def _column(self, name, rows):
        return tf.gather(self._table[name], rows)


def _matchable(vocabulary):
    """The pieces by id, with a placeholder for those that no word can match.

    TensorFlow Text wants them distinct, and one with white space inside would mislead it. The
    placeholder begins with a control character, which no cleaned text has.
    """
    return [token if vocabulary.ids[token] == index and len(token.split()) == 1 else f"\1{index}"
            for index, token in enumerate(vocabulary.tokens)]


def _shift(values, first):
    """Each place's left neighbour."""
    return tf.concat([[first], values[:-1]], axis=0)


def _counts(is_counted):
    """How many are true before each place, and at the end all of them: [N] bool to [N + 1] int64."""
    return tf.concat([[0], tf.cumsum(tf.cast(is_counted, tf.int64))], axis=0)
