"""Lines of tables: which ends they have, and files that are no text."""

import gzip
import lzma

import pytest

from bert_tf.data.table_lines import read_lines
from bert_tf.errors import UserError


@pytest.fixture
def write(tmp_path):
    """Writes bytes to a file and gives its path."""

    def write(data, name="rows.tsv"):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return write


@pytest.mark.parametrize("data", [b"a\nb", b"a\r\nb\r\n", b"a\nb\r\n\n\r\n", b"\xef\xbb\xbfa\nb\n"])
def test_ends_that_are_known(write, data):
    assert read_lines(write(data)) == ["a", "b"]


def test_compressed_and_empty(write):
    assert read_lines(write(gzip.compress(b"a\nb\n"), "rows.tsv.gz")) == ["a", "b"]
    assert read_lines(write(lzma.compress(b"a\nb\n"), "rows.tsv.xz")) == ["a", "b"]
    assert read_lines(write(b"")) == read_lines(write(b"\r\n\n")) == []


WRONG = {
    "CR": (b"text\tlabel\ra b\tpos\rc d\tneg\r", r"rows.tsv: its lines end in CR (\r) alone: save it with"),
    "CR but for the last": (b"a\rb\rc\n", r"rows.tsv: its lines end in CR (\r) alone"),
    "CR CR LF": (b"a\nb\r\r\nc\r\r\n", r"rows.tsv:2: the line ends in CR CR LF (\r\r\n): save the file"),
    "UTF-16 with a mark": ("text\n".encode("utf-16"), "rows.tsv: the file is UTF-16: save it as plain text"),
    "UTF-16 of the other order": (b"\xfe\xff\0a\0\n", "rows.tsv: the file is UTF-16"),
    "UTF-16 without a mark": ("text\n".encode("utf-16-le"), "rows.tsv:1: a zero byte, as in UTF-16"),
    "a zero byte": (b"text\nso\0so\n", "rows.tsv:2: a zero byte"),
    "gzip": (gzip.compress(b"a\n"), "rows.tsv: the file is compressed by gzip, but its name does not end in"),
    "xz": (lzma.compress(b"a\n"), "rows.tsv: the file is compressed by xz"),
    "a spreadsheet": (b"PK\x03\x04\x14\0", "rows.tsv: the file is a zip archive, as spreadsheets are: save"),
    "Latin-1": (b"a\nna\xefve\n", "rows.tsv:2: not UTF-8 (invalid continuation byte): save the file as UTF"),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_line_names_what_is_wrong(write, case):
    data, message = WRONG[case]
    with pytest.raises(UserError) as error:
        read_lines(write(data))
    assert message in str(error.value) and "\n" not in str(error.value)


def test_a_cr_within_a_line_stays_and_is_said(write, capsys):
    assert read_lines(write(b"text\r\na\rb\nc\rd\n")) == ["text", "a\rb", "c\rd"]
    out = capsys.readouterr().out
    assert r"rows.tsv:2: a CR (\r) alone within the line ends no line" in out and "there are 2 in" in out
