"""Text from plain and compressed files, in blocks of whole lines."""

import gzip
import lzma
import os

import pytest

from bert_tf.data import text_files
from bert_tf.data.text_files import TextBlock, match_files, read_blocks
from bert_tf.errors import UserError

LINES = "".join(f"line {number} {'x' * (number % 7)}\n" for number in range(50)) + "é last, without newline"


@pytest.mark.parametrize("suffix, opener", [(".txt", open), (".gz", gzip.open), (".xz", lzma.open)])
@pytest.mark.parametrize("block_bytes", [1, 13, 1 << 20])
def test_blocks_are_whole_lines_that_make_up_the_file(tmp_path, monkeypatch, suffix, opener, block_bytes):
    monkeypatch.setattr(text_files, "_BLOCK_BYTES", block_bytes)
    path = tmp_path / f"text{suffix}"
    with opener(path, "wb") as file:
        file.write(LINES.encode())
    read = []
    first_line = 1
    lines = []
    for block in read_blocks([str(path)], read.append):
        assert block.first_line == first_line
        first_line += len(block.lines())
        lines += block.lines()
    assert lines == LINES.split("\n")
    assert sum(read) == path.stat().st_size


def test_files_are_read_in_turn_and_a_file_ends_its_last_line(tmp_path):
    (tmp_path / "a").write_text("one")
    (tmp_path / "b").write_text("two\n")
    blocks = list(read_blocks([str(tmp_path / "a"), str(tmp_path / "b")]))
    assert [block.lines() for block in blocks] == [["one"], ["two"]]


def test_only_a_newline_ends_a_line():
    assert TextBlock("", 1, "a\rb\x0cc\u2028d\r\n\ne\n".encode()).lines() == ["a\rb\x0cc\u2028d\r", "", "e"]


def test_wrong_bytes_are_named_by_file_and_line():
    with pytest.raises(UserError, match=r"^x\.txt:8: not UTF-8 .*save the file as UTF-8$"):
        TextBlock("x.txt", 7, b"good\nb\xe9d\n").lines()


def test_patterns_keep_their_order_and_name_what_matches_nothing(tmp_path):
    for name in ("b1", "b0", "a"):
        (tmp_path / name).touch()
    found = match_files([f"{tmp_path}/b?", f"{tmp_path}/a"])
    assert found == [f"{tmp_path}/{name}" for name in ("b0", "b1", "a")]
    with pytest.raises(UserError, match=r"/c\*\.txt: no file matches"):
        match_files([f"{tmp_path}/a", f"{tmp_path}/c*.txt"])


def test_a_file_that_is_really_called_so_is_no_pattern(tmp_path):
    for folder in ("a[1]", "a1"):
        (tmp_path / folder).mkdir()
        for name in ("b*", "bc", "[x]", "x"):
            (tmp_path / folder / name).touch()
    for pattern, names in (
        ("a[1]/b*", ["a[1]/b*"]),
        ("a[1]/[x]", ["a[1]/[x]"]),
        ("a[1]/b?", ["a[1]/b*", "a[1]/bc"]),
        ("a1/[b]c", ["a1/bc"]),
        ("a[0-9]/x", ["a1/x"]),
        ("a[1]/**", ["a[1]/", "a[1]/[x]", "a[1]/b*", "a[1]/bc", "a[1]/x"]),
    ):
        assert match_files([f"{tmp_path}/{pattern}"]) == [f"{tmp_path}/{name}" for name in names], pattern


def test_a_name_that_is_no_text_is_one_line(tmp_path):
    with open(os.path.join(os.fsencode(tmp_path), b"bad\xff.txt"), "wb"):
        pass
    with pytest.raises(UserError, match="bad.+txt: the path is not UTF-8, as TensorFlow needs it: rename"):
        match_files([f"{tmp_path}/*"])


@pytest.mark.parametrize(
    "name, content",
    [
        ("plain.gz", b"no gzip"),
        ("plain.xz", b"no xz"),
        ("cut.gz", gzip.compress(LINES.encode())[:-20]),
        ("cut.xz", lzma.compress(LINES.encode())[:-20]),
    ],
)
def test_damaged_files_are_named(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=rf"{name}: .+: give a text file"):
        list(read_blocks([str(tmp_path / name)]))


def test_a_folder_is_no_text(tmp_path):
    with pytest.raises(UserError, match="Is a directory"):
        list(read_blocks([str(tmp_path)]))
