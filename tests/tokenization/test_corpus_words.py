"""Raw text to words as corpora have them."""

import random

import pytest
import tensorflow as tf

from bert_tf.tokenization.in_graph import InGraphTokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


@pytest.fixture(name="tokenizer", scope="module", params=[True, False], ids=["lower", "cased"])
def fixture_tokenizer(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("vocab") / "vocab.txt"
    path.write_text("\n".join([*SPECIAL, "a"]))
    return InGraphTokenizer(path, request.param)


@pytest.mark.parametrize(
    "text, words",
    [
        ("", ""),
        (" \t\n", ""),
        ("EU rejects  German\tcall.", "EU|rejects|German|call|."),
        ('("state-of-the-art"), 30,000 A.B@c.org...', '(|"|state-of-the-art|"|)|,|30,000|A.B@c.org|.|.|.'),
        ("$5 5% 7:30 :-) #tag @user # @ @@x", "$|5|5|%|7:30|:|-|)|#tag|@user|#|@|@|@x"),
        ("London's I'm we'LL don’t they've O'Brien rock'n'roll", None),
        ("'s d'or dogs' 'quoted'", "'|s|d'or|dogs|'|'|quoted|'"),
        ("中国ab中,", "中|国|ab|中|,"),
        ("cafe\u0301, E\u0301 «\u0301a»", None),
        ("\u200bYork\u200b,\ufeff co\u00adop \u200b \0", "York|,|co\u00adop"),
        ("x\u00a0y\u3000z\u2028w", "x|y|z|w"),
        ("한국의 \U0001d49c!", "한국의|\U0001d49c|!"),
    ],
)
def test_words(tokenizer, text, words):
    expected = {
        "London": "London|'s|I|'m|we|'LL|don|’t|they|'ve|O'Brien|rock'n'roll",
        "cafe\u0301": "cafe\u0301|,|E\u0301|«|\u0301a|»",
    }
    expected = (words if words is not None else expected[text[: 6 if "L" in text else 5]]).split("|")
    for texts in ([text], ["« a", "", text, "b's"]):
        found, starts, ends = (rows.to_list() for rows in tokenizer.corpus_words(texts))
        row = texts.index(text)
        assert [word.decode() for word in found[row]] == list(filter(None, expected))
        assert [text[start:end] for start, end in zip(starts[row], ends[row])] == list(filter(None, expected))


def test_nothing_is_lost(tokenizer):
    """Every visible character is in exactly one word, and each word stands where it is said to."""
    rng = random.Random(1)
    texts = ["".join(rng.choices("aab.'@#- s中\u0301é\u200b\"", k=rng.randrange(20))) for _ in range(3000)]
    found, starts, ends = (rows.to_list() for rows in tokenizer.corpus_words(tf.constant(texts)))
    for text, words, *borders in zip(texts, found, starts, ends):
        borders = list(zip(*borders))
        assert [text[start:end].encode() for start, end in borders] == words
        assert "".join(b"".join(words).decode().split("\u200b")) == "".join(
            text.replace("\u200b", "").split()
        )
        assert all(end <= start for (_, end), (start, _) in zip(borders, borders[1:]))


def test_no_texts_and_no_utf_8(tokenizer):
    for texts in ([], [""], ["", ""]):
        assert [rows.to_list() for rows in tokenizer.corpus_words(tf.constant(texts, tf.string))] == [
            [[] for _ in texts]
        ] * 3
    words, starts, _ = tokenizer.corpus_words([b"a\xff b\xc3"])
    assert words.to_list() == [[b"a", b"b"]] and starts.to_list() == [[0, 2]]


def test_real_sentences(bert_tf_data, tokenizer):
    """Words joined by spaces are nearly all found again as they were."""
    lines = (bert_tf_data / "ner/wnut17/emerging.dev.conll").read_text(encoding="utf-8").split("\n")
    words = [line.split("\t")[0] for line in lines if "\t" in line]
    found = tokenizer.corpus_words([" ".join(words)])[0].to_list()[0]
    places = set(with_places([word.decode() for word in found]))
    assert sum(word in places for word in with_places(words)) / len(words) > 0.998


def with_places(words):
    """(number of visible characters before, word) of each word."""
    place = 0
    for word in words:
        yield place, word
        place += len(word)
