"""GLUE's tasks against files in GLUE's layout, made up and real."""

import numpy as np
import pytest

from bert_tf.data.pipelines import EncodedExamples
from bert_tf.errors import UserError
from bert_tf.metrics.classification import classification_metrics
from bert_tf.metrics.regression import regression_metrics
from bert_tf.tasks.glue import Ax, Cola, Mnli, Mrpc, Qnli, Qqp, Rte, Sst2, Stsb, Wnli
from bert_tf.tasks.texts import Examples

MNLI_START = (
    "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\t"
    "sentence1_parse\tsentence2_parse\tsentence1\tsentence2"
)


def test_mrpc(tmp_path):
    (tmp_path / "dev.tsv").write_text(
        "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n"
        '1\t10\t11\tHe said "no.\t He refused.\n0\t8\t9\tA\tB\n',
        encoding="utf-8",
    )
    (tmp_path / "test.tsv").write_text("index\t#1 ID\t#2 ID\t#1 String\t#2 String\n7\t10\t11\tA\tB\n")
    dev, test = Mrpc().examples("dev", tmp_path), Mrpc().examples("test", tmp_path)
    assert (dev.text_a, dev.text_b) == (['He said "no.', "A"], [" He refused.", "B"])
    assert dev.labels.tolist() == [1, 0]
    assert (dev.ids, test.ids) == (["0", "1"], ["7"])
    assert (test.text_a, test.text_b, test.labels) == (["A"], ["B"], None)


def test_mrpc_row_cut_short(tmp_path):
    (tmp_path / "train.tsv").write_text("Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t10\t11\tHe said\n")
    with pytest.raises(UserError, match="train.tsv:2: 4 columns where 5 are expected"):
        Mrpc().examples("train", tmp_path)


def test_cola_has_a_header_in_test_only(tmp_path):
    (tmp_path / "train.tsv").write_text("gj04\t1\t\tBirds sing.\ngj04\t0\t*\tSing birds the.\n")
    (tmp_path / "test.tsv").write_text("index\tsentence\n5\tBirds fly.\n")
    train, test = Cola().examples("train", tmp_path), Cola().examples("test", tmp_path)
    assert train.text_a == ["Birds sing.", "Sing birds the."]
    assert train.labels.tolist() == [1, 0]
    assert (test.ids, test.text_a, test.text_b, test.labels) == (["5"], ["Birds fly."], [""], None)


def test_mnli_has_matched_and_mismatched_files(tmp_path):
    row = "31193\t3p\t3n\tfiction\t( a )\t( b )\t(A)\t(B)\tIt {0}.\tIt is wet."
    labelled = f"{row}\tneutral\tneutral\tentailment\n"
    (tmp_path / "train.tsv").write_text(f"{MNLI_START}\tlabel1\tgold_label\n{row}\tneutral\tneutral\n")
    for kind, text in (("matched", "rains"), ("mismatched", "pours")):
        header = f"{MNLI_START}\tlabel1\tlabel2\tgold_label\n"
        (tmp_path / f"dev_{kind}.tsv").write_text(header + labelled.format(text))
        (tmp_path / f"test_{kind}.tsv").write_text(f"{MNLI_START}\n{row.format(text)}\n")
    task = Mnli()
    found = {
        split: task.examples(split, tmp_path) for split in ("train", *task.dev_splits, *task.test_splits)
    }
    assert {split: (rows.ids, rows.text_a, rows.labels) for split, rows in found.items()} == {
        "train": (["31193"], ["It {0}."], [2]),
        "dev": (["31193"], ["It rains."], [1]),
        "dev_mismatched": (["31193"], ["It pours."], [1]),
        "test": (["31193"], ["It rains."], None),
        "test_mismatched": (["31193"], ["It pours."], None),
    }
    assert {tuple(rows.text_b) for rows in found.values()} == {("It is wet.",)}


