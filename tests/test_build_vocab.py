"""The script: what it writes and says, and one line for whatever is wrong."""

import os
import pathlib
import subprocess
import sys

import pytest

from bert_tf import FullTokenizer

SCRIPT = pathlib.Path(__file__).parent.parent / "build_vocab.py"
TEXT = "The cat sat on the mat.\nCats sit, and mats are sat on!\n\nA caf\u00e9 for cats.\n" * 5


@pytest.fixture
def run(tmp_path):
    """Runs the script in the test's own folder."""
    (tmp_path / "a1.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "a2.txt").write_text(TEXT.upper(), encoding="utf-8")

    def run_script(*flags):
        usual = "--input_file=a*.txt --vocab_file=new/vocab.txt --vocab_size=80 --num_unused=4".split()
        command = [sys.executable, SCRIPT, *usual, *flags]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    return run_script


def test_learns_a_vocabulary(run, tmp_path):
    result = run("--num_processes=2", "--do_lower_case=false")
    assert result.returncode == 0, result.stderr
    assert "Counted 210 words, 30 different ones" in result.stdout
    assert "0.0000% [UNK]" in result.stdout and "Wrote new/vocab.txt: 80 entries" in result.stdout
    tokenizer = FullTokenizer(tmp_path / "new" / "vocab.txt", do_lower_case=False)
    assert len(tokenizer.vocab) == 80 and tokenizer.vocab["[UNK]"] == 5
    assert "[UNK]" not in tokenizer.tokenize(TEXT + TEXT.upper())
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["vocab.txt"]


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--input_file="], "flag --input_file is missing"),
        (["--input_file=none*.txt"], "none*.txt: no file matches"),
        (["--input_file=empty.txt"], "empty.txt: no words"),
        (["--vocab_file=folder"], "folder: cannot be written"),
        (["--vocab_file=a1.txt/vocab.txt"], "a1.txt/vocab.txt: cannot be written (Not a directory): give a"),
        (["--vocab_file=./a2.txt"], "./a2.txt: to be written, but this run reads it (as a2.txt): give a"),
        (["--vocab_file=link.txt"], "link.txt: to be written, but this run reads it (as a1.txt): give a"),
        (["--vocab_file=hard.txt"], "hard.txt: to be written, but this run reads it (as a1.txt): give a"),
        (["--vocab_file=fifo"], "fifo: cannot be written (Not a regular file): give a"),
        (["--vocab_file=s3://bucket/vocab.txt"], "flag --vocab_file=s3://bucket/vocab.txt: not a path"),
        (["--input_file=a1.txt,gs://b/x"], "flag --input_file=a1.txt,gs://b/x: not a path"),
        (["--vocab_size=9"], "vocab_size 9: 4 unused slots and 5 special tokens leave no room"),
        (["--vocab_size=20"], "vocab_size 20: "),
        (["--min_count=0"], "flag --min_count=0"),
    ],
)
def test_wrong_input_is_one_line(run, tmp_path, flags, message):
    (tmp_path / "empty.txt").write_text("\n\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.txt").symlink_to("a1.txt")
    (tmp_path / "hard.txt").hardlink_to(tmp_path / "a1.txt")
    os.mkfifo(tmp_path / "fifo")
    before = {path: path.lstat() for path in tmp_path.iterdir()}
    result = run(*flags)
    assert result.returncode == 1 and "Traceback" not in result.stderr
    (line,) = [line for line in result.stderr.splitlines() if "error:" in line]
    assert line.startswith(f"build_vocab.py: error: {message.format(folder=tmp_path)}")
    assert not (tmp_path / "new" / "vocab.txt").exists()
    assert all(path.lstat().st_ino == status.st_ino for path, status in before.items())
    assert (tmp_path / "a1.txt").read_text(encoding="utf-8") == TEXT
