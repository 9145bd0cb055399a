"""run_classifier.py on tasks of GLUE: scores, several dev and test sets, GLUE's own files, wrong input."""

import random

import numpy as np
import pytest

LABELS = ("contradiction", "entailment", "neutral")


@pytest.fixture(scope="module")
def pairs(data):
    """Pairs of texts of the sample."""
    lines = (data / "train.tsv").read_text(encoding="utf-8").splitlines()[1:49]
    return [line.split("\t")[3:5] for line in lines]


def write(folder, name, header, rows):
    """Writes a table whose first column, the index, is added here."""
    lines = ("\t".join((str(index), *row)) for index, row in enumerate(rows))
    (folder / name).write_text("\n".join(["\t".join(("index", *header)), *lines, ""]), encoding="utf-8")


@pytest.fixture(scope="module")
def stsb(pairs, tmp_path_factory):
    """A small STS-B, whose scores say how many words two texts share."""
    folder = tmp_path_factory.mktemp("STS-B")
    scores = [f"{5 * len({*a.split()} & {*b.split()}) / len({*a.split(), *b.split()}):.3f}" for a, b in pairs]
    rows = [(*pair, score) for pair, score in zip(pairs, scores)]
    write(folder, "train.tsv", ("sentence1", "sentence2", "score"), rows)
    write(folder, "dev.tsv", ("sentence1", "sentence2", "score"), rows[:20])
    write(folder, "test.tsv", ("sentence1", "sentence2"), pairs[20:32])
    return folder


@pytest.fixture(scope="module")
def mnli(pairs, tmp_path_factory):
    """A small MNLI, and AX beside it."""
    folder = tmp_path_factory.mktemp("MNLI")
    labels = random.Random(0).choices(LABELS, k=len(pairs))
    rows = [(*pair, label) for pair, label in zip(pairs, labels)]
    texts = ("sentence1", "sentence2")
    write(folder, "train.tsv", (*texts, "gold_label"), rows)
    for kind, part in (("matched", slice(0, 16)), ("mismatched", slice(16, 28))):
        write(folder, f"dev_{kind}.tsv", (*texts, "gold_label"), rows[part])
        write(folder, f"test_{kind}.tsv", texts, pairs[part])
    write(folder, "diagnostic.tsv", texts, pairs[30:34])
    return folder


@pytest.fixture(scope="module")
def common(data):
    """The model and its vocabulary."""
    return {"vocab_file": data / "vocab.txt", "bert_config_file": data / "bert_config.json"}


def results_of(folder):
    lines = (folder / "eval_results.txt").read_text().splitlines()
    return {name: float(value) for name, value in (line.split(" = ") for line in lines)}


def rows_of(path):
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def test_scores_from_training_to_a_saved_model(
    classifier, flags_for, common, stsb, pairs, tmp_path, ask_without_project
):
    out = tmp_path / "out"
    flags = flags_for(
        stsb, out, task_name="STS-B", do_eval=True, do_predict=True, export_dir=tmp_path / "export", **common
    )
    status, printed, last = classifier.run(*flags)
    assert status == 0, last
    results = results_of(out)
    assert set(results) == {"eval_pearson", "eval_spearman", "eval_loss", "loss", "global_step"}
    values = np.loadtxt(out / "test_results.tsv")
    assert values.shape == (12,) and np.ptp(values) > 0
    predictions = rows_of(out / "predictions.tsv")
    assert predictions[0] == ["id", "value"] and [row[0] for row in predictions[1:]] == [*map(str, range(12))]
    np.testing.assert_allclose([float(row[1]) for row in predictions[1:]], values, atol=1e-6)
    submitted = rows_of(out / "STS-B.tsv")
    assert submitted == [["index", "prediction"]] + [
        [str(index), f"{min(max(value, 0), 5):.3f}"] for index, value in enumerate(values)
    ]
    worst = rows_of(out / "largest_errors.tsv")
    errors = [abs(float(row[1]) - float(row[2])) for row in worst[1:]]
    assert len(errors) == 20 and errors == sorted(errors, reverse=True)
    assert np.square(errors).mean() == pytest.approx(results["eval_loss"], rel=1e-3)
    for name in ("largest_errors.tsv", "STS-B.tsv", "predictions.tsv", "eval_results.txt"):
        assert f"Wrote {out}/{name}" in printed
    texts = list(zip(*pairs[20:32]))
    answers = ask_without_project(tmp_path / "export", text_a=texts[0], text_b=texts[1])
    assert list(answers) == ["value"]
    np.testing.assert_allclose(answers["value"], values, atol=1e-5)


