"""The plain tokenizer's interface; what it makes of odd characters is in test_in_graph.py."""

import pickle

import pytest

from bert_tf.tokenization.reference import BasicTokenizer, FullTokenizer, WordpieceTokenizer

PIECES = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "want",
    "##want",
    "##ed",
    "wa",
    "un",
    "runn",
    "##ing",
    ",",
    "low",
    "lowest",
]


@pytest.fixture(name="tokenizer")
def fixture_tokenizer(tmp_path):
    path = tmp_path / "vocab.txt"
    path.write_text("\n".join(PIECES) + "\n", encoding="utf-8")
    return FullTokenizer(path)


def test_full_tokenizer(tokenizer):
    tokens = tokenizer.tokenize("UNwant\u00e9d,running")
    assert tokens == ["un", "##want", "##ed", ",", "runn", "##ing"]
    ids = tokenizer.convert_tokens_to_ids(tokens)
    assert ids == [9, 6, 7, 12, 10, 11]
    assert tokenizer.convert_ids_to_tokens(ids) == tokens


def test_a_word_met_again_has_the_same_pieces(tokenizer):
    first = tokenizer.tokenize("unwanted lowest")
    first.append("changed by the caller")
    assert tokenizer.tokenize("lowest unwanted") == ["lowest", "un", "##want", "##ed"]


def test_it_can_be_sent_to_other_processes(tokenizer):
    assert pickle.loads(pickle.dumps(tokenizer)).tokenize("wanted") == ["want", "##ed"]


def test_tokens_and_ids_outside_the_vocabulary(tokenizer):
    with pytest.raises(KeyError):
        tokenizer.convert_tokens_to_ids(["absent"])
    with pytest.raises(KeyError):
        tokenizer.convert_ids_to_tokens([len(PIECES)])


def test_bytes_are_utf_8_without_what_is_not(tokenizer):
    assert tokenizer.tokenize("unwant\u00e9d".encode()) == ["un", "##want", "##ed"]
    assert tokenizer.tokenize(b"wa\xff\xe4nted \xed\xa0\x80low") == ["want", "##ed", "low"]


@pytest.mark.parametrize(
    "do_lower_case, text, tokens",
    [
        (True, " \tHeLLo!how  \n Are yoU?  ", ["hello", "!", "how", "are", "you", "?"]),
        (True, "H\u00e9llo", ["hello"]),
        (False, " \tHeLLo!how  \n Are yoU?  ", ["HeLLo", "!", "how", "Are", "yoU", "?"]),
        (False, "H\u00e9llo", ["H\u00e9llo"]),
        (True, "ah\u535a\u63a8zz", ["ah", "\u535a", "\u63a8", "zz"]),
        (True, "don't. e-mail: $5^2", ["don", "'", "t", ".", "e", "-", "mail", ":", "$", "5", "^", "2"]),
        (True, "", []),
        (True, " \n", []),
    ],
)
def test_basic_tokenizer(do_lower_case, text, tokens):
    assert BasicTokenizer(do_lower_case).tokenize(text) == tokens


@pytest.mark.parametrize(
    "text, tokens",
    [
        ("", []),
        ("unwanted running", ["un", "##want", "##ed", "runn", "##ing"]),
        ("unwantedX running", ["[UNK]", "runn", "##ing"]),
        ("lowested", ["lowest", "##ed"]),
        ("lowinged", ["low", "##ing", "##ed"]),
        ("wanted" + "ed" * 97, ["want"] + ["##ed"] * 98),
        ("wanted" + "ed" * 98, ["[UNK]"]),
    ],
)
def test_wordpiece_tokenizer(text, tokens):
    assert WordpieceTokenizer(PIECES).tokenize(text) == tokens


def test_longest_word_and_unknown_token_can_be_chosen():
    tokenizer = WordpieceTokenizer(PIECES, unk_token="?", max_input_chars_per_word=5)
    assert tokenizer.tokenize("wanted low") == ["?", "low"]
