"""run_squad.py as a user runs it: train, kill, resume, predict, score, export, load."""

import json
import time

import numpy as np
import pytest

from bert_tf.checkpoints.google import CheckpointReader, latest_checkpoint


def questions_of(path):
    for entry in json.loads(path.read_text())["data"]:
        for paragraph in entry["paragraphs"]:
            for qa in paragraph["qas"]:
                yield qa, paragraph["context"]


def test_writes_what_googles_script_wrote_and_the_scores(finished, data):
    folder, out = finished
    ids = [qa["id"] for qa, _ in questions_of(data / "dev.json")]
    for name in ("predictions.json", "nbest_predictions.json", "null_odds.json"):
        assert list(json.loads((folder / name).read_text())) == ids
    results = dict(line.split(" = ") for line in (folder / "eval_results.txt").read_text().splitlines())
    names = "exact f1 total HasAns_exact HasAns_f1 HasAns_total NoAns_exact NoAns_f1 NoAns_total "
    assert set(results) == {*names.split(), "best_exact", "best_exact_thresh", "best_f1", "best_f1_thresh"}
    assert (results["total"], results["HasAns_total"], results["NoAns_total"]) == ("18", "12", "6")
    assert f"  best_f1_thresh = {results['best_f1_thresh']}\n" in out
    assert latest_checkpoint(folder) == str(folder / "model.ckpt-30")  # 60 questions, not their rows.
    assert "60 examples for training, in 120 rows" in out and "18 examples for prediction, in 36 rows" in out
    shapes = CheckpointReader(folder).shapes
    assert shapes["cls/squad/output_weights"] == [2, 8] and "cls/squad/output_bias/adam_v" in shapes
    for written in (
        "predictions.json",
        "nbest_predictions.json",
        "null_odds.json",
        "eval_results.txt",
        "export",
    ):
        assert written in out


def test_saved_model_answers_as_the_prediction_run_without_the_project(finished, data, ask_without_project):
    folder, _ = finished
    pairs = [(qa["question"], context) for qa, context in questions_of(data / "dev.json")]
    questions, contexts = zip(*pairs)
    export = folder.with_name("export")
    served = ask_without_project(export, question=questions, context=contexts)
    predicted = json.loads((folder / "predictions.json").read_text())
    # The file has the words with one blank between, the served answer is cut from the context.
    assert [" ".join(answer.split()) for answer in served["answer"]] == list(predicted.values())
    for (_, context), answer, start, end in zip(pairs, served["answer"], served["start"], served["end"]):
        assert context[start:end] == answer if answer else (start, end) == (-1, -1)
    odds = json.loads((folder / "null_odds.json").read_text())
    np.testing.assert_allclose(served["null_odds"], list(odds.values()), atol=1e-4)
    by_ids = ask_without_project(
        export, "serving_default", input_ids=[[2, 9, 3]], input_mask=[[1, 1, 1]], segment_ids=[[0, 0, 0]]
    )
    assert np.shape(by_ids["start_logits"]) == np.shape(by_ids["end_logits"]) == (1, 3)


def test_a_killed_run_goes_on_and_ends_the_same(flags_for, squad, finished, data, tmp_path):
    folder, _ = finished
    process = squad.start(*flags_for(data, tmp_path / "out", iterations_per_loop=1))
    deadline = time.monotonic() + 120
    while not (tmp_path / "out" / "checkpoint").exists() and time.monotonic() < deadline:
        if process.poll() is not None:
            break
        time.sleep(0.01)
    process.kill()
    process.communicate()
    step = int(latest_checkpoint(tmp_path / "out").rsplit("-", 1)[1])
    status, out, last = squad.run(*flags_for(data, tmp_path / "out", do_predict=True))
    assert status == 0, last
    assert step == 30 or f"Going on from {tmp_path}/out/model.ckpt-{step}" in out
    ours, theirs = CheckpointReader(tmp_path / "out"), CheckpointReader(folder)
    for name in theirs.shapes:
        np.testing.assert_array_equal(ours.read(name), theirs.read(name), err_msg=name)
    for name in ("predictions.json", "nbest_predictions.json", "null_odds.json", "eval_results.txt"):
        assert (tmp_path / "out" / name).read_bytes() == (folder / name).read_bytes()


def test_predicts_from_a_checkpoint_with_another_threshold(flags_for, squad, finished, data, tmp_path):
    folder, _ = finished
    best = dict(line.split(" = ") for line in (folder / "eval_results.txt").read_text().splitlines())
    flags = flags_for(
        data,
        tmp_path / "out",
        do_train=None,
        do_predict=True,
        init_checkpoint=folder,
        null_score_diff_threshold=best["best_f1_thresh"],
    )
    status, _, last = squad.run(*flags)
    assert status == 0, last
    results = dict(line.split(" = ") for line in (tmp_path / "out/eval_results.txt").read_text().splitlines())
    assert float(results["f1"]) == pytest.approx(float(best["best_f1"]))


def test_version_1_padded_as_google_did(flags_for, squad, data, tmp_path):
    for name in ("train.json", "dev.json"):
        content = json.loads((data / name).read_text())
        for paragraph in content["data"][0]["paragraphs"]:
            paragraph["qas"] = paragraph["qas"][:2]
        (tmp_path / name).write_text(json.dumps(content))
    flags = flags_for(
        data,
        tmp_path / "out",
        train_file=tmp_path / "train.json",
        predict_file=tmp_path / "dev.json",
        version_2_with_negative=None,
        pad_to_max_length=True,
        num_train_epochs=1,
        do_predict=True,
    )
    status, out, last = squad.run(*flags)
    assert status == 0, last
    assert (tmp_path / "out/eval_results.txt").read_text().startswith("exact_match = ")
    assert not (tmp_path / "out/null_odds.json").exists() and "  f1 = " in out
    assert "" not in json.loads((tmp_path / "out/predictions.json").read_text()).values()


def test_windows_cut_otherwise_are_not_mixed_in(flags_for, squad, finished, data):
    folder, _ = finished
    status, _, last = squad.run(*flags_for(data, folder, doc_stride=7))
    assert status == 1 and "its checkpoints were made with num_train_tokens" in last


def test_other_answers_are_not_mixed_in(flags_for, squad, finished, data, tmp_path):
    content = json.loads((data / "train.json").read_text())
    paragraph = content["data"][0]["paragraphs"][0]
    first, second = (question["answers"] for question in paragraph["qas"][:2])
    first[:], second[:] = list(second), list(first)
    (tmp_path / "train.json").write_text(json.dumps(content))
    status, _, last = squad.run(*flags_for(data, finished[0], train_file=tmp_path / "train.json"))
    assert status == 1 and "other training data, this run has other labels for the same texts: give" in last
