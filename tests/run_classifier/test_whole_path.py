"""run_classifier.py as a user runs it: train, kill, resume, evaluate, predict, export, load."""

import signal
import time

import numpy as np
import pytest

from bert_tf.checkpoints.google import CheckpointReader, latest_checkpoint


def test_writes_what_googles_script_wrote(finished):
    folder, out = finished
    results = dict(line.split(" = ") for line in (folder / "eval_results.txt").read_text().splitlines())
    assert list(results) == ["eval_accuracy", "eval_f1", "eval_loss", "global_step", "loss"]
    assert results["global_step"] == "48" and 0 <= float(results["eval_accuracy"]) <= 1
    assert latest_checkpoint(folder) == str(folder / "model.ckpt-48")
    names = set(CheckpointReader(folder).shapes)
    assert {"output_weights", "output_bias", "global_step", "output_weights/adam_m"} <= names
    probabilities = np.loadtxt(folder / "test_results.tsv")
    assert probabilities.shape == (20, 2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    rows = [line.split("\t") for line in (folder / "predictions.tsv").read_text().splitlines()]
    assert rows[0] == ["id", "label", "probability"] and [row[0] for row in rows[1:]] == [
        str(n) for n in range(20)
    ]
    assert [row[1] for row in rows[1:]] == [str(best) for best in probabilities.argmax(axis=1)]
    for written in ("model.ckpt-48", "eval_results.txt", "test_results.tsv", "predictions.tsv", "export"):
        assert f"{folder.parent}" in out and written in out


def test_writes_what_shows_where_it_is_wrong(finished):
    folder, out = finished
    results = dict(line.split(" = ") for line in (folder / "eval_results.txt").read_text().splitlines())
    report = [line.split() for line in (folder / "class_report.txt").read_text().splitlines()]
    assert ["accuracy", f"{float(results['eval_accuracy']):.4f}", "30"] in report
    [f1] = [row[3] for row in report if row[:1] == ["1"]]
    assert f1 == f"{float(results['eval_f1']):.4f}"
    wrong = (folder / "wrong_predictions.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(wrong) == round(30 * (1 - float(results["eval_accuracy"])))
    sureness = [float(line.split("\t")[3]) for line in wrong]
    assert sureness == sorted(sureness, reverse=True)
    answers = [line.split("\t")[1] for line in (folder / "predictions.tsv").read_text().splitlines()]
    submitted = [line.split("\t") for line in (folder / "MRPC.tsv").read_text().splitlines()]
    assert [row[1] for row in submitted[1:]] == answers[1:] and submitted[0] == ["index", "prediction"]
    for written in ("class_report.txt", "wrong_predictions.tsv", "confusion_matrix.tsv", "MRPC.tsv"):
        assert f"Wrote {folder}/{written}" in out


def test_draws_the_confusion_matrix(finished):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    assert (finished[0] / "confusion_matrix.png").read_bytes().startswith(b"\x89PNG")


def test_saved_model_needs_nothing_of_the_project(finished, data, ask_without_project):
    folder, _ = finished
    rows = [line.split("\t") for line in (data / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    text_a, text_b = ([row[column] for row in rows] for column in (3, 4))
    export = folder.with_name("export")
    answer = ask_without_project(export, text_a=text_a, text_b=text_b)
    np.testing.assert_allclose(answer["probabilities"], np.loadtxt(folder / "test_results.tsv"), atol=1e-6)
    predictions = (folder / "predictions.tsv").read_text().splitlines()[1:]
    assert answer["label"] == [line.split("\t")[1] for line in predictions]
    by_ids = ask_without_project(
        export, "serving_default", input_ids=[[2, 9, 3]], input_mask=[[1, 1, 1]], segment_ids=[[0, 0, 0]]
    )
    assert np.shape(by_ids["probabilities"]) == (1, 2)


def test_a_killed_run_goes_on_and_ends_the_same(flags_for, classifier, finished, data, tmp_path):
    folder, _ = finished
    process = classifier.start(*flags_for(data, tmp_path / "out", iterations_per_loop=1))
    deadline = time.monotonic() + 120
    while (
        not (tmp_path / "out" / "checkpoint").exists()
        and time.monotonic() < deadline
        and process.poll() is None
    ):
        time.sleep(0.01)
    process.kill()
    process.communicate()
    step = int(latest_checkpoint(tmp_path / "out").rsplit("-", 1)[1])
    status, out, last = classifier.run(*flags_for(data, tmp_path / "out", do_predict=True))
    assert status == 0, last
    assert step == 48 or f"Going on from {tmp_path}/out/model.ckpt-{step}" in out
    ours, theirs = CheckpointReader(tmp_path / "out"), CheckpointReader(folder)
    for name in theirs.shapes:
        np.testing.assert_array_equal(ours.read(name), theirs.read(name), err_msg=name)
    assert (tmp_path / "out/test_results.tsv").read_bytes() == (folder / "test_results.tsv").read_bytes()


def test_an_interrupted_run_says_how_to_go_on(flags_for, classifier, data, tmp_path):
    process = classifier.start(*flags_for(data, tmp_path / "out", num_train_epochs=5000))
    for line in process.stdout:
        if "Starting from random weights" in line:
            break
    time.sleep(8)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    last = err.strip().splitlines()[-1]
    step = int(latest_checkpoint(tmp_path / "out").rsplit("-", 1)[1])
    assert process.returncode == 130, err
    assert (
        last
        == f"run_classifier.py: stopped after step {step}; run the same command again to go on from there"
    )


def test_more_epochs_train_on_and_other_settings_are_refused(flags_for, classifier, finished, data):
    folder, _ = finished
    status, out, _ = classifier.run(*flags_for(data, folder))
    assert status == 0 and "Nothing left to train: step 48 is done" in out
    status, _, last = classifier.run(*flags_for(data, folder, learning_rate=2e-3))
    assert status == 1
    assert "its checkpoints were made with learning_rate 0.001, this run has 0.002" in last
    status, out, _ = classifier.run(*flags_for(data, folder, num_train_epochs=3, do_predict=None))
    assert status == 0 and "Going on from" in out and f"wrote {folder}/model.ckpt-72" in out


def test_evaluates_what_was_trained_before(flags_for, classifier, finished, data, tmp_path):
    folder, _ = finished
    status, out, last = classifier.run(*flags_for(data, folder, do_train=None, do_eval=True))
    assert status == 0, last
    assert "eval_accuracy" in out and "Training" not in out
    status, _, last = classifier.run(*flags_for(data, tmp_path / "empty", do_train=None, do_eval=True))
    assert status == 1 and "holds no checkpoint yet: add --do_train=true" in last


def test_help_names_every_flag_of_googles_script(classifier):
    status, out, _ = classifier.run("--help")
    assert status == 1  # As absl does.
    for name in (
        "data_dir bert_config_file task_name vocab_file output_dir init_checkpoint max_seq_length "
        "train_batch_size eval_batch_size predict_batch_size learning_rate num_train_epochs "
        "warmup_proportion save_checkpoints_steps iterations_per_loop tpu_name tpu_zone gcp_project "
        "master num_tpu_cores [no]do_lower_case [no]do_train [no]do_eval [no]do_predict [no]use_tpu seed "
        "precision export_dir"
    ).split():
        assert f"  --{name}:" in out, name


def test_truncated_texts_are_counted(flags_for, classifier, data, tmp_path):
    status, out, _ = classifier.run(
        *flags_for(data, tmp_path / "out", max_seq_length=12, num_train_epochs=0.1)
    )
    assert status == 0 and "96 examples for training, " in out and "truncated to 12 tokens" in out
