"""run_classifier.py on a user's own files, from training to a SavedModel that runs without this project."""

import csv
import json
import shutil

import numpy as np
import pytest

from bert_tf.checkpoints.google import CheckpointReader


@pytest.fixture(scope="module")
def texts(data):
    """Forty texts of the sample."""
    lines = (data / "train.tsv").read_text(encoding="utf-8").splitlines()[1:41]
    return [line.split("\t")[3] for line in lines]


def write_csv(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture(scope="module")
def files(texts, tmp_path_factory):
    """A folder of files in every form."""
    folder = tmp_path_factory.mktemp("files")
    seen = {
        "long": lambda text: len(text) > 42,
        "quoted": lambda text: '"' in text,
        "the": lambda t: "the" in t,
    }
    words = [",".join(label for label in seen if seen[label](text)) for text in texts]
    for name, part in (("train", slice(0, 24)), ("dev", slice(24, 32)), ("test", slice(32, 40))):
        ids = [f"{name}-{number}" for number in range(40)]
        rows = list(zip(ids[part], texts[part], texts[::-1][part], words[part]))
        write_csv(folder / f"{name}.csv", ("key", "one, two", "other", "words"), rows)
        lines = [f"{text}\t\t{len(text) % 2}\n" for text in texts[part]]
        (folder / f"{name}.txt").write_text("".join(lines), encoding="utf-8")
        questions = [
            {"id": row[0], "question": row[1], "choices": [row[2], row[1], "No."], "answer": n % 3}
            for n, row in enumerate(rows)
        ]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in questions))
    return folder


def file_flags(files, ending):
    names = {"train_file": "train", "eval_file": "dev", "predict_file": "test"}
    return {flag: files / f"{name}.{ending}" for flag, name in names.items()}


KINDS = {
    "multi_label": {
        "problem": "multi_label",
        "text_column": "one, two",
        "text_pair_column": "other",
        "label_column": "words",
        "id_column": "key",
        "threshold": "tune",
    },
    "classification": {"text_column": 1, "label_column": 3, "header": False, "file_format": "tsv"},
    "multiple_choice": {"task_name": "multiple_choice", "gradient_accumulation_steps": 2},
}
NO_FILES = {"train_file": None, "eval_file": None, "predict_file": None}
ENDINGS = {"multi_label": "csv", "multiple_choice": "jsonl"}


@pytest.fixture(scope="module")
def flags_of(flags_for, data, files):
    """The flags of a run of a kind, into a folder, with changes by name."""

    def flags(kind, folder, **changes):
        own = {"task_name": "table", "data_dir": None, **file_flags(files, ENDINGS.get(kind, "txt"))}
        return flags_for(data, folder, **{**own, "save_checkpoints_steps": 4, **KINDS[kind], **changes})

    return flags


@pytest.fixture(scope="module", params=KINDS)
def whole(request, classifier, flags_of, tmp_path_factory):
    """A kind, and the folder of a run that trained, evaluated, predicted and exported."""
    folder = tmp_path_factory.mktemp(request.param) / "out"
    flags = flags_of(
        request.param, folder, do_eval=True, do_predict=True, export_dir=folder.with_name("model")
    )
    status, _, last = classifier.run(*flags)
    assert status == 0, last
    return request.param, folder


def rows_of(path):
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


FIGURES = {
    "multi_label": {"eval_f1_micro", "eval_f1_macro", "eval_f1_long", "eval_f1_the", "eval_threshold"},
    "classification": {"eval_accuracy"},
    "multiple_choice": {"eval_accuracy"},
}


def test_results_have_ids_and_labels(whole):
    kind, folder = whole
    results = dict(line.split(" = ") for line in (folder / "eval_results.txt").read_text().splitlines())
    assert FIGURES[kind] <= set(results) and results["global_step"] in ("12", "6")
    header, *rows = rows_of(folder / "predictions.tsv")
    numbers = np.loadtxt(folder / "test_results.tsv", ndmin=2)
    ids = (
        [str(number) for number in range(8)]
        if kind == "classification"
        else [f"test-{n}" for n in range(32, 40)]
    )
    assert [row[0] for row in rows] == ids
    settings = json.loads((folder / "run_settings.json").read_text())
    if kind == "multi_label":
        labels, threshold = settings["labels"], settings["threshold"]
        assert float(results["eval_threshold"]) == threshold
        held = [",".join(label for label, p in zip(labels, row) if p >= threshold) for row in numbers]
        assert [row[1] for row in rows] == held and header == ["id", "labels", "probabilities"]
    elif kind == "classification":
        assert settings["labels"] == ["0", "1"]
        assert [row[1] for row in rows] == [str(best) for best in numbers.argmax(axis=1)]
    else:
        assert [row[1] for row in rows] == [str(best) for best in numbers.argmax(axis=1)]
        assert numbers.shape == (8, 3) and set(CheckpointReader(folder).shapes) >= {"output_weights"}