@pytest.fixture(scope="module")
def finished_mnli(classifier, flags_for, common, mnli, tmp_path_factory):
    """The output folder of a run on MNLI where matplotlib is missing, and what it printed."""
    folder = tmp_path_factory.mktemp("mnli")
    (folder / "matplotlib.py").write_text("raise ImportError")
    flags = flags_for(mnli, folder / "out", task_name="mnli", do_eval=True, do_predict=True, **common)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        status, printed, last = classifier.run(*flags)
    assert status == 0, last
    return folder / "out", printed


def test_matched_and_mismatched(finished_mnli):
    folder, _ = finished_mnli
    results = results_of(folder)
    names = {"eval_accuracy", "eval_loss", "loss"}
    assert set(results) == names | {f"{name}_mismatched" for name in names} | {"global_step"}
    for suffix, size, submission in (("", 16, "MNLI-m"), ("_mismatched", 12, "MNLI-mm")):
        best = np.loadtxt(folder / f"test_results{suffix}.tsv").argmax(axis=1)
        assert len(best) == size
        words = [LABELS[index] for index in best]
        assert [row[1] for row in rows_of(folder / f"predictions{suffix}.tsv")[1:]] == words
        assert rows_of(folder / f"{submission}.tsv") == [
            ["index", "prediction"],
            *([str(index), word] for index, word in enumerate(words)),
        ]
        counts = np.array([row[1:] for row in rows_of(folder / f"confusion_matrix{suffix}.tsv")[1:]], int)
        assert counts.sum() == size
        assert np.trace(counts) / size == pytest.approx(results[f"eval_accuracy{suffix}"])
        wrong = rows_of(folder / f"wrong_predictions{suffix}.tsv")[1:]
        assert len(wrong) == size - np.trace(counts) and all(row[1] != row[2] for row in wrong)


def test_a_missing_extra_is_named_and_nothing_else_happens(finished_mnli):
    folder, printed = finished_mnli
    for name in ("confusion_matrix.png", "confusion_matrix_mismatched.png"):
        assert not (folder / name).exists()
        hint = f"Not drawn: {folder}/{name} needs the package matplotlib: pip install -e '.[plots]'"
        assert hint in printed.splitlines()


def test_a_model_of_mnli_predicts_ax(classifier, flags_for, common, mnli, finished_mnli):
    folder, _ = finished_mnli
    before = (folder / "test_results.tsv").read_bytes()
    flags = flags_for(mnli, folder, task_name="AX", do_train=None, do_predict=True, **common)
    status, _, last = classifier.run(*flags)
    assert status == 0, last
    best = np.loadtxt(folder / "test_results_ax.tsv").argmax(axis=1)
    assert [row[1] for row in rows_of(folder / "AX.tsv")[1:]] == [LABELS[index] for index in best]
    assert len(best) == 4 and (folder / "test_results.tsv").read_bytes() == before


def edited(folder, target, name, old, new):
    """A copy of a data set in which one text of a file is another."""
    target.mkdir()
    for file in folder.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (target / name).write_text(text.replace(old, new, 1) if old else new, encoding="utf-8")
    return target


WRONG = {
    "score that is no number": (
        "STS-B",
        "train.tsv",
        "\n0\t",
        "\n0\ta\tb\tfour\n1\t",
        "train.tsv:2: 'four' is not a",
    ),
    "column of scores missing": (
        "STS-B",
        "dev.tsv",
        "score",
        "rating",
        "dev.tsv: no column 'score' among index, sentence1, sentence2, rating: correct the header",
    ),
    "empty dev set": (
        "STS-B",
        "dev.tsv",
        "",
        "index\tsentence1\tsentence2\tscore\n",
        "dev.tsv: only a header: give a",
    ),
    "label that only dev has": (
        "MNLI",
        "dev_mismatched.tsv",
        "\n0\t",
        "\n0\ta\tb\tmaybe\n1\t",
        "dev_mismatched.tsv:2: label 'maybe' is not one of contradiction, entailment, neutral: correct",
    ),
    "nothing to train on": (
        "AX",
        "train.tsv",
        "",
        "",
        "AX has no labels to train or evaluate on: give only --do_pred",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input(classifier, flags_for, common, stsb, mnli, tmp_path, name):
    task, file, old, new, message = WRONG[name]
    folder = edited(stsb if task == "STS-B" else mnli, tmp_path / "data", file, old, new)
    flags = flags_for(folder, tmp_path / "out", task_name=task, do_eval=True, **common)
    status, _, last = classifier.run(*flags)
    assert status == 1
    assert last.startswith("run_classifier.py: error: ") and message in last
