"""Cuts that are learned from words, and what they make of raw text."""

import pytest
import tensorflow as tf

from bert_tf.data.conll import read_conll
from bert_tf.tokenization.corpus_words import WordCut, corpus_words
from bert_tf.tokenization.unicode_words import UnicodeWords
from bert_tf.tokenization.word_cut_learning import learn_word_cut
from bert_tf.tokenization.written_text import joined


@pytest.fixture(name="cut_with", scope="module")
def fixture_cut_with():
    """From a text and a `WordCut` to words."""
    classify = UnicodeWords(do_lower_case=False).classify

    def cut_with(text, cut):
        row = corpus_words(*classify(tf.constant([text])), cut)[0].to_list()[0]
        return [word.decode() for word in row]

    return cut_with


# As CoNLL's files are, with English endings as words.
NEWS = """\
" He lives in the U.S. , " said Mr. Smith .
The U.S. and the U.K. grew by 10 % , not 3.5 % .
They do n't know that London 's AT&T costs $ 30,000 .
John J. Miller sent an e-mail , is n't it ?
"""
# As white space and punctuation, but not words with it, are in others.
TWEETS = """\
I don't like it :) ... @user1 says 10% of #tags are bad !!
London's don't #wow http://t.co/a1 , it's 5% off !!
"""
ROWS = {
    "news": [line.split() for line in NEWS.splitlines()],
    "tweets": [line.split() for line in TWEETS.splitlines()],
    "plain": [["Anna", "sings", "in", "Rome", "."]],
    "white space": [line.split() for line in ("Anna lives in Rome, Italy.", "(Peter, who was here, left.)")],
    "punctuation apart": [["U", ".", "S", ".", "grew", "3", ".", "5", "%"], ["I", "don", "'", "t", "!"]],
    "kana": [list("東京タワーへ行きました。"), list("LGは5台。")],
    "hangul": [list("김철수는2019년LG에서."), list("서울에")],
    "hangul, blanks as words": [list("김 철수는 서울에"), list("간다 .")],
    "latin characters": [list("annalivesinrome."), list("Bob-ran5km")],
    "thai characters": [list("กรุงเทพ"), list("ประเทศไทยที่")],
    "latin words among ideographs": [[*"我用", "iPhone", *"看", "NBA", *"在", "2019", *"年，好。"]] * 3,
    "latin words among kana": [[*"わたしは", "iPhone", *"をみる", "。"]] * 3,
    "words of ideographs": [["我", "爱", "北京", "天安门", "。"], ["他", "在", "清华", "大学", "学习"]],
    "letters among punctuation": [["p.a.", "b's"], ["#a", "l%", "p.a."]],
    "emoji": [["hi", "😀", "😀", "Anna"], ["bye", "😀"]],
}
CUTS = {name: learn_word_cut(rows) for name, rows in ROWS.items()}


@pytest.mark.parametrize("name", ROWS)
def test_words_with_blanks_between_are_found_again(name, cut_with):
    for words in ROWS[name]:
        visible = [word for word in words if word.strip()]
        assert cut_with(" ".join(visible), CUTS[name][0]) == visible


@pytest.mark.parametrize("name", sorted(set(ROWS) - {"words of ideographs"}))
def test_words_are_found_again_in_text(name, cut_with):
    assert CUTS[name][1] == 1
    for words in ROWS[name]:
        text = joined([word for word in words if word.strip()], CUTS[name][0])
        assert cut_with(text, CUTS[name][0]) == [word for word in words if word.strip()]


@pytest.mark.parametrize(
    "name, text, words",
    [
        # What the corpus has, and what is like it.
        ("news", "The U.N., U.S.A. and Mr. Jones.", "The|U.N.|,|U.S.A.|and|Mr.|Jones|."),
        ("news", "(U.S.) doesn't. R&B e-books 12.5%, $5.", "(|U.S.|)|does|n't|.|R&B|e-books|12.5|%|,|$|5|."),
        ("news", 'https://t.co/x/ a/ "x"', 'https://t.co/x/|a|/|"|x|"'),
        ("tweets", "can't! 12%? #new, @me: Rome's...", "can't|!|12%|?|#new|,|@me|:|Rome's|..."),
        ("tweets", "wow:) :) !!! ?", "wow|:|)|:)|!!!|?"),
        ("white space", "a, (b) c.d 5%", "a,|(b)|c.d|5%"),
        ("punctuation apart", "3.5 U.S. e-mail's", "3|.|5|U|.|S|.|e|-|mail|'|s"),
        ("plain", "The U.S. has 3.5% e-mail", "The|U.S|.|has|3.5|%|e-mail"),
        # One character, one word, blanks or not, and in scripts that the corpus lacks.
        ("kana", "スカイ 3.5 LG한", "ス|カ|イ|3|.|5|L|G|한"),
        ("hangul", "U.S. 한", "U|.|S|.|한"),
        ("kana", "か\u3099き\u200bく", "か\u3099|き|く"),
        ("latin words among ideographs", "他用iPad买了30台。", "他|用|iPad|买|了|30|台|。"),
        ("latin words among kana", "かれはiPadをかう", "か|れ|は|iPad|を|か|う"),
        ("words of ideographs", "北京 大学。", "北京|大学|。"),
        ("emoji", "ok😀😀", "ok|😀|😀"),
    ],
)
def test_other_text(name, text, words, cut_with):
    assert cut_with(text, CUTS[name][0]) == words.split("|")


def test_the_share_says_what_cannot_be_found_again():
    assert CUTS["words of ideographs"][1] == 0
    _, share = learn_word_cut([["New York", "is"], ["a", "city"]])
    assert share == 0.5


def test_a_cut_can_be_noted():
    for cut, _ in CUTS.values():
        assert WordCut.from_settings(cut.to_settings()) == cut


def test_words_of_nothing():
    for rows in ([[""]], [["\u200b", "a"]], [[" "]]):
        assert learn_word_cut(rows)[1] == 1


def test_real_sentences(bert_tf_data):
    sentences = read_conll(bert_tf_data / "ner/wnut17/wnut17train.conll")
    cut, share = learn_word_cut(sentences.by_sentence(sentences.words))
    assert share > 0.95 and cut.punctuation == "outer" and {":)", "'m"} < set(cut.kept)
