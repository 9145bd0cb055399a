"""XNLI in files of its layout."""

import pytest

from bert_tf.errors import UserError
from bert_tf.tasks.xnli import Xnli

DEV = (
    "language\tgold_label\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\t"
    "sentence2_parse\tsentence1\tsentence2\n"
    "de\tneutral\t\t\t\t\tUnd er sagte\tSie kam\n"
    "zh\tcontradiction\t\t\t\t\t他说\t我来了\n"
)


def test_train_says_contradictory(tmp_path):
    (tmp_path / "multinli").mkdir()
    (tmp_path / "multinli" / "multinli.train.zh.tsv").write_text(
        "premise\thypo\tlabel\n大 象\t动物\tentailment\n猫\t狗\tcontradictory\n", encoding="utf-8"
    )
    train = Xnli().examples("train", tmp_path)
    assert (train.text_a, train.text_b) == (["大 象", "猫"], ["动物", "狗"])
    assert train.labels.tolist() == [1, 0]


@pytest.mark.parametrize(
    "language, row_id, text, label",
    [
        ("zh", "1", "他说", 0),
        ("de", "0", "Und er sagte", 2),
    ],
)
def test_dev_keeps_the_rows_of_its_language(tmp_path, language, row_id, text, label):
    (tmp_path / "xnli.dev.tsv").write_text(DEV, encoding="utf-8")
    dev = Xnli(language).examples("dev", tmp_path)
    assert (dev.ids, dev.text_a, dev.labels.tolist()) == ([row_id], [text], [label])


def test_contradictory_is_no_label_of_dev(tmp_path):
    (tmp_path / "xnli.dev.tsv").write_text(DEV.replace("contradiction", "contradictory"), encoding="utf-8")
    with pytest.raises(UserError, match="xnli.dev.tsv:3: label 'contradictory'"):
        Xnli().examples("dev", tmp_path)


def test_a_language_that_is_not_there(tmp_path):
    (tmp_path / "xnli.dev.tsv").write_text(DEV, encoding="utf-8")
    with pytest.raises(UserError, match="no row with language 'fr': choose one of de, zh"):
        Xnli("fr").examples("dev", tmp_path)


def test_there_is_no_test_split(tmp_path):
    with pytest.raises(UserError, match="Xnli has no test split: use train or dev"):
        Xnli().examples("test", tmp_path)
