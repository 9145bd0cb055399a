"""Tables: what is read, and what is said of files that cannot be."""

import csv
import io

import pytest

from bert_tf.data.tables import read_table
from bert_tf.errors import UserError


@pytest.fixture
def write(tmp_path):
    """Writes bytes or text to a file and gives its path."""

    def write(content, name="table.tsv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


def test_columns_by_name_whatever_their_order(write):
    table = read_table(write("b\ta\n1\t2\n3\t4\n"))
    assert table.column("a") == ["2", "4"]
    assert table.column("b") == ["1", "3"]


def test_names_given_for_a_file_without_header(write):
    table = read_table(write("1\t2\n3\t4\n"), names=("a", "b"))
    assert table.column("a") == ["1", "3"]
    assert table.place(1).endswith("table.tsv:2")


def test_texts_are_left_as_they_are(write):
    texts = [' "He said', "two  spaces ", "a\u2028b\x85c\x0bd\x0ce", "lone\rreturn", "", "½ naïve 你好", "''"]
    table = read_table(write("n\ttext\n" + "".join(f"{n}\t{text}\n" for n, text in enumerate(texts))))
    assert table.column("text") == texts


def test_agrees_with_google_s_csv_reader(write):
    content = 'q\ttext\n1\t"open quote\n0\t a "" b\t\n1\t\n'
    expected = list(csv.reader(io.StringIO(content), delimiter="\t", quotechar=None))
    assert read_table(write(content)).column("text") == [row[1] for row in expected[1:]]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfa\tb\n1\t2\n",
        b"a\tb\r\n1\t2\r\n",
        b"a\tb\n1\t2",
        b"a\tb\n1\t2\n\n\n",
        b"a\tb\n1\t2\textra\n",
    ],
    ids=["byte order mark", "CRLF", "no last line end", "blank lines at the end", "nameless last column"],
)
def test_harmless_differences(write, content):
    table = read_table(write(content))
    assert (table.column("a"), table.column("b")) == (["1"], ["2"])


@pytest.mark.parametrize(
    "content, expected",
    [
        (b"", "table.tsv: the file is empty: give a file with at least one row"),
        (b"\n\n", "table.tsv: the file is empty: give a file with at least one row"),
        (b"a\tb\n", "table.tsv: only a header: give a file with at least one row"),
        (b"\na\tb\n1\t2\n", "table.tsv:1: a blank line where a row is expected: remove it"),
        (b"a\tb\n1\t2\n\n3\t4\n", "table.tsv:3: a blank line where a row is expected: remove it"),
        (b"a\tb\n1\t2\n3\t\xff\n", "table.tsv:3: not UTF-8 (invalid start byte): save the file as UTF-8"),
        (b"a\tb\n1\t2\n3\n", "table.tsv:3: 1 columns where 2 are expected: complete the row"),
        (b"a\tc\n1\t2\n", "table.tsv: no column 'b' among a, c: correct the header"),
    ],
)
def test_one_line_says_what_is_wrong_and_where(write, content, expected):
    with pytest.raises(UserError) as caught:
        read_table(write(content)).column("b")
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_opened(tmp_path):
    with pytest.raises(UserError, match="nothing.tsv: No such file"):
        read_table(tmp_path / "nothing.tsv")
    with pytest.raises(UserError, match="Is a directory"):
        read_table(tmp_path)


def test_where_keeps_the_place_of_each_row(write):
    table = read_table(write("language\ttext\nzh\tx\nde\ty\nzh\tz\nzh\n")).where("language", "zh")
    assert len(table) == 3
    assert list(table.row_numbers) == [0, 2, 3]
    with pytest.raises(UserError, match="table.tsv:5: 1 columns where 2"):
        table.column("text")


def test_where_nothing_is_found_lists_what_there_is(write):
    with pytest.raises(UserError, match="no row with language 'fr': choose one of de, zh"):
        read_table(write("language\ttext\nzh\tx\nde\ty\n")).where("language", "fr")


def test_rows_with_more_columns_than_others(write):
    table = read_table(write("a\tb\n1\t2\n3\t4\t5\n6\n"))
    assert table.surplus() == (2, [1])
    assert str(table.too_wide(1, 2)).endswith(
        "table.tsv:3: 3 columns where 2 are expected: put a blank in the place of each tab within a text"
    )
    assert read_table(write("a\tb\n1\t2\tx\n3\t4\ty\n")).surplus() == (3, [])


def test_a_column_of_two_names(write):
    table = read_table(write("a\tb\ta\n1\t2\t3\n"))
    assert table.column("b") == ["2"]
    with pytest.raises(UserError, match="table.tsv:1: two columns are called 'a': rename one"):
        table.column("a")


def test_rows_cut_short_are_left_out_and_named(tmp_path):
    path = tmp_path / "table.tsv"
    path.write_text("a\tb\n1\t2\n3\n4\t5\t6\n7\n")
    table, short = read_table(path).whole_rows()
    assert table.column("b") == ["2", "5"] and table.place(1) == f"{path}:4"
    assert short == [f"{path}:3", f"{path}:5"]
    path.write_text("a\tb\n1\n3\n")
    with pytest.raises(UserError, match="table.tsv:2: 1 columns where 2 are expected"):
        read_table(path).whole_rows()
