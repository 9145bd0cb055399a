"""Kinds of characters."""

import unicodedata

import pytest

from bert_tf.tokenization.character_classes import CLASSES, class_ranges, classes_of
from bert_tf.tokenization.unicode_rules import CHINESE_BLOCKS, is_control, is_punctuation


@pytest.mark.parametrize(
    "chars, name",
    [
        ("aÉяعअA", "letters"),
        ("3３٣", "digits"),
        ("\u0301\u3099", "marks"),
        ("€😀→", "symbols"),
        ("$+^.,、。«", "punctuation"),
        (" \t\n\u00a0\u3000\u2028", "blanks"),
        ("\0\u200b\ufeff\x01", "dropped"),
        ("かナーｶ", "kana"),
        ("한ㄱ", "hangul"),
        ("ก", "southeast_asian"),
        ("中々〇\U00020000", "ideographs"),
    ],
)
def test_classes(chars, name):
    assert {CLASSES[number] for number in classes_of(chars)} == {name}


def test_agrees_with_the_rules_of_the_tokenizer():
    for char in map(chr, range(0x3000)):
        name = CLASSES[classes_of(char)[0]]
        assert (name == "punctuation") == is_punctuation(char)
        if unicodedata.category(char) != "Cn":
            assert (name == "dropped") == is_control(char)
    for first, last in CHINESE_BLOCKS:
        assert {CLASSES[number] for number in classes_of(chr(first) + chr(last))} == {"ideographs"}


def test_every_code_point_is_in_a_range():
    starts, classes = class_ranges()
    assert starts[0] == 0 and (starts[1:] > starts[:-1]).all() and len(starts) == len(classes)
    assert len(classes_of("")) == 0
