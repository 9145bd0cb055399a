"""What every classification task does with its files, on a task of its own."""

import numpy as np
import pytest

from bert_tf.data.pipelines import EncodedExamples
from bert_tf.errors import UserError
from bert_tf.tasks.classification import Classification
from bert_tf.tasks.texts import Examples, Split


class Colour(Classification):
    labels = ["red", "blue"]
    splits = {
        "train": Split("train.tsv", "text", label="colour", row_id="name", synonyms={"crimson": "red"}),
        "test": Split("test.tsv", "text", "more"),
    }


def test_labels_become_indices(tmp_path):
    (tmp_path / "train.tsv").write_text(
        "name\tcolour\ttext\nx7\tblue\tsea\nx9\tcrimson\trose\nx2\tred\tbrick\n"
    )
    examples = Colour().examples("train", tmp_path)
    assert examples.labels.dtype == np.int32
    assert examples.labels.tolist() == [1, 0, 0]
    assert examples.ids == ["x7", "x9", "x2"]
    assert examples.text_a == ["sea", "rose", "brick"]
    assert examples.text_b == ["", "", ""]
    assert len(examples) == 3


def test_rows_without_id_column_are_numbered(tmp_path):
    (tmp_path / "train.tsv").write_text("colour\ttext\nblue\tsea\nred\trose\n")
    assert Colour().examples("train", tmp_path).ids == ["0", "1"]


def test_a_split_without_labels(tmp_path):
    (tmp_path / "test.tsv").write_text("text\tmore\nsea\tsalt\n")
    examples = Colour().examples("test", tmp_path)
    assert examples.labels is None
    assert examples.text_b == ["salt"]


def test_an_unknown_label_is_named_with_its_line(tmp_path):
    (tmp_path / "train.tsv").write_text("colour\ttext\nblue\tsea\ngreen\tleaf\n")
    with pytest.raises(UserError, match=r"train.tsv:3: label 'green' is not one of red, blue: correct"):
        Colour().examples("train", tmp_path)


def test_a_split_that_the_task_lacks(tmp_path):
    with pytest.raises(UserError, match="Colour has no dev split: use train or test"):
        Colour().examples("dev", tmp_path)


def test_files_of_predictions():
    examples = Examples(["7", "x"], ["", ""], ["", ""], None)
    encoded = EncodedExamples(None, None, None, None, 0, examples)
    probabilities = np.array([[0.25, 0.75], [0.9, 0.1]])
    files = Colour().result_files({"probabilities": probabilities}, encoded)
    assert set(files) <= set(Colour.result_file_names)
    assert files == {
        "test_results.tsv": "0.25\t0.75\n0.9\t0.1\n",
        "predictions.tsv": "id\tlabel\tprobability\n7\tblue\t0.750000\nx\tred\t0.900000\n",
    }


def test_files_of_an_evaluation():
    examples = Examples(["7", "x", "y", "z"], ["sea", "a\tred\nrose", "sky", "leaf"], ["", "b", "", ""], None)
    encoded = EncodedExamples(None, None, None, np.array([1, 0, 1, 0]), 0, examples)
    probabilities = np.array([[0.25, 0.75], [0.4, 0.6], [0.2, 0.8], [0.1, 0.9]], np.float32)
    files = Colour().evaluation_files({"probabilities": probabilities}, encoded)
    assert set(files) <= set(Colour.evaluation_file_names)
    assert files["confusion_matrix.tsv"] == "label\tred\tblue\nred\t0\t2\nblue\t0\t2\n"
    # The surest of the wrong ones first; tabs and line ends are those of the table only.
    assert files["wrong_predictions.tsv"] == (
        "id\tlabel\tpredicted\tprobability\ttext_a\ttext_b\n"
        "z\tred\tblue\t0.900000\tleaf\t\n"
        "x\tred\tblue\t0.600000\ta red rose\tb\n"
    )
    rows = [line.split() for line in files["class_report.txt"].splitlines()]
    assert ["red", "0.0000", "0.0000", "0.0000", "2"] in rows
    assert ["blue", "0.5000", "1.0000", "0.6667", "2"] in rows


def test_very_many_labels_have_pairs_in_place_of_a_matrix():
    class Shade(Colour):
        labels = [f"shade {number}" for number in range(2600)]

    examples = Examples(["7", "x", "y"], [""] * 3, [""] * 3, None)
    encoded = EncodedExamples(None, None, None, np.array([2599, 3, 3]), 0, examples)
    outputs = {"probabilities": np.eye(2600, dtype=np.float32)[[2599, 0, 0]]}
    files = Shade().evaluation_files(outputs, encoded)
    assert "confusion_matrix.tsv" not in files
    assert files["confusion_pairs.tsv"] == (
        "label\tpredicted\tcount\nshade 3\tshade 0\t2\nshade 2599\tshade 2599\t1\n"
    )
    assert Shade().confusion_matrix(outputs, encoded) == (Shade.labels, None)


def test_a_picture_shows_the_same_counts():
    encoded = EncodedExamples(None, None, None, np.array([1, 0, 1]), 0)
    probabilities = np.array([[0.25, 0.75], [0.4, 0.6], [0.8, 0.2]])
    names, counts = Colour().confusion_matrix({"probabilities": probabilities}, encoded)
    assert names == ["red", "blue"] and counts.tolist() == [[0, 1], [1, 1]]
