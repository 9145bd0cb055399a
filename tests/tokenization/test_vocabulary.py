"""Vocabularies get Google's ids; wrong ones are told where and why."""

import pytest

from bert_tf.config import BertConfig
from bert_tf.errors import UserError
from bert_tf.tokenization.vocabulary import (
    MASK,
    check_vocab_size,
    load_vocab,
    note_case,
    validate_case_matches_checkpoint,
)

SPECIAL = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"


@pytest.fixture(name="written")
def fixture_written(tmp_path):
    """Writes a vocabulary, gives its path."""

    def write(content):
        path = tmp_path / "vocab.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


def test_ids_are_line_numbers(written):
    vocabulary = load_vocab(written(SPECIAL + "the\n##s"))
    assert vocabulary.tokens == ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "##s")
    assert vocabulary.ids["##s"] == 6 and len(vocabulary) == 7


@pytest.mark.parametrize(
    "lines, tokens",
    [
        ("the\r\n##s \r\n", ["the", "##s"]),
        ("\u2028\n##\u2028\nx\n", ["", "##", "x"]),
        ("a\u2028b\nc\x0bd\n", ["a\u2028b", "c\x0bd"]),
        ("\u2028\n\u2029\n##\u2028\n##\u3000\n", ["", "", "##", "##"]),
    ],
)
def test_lines_are_stripped_and_end_at_newlines_only(written, lines, tokens):
    vocabulary = load_vocab(written(SPECIAL + lines))
    assert list(vocabulary.tokens[5:]) == tokens
    assert [vocabulary.tokens[vocabulary.ids[token]] for token in tokens] == tokens


def test_the_last_of_the_pieces_out_of_reach_wins_as_in_googles_loader(written):
    assert load_vocab(written(SPECIAL + "\u2028\n\u2029\nx\n")).ids[""] == 6


@pytest.mark.parametrize(
    "content, message",
    [
        ("[PAD]\n[CLS]\n[SEP]\n", r"vocab.txt: \[UNK\] missing: give the vocab.txt"),
        (SPECIAL.lower(), r"vocab.txt: \[UNK\] \[CLS\] \[SEP\] missing"),
        ('{\n  "[UNK]": 0\n}\n', r"\[UNK\] .* missing: the file is JSON: give a vocab.txt"),
        (SPECIAL.replace("\n", "\r"), r"\[UNK\] .* missing: its lines end in CR alone: save"),
        ("", "vocab.txt: empty: give a vocab.txt"),
        ("\n \n", "vocab.txt: empty: give a vocab.txt"),
        (SPECIAL.encode() + b"caf\xe9\n", "vocab.txt:6: not UTF-8 .*: save the file as UTF-8"),
        (b"\xff\xfe[\0P\0A\0", "vocab.txt:1: not UTF-8"),
    ],
)
def test_wrong_vocabularies(written, content, message):
    with pytest.raises(UserError, match=message) as raised:
        load_vocab(written(content))
    assert "\n" not in str(raised.value)


def test_no_such_file_and_a_folder(tmp_path):
    with pytest.raises(UserError, match="none.txt: No such file or directory: give the path of a vocab.txt"):
        load_vocab(tmp_path / "none.txt")
    with pytest.raises(UserError, match="Is a directory: give the path of a vocab.txt"):
        load_vocab(tmp_path)


@pytest.mark.parametrize(
    "content, tokens, ids",
    [
        (b"\xef\xbb\xbf" + SPECIAL.encode() + b"the\n", ["the"], {"the": 5}),
        (SPECIAL + "the\n\n\nof\n", ["the", "", "", "of"], {"the": 5, "": 7, "of": 8}),
        (SPECIAL + "the\nof\n\n \n\n", ["the", "of"], {"the": 5, "of": 6}),
        (SPECIAL + "the\nof\nthe \n", ["the", "of", "the"], {"the": 7, "of": 6}),
        (SPECIAL + "the\n[CLS]\n", ["the", "[CLS]"], {"the": 5, "[CLS]": 6}),
    ],
)
def test_marks_blank_lines_and_repeated_pieces_are_taken_as_by_google(written, content, tokens, ids):
    vocabulary = load_vocab(written(content))
    assert list(vocabulary.tokens[5:]) == tokens
    assert {token: vocabulary.ids[token] for token in ids} == ids
    # Google's `load_vocab`, but for the mark.
    text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    googles = {}
    for index, line in enumerate(text.removesuffix("\n").split("\n")):
        googles[line.strip()] = index
    drawn = vocabulary.drawn_ids()
    assert len(drawn) == len(googles) and max(drawn) < len(vocabulary)
    for ours, (token, index) in zip(drawn, googles.items()):
        assert ours == (index if index < len(vocabulary) else vocabulary.ids["[UNK]"]), token


def test_special_tokens_that_only_some_scripts_need(written):
    path = written("[UNK]\n[CLS]\n[SEP]\nthe\n")
    assert len(load_vocab(path)) == 4
    with pytest.raises(UserError, match=r"\[MASK\] missing: give the vocab.txt"):
        load_vocab(path, also_needed=(MASK,))


