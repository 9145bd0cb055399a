"""run_ner.py as a user runs it: train, kill, resume, evaluate, predict, export, load."""

import json
import time

import numpy as np

from bert_tf.checkpoints.google import CheckpointReader, latest_checkpoint


def test_learns_evaluates_and_saves(finished):
    folder, out = finished
    results = dict(line.split(" = ") for line in (folder / "eval_results.txt").read_text().splitlines())
    assert {"eval_f1", "eval_macro_f1", "eval_LOC_recall", "eval_PER_precision"} < set(results)
    assert float(results["eval_f1"]) > 0.9 and float(results["eval_accuracy"]) > 0.9
    names = CheckpointReader(latest_checkpoint(folder)).shapes
    assert names["output_weights"] == [5, 16] and names["output_bias"] == [5]
    assert json.loads((folder / "run_settings.json").read_text())["labels"] == [
        "O", "B-LOC", "I-LOC", "B-PER", "I-PER"
    ]  # fmt: skip
    assert "120 examples for training" in out and f"Wrote {folder}/predictions.txt" in out


def test_predictions_are_the_input_with_a_column(finished, data):
    rows = (finished[0] / "predictions.txt").read_text().splitlines()
    lines = (data / "test.txt").read_text().splitlines()
    assert [row.split(" ")[0] if row else "" for row in rows] == lines
    tags = [row.split(" ")[1] for row in rows if row]
    firsts = [line[0] for line in lines if line]
    names = {"p": "B-PER", "q": "I-PER", "l": "B-LOC", "m": "I-LOC"}
    assert np.mean([tag == names.get(first, "O") for tag, first in zip(tags, firsts)]) > 0.9


def test_saved_model_needs_nothing_of_the_project(finished, ask_without_project):
    folder, _ = finished
    texts = ["a, labb  m\u0301c, b, pa, a", "", "a, " * 200 + "p, a"]
    export = folder.with_name("export")
    by_ids = ask_without_project(
        export, "serving_default", input_ids=[[2, 9, 3]], input_mask=[[1, 1, 1]], segment_ids=[[0, 0, 0]]
    )
    assert np.shape(by_ids["probabilities"]) == (1, 3, 5)
    answer = ask_without_project(export, text=texts)
    found = list(zip(answer["text"][0], answer["type"][0], answer["start"][0], answer["end"][0]))
    assert found[:2] == [("labb  m\u0301c", "LOC", 3, 12), ("pa", "PER", 17, 19)]
    assert answer["count"][1] == 0 and answer["text"][2][answer["count"][2] - 1] == "p"
    for row, text in enumerate(texts):
        for entity in range(answer["count"][row]):
            start, end = answer["start"][row][entity], answer["end"][row][entity]
            assert text[start:end] == answer["text"][row][entity] and 0.2 < answer["score"][row][entity] <= 1


def test_a_killed_run_goes_on_and_ends_the_same(flags_for, ner, finished, data, tmp_path):
    folder, _ = finished
    process = ner.start(*flags_for(data, tmp_path / "out", iterations_per_loop=1))
    deadline = time.monotonic() + 120
    while not (tmp_path / "out/checkpoint").exists() and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.communicate()
    step = int(latest_checkpoint(tmp_path / "out").rsplit("-", 1)[1])
    status, out, last = ner.run(*flags_for(data, tmp_path / "out", do_predict=True))
    assert status == 0, last
    assert f"Going on from {tmp_path}/out/model.ckpt-{step}" in out
    ours, theirs = CheckpointReader(tmp_path / "out"), CheckpointReader(folder)
    for name in theirs.shapes:
        np.testing.assert_array_equal(ours.read(name), theirs.read(name), err_msg=name)
    assert (tmp_path / "out/predictions.txt").read_bytes() == (folder / "predictions.txt").read_bytes()


def test_a_later_run_in_short_rows_with_odd_words(flags_for, ner, finished, data, tmp_path):
    """The labels are the run's own; sentences longer than a row and words without pieces keep their place."""
    folder, _ = finished
    words = ["pab", "", "\x01", "a" * 40, "lb", "b" * 300, "\u200b"] * 3
    (tmp_path / "odd.txt").write_text("".join(f"{word}\t_\n" for word in words) + "\n\t\nlca\t_")
    flags = flags_for(
        data, folder, do_train=None, do_predict=True, max_seq_length=12, predict_file=tmp_path / "odd.txt"
    )
    status, out, last = ner.run(*flags)
    assert status == 0, last
    assert "2 examples for prediction, in " in out
    rows = [row.split("\t") for row in (folder / "predictions.txt").read_text().split("\n")]
    assert [row[0] for row in rows] == [*words, "", "", "lca", ""]
    tags = {
        (word, tag)
        for word, _, tag in filter(lambda row: len(row) > 1, rows)
        if word in ("", "\x01", "\u200b")
    }
    assert tags == {("", "O"), ("\x01", "O"), ("\u200b", "O")}