LAYOUTS = {
    Sst2: (
        "sentence\tlabel\na fine film \t1\n",
        "index\tsentence\n0\ta fine film \n",
        ("a fine film ", ""),
        1,
    ),
    Qqp: (
        "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n0\t8\t9\tWho?\tWhom?\t1\n",
        "id\tquestion1\tquestion2\n0\tWho?\tWhom?\n",
        ("Who?", "Whom?"),
        1,
    ),
    Stsb: (
        "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n"
        "0\tmain\tMSR\t2012\t1\tnone\tnone\tHe eats.\tShe eats.\t3.750\n",
        "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\n"
        "0\tmain\tMSR\t2012\t1\tnone\tnone\tHe eats.\tShe eats.\n",
        ("He eats.", "She eats."),
        3.75,
    ),
    Qnli: (
        "index\tquestion\tsentence\tlabel\n0\tWho?\tHe.\tnot_entailment\n",
        "index\tquestion\tsentence\n0\tWho?\tHe.\n",
        ("Who?", "He."),
        1,
    ),
    Rte: (
        "index\tsentence1\tsentence2\tlabel\n0\tIt rains.\tIt is wet.\tentailment\n",
        "index\tsentence1\tsentence2\n0\tIt rains.\tIt is wet.\n",
        ("It rains.", "It is wet."),
        0,
    ),
    Wnli: (
        "index\tsentence1\tsentence2\tlabel\n0\tHe left.\tBob left.\t1\n",
        "index\tsentence1\tsentence2\n0\tHe left.\tBob left.\n",
        ("He left.", "Bob left."),
        1,
    ),
}


@pytest.mark.parametrize("kind", LAYOUTS, ids=lambda kind: kind.__name__)
def test_layouts(tmp_path, kind):
    labelled, unlabelled, texts, label = LAYOUTS[kind]
    for name, text in (("train", labelled), ("dev", labelled), ("test", unlabelled)):
        (tmp_path / f"{name}.tsv").write_text(text)
    for split, labels in (("train", [label]), ("dev", [label]), ("test", None)):
        examples = kind().examples(split, tmp_path)
        assert (examples.ids, examples.text_a, examples.text_b) == (["0"], [texts[0]], [texts[1]])
        assert examples.labels == labels


def test_qqp_says_which_rows_are_broken(tmp_path, capsys):
    header = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n"
    (tmp_path / "train.tsv").write_text(
        f"{header}5\t1\t2\tWho?\tWhom?\t0\n6\t3\t4\tWho\n?\tWhom?\t1\n7\t5\t6\tWhy?\tHow?\t1\n"
    )
    examples = Qqp().examples("train", tmp_path)
    assert (examples.ids, examples.labels.tolist()) == (["5", "7"], [0, 1])
    path = tmp_path / "train.tsv"
    assert capsys.readouterr().out == (
        f"{path}: 2 broken rows left out, which have fewer than 6 columns; the first is {path}:3\n"
        f"{path}: 2 labels: 0 (1), 1 (1)\n"
    )


def test_qqp_leaves_no_row_of_test_unanswered(tmp_path):
    (tmp_path / "test.tsv").write_text("id\tquestion1\tquestion2\n0\tWho?\tWhom?\n1\tWhy?\n")
    with pytest.raises(UserError, match="test.tsv:3: 2 columns where 3 are expected: complete the row"):
        Qqp().examples("test", tmp_path)


def test_ax_has_nothing_but_rows_to_predict(tmp_path):
    (tmp_path / "diagnostic.tsv").write_text("index\tsentence1\tsentence2\n0\tIt rains.\tIt is wet.\n")
    task = Ax()
    [split] = task.test_splits
    assert task.examples(split, tmp_path).text_b == ["It is wet."]
    for split in ("train", *task.dev_splits):
        with pytest.raises(UserError, match="AX has no labels .*: give only --do_predict=true, and"):
            task.examples(split, tmp_path)
    assert task.labels == Mnli.labels