def test_saved_model_gives_what_was_predicted(whole, files, ask_without_project):
    kind, folder = whole
    if kind == "multiple_choice":
        rows = [json.loads(line) for line in (files / "test.jsonl").read_text().splitlines()]
        inputs = {"question": [row["question"] for row in rows], "choices": [row["choices"] for row in rows]}
    elif kind == "multi_label":
        with open(files / "test.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))[1:]
        inputs = {"text_a": [row[1] for row in rows], "text_b": [row[2] for row in rows]}
    else:
        inputs = {"text_a": [row[0] for row in rows_of(files / "test.txt")], "text_b": [""]}
    answer = ask_without_project(folder.with_name("model"), **inputs)
    numbers = np.loadtxt(folder / "test_results.tsv", ndmin=2)
    predictions = rows_of(folder / "predictions.tsv")[1:]
    np.testing.assert_allclose(answer["probabilities"], numbers, atol=1e-5)
    if kind == "multi_label":
        assert [",".join(filter(None, row)) for row in answer["labels"]] == [row[1] for row in predictions]
    elif kind == "classification":
        assert answer["label"] == [row[1] for row in predictions]
    else:
        assert [str(best) for best in answer["answer"]] == [row[1] for row in predictions]
        assert answer["choice"] == [row["choices"][best] for row, best in zip(rows, answer["answer"])]


# Several labels depend on both labels and threshold noted before.
@pytest.mark.parametrize("whole", ["multi_label"], indirect=True)
def test_a_later_run_without_training_data_predicts_the_same(whole, classifier, flags_of, tmp_path):
    kind, folder = whole
    shutil.copytree(folder, tmp_path / "out")
    for name in ("predictions.tsv", "test_results.tsv"):
        (tmp_path / "out" / name).unlink()
    changes = {"train_file": None, "eval_file": None, "do_train": None, "threshold": None}
    flags = flags_of(kind, tmp_path / "out", do_predict=True, export_dir=tmp_path / "model", **changes)
    status, _, last = classifier.run(*flags)
    assert status == 0, last
    for name in ("predictions.tsv", "test_results.tsv"):
        assert (tmp_path / "out" / name).read_text() == (folder / name).read_text()
    assert (tmp_path / "model" / "saved_model.pb").exists()


# The others' batches are those of test_whole_path.py.
@pytest.mark.parametrize("whole", ["multiple_choice"], indirect=True)
def test_a_run_that_was_cut_off_goes_on_and_ends_the_same(whole, classifier, flags_of, tmp_path):
    kind, folder = whole
    shutil.copytree(folder, tmp_path / "out")
    state = 'model_checkpoint_path: "model.ckpt-4"\nall_model_checkpoint_paths: "model.ckpt-4"\n'
    (tmp_path / "out" / "checkpoint").write_text(state)
    status, out, last = classifier.run(*flags_of(kind, tmp_path / "out"))
    assert status == 0 and f"Going on from {tmp_path}/out/model.ckpt-4" in out, last
    ours, theirs = CheckpointReader(tmp_path / "out"), CheckpointReader(folder)
    for name in theirs.shapes:
        np.testing.assert_array_equal(ours.read(name), theirs.read(name), err_msg=name)


WRONG = {
    "a folder": (
        "classification",
        {"data_dir": "x"},
        "--data_dir does not belong to --task_name=table: give",
    ),
    "no folder": (
        "multiple_choice",
        {"task_name": "mrpc", **NO_FILES},
        "flag --data_dir is missing: Folder of",
    ),
    "a flag of others": (
        "classification",
        {"threshold": 0.5},
        "--threshold does not belong to --problem=class",
    ),
    "a flag of tables": (
        "multiple_choice",
        {"header": True},
        "--header does not belong to --task_name=multiple",
    ),
    "no such column": (
        "multi_label",
        {"text_column": "text"},
        "no column 'text' among key, one, two, other, w",
    ),
    "no such problem": (
        "multi_label",
        {"problem": "ranking"},
        "flag --problem=ranking: value should be one of",
    ),
    "no file": ("multi_label", {"train_file": None}, "--train_file is missing: give the table to read"),
    "unknown labels": (
        "classification",
        {"do_train": None, "do_predict": True},
        "the labels are not known: give the --output_dir of the run that found them",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_flags_are_one_line(classifier, flags_of, tmp_path, case):
    kind, changes, message = WRONG[case]
    status, _, last = classifier.run(*flags_of(kind, tmp_path / "out", **changes))
    assert status == 1
    assert last.startswith("run_classifier.py: error: ") and message in last
