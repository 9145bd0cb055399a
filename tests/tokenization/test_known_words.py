"""Known words around the firm part of a chunk: whatever is known, nothing of a text is lost."""

import itertools
import random

import pytest
import tensorflow as tf

from bert_tf.tokenization.corpus_words import WordCut, corpus_words
from bert_tf.tokenization.known_words import shapes
from bert_tf.tokenization.unicode_words import UnicodeWords

CUTS = {
    "known": WordCut(
        kept={":)": 1, "a.": 2, "''": 1, "a-b": 1},
        kept_shapes=("U", "0%", "w'", "#w#"),
        repeated=".'",
        inner="-",
    ),
    "characters": WordCut(alone=("letters", "digits", "kana", "ideographs"), punctuation="all", endings=()),
    "marks": WordCut(alone=("letters", "marks"), punctuation="outer"),
    "white space": WordCut(alone=(), punctuation="none", sticky="", endings=()),
}


@pytest.mark.parametrize("name", CUTS)
def test_nothing_is_lost(name):
    rng = random.Random(1)
    texts = ["", "\u200b\u200b", "\u0301", "..."]
    texts += [
        "".join(rng.choices("aaAb.'#%-: 5)中か\u3099\u0301\u200b/", k=rng.randrange(20))) for _ in range(2000)
    ]
    rows = corpus_words(*UnicodeWords(do_lower_case=False).classify(tf.constant(texts)), CUTS[name])
    for text, words, *borders in zip(texts, *(row.to_list() for row in rows)):
        borders = list(zip(*borders))
        assert [text[start:end].encode() for start, end in borders] == words
        assert "".join(b"".join(words).decode().split("\u200b")) == "".join(
            text.replace("\u200b", "").split()
        )
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(borders))


@pytest.mark.parametrize(
    "text, shape",
    [
        ("U.S.", "U"),
        ("a.m.", "U"),
        ("U.S", "Uw"),
        ("Mr.", "w."),
        ("12.5%", "0.0%"),
        ("--", "-"),
        ("x1y", "w0w"),
    ],
)
def test_shapes(text, shape):
    texts = ["b ", f"{text} ", "c "]
    chars = "".join(texts)
    kinds = ([char.isalnum() for char in chars], [char.isdigit() for char in chars])
    found = shapes(tf.strings.unicode_decode(texts, "UTF-8"), tuple(map(tf.constant, kinds)))
    assert [row.decode() for row in found.numpy()] == ["w", shape, "w"]