def encoded(*ids):
    examples = Examples(list(ids), [""] * len(ids), [""] * len(ids), None)
    return EncodedExamples(None, None, None, None, 0, examples)


@pytest.mark.parametrize(
    "kind, split, name, answers",
    [
        (Cola, "test", "CoLA.tsv", ["0", "1"]),
        (Sst2, "test", "SST-2.tsv", ["0", "1"]),
        (Mrpc, "test", "MRPC.tsv", ["0", "1"]),
        (Qqp, "test", "QQP.tsv", ["0", "1"]),
        (Mnli, "test", "MNLI-m.tsv", ["contradiction", "entailment"]),
        (Mnli, "test_mismatched", "MNLI-mm.tsv", ["contradiction", "entailment"]),
        (Qnli, "test", "QNLI.tsv", ["entailment", "not_entailment"]),
        (Rte, "test", "RTE.tsv", ["entailment", "not_entailment"]),
        (Wnli, "test", "WNLI.tsv", ["0", "1"]),
        (Ax, "test_ax", "AX.tsv", ["contradiction", "entailment"]),
    ],
)
def test_submissions(kind, split, name, answers):
    outputs = {"probabilities": np.eye(len(kind.labels))[:2]}
    files = kind().submission_files(split, outputs, encoded("7", "8"))
    assert files == {name: f"index\tprediction\n7\t{answers[0]}\n8\t{answers[1]}\n"}
    assert split in kind().test_splits and set(files) <= set(kind().submission_file_names)


def test_submitted_scores_are_within_the_scale():
    outputs = {"value": np.array([-0.3, 2.34567, 5.2], np.float32)}
    files = Stsb().submission_files("test", outputs, encoded("0", "1", "2"))
    assert set(files) == set(Stsb.submission_file_names)
    assert files == {"STS-B.tsv": "index\tprediction\n0\t0.000\n1\t2.346\n2\t5.000\n"}


def test_every_metric_is_known():
    for kind in (Cola, Sst2, Mrpc, Qqp, Mnli, Qnli, Rte, Wnli):
        found = classification_metrics(kind.metrics, [0, 1], [0, 1])
        assert "accuracy" in found and list(found) == list(kind.metrics)
    assert list(regression_metrics(Stsb.metrics, [0, 1], [0, 1])) == ["pearson", "spearman"]


def test_real_mrpc(bert_tf_data):
    task, folder = Mrpc(), bert_tf_data / "glue" / "MRPC"
    train, dev, test = (task.examples(split, folder) for split in ("train", "dev", "test"))
    assert (len(train), len(dev), len(test)) == (3668, 408, 1725)
    assert (train.labels.sum(), dev.labels.sum(), test.labels) == (2474, 279, None)
    assert dev.text_b[0].startswith('"The foodservice pie business')
    assert test.ids[-1] == "1724"


def test_real_cola(bert_tf_data):
    task, folder = Cola(), bert_tf_data / "glue" / "CoLA"
    train, dev = task.examples("train", folder), task.examples("dev", folder)
    assert (len(train), len(dev)) == (8551, 1043)
    assert (train.labels.sum(), dev.labels.sum()) == (6023, 721)
    assert dev.text_a[0] == "The sailors rode the breeze clear of the rocks."
    assert len(task.examples("test", folder)) == 1063


def test_real_sst2_rte_and_stsb(bert_tf_data):
    for kind, folder, sizes in (
        (Sst2, "SST-2", (67349, 872)),
        (Rte, "RTE", (2490, 277)),
        (Stsb, "STS-B", (5749, 1500)),
    ):
        splits = [kind().examples(split, bert_tf_data / "glue" / folder) for split in ("train", "dev")]
        assert tuple(map(len, splits)) == sizes
    assert splits[1].labels[:3].tolist() == [5.0, 4.75, 5.0]
    assert splits[1].text_b[0] == "A man wearing a hard hat is dancing."
