"""Sentences of words to rows of pieces."""

import numpy as np
import pytest
import tensorflow as tf

from bert_tf.data.conll import ConllSentences
from bert_tf.data.pipelines import padded_batches
from bert_tf.data.tagging import encode_sentences, tagging_features
from bert_tf.errors import UserError


class Spelling:
    """A tokenizer whose pieces are a word's digits: "12" is the pieces 1 and 2, "-" is none."""

    cls_id, sep_id = 100, 101

    def __call__(self, texts):
        digits = tf.strings.bytes_split(tf.strings.regex_replace(texts, "-", ""))
        return tf.cast(tf.strings.to_number(digits, tf.int32), tf.int32)


def rows(sentences, max_seq_length):
    words = tf.ragged.constant([sentence.split() for sentence in sentences], dtype=tf.string)
    features = tagging_features(Spelling(), words, max_seq_length)
    return features.input_ids.to_list(), features.token_words.to_list()


def test_one_row_a_sentence():
    ids, words = rows(["12 3 456", "", "-", "7 - 89"], 10)
    assert ids == [[100, 1, 2, 3, 4, 5, 6, 101], [100, 101], [100, 101], [100, 7, 8, 9, 101]]
    assert words == [[-1, 0, -1, 1, 2, -1, -1, -1], [-1, -1], [-1, -1], [-1, 4, 6, -1, -1]]


def test_long_sentences_are_cut_between_words():
    ids, words = rows(["1 2", "12 34 56 78 9", "3"], 6)  # Room for 4: words of 2 pieces, 9 in all.
    assert [row[1:-1] for row in ids] == [[1, 2], [1, 2], [3, 4, 5, 6], [7, 8, 9], [3]]
    assert [row[1:-1] for row in words] == [[0, 1], [2, -1], [3, -1, 4, -1], [5, -1, 6], [7]]


def test_words_longer_than_a_row_are_cut_but_not_lost():
    ids, words = rows(["1 23456789 1"], 6)
    assert [row[1:-1] for row in ids] == [[1, 2, 3], [4, 5, 6], [7, 8, 9, 1]]
    assert [row[1:-1] for row in words] == [[0, 1, -1], [-1, -1, -1], [-1, -1, -1, 2]]


@pytest.mark.parametrize("max_seq_length", [3, 4, 7, 12, 64])
def test_every_piece_is_in_exactly_one_row(max_seq_length):
    rng = np.random.default_rng(max_seq_length)
    sentences = [
        " ".join(
            "".join(rng.choice(list("123"), rng.choice([1, 1, 1, 2, 4]))) for _ in range(rng.integers(40))
        )
        for _ in range(60)
    ]
    ids, words = rows(sentences, max_seq_length)
    assert max(map(len, ids)) <= max_seq_length
    pieces = [piece for row in ids for piece in row[1:-1]]
    assert pieces == [int(digit) for sentence in sentences for digit in sentence.replace(" ", "")]
    labelled = [word for row in words for word in row[1:-1] if word >= 0]
    assert labelled == list(range(sum(len(sentence.split()) for sentence in sentences)))
    assert all(row[0] == row[-1] == -1 for row in words)


def test_no_room():
    with pytest.raises(UserError, match="max_seq_length is 2: give at least 3"):
        rows(["1"], 2)


def test_labels_reach_the_batches():
    words = ["12", "-", "3", "4", "567"]
    sentences = ConllSentences("x", [], "\t", words, None, [1, 2, 3, 5, 6], [0, 3, 5])
    encoded = encode_sentences(Spelling(), sentences, [10, 11, 12, 13, 14], 8)
    assert len(encoded) == 2 and encoded.examples is sentences and encoded.num_truncated == 0
    assert encoded.token_words.tolist() == [-1, 0, -1, 2, -1, -1, 3, 4, -1, -1, -1]
    (batch,) = padded_batches(encoded, [0, 1], 2)
    assert batch["labels"].numpy().tolist() == [
        [-1, 10, -1, 12, -1, -1, -1, -1],
        [-1, 13, 14, -1, -1, -1, -1, -1],
    ]
    assert "labels" not in next(
        iter(padded_batches(encode_sentences(Spelling(), sentences, None, 8), [0], 1))
    )


def test_many_sentences():
    words = ["1", "23"] * 2500
    sentences = ConllSentences("x", [], "\t", words, None, [], [*range(0, 5001, 2)])
    encoded = encode_sentences(Spelling(), sentences, np.arange(5000), 8)
    assert encoded.token_words[encoded.token_words >= 0].tolist() == list(range(5000))
    assert encoded.token_labels[encoded.token_labels >= 0].tolist() == list(range(5000))
    assert encoded.lengths.tolist() == [5] * 2500
