"""GLUE's tasks against files in GLUE's layout, made up and real."""

import pytest

from bert_tf.errors import UserError
from bert_tf.tasks.glue import Cola, Mnli, Mrpc

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


def test_mnli_reads_the_matched_files(tmp_path):
    row = "31193\t3p\t3n\tfiction\t( a )\t( b )\t(A)\t(B)\tIt rains.\tIt is wet."
    (tmp_path / "train.tsv").write_text(f"{MNLI_START}\tlabel1\tgold_label\n{row}\tneutral\tneutral\n")
    (tmp_path / "dev_matched.tsv").write_text(
        f"{MNLI_START}\tlabel1\tlabel2\tgold_label\n{row}\tneutral\tneutral\tentailment\n"
    )
    (tmp_path / "test_matched.tsv").write_text(f"{MNLI_START}\n{row}\n")
    splits = [Mnli().examples(split, tmp_path) for split in ("train", "dev", "test")]
    assert all(
        (split.ids, split.text_a, split.text_b) == (["31193"], ["It rains."], ["It is wet."])
        for split in splits
    )
    assert [split.labels for split in splits] == [[2], [1], None]


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
