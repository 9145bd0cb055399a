"""run_classifier.py as a user runs it: the whole path, interrupted too, and every wrong input."""

import json
import pathlib
import resource
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from bert_tf.checkpoints.google import CheckpointReader, latest_checkpoint

ROOT = pathlib.Path(__file__).parent.parent
SAMPLE = ROOT / "examples" / "mrpc_sample"
LOAD_WITHOUT_PROJECT = """
import json, sys
sys.modules["bert_tf"] = None  # As where the project is not installed.
import tensorflow as tf
import tensorflow_text
folder, text_a, text_b = json.load(sys.stdin)
model = tf.saved_model.load(folder)
answer = model.signatures["text"](text_a=tf.constant(text_a), text_b=tf.constant(text_b))
alone = model.text(tf.constant(text_a[:2]))
ids = tf.constant([[2, 9, 3]])
by_ids = model.signatures["serving_default"](
    input_ids=ids, input_mask=tf.ones_like(ids), segment_ids=tf.zeros_like(ids))
print(json.dumps({
    "probabilities": answer["probabilities"].numpy().tolist(),
    "labels": [label.decode() for label in answer["label"].numpy()],
    "alone": alone["probabilities"].numpy().tolist(),
    "by_ids": by_ids["probabilities"].numpy().tolist(),
}))
"""


