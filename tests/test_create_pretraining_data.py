"""The script: Google's flags, several files, and one line for whatever is wrong."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from bert_tf.data.pretraining.records import PretrainingRecords

SCRIPT = pathlib.Path(__file__).parent.parent / "create_pretraining_data.py"
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "sat", "##s", "on", "mat", "."]
TEXT = "The cats sat.\nOn the mat.\n\nThe mat sat on the cat.\nCats.\n\nOn mats.\nThe cat sat.\n"


@pytest.fixture
def run(tmp_path):
    """Runs the script on a small text, with further flags, from the test's own folder."""
    (tmp_path / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
    (tmp_path / "text.txt").write_text(TEXT)

    def run_script(*flags, **options):
        usual = "--input_file=text.txt --output_file=out --vocab_file=vocab.txt --max_seq_length=16".split()
        command = [sys.executable, SCRIPT, *usual, *flags]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, **options)

    return run_script


def read(*paths):
    records = tf.data.TFRecordDataset([str(path) for path in paths]).batch(1000)
    (features,) = records.map(PretrainingRecords(16, 20).parse).as_numpy_iterator()
    return features


def test_instances_go_to_the_output_files_in_turn(run, tmp_path):
    first = run()
    assert first.returncode == 0, first.stderr
    assert "3 documents" in first.stdout and "instances" in first.stdout
    assert run("--output_file=a,b,c").returncode == 0
    whole = read(tmp_path / "out")
    for index, name in enumerate("abc"):
        part = read(tmp_path / name)
        for feature, values in part.items():
            np.testing.assert_array_equal(values, whole[feature][index::3])


def test_nothing_loads_tensorflow(run, tmp_path):
    blocked = tmp_path / "tensorflow.py"
    blocked.write_text("raise SystemExit('TensorFlow was loaded')")
    code = (
        f"import runpy, sys; sys.path.insert(0, {str(tmp_path)!r}); sys.argv[0] = {str(SCRIPT)!r}; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    flags = ["--input_file=text.txt", "--output_file=out", "--vocab_file=vocab.txt"]
    result = subprocess.run(
        [sys.executable, "-c", code, *flags],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": f"{tmp_path}:{SCRIPT.parent}"},
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files as POSIX systems do")
@pytest.mark.parametrize("streaming", [[], ["--num_shards=1", "--num_processes=2"]])
def test_a_file_that_cannot_grow_is_one_line_and_leaves_nothing_half_written(run, tmp_path, streaming):
    import resource

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    before = sorted(tmp_path.iterdir())
    result = run("--dupe_factor=100", *streaming, preexec_fn=limit)
    assert result.returncode == 1 and "Traceback" not in result.stderr
    assert result.stderr.splitlines()[-1].startswith(
        "create_pretraining_data.py: error: out: cannot be written (File too large): give an output_file"
    )
    left = [path.name for path in tmp_path.iterdir() if path not in before]
    assert left == ([".out.unfinished"] if streaming else [])
    assert run("--dupe_factor=100", *streaming).returncode == 0
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "out"])


def test_documents_of_one_sentence_are_told(run, tmp_path):
    (tmp_path / "text.txt").write_text("The cat sat.\n\nThe mat.\n\nOn mats.\n")
    result = run()
    assert result.returncode == 0
    assert "text.txt: every document has one sentence, so the second half of every instance" in result.stdout
    assert read(tmp_path / "out")["next_sentence_labels"].all()


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--input_file=text.txt,none*.txt"], "none*.txt: no file matches"),
        (["--input_file=empty.txt"], "empty.txt: no text"),
        (["--input_file=one.txt"], "one.txt: one document only"),
        (["--max_seq_length=5"], "text.txt: every line has 2 tokens or more"),
        (["--vocab_file=none.txt"], "none.txt: No such file"),
        (["--output_file=folder"], "folder: cannot be written (Is a directory)"),
        (["--output_file=text.txt/out"], "text.txt/out: cannot be written"),
        (["--output_file=a,./a"], "./a: named twice, also as a: give each output_file once"),
        (["--output_file=text.txt"], "text.txt: to be written, but this run reads it: give another"),
        (["--output_file=x,./vocab.txt"], "./vocab.txt: to be written, but this run reads it (as vocab.txt)"),
        (["--output_file=/dev/null"], "/dev/null: cannot be written (No place for files that stay: /dev)"),
        (["--num_shards=2"], "num_shards 2: too many for 3 documents"),
        (["--num_shards=1000000000000"], "num_shards 1000000000000: give a value from 0 to 100000"),
        (["--dupe_factor=1000000000000"], "dupe_factor 1000000000000: give a value from 1 to 1000000000"),
        (["--masked_lm_prob=2"], "masked_lm_prob 2.0: give a value from 0 to 1"),
    ],
)
@pytest.mark.parametrize("streaming", [False, True])
def test_wrong_input_is_one_line(run, tmp_path, flags, message, streaming):
    (tmp_path / "empty.txt").write_text("\n\n")
    (tmp_path / "one.txt").write_text("The cat.\nSat.\n")
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.iterdir())
    result = run(*flags, *(["--num_processes=1"] if streaming else []))
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    (line,) = [line for line in result.stderr.splitlines() if "error:" in line]
    assert line.startswith(f"create_pretraining_data.py: error: {message}")
    assert sorted(tmp_path.iterdir()) == before
