"""Tokenizing word by word."""

import numpy as np
import pytest

from bert_tf.data.word_pieces import tokenize_by_words
from bert_tf.tokenization.in_graph import InGraphTokenizer


@pytest.fixture
def tokenizer(tmp_path):
    vocab = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "##s", ",", "sat"]
    (tmp_path / "vocab.txt").write_text("\n".join(vocab) + "\n")
    return InGraphTokenizer(str(tmp_path / "vocab.txt"))


def test_pieces_words_and_texts(tokenizer):
    asked = []

    def counting(words):
        asked.extend(words)
        return tokenizer(words)

    texts = ["The cats, sat", "", "\u200b cats", "x"]
    tokenized = tokenize_by_words(counting, str.split, iter(texts))
    assert sorted(asked) == sorted(["The", "cats,", "sat", "\u200b", "cats", "x"])  # Each once.
    pieces = [[array.tolist() for array in tokenized.of(text)] for text in range(4)]
    assert pieces == [
        [[5, 6, 7, 8, 9], [0, 1, 1, 1, 2]],
        [[], []],
        [[6, 7], [1, 1]],  # The first word leaves nothing.
        [[1], [0]],
    ]
    assert tokenized.ids.dtype == tokenized.words.dtype == np.int32 and tokenized.splits.dtype == np.int64


def test_no_text_at_all(tokenizer):
    for texts in ([], ["", ""]):
        tokenized = tokenize_by_words(tokenizer, str.split, texts)
        assert len(tokenized.ids) == 0 and tokenized.splits.tolist() == [0] * (len(texts) + 1)