@pytest.fixture(scope="module")
def classifier(script):
    return script("run_classifier.py")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder with the first rows of the sample, its vocabulary and a tiny configuration."""
    folder = tmp_path_factory.mktemp("data")
    for name, rows in (("train.tsv", 97), ("dev.tsv", 31), ("test.tsv", 21), ("vocab.txt", None)):
        lines = (SAMPLE / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / name).write_text("".join(lines[:rows]), encoding="utf-8")
    config = json.loads((SAMPLE / "bert_config.json").read_text())
    config.update(hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
    (folder / "bert_config.json").write_text(json.dumps(config))
    return folder


def flags_for(data, output_dir, /, **changes):
    flags = {
        "task_name": "MRPC",
        "data_dir": data,
        "vocab_file": data / "vocab.txt",
        "bert_config_file": data / "bert_config.json",
        "output_dir": output_dir,
        "max_seq_length": 32,
        "do_train": True,
        "train_batch_size": 4,
        "num_train_epochs": 2,
        "save_checkpoints_steps": 10,
        "learning_rate": 1e-3,
        "iterations_per_loop": 2,
        **changes,
    }
    return [f"--{name}={value}" for name, value in flags.items() if value is not None]


@pytest.fixture(scope="module")
def finished(classifier, data, tmp_path_factory):
    """The output folder of a run that did everything, and what it printed."""
    folder = tmp_path_factory.mktemp("finished") / "out"
    flags = flags_for(data, folder, do_eval=True, do_predict=True, export_dir=folder.with_name("export"))
    status, out, last = classifier.run(*flags)
    assert status == 0, last
    return folder, out


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


def test_saved_model_needs_nothing_of_the_project(finished, data):
    folder, _ = finished
    rows = [line.split("\t") for line in (data / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    texts = [[row[column] for row in rows] for column in (3, 4)]
    loaded = subprocess.run(
        [sys.executable, "-c", LOAD_WITHOUT_PROJECT],
        input=json.dumps([str(folder.with_name("export")), *texts]),
        capture_output=True,
        text=True,
        cwd=folder,
        check=True,
    )
    answer = json.loads(loaded.stdout.splitlines()[-1])
    np.testing.assert_allclose(answer["probabilities"], np.loadtxt(folder / "test_results.tsv"), atol=1e-6)
    predictions = (folder / "predictions.tsv").read_text().splitlines()[1:]
    assert answer["labels"] == [line.split("\t")[1] for line in predictions]
    assert np.shape(answer["alone"]) == (2, 2) and np.shape(answer["by_ids"]) == (1, 2)


def test_a_killed_run_goes_on_and_ends_the_same(classifier, finished, data, tmp_path):
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


def test_an_interrupted_run_says_how_to_go_on(classifier, data, tmp_path):
    process = classifier.start(*flags_for(data, tmp_path / "out", num_train_epochs=5000))
    for line in process.stdout:
        if "Starting from random weights" in line:
            break
    time.sleep(8)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    last = err.strip().splitlines()[-1]
    step = int(latest_checkpoint(tmp_path / "out").rsplit("-", 1)[1])
    assert process.returncode == 130
    assert (
        last
        == f"run_classifier.py: stopped after step {step}; run the same command again to go on from there"
    )


def test_more_epochs_train_on_and_other_settings_are_refused(classifier, finished, data):
    folder, _ = finished
    status, out, _ = classifier.run(*flags_for(data, folder))
    assert status == 0 and "Nothing left to train: step 48 is done" in out
    status, _, last = classifier.run(*flags_for(data, folder, learning_rate=2e-3))
    assert status == 1
    assert "its checkpoints were made with learning_rate 0.001, this run has 0.002" in last
    status, out, _ = classifier.run(*flags_for(data, folder, num_train_epochs=3, do_predict=None))
    assert status == 0 and "Going on from" in out and f"wrote {folder}/model.ckpt-72" in out


def test_evaluates_what_was_trained_before(classifier, finished, data, tmp_path):
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


def edited(data, folder, name, change):
    """A copy of the data with one file changed."""
    folder.mkdir()
    for file in data.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    path = folder / name
    path.write_bytes(change(path.read_bytes()))
    return folder


WRONG_FLAGS = {
    "missing flag": ({"task_name": None}, "flag --task_name is missing: The task, in any case: CoLA"),
    "unknown flag": ({"taskname": "x"}, "Unknown command line flag 'taskname'"),
    "nothing to do": ({"do_train": None}, "nothing to do: give at least one of --do_train"),
    "missing file": (
        {"vocab_file": "none.txt"},
        "none.txt: No such file or directory: give the path of a vocab.txt",
    ),
    "missing data": ({"data_dir": "none"}, "none/train.tsv: "),
    "folder instead of file": (
        {"bert_config_file": str(ROOT)},
        f"{ROOT}: Is a directory: give the path of a bert_config",
    ),
    "unknown task": ({"task_name": "snli"}, "no task 'snli': choose one of cola, mnli, mrpc, xnli"),
    "too long for the model": ({"max_seq_length": 129}, "--max_seq_length=129: the model has 128 positions"),
    "too short": ({"max_seq_length": 3}, "flag --max_seq_length=3: "),
    "batch size 0": ({"train_batch_size": 0}, "flag --train_batch_size=0: "),
    "no such precision": ({"precision": "int8"}, "flag --precision=int8: value should be one of"),
    "unwritable output": (
        {"output_dir": "/proc/none"},
        "--output_dir=/proc/none: No such file or directory: choose a",
    ),
    "missing checkpoint": (
        {"init_checkpoint": "none.ckpt"},
        "none.ckpt: no checkpoint there (none.ckpt.index is missing)",
    ),
    "TPU": ({"use_tpu": True}, "--use_tpu=true: this package trains on GPU or CPU"),
}


@pytest.mark.parametrize("name", WRONG_FLAGS)
def test_wrong_flags(classifier, data, tmp_path, name):
    changes, message = WRONG_FLAGS[name]
    status, _, last = classifier.run(*flags_for(data, tmp_path / "out", **changes))
    assert status == 1
    assert last.startswith("run_classifier.py: error: ") and message in last


def line_edit(number, change):
    def edit(content):
        lines = content.split(b"\n")
        lines[number - 1] = change(lines[number - 1])
        return b"\n".join(lines)

    return edit


WRONG_FILES = {
    "too few columns": ("train.tsv", line_edit(7, lambda line: b"1\t2\tone text"), "train.tsv:7: "),
    "unknown label": (
        "train.tsv",
        line_edit(3, lambda line: b"2" + line[1:]),
        "train.tsv:3: label '2' is not one of 0, 1",
    ),
    "missing column": ("train.tsv", line_edit(1, lambda line: line.replace(b"Quality", b"Label")), "Quality"),
    "empty file": ("train.tsv", lambda content: b"", "train.tsv: "),
    "bad UTF-8": ("train.tsv", line_edit(5, lambda line: line + b"\xff"), "train.tsv:5: "),
    "other vocabulary": ("vocab.txt", lambda content: content + b"another\n", "297 lines, but "),
    "no [MASK]": ("vocab.txt", lambda content: content.replace(b"[MASK]", b"[BLANK]"), "[MASK] missing"),
    "duplicate": ("vocab.txt", line_edit(9, lambda line: b"[PAD]"), "vocab.txt:9: "),
    "broken config": ("bert_config.json", lambda content: content[:-1], "bert_config.json:1: not JSON"),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_wrong_files(classifier, data, tmp_path, name):
    file, change, message = WRONG_FILES[name]
    status, _, last = classifier.run(
        *flags_for(edited(data, tmp_path / "data", file, change), tmp_path / "out")
    )
    assert status == 1
    assert last.startswith("run_classifier.py: error: ") and message in last


def test_wrong_case_of_a_released_checkpoint(classifier, data, tmp_path):
    folder = tmp_path / "cased_L-12_H-768_A-12"
    folder.mkdir()
    (folder / "bert_model.ckpt.index").write_bytes(b"")
    status, _, last = classifier.run(
        *flags_for(data, tmp_path / "out", init_checkpoint=folder / "bert_model.ckpt")
    )
    assert status == 1 and last.endswith("was trained on cased text: use --do_lower_case=false")


def test_broken_checkpoint(classifier, finished, data, tmp_path):
    whole = latest_checkpoint(finished[0])
    for part in (".index", ".data-00000-of-00001"):
        content = pathlib.Path(whole + part).read_bytes()
        (tmp_path / f"bert_model.ckpt{part}").write_bytes(
            content[: len(content) // 2] if "data" in part else content
        )
    status, _, last = classifier.run(
        *flags_for(data, tmp_path / "out", init_checkpoint=tmp_path / "bert_model.ckpt")
    )
    assert status == 1
    assert f"error: {tmp_path}/bert_model.ckpt: variable " in last and "damaged or incomplete" in last


def test_full_disk(classifier, data, tmp_path):
    def limit_file_size():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    status, _, last = classifier.run(*flags_for(data, tmp_path / "out"), preexec_fn=limit_file_size)
    assert status == 1
    assert "model.ckpt-10: the checkpoint could not be written (" in last and "free space" in last


def test_truncated_texts_are_counted(classifier, data, tmp_path):
    status, out, _ = classifier.run(
        *flags_for(data, tmp_path / "out", max_seq_length=12, num_train_epochs=0.1)
    )
    assert status == 0 and "96 examples for training, " in out and "truncated to 12 tokens" in out
