"""Each program says how to use it, and what its contestants get is the same for all."""

import pathlib
import subprocess
import sys

import contest
import numpy as np
import pytest
import rows
from memory import LARGEST, estimated_batch, largest_batch

from bert_tf.data.pipelines import EncodedExamples, padded_batches

BENCHMARKS = pathlib.Path(contest.__file__).parent
PROGRAMS = sorted(path.name for path in BENCHMARKS.glob("*.py") if "def main():" in path.read_text())


def test_the_programs_are_found():
    assert {"training.py", "ceiling.py", "accelerator.py", "pretraining_data.py"} <= set(PROGRAMS)


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_shows_how_to_start_it(program):
    command = [sys.executable, str(BENCHMARKS / program), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert f"python benchmarks/{program}" in done.stdout


def test_a_folder_that_is_no_clone_of_googles_code(tmp_path):
    for program in ("training.py", "start.py"):
        command = [sys.executable, str(BENCHMARKS / program), f"--google_bert={tmp_path}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 2
        assert f"--google_bert={tmp_path}: has no modeling.py" in done.stderr


@pytest.mark.parametrize("pad_to", [None, 128])
def test_the_peers_get_the_batches_of_the_pipeline(tmp_path, pad_to):
    path = str(tmp_path / "rows.npz")
    rows.random(path, vocab_size=50, max_seq_length=128, batch_size=4, num_steps=3)
    loaded = rows.Rows.load(path)
    encoded = EncodedExamples(loaded.input_ids, loaded.segment_ids, loaded.row_splits, loaded.labels, 0)

    ours = padded_batches(encoded, loaded.order, 4, pad_to).as_numpy_iterator()

    for expected, batch in zip(ours, loaded.batches(4, pad_to), strict=True):
        assert batch.keys() == expected.keys()
        for name, array in batch.items():
            np.testing.assert_array_equal(array, expected[name], name)
            assert array.dtype == np.int32


def test_rows_to_predict_are_sorted_by_length(tmp_path):
    path = str(tmp_path / "rows.npz")
    rows.random(path, vocab_size=50, max_seq_length=60, batch_size=4, limit=10)
    batches = rows.Rows.load(path).batches(4)
    lengths = np.concatenate([batch["input_mask"].sum(axis=1) for batch in batches])
    assert len(lengths) == 10
    assert (np.diff(lengths) >= 0).all() and lengths.max() <= 60


def test_masked_positions_are_distinct(tmp_path):
    path = str(tmp_path / "masked.npz")
    rows.masked(path, vocab_size=50, length=16, num_masked=5, num_rows=6)
    batches = rows.masked_batches(path, 2)
    assert len(batches) == 3
    for batch in batches:
        assert (np.diff(batch["masked_lm_positions"]) > 0).all()
        assert batch["masked_lm_positions"].max() < 16


def test_chosen_takes_wildcards_in_any_case():
    contestants = [contest.contestant(name, "ours.py", "training") for name in ("bert_tf a", "PyTorch a")]
    assert contest.chosen(contestants, "*") == contestants
    assert contest.chosen(contestants, "nobody, pytorch*") == contestants[1:]
    with pytest.raises(SystemExit, match="matches none of: bert_tf a; PyTorch a"):
        contest.chosen(contestants, "keras*")


@pytest.mark.parametrize(
    "base, each", [(500, 100), (900, 70), (300, 0.5), (990, 400), (2000, 1), (10, 0.001)]
)
def test_search_finds_the_largest_batch(base, each):
    limit, tried = 1000, []

    def attempt(size):
        tried.append(size)
        return base + each * size, base + each * size <= limit

    found = largest_batch(attempt, limit)

    largest = min(max(int((limit - base) // each), 0), LARGEST)
    assert largest - max(0, found // 16) <= found <= largest
    assert len(tried) == len(set(tried)) < 14


@pytest.mark.parametrize("size, expected, attempts", [(4, 16, [4, 8]), (12, 16, None)])
def test_estimate_follows_the_line_where_both_batches_fit(size, expected, attempts):
    tried = []

    def attempt(size):
        tried.append(size)
        return 180 + 50 * size, 180 + 50 * size <= 1000

    assert estimated_batch(attempt, size, 1000) == expected
    assert attempts is None or tried == attempts
