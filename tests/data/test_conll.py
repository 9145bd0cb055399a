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
        ("a\tO\nb\n", (), r"train.txt:2: 1 column where most lines have 2: .*\(.* parted by tabs\)"),
        ("a O\nb c O\n", (), r"train.txt:2: 3 columns where .* parted by spaces"),
        ("\na O\n", (2, 0), "train.txt:2: 2 columns, so no --text_column=2"),
        ("a O\n", (0, -3), "train.txt:1: 2 columns, so no --tag_column=-3: give a number from -2 to 1"),
        ("a O\n", (10**12, -1), "train.txt:1: 2 columns, so no --text_column=1000000000000"),
        ("a O\n", (-(10**12), -1), "train.txt:1: 2 columns, so no --text_column=-1000000000000"),
        (
            "a\nb\n",
            (),
            "train.txt:1: --text_column=0 and --tag_column=-1 are the same of 1 column, parted by",
        ),
    ],
)
def test_wrong_files(conll, text, columns, message):
    with pytest.raises(UserError, match=message):
        read_conll(conll(text), *columns)


@pytest.mark.parametrize(
    "text, message",
    [
        # The line that is unlike most of them is named, wherever it stands.
        ("a O\nb\tO\nc O\n", "train.txt:2: its columns are not parted by spaces, as those of most lines"),
        ("a O\nb\tO\nc\tO\n", "train.txt:1: its columns are not parted by tabs, as those of most lines"),
        ("a\u00a0O\nb O\nc O\n", "train.txt:1: its columns are not parted by spaces"),
        ("a X O\nb O\nc O\n", "train.txt:1: 3 columns where most lines have 2"),
        # Comments that have another number of columns, however many they are.
        ("#\tnews 2005\n1\ta\tO\n", "train.txt:1: .* looks like a comment line.*--comment_prefix='#'"),
        ("# sent_id = 1\n# text = a\na\tO\n", "train.txt:1: '# sent_id = 1' looks like .*_prefix='# '"),
        ("a\tO\n\n## n1\tb\tc\n", "train.txt:3: .* looks like a comment line.*--comment_prefix='## '"),
        ("a\tO\n// text\n", "train.txt:2: .* or if it is a comment, give --comment_prefix"),
        ("a\tO\n%\n", "train.txt:2: 1 column .* or if it is a comment, give --comment_prefix"),
    ],
)
def test_the_line_unlike_the_others(conll, text, message):
    with pytest.raises(UserError, match=message):
        read_conll(conll(text))


def test_comments_on_request(conll):
    text = "# id = 1\n# text = a\na\tO\n#tag\tO\n# within\nb\tO\n\n# id = 2\n\n# id = 3\nc\tB-x\n"
    sentences = read_conll(conll(text), comment_prefix="# ")
    assert sentences.by_sentence(sentences.words) == [["a", "#tag", "b"], ["c"]]
    assert sentences.comments == {1, 2, 5, 8, 10} and sentences.place(3).endswith("train.txt:11")
    assert sentences.with_column("wxyz", "O") == (
        "# id = 1\n# text = a\na\tO\tw\n#tag\tO\tx\n# within\nb\tO\ty\n\n# id = 2\n\n# id = 3\nc\tB-x\tz\n"
    )
    with pytest.raises(UserError, match="train.txt: no words beside 2 lines that begin with '#'"):
        read_conll(conll("# a\n\n#b\n"), comment_prefix="#")


def test_ranges_and_empty_nodes_of_conll_u(conll):
    text = "1-2\tdu\t_\n1\tde\tADP\n2\tle\tDET\n2.1\t_\t_\n\n1\ta\tX\n"
    sentences = read_conll(conll(text), text_column=1)
    assert sentences.words == ["de", "le", "a"] and sentences.parts == {1, 4}
    assert sentences.with_column("xyz", "_") == (
        "1-2\tdu\t_\t_\n1\tde\tADP\tx\n2\tle\tDET\ty\n2.1\t_\t_\t_\n\n1\ta\tX\tz\n"
    )
    # Numbers that do not count words are a column like others.
    times = "0.1\ta\tO\n0.53\tb\tO\n\n1\tc\tO\n"
    assert read_conll(conll(times), text_column=1).words == ["a", "b", "c"]
    assert read_conll(conll("1\tO\n1-2\tO\n")).words == ["1", "1-2"]


def test_blanks_around_tags_are_no_part_of_them(conll):
    sentences = read_conll(conll("a\tO \nb \t B-x\n\nc\t\n"))
    assert sentences.tags == ["O", "B-x", ""] and sentences.words == ["a", "b ", "c"]


def test_tags_that_need_not_be_there(conll):
    assert read_conll(conll("a\nb\n"), needs_tags=False).tags is None
    assert read_conll(conll("a O\nb O\n"), 0, 5, needs_tags=False).tags is None
    assert read_conll(conll("a O\nb O\n"), needs_tags=False).tags == ["O", "O"]


def test_a_document_start_in_another_column(conll):
    assert read_conll(conll("O -DOCSTART-\nO a\n"), 1, 0).words == ["a"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_are_named(conll, encoding):
    with pytest.raises(UserError, match="train.txt: UTF-16 or UTF-32: save the file as UTF-8"):
        read_conll(conll("Anna B-PER\nsings O\n", encoding))


def test_line_ends_of_carriage_returns_are_named(conll):
    for text in ("a O\rb O\r", "a O\nb O\rc O\n"):
        with pytest.raises(
            UserError, match=f"train.txt:{text.count(chr(10)) or 1}: a carriage return inside"
        ):
            read_conll(conll(text))


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
