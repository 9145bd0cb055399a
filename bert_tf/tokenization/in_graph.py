"""BERT's tokenizer as TensorFlow ops: what training, evaluation, serving and SavedModels run.

It gives the ids of `reference.FullTokenizer` for every input. Lines of printable ASCII, the
common case, are one op of TensorFlow Text; in any other, the words are found first.
"""

import functools

import tensorflow as tf
import tensorflow_text as tf_text

from bert_tf.tokenization.corpus_words import WordCut, corpus_words
from bert_tf.tokenization.offsets import piece_ranges
from bert_tf.tokenization.reference import MAX_INPUT_CHARS_PER_WORD
from bert_tf.tokenization.unicode_words import UnicodeWords
from bert_tf.tokenization.vocabulary import CLS, MASK, PAD, SEP, UNK, load_vocab

_PLAIN_TEXT = r"[\t\n\r -~]*"
_BYTES_PER_CHAR = 4  # of UTF-8, at most


class InGraphTokenizer(tf.Module):
    """Text to ids, on the CPU, in eager code, `tf.data`, `tf.function` and SavedModels alike.

    A SavedModel that holds one needs `import tensorflow_text` before it is loaded.

    Args:
        vocab_file: Path of vocab.txt.
        do_lower_case: Whether to lower-case the text and strip its accents; must be
            what the checkpoint was trained with.

    Attributes:
        vocab_size: Number of word pieces.
        pad_id, unk_id, cls_id, sep_id, mask_id: Ids of the special tokens. Without [PAD] it is 0, as Google
            pads; without [MASK] None.

    Raises:
        UserError: If the vocabulary is wrong, see `vocabulary.load_vocab`.
    """

    def __init__(self, vocab_file, do_lower_case=True):
        super().__init__(name="tokenizer")
        vocabulary = load_vocab(vocab_file)
        self.do_lower_case = do_lower_case
        self.vocab_size = len(vocabulary)
        self.unk_id, self.cls_id, self.sep_id = (vocabulary.ids[token] for token in (UNK, CLS, SEP))
        self.pad_id, self.mask_id = vocabulary.ids.get(PAD, 0), vocabulary.ids.get(MASK)
        # Eager tensors are captured, not copied: a SavedModel holds each once however often it is used.
        with tf.init_scope(), tf.device("/CPU:0"):
            self._unicode_words = UnicodeWords(do_lower_case)
            pieces = functools.partial(
                tf_text.FastWordpieceTokenizer,
                _matchable(vocabulary),
                token_out_type=tf.int32,
                unknown_token=UNK,
            )
            self._plain_pieces = pieces(max_bytes_per_word=MAX_INPUT_CHARS_PER_WORD)
            self._word_pieces = pieces(
                max_bytes_per_word=MAX_INPUT_CHARS_PER_WORD * _BYTES_PER_CHAR, no_pretokenization=True
            )

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
            return tf.cond(
                tf.reduce_all(is_plain),
                lambda: self._plain_ids(texts),
                lambda: self._mixed_ids(texts, is_plain),
            )

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)], autograph=False)
    def tokenize_with_offsets(self, texts):
        """The ids of each text, and the characters that each piece stands for.

        A range covers every character that the piece's own came from. Of one that becomes several
        (`한` when lower-cased: three letters) each piece has it whole, so ranges may overlap. An
        accent that is stripped belongs to the character before it, across dropped ones. Other
        dropped characters belong to no piece, but may lie within one's range. No range of a word's
        piece reaches beyond the word, except for accents that are stripped after it.

        Args:
            texts: As of `__call__`.

        Returns:
            Three [B, None] int32 `tf.RaggedTensor`s: ids, those of `__call__`; starts and ends, the
            half-open ranges in code points, Python's indices of the `str` that the text decodes to
            (what is not UTF-8 is left out and not counted).
        """
        with tf.device("/CPU:0"):
            spelled = self._unicode_words.spell(texts)
            pieces, first_bytes, _ = self._word_pieces.tokenize_with_offsets(_known(spelled.words.values))
            starts, ends = piece_ranges(spelled, pieces.with_values(first_bytes.values))
            splits = tf.gather(pieces.row_splits, spelled.words.row_splits)
            return tuple(
                tf.RaggedTensor.from_row_splits(values, splits, validate=False)
                for values in (pieces.values, starts, ends)
            )

    def corpus_words(self, texts, cut=None):
        """The words of each text, much as corpora of words and tags cut them: see `corpus_words.py`.

        Args:
            texts: As of `__call__`.
            cut: `WordCut`, by default one that suits many corpora.

        Returns:
            [B, None] string `tf.RaggedTensor` of words, each a piece of the text as it stands; and
            two of int32, starts and ends of the words in code points, as of `tokenize_with_offsets`.
        """
        with tf.device("/CPU:0"):
            decoded, kinds = self._unicode_words.classify(tf.convert_to_tensor(texts, tf.string))
            return corpus_words(decoded, kinds, cut or WordCut())

    def _mixed_ids(self, texts, is_plain):
        ids = tf.concat(
            [
                self._plain_ids(tf.boolean_mask(texts, is_plain)),
                self._unicode_ids(tf.boolean_mask(texts, ~is_plain)),
            ],
            axis=0,
        )
        rows = tf.concat([tf.where(is_plain), tf.where(~is_plain)], axis=0)[:, 0]
        return tf.gather(ids, tf.math.invert_permutation(rows))

    def _plain_ids(self, texts):
        return self._plain_pieces.tokenize(tf.strings.lower(texts) if self.do_lower_case else texts)

    def _unicode_ids(self, texts):
        words = self._unicode_words(texts)
        pieces = self._word_pieces.tokenize(_known(words.values))
        return tf.RaggedTensor.from_row_splits(
            pieces.values, tf.gather(pieces.row_splits, words.row_splits), validate=False
        )


def _known(words):
    """[W] string words, [UNK] for each that is too long to be cut into pieces."""
    return tf.where(tf.strings.length(words, unit="UTF8_CHAR") > MAX_INPUT_CHARS_PER_WORD, UNK, words)


def _matchable(vocabulary):
    """The pieces by id, with a placeholder for those that no word can match.

    TensorFlow Text wants them distinct, and one with white space inside would mislead it. The
    placeholder begins with a control character, which no cleaned text has.
    """
    return [
        token if vocabulary.ids[token] == index and len(token.split()) == 1 else f"\1{index}"
        for index, token in enumerate(vocabulary.tokens)
    ]
