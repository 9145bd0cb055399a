"""Several seeds: which, and what their figures come to."""

import pytest

from bert_tf.errors import UserError
from bert_tf.training.seeds import check_seeds, have_results, seed_folder, summarize_seeds


def test_mean_and_deviation_by_hand(tmp_path):
    for seed, accuracy in ((1, 0.5), (2, 0.7), (30, 0.9)):
        folder = tmp_path / f"seed_{seed}"
        folder.mkdir()
        (folder / "eval_results.txt").write_text(f"eval_accuracy = {accuracy}\nglobal_step = 4\n")
    path, summary = summarize_seeds(tmp_path, (1, 2, 30))
    assert summary["eval_accuracy"] == pytest.approx((0.7, 0.2))
    assert open(path).read() == (
        "figure\tmean\tstd\tseed_1\tseed_2\tseed_30\n"
        "eval_accuracy\t0.7\t0.2\t0.5\t0.7\t0.9\n"
        "global_step\t4\t0\t4\t4\t4\n"
    )


def test_results_that_are_missing_or_something_else(tmp_path):
    assert not have_results(tmp_path, (1, 2))
    for seed in (1, 2):
        (tmp_path / f"seed_{seed}").mkdir()
    good, other = (tmp_path / f"seed_{seed}" / "eval_results.txt" for seed in (1, 2))
    good.write_text("eval_accuracy = 0.5\n")
    assert have_results(tmp_path, (1, 2))
    with pytest.raises(
        UserError, match="seed_2/eval_results.txt: No such file or directory: evaluate with each"
    ):
        summarize_seeds(tmp_path, (1, 2))
    for content in (b"\xff\xfe", b"{}", b"a = b = c", b"eval_accuracy = high\n", b"\n"):
        other.write_bytes(content)
        with pytest.raises(UserError, match="seed_2/eval_results.txt: not lines of NAME = NUMBER"):
            summarize_seeds(tmp_path, (1, 2))
    other.write_text("eval_accuracy = inf\n")
    assert str(summarize_seeds(tmp_path, (1, 2))[1]["eval_accuracy"]) == "(inf, nan)"


def test_folders():
    assert seed_folder("out", 7) == "out/seed_7" and seed_folder(None, 7) is None


def test_seeds():
    assert check_seeds([]) == () and check_seeds(["3", " 1"]) == (3, 1)
    for seeds, message in (
        (["1", "x"], "--seeds: 'x' is no seed: give whole numbers"),
        (["-1", "2"], "--seeds: '-1' is no seed"),
        (["1", "4294967296"], "--seeds: '4294967296' is no seed: give whole numbers from 0 to 4294967295"),
        (["1", "9" * 5000], "--seeds: '9{20}' is no seed"),
        (["1", "1"], "--seeds=1,1: give at least two different ones"),
        (["1"], "--seeds=1: give at least two different ones, or --seed"),
    ):
        with pytest.raises(UserError, match=message):
            check_seeds(seeds)
