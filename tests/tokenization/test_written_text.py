"""Words to the text that they may come from."""

import pytest

from bert_tf.tokenization.corpus_words import WordCut
from bert_tf.tokenization.written_text import joined


@pytest.mark.parametrize(
    "words, cut, text",
    [
        (
            "\" I do n't , \" said ( Mr. ) Bob 's .",
            WordCut(endings=("n't", "'s")),
            "\"I don't,\" said (Mr.) Bob's.",
        ),
        ("the U.S. . $ 5 , 10 % :) .", WordCut(), "the U.S. . $5, 10% :) ."),
        ("I have ' a ' b", WordCut(), "I have 'a' b"),
        ('Rome, " x ,', WordCut(punctuation="none"), 'Rome, " x ,'),
        ("中 国 NBA 好 。 a b", WordCut(), "中国NBA好。 a b"),
        ("서 울", WordCut(), "서 울"),
        ("서 울 3", WordCut(alone=("hangul",)), "서울3"),
        ("hi 😀 😀", WordCut(alone=("symbols",)), "hi 😀 😀"),
        ("", WordCut(), ""),
    ],
)
def test_joined(words, cut, text):
    assert joined(words.split(), cut) == text
