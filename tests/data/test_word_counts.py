"""Counting words: as the tokenizer makes them, from any file, whatever the number of processes."""

import collections
import gzip
import lzma

import pytest

from bert_tf import UserError
from bert_tf.data.word_counts import count_words
from bert_tf.tokenization.reference import BasicTokenizer

LINES = [
    "The cat's hat, the Café.",
    "",
    "ΟΔΟΣ ΣΑΣ straße\u00a0x",
    "zero\u200bwidth \ufffd bad\x07bell",
    "北京 is far",
    "  ",
    "tab\tand\u3000wide",
    "a\u0301 \u0301 ½",
]


@pytest.fixture
def text_file(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("\n".join(LINES), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("do_lower_case", [True, False])
def test_counts_are_those_of_the_tokenizer(text_file, do_lower_case):
    basic = BasicTokenizer(do_lower_case)
    expected = collections.Counter(word for line in LINES for word in basic.tokenize(line))
    counts = count_words([text_file], do_lower_case)
    assert counts.words == expected and counts.forgotten == 0
    assert counts.characters == collections.Counter("".join(expected.elements()))
    assert ("the" in counts.words) and ("The" in counts.words) != do_lower_case


def test_compressed_files_and_several(text_file, tmp_path):
    data = (tmp_path / "text.txt").read_bytes()
    (tmp_path / "text.gz").write_bytes(gzip.compress(data))
    (tmp_path / "text.xz").write_bytes(lzma.compress(data))
    single = count_words([text_file]).words
    several = count_words([text_file, str(tmp_path / "text.gz"), str(tmp_path / "text.xz")]).words
    assert several == {word: 3 * count for word, count in single.items()}


def test_processes_and_forgetting_change_nothing_else(tmp_path):
    """Blocks of a megabyte each bring new words, so that the rare ones are forgotten several times."""
    files = []
    for number in range(3):
        words = " ".join(f"w{number}x{index}" for index in range(20_000))
        files.append(str(tmp_path / f"{number}.txt"))
        (tmp_path / f"{number}.txt").write_text(f"common Ordinary {words}\n" + "common\n" * 9)
    whole = count_words(files)
    bounded = count_words(files, num_processes=1, max_words=15_000)
    assert count_words(files, num_processes=2, max_words=15_000) == bounded
    assert bounded.words["common"] == whole.words["common"] == 30
    assert len(bounded.words) <= 15_000 < len(whole.words) == 60_002
    assert bounded.forgotten >= 45_000 and bounded.characters == whole.characters


@pytest.mark.parametrize(
    "content, message",
    [
        (b"\n \n\x07\n", "text.txt: no words: "),
        (b"fine\nbad \xff\n", "text.txt:2: not UTF-8"),
    ],
)
@pytest.mark.parametrize("num_processes", [1, 2])
def test_wrong_text(tmp_path, content, message, num_processes):
    (tmp_path / "text.txt").write_bytes(content)
    with pytest.raises(UserError, match=message):
        count_words([str(tmp_path / "text.txt")], num_processes=num_processes)