def test_size_must_not_be_above_that_of_the_config(written, capsys):
    path = written(SPECIAL)
    check_vocab_size(load_vocab(path), BertConfig(vocab_size=5), path, "bert_config.json")
    assert not capsys.readouterr().out
    with pytest.raises(UserError, match="vocab.txt: 5 lines, but bert_config.json says vocab_size 4:"):
        check_vocab_size(load_vocab(path), BertConfig(vocab_size=4), path, "bert_config.json")


@pytest.mark.parametrize(
    "lines, said",
    [
        ("the\n", "vocab.txt: 6 lines for vocab_size 8 of bert_config.json: 2 rows have no piece"),
        ("the\n\n\n\n\n\n", "vocab.txt: 6 lines for vocab_size 8 of bert_config.json: 2 rows have no piece"),
        ("a\n\nb\n\n", None),
        ("a\nb\na\n", "vocab.txt: 1 pieces stand there twice, of which the later counts: a"),
    ],
)
def test_rows_without_a_piece_are_said(written, capsys, lines, said):
    path = written(SPECIAL + lines)
    check_vocab_size(load_vocab(path), BertConfig(vocab_size=8), path, "bert_config.json")
    out = capsys.readouterr().out
    assert out.count("\n") == (said is not None) and (said or "") in out


@pytest.mark.parametrize(
    "pieces, do_lower_case, said",
    [
        ("The Paris café ##Ing of", True, "4 of 5 pieces have capitals or accents, which do_lower_case=true"),
        ("The of", False, None),
        ("the of ##ing", True, None),
        ("the of ##ing", False, "no piece has a capital, so that with do_lower_case=false"),
        ("北 京 ##京", True, None),
        ("北 京 ##京", False, None),
        ("<S> <T> the", True, None),
    ],
)
def test_case_that_does_not_go_with_the_pieces_is_said(written, capsys, pieces, do_lower_case, said):
    path = written(SPECIAL + pieces.replace(" ", "\n"))
    note_case(load_vocab(path), do_lower_case, path)
    out = capsys.readouterr().out
    assert out.count("\n") == (said is not None) and (said or "") in out


@pytest.mark.parametrize(
    "name, do_lower_case, is_said",
    [(name, name in ("uncased", "chinese"), False) for name in ("uncased", "cased", "chinese", "multi_cased")]
    + [("uncased", False, True), ("cased", True, True), ("multi_cased", True, True)],
)
def test_case_of_released_vocabularies(bert_tf_data, capsys, name, do_lower_case, is_said):
    path = bert_tf_data / "vocabs" / name / "vocab.txt"
    note_case(load_vocab(path), do_lower_case, path)
    assert bool(capsys.readouterr().out) == is_said


@pytest.mark.parametrize(
    "name, size", [("uncased", 30522), ("cased", 28996), ("chinese", 21128), ("multi_cased", 119547)]
)
def test_released_vocabularies_have_googles_ids(bert_tf_data, name, size):
    folder = bert_tf_data / "vocabs" / name
    vocabulary = load_vocab(folder / "vocab.txt")
    check_vocab_size(vocabulary, BertConfig.from_json_file(folder / "bert_config.json"), "", "")
    expected = {}
    with open(folder / "vocab.txt", encoding="utf-8", newline="\n") as file:
        for index, line in enumerate(file):
            expected[line.strip()] = index
    assert vocabulary.ids == expected and len(vocabulary) == size
    assert [vocabulary.ids[token] for token in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")] == [
        0,
        100,
        101,
        102,
        103,
    ]


def test_the_chinese_vocabulary_has_two_pieces_out_of_reach(bert_tf_data):
    ids = load_vocab(bert_tf_data / "vocabs/chinese/vocab.txt").ids
    assert (ids[""], ids["##"]) == (343, 13502)


LOWER_CASED = [
    "uncased_L-12_H-768_A-12",
    "uncased_L-24_H-1024_A-16",
    "uncased_L-2_H-128_A-2",
    "wwm_uncased_L-24_H-1024_A-16",
    "multilingual_L-12_H-768_A-12",
    "chinese_L-12_H-768_A-12",
]
CASED = [
    "cased_L-12_H-768_A-12",
    "cased_L-24_H-1024_A-16",
    "wwm_cased_L-24_H-1024_A-16",
    "multi_cased_L-12_H-768_A-12",
]


@pytest.mark.parametrize(
    "name, do_lower_case", [(name, True) for name in LOWER_CASED] + [(name, False) for name in CASED]
)
@pytest.mark.parametrize("path", ["/models/{}/bert_model.ckpt", "gs://bucket/{}/bert_model.ckpt", "{}/"])
def test_case_must_be_that_of_the_checkpoint(name, do_lower_case, path):
    path = path.format(name)
    validate_case_matches_checkpoint(do_lower_case, path)
    remedy = "true" if do_lower_case else "false"
    with pytest.raises(UserError, match=f"{name} was trained on .*: use --do_lower_case={remedy}"):
        validate_case_matches_checkpoint(not do_lower_case, path)


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "bert_model.ckpt",
        "my_uncased_L-12_H-768_A-12/bert_model.ckpt",
        "/cased_L-12_H-768_A-12/run/7/model.ckpt-343",
    ],
)
def test_other_checkpoints_are_left_alone(path):
    validate_case_matches_checkpoint(True, path)
    validate_case_matches_checkpoint(False, path)
