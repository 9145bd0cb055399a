"""Sentences of words to rows of word pieces, of which each word's first one is to be labelled."""

import dataclasses

import numpy as np
import tensorflow as tf

from bert_tf.data.pipelines import EncodedExamples
from bert_tf.errors import UserError

_ENCODE_SENTENCES = 1024
# For [CLS] and [SEP].
_SPECIAL = 2


@dataclasses.dataclass(frozen=True)
class TaggingFeatures:
    """What `tagging_features` returns.

    Args:
        input_ids: [R, None] int32 ragged, `[CLS] pieces [SEP]`.
        token_words: [R, None] int64 ragged, for a word's first piece the word's number among all
            words of the batch, -1 for any other token.
    """

    input_ids: tf.RaggedTensor
    token_words: tf.RaggedTensor


def tagging_features(tokenizer, words, max_seq_length):
    """The rows of some sentences, in order.

    A sentence that is too long for one row takes several of about equal length, cut between
    words; every piece is in exactly one row. One without pieces has a row of its own too.

    Args:
        tokenizer: An `InGraphTokenizer`, or what else turns [W] string into [W, None] int32
            ragged ids and has the attributes `cls_id` and `sep_id`.
        words: [B, None] string ragged, W words in all.
        max_seq_length: Longest row in word pieces, [CLS] and [SEP] included.

    Returns:
        `TaggingFeatures` of R >= B rows.

    Raises:
        UserError: If there is no room beside [CLS] and [SEP].
    """
    if max_seq_length <= _SPECIAL:
        raise UserError(f"max_seq_length is {max_seq_length}: give at least 3, for [CLS], a piece and [SEP]")
    with tf.device("/CPU:0"):
        pieces = tokenizer(words.values)
        owners = pieces.value_rowids()
        is_first = tf.range(tf.size(owners, tf.int64)) == tf.gather(pieces.row_starts(), owners)
        splits = _row_splits(pieces, words.row_splits, max_seq_length - _SPECIAL)
        return TaggingFeatures(
            _framed(pieces.values, splits, tokenizer.cls_id, tokenizer.sep_id),
            _framed(tf.where(is_first, owners, -1), splits, -1, -1),
        )


def _row_splits(pieces, word_splits, room):
    """[R + 1] int64: where each row begins among the pieces of all sentences.

    A sentence is cut at even distances, each cut moved back to where its word begins. A row
    grows by that, at most by one piece less than the longest word has; so much shorter are the
    distances than the room. Only where a word has more pieces than half of the room, words are
    cut too.
    """
    sentence_splits = tf.gather(pieces.row_splits, word_splits)
    lengths = sentence_splits[1:] - sentence_splits[:-1]
    word_lengths = tf.RaggedTensor.from_row_splits(pieces.row_lengths(), word_splits, validate=False)
    longest = tf.maximum(tf.reduce_max(word_lengths, axis=1), 1)
    keeps_words = longest <= room // 2
    distances = tf.where(keeps_words, room - longest + 1, room)
    counts = tf.maximum(-(-lengths // distances), 1)
    sentences = tf.repeat(tf.range(tf.size(counts)), counts)
    numbers = tf.ragged.range(counts).values
    cuts = numbers * tf.gather(lengths, sentences) // tf.gather(counts, sentences)
    cuts += tf.gather(sentence_splits, sentences)
    # Where the word of each piece begins; a cut may also stand behind the last piece.
    begins = tf.concat(
        [tf.gather(pieces.row_starts(), pieces.value_rowids()), pieces.row_splits[-1:]], axis=0
    )
    starts = tf.where(tf.gather(keeps_words, sentences), tf.gather(begins, cuts), cuts)
    return tf.concat([starts, pieces.row_splits[-1:]], axis=0)


def _framed(values, splits, first, last):
    """[R, None] ragged rows of values with one more at either end."""
    rows = tf.RaggedTensor.from_row_splits(values, splits, validate=False)
    column = tf.ones([rows.nrows(), 1], values.dtype)
    return tf.concat([column * first, rows, column * last], axis=1)


@dataclasses.dataclass(frozen=True)
class EncodedSentences(EncodedExamples):
    """Rows of pieces that know their words.

    Args:
        token_words: int64 [tokens], the word that a token is the first piece of, by its number
            among all words of all sentences; -1 for other tokens. Some words have no piece.
    """

    token_words: np.ndarray | None = None


def encode_sentences(tokenizer, sentences, word_labels, max_seq_length):
    """Turns sentences into rows, many at a time.

    Args:
        tokenizer: As of `tagging_features`.
        sentences: `ConllSentences`.
        word_labels: [words] integers, or None.
        max_seq_length: As of `tagging_features`.

    Returns:
        `EncodedSentences`, at least one row a sentence, in the same order.
    """
    words = tf.RaggedTensor.from_row_splits(
        tf.constant(sentences.words), tf.constant(sentences.splits, tf.int64), validate=False
    )

    @tf.function(input_signature=[tf.RaggedTensorSpec([None, None], tf.string)])
    def encode(words):
        features = tagging_features(tokenizer, words, max_seq_length)
        return features.input_ids.values, features.input_ids.row_lengths(), features.token_words.values

    ids, lengths, token_words = [], [], []
    for start in range(0, len(sentences), _ENCODE_SENTENCES):
        batch = encode(words[start : start + _ENCODE_SENTENCES])
        of_batch = batch[2].numpy()
        ids.append(batch[0].numpy())
        lengths.append(batch[1].numpy())
        token_words.append(np.where(of_batch < 0, -1, of_batch + sentences.splits[start]))
    ids, lengths, token_words = map(np.concatenate, (ids, lengths, token_words))
    return EncodedSentences(
        ids,
        np.zeros_like(ids),
        np.concatenate([[0], np.cumsum(lengths)]),
        labels=None,
        num_truncated=0,
        examples=sentences,
        token_labels=None if word_labels is None else _token_labels(np.asarray(word_labels), token_words),
        token_words=token_words,
    )


def _token_labels(word_labels, token_words):
    return np.where(token_words < 0, -1, word_labels[token_words]).astype(np.int32)
