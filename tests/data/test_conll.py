"""Sentences in columns: what they look like, and what is refused."""

import pytest

from bert_tf.data.conll import read_conll
from bert_tf.errors import UserError


@pytest.fixture(name="conll")
def fixture_conll(tmp_path):
    def write(text, encoding="utf-8", newline=""):
        path = tmp_path / "train.txt"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_spaces_documents_and_sentences(conll):
    path = conll(
        "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects  VBZ B-VP O \n\n\nPeter NNP B-NP B-PER\n"
    )
    sentences = read_conll(path)
    assert sentences.words == ["EU", "rejects", "Peter"] and sentences.tags == ["B-ORG", "O", "B-PER"]
    assert len(sentences) == 2 and sentences.splits == [0, 2, 3]
    assert sentences.by_sentence(sentences.words) == [["EU", "rejects"], ["Peter"]]
    assert sentences.place(2) == f"{path}:7"
    assert sentences.with_column(["B-ORG", "O", "O"], "O") == (
        "-DOCSTART- -X- -X- O O\n\nEU NNP B-NP B-ORG B-ORG\nrejects  VBZ B-VP O O\n\n\n"
        "Peter NNP B-NP B-PER O\n"
    )


def test_a_document_start_ends_a_sentence(conll):
    sentences = read_conll(conll("a O\n-DOCSTART- O\nb O\n"))
    assert sentences.by_sentence(sentences.words) == [["a"], ["b"]]


def test_tabs_with_spaces_quotes_and_nothing_in_words(conll):
    sentences = read_conll(conll('New York\tB-LOC\n"\tO\n\tO\n\t\nx\u00a0y\tO\n#\tO'))
    assert sentences.words == ["New York", '"', "", "x\u00a0y", "#"] and sentences.splits == [0, 3, 5]
    assert sentences.with_column("VWXYZ", "O") == (
        'New York\tB-LOC\tV\n"\tO\tW\n\tO\tX\n\nx\u00a0y\tO\tY\n#\tO\tZ\n'
    )


def test_byte_order_marks_and_windows_line_ends(conll):
    sentences = read_conll(conll("\ufeffa\tO\r\n\r\nb\tO\r\n\ufeff\r\n"))
    assert sentences.words == ["a", "b"] and sentences.splits == [0, 1, 2]
    assert sentences.with_column("xy", "O") == "a\tO\tx\n\nb\tO\ty\n\n"


@pytest.mark.parametrize("columns", [(1, 0), (-1, -3), (1, -3)])
def test_other_columns(conll, columns):
    sentences = read_conll(conll("B-x one 1\nO two 2\n"), *columns)
    assert sentences.tags == ["B-x", "O"]
    assert sentences.words == (["1", "2"] if columns[0] == -1 else ["one", "two"])


def test_without_tags(conll):
    sentences = read_conll(conll("one\ntwo\n"), tag_column=None)
    assert sentences.words == ["one", "two"] and sentences.tags is None
    assert sentences.with_column(["O", "B-x"], "O") == "one O\ntwo B-x\n"


@pytest.mark.parametrize(
    "text, columns, message",
    [
        ("", (), "train.txt: no words: give"),
        ("\n-DOCSTART- O\n", (), "train.txt: no words"),
        ("a\tO\nb\n", (), r"train.txt:2: 1 columns where the lines before have 2: .*\(.* parted by tabs\)"),
        ("a O\nb c O\n", (), r"train.txt:2: 3 columns where .* parted by spaces"),
        ("\na O\n", (2, 0), "train.txt:2: 2 columns, so no --text_column=2"),
        ("a O\n", (0, -3), "train.txt:1: 2 columns, so no --tag_column=-3"),
        ("a\nb\n", (), "train.txt:1: --text_column=0 and --tag_column=-1 are the same of 1 columns"),
    ],
)
def test_wrong_files(conll, text, columns, message):
    with pytest.raises(UserError, match=message):
        read_conll(conll(text), *columns)


def test_what_cannot_be_read(conll, tmp_path):
    with pytest.raises(UserError, match="none.txt: No such file"):
        read_conll(tmp_path / "none.txt")
    with pytest.raises(UserError, match="train.txt:2: not UTF-8"):
        read_conll(conll("a O\né O\n", encoding="latin-1"))


def test_real_files(bert_tf_data):
    folder = bert_tf_data / "ner/wnut17"
    dev = read_conll(folder / "emerging.dev.conll")
    assert (len(dev), len(dev.words)) == (1009, 15733 - dev.lines.count("\t"))
    train = read_conll(folder / "wnut17train.conll")
    assert (len(train), len(train.words), train.tags.count("B-person")) == (3394, 62730, 660)
