"""What every task of numbers does with its files, on a task of its own."""

import numpy as np
import pytest

from bert_tf.data.pipelines import EncodedExamples
from bert_tf.errors import UserError
from bert_tf.tasks.regression import Regression
from bert_tf.tasks.texts import Examples, Split


class Warmth(Regression):
    splits = {"train": Split("train.tsv", "text", label="degrees", row_id="name")}


def test_labels_are_numbers(tmp_path):
    (tmp_path / "train.tsv").write_text("name\tdegrees\ttext\nx7\t-1.5\tsnow\nx9\t3e1\tsand\n")
    examples = Warmth().examples("train", tmp_path)
    assert examples.labels.dtype == np.float32
    assert examples.labels.tolist() == [-1.5, 30]


@pytest.mark.parametrize("word", ["warm", "", "nan", "inf", "1,5"])
def test_what_is_no_number_is_named_with_its_line(tmp_path, word):
    (tmp_path / "train.tsv").write_text(f"name\tdegrees\ttext\nx7\t2\tsnow\nx9\t{word}\tsand\n")
    with pytest.raises(UserError, match=f"train.tsv:3: '{word}' is not a number: correct the row"):
        Warmth().examples("train", tmp_path)


def test_files_of_predictions():
    encoded = EncodedExamples(None, None, None, None, 0, Examples(["7", "x"], ["", ""], ["", ""], None))
    outputs = {"value": np.array([2.25, -0.5], np.float32)}
    files = Warmth().result_files(outputs, encoded)
    assert set(files) <= set(Warmth.result_file_names)
    assert files == {
        "test_results.tsv": "2.25\n-0.5\n",
        "predictions.tsv": "id\tvalue\n7\t2.250000\nx\t-0.500000\n",
    }


def test_metrics():
    encoded = EncodedExamples(None, None, None, np.array([1, 2, 3], np.float32), 0)
    figures = Warmth().measure({"value": np.array([2, 4, 6], np.float32)}, encoded)
    assert figures == {"pearson": pytest.approx(1), "spearman": pytest.approx(1)}


def test_largest_errors_come_first():
    examples = Examples(["7", "x", "y"], ["snow", "sand", "sea"], ["", "", ""], None)
    encoded = EncodedExamples(None, None, None, np.array([1, 2.5, 3], np.float32), 0, examples)
    files = Warmth().evaluation_files({"value": np.array([1.5, 0.5, 3], np.float32)}, encoded)
    assert files == {
        "largest_errors.tsv": "id\tvalue\tpredicted\terror\ttext_a\ttext_b\n"
        "x\t2.5\t0.500000\t-2.000000\tsand\t\n"
        "7\t1\t1.500000\t0.500000\tsnow\t\n"
    }
    assert Warmth().confusion_matrix({}, encoded) is None


def test_a_hundred_errors_are_enough():
    texts = [str(number) for number in range(300)]
    encoded = EncodedExamples(None, None, None, np.zeros(300), 0, Examples(texts, texts, texts, None))
    files = Warmth().evaluation_files({"value": np.arange(300.0)}, encoded)
    assert set(files) <= set(Warmth.evaluation_file_names)
    lines = files["largest_errors.tsv"].splitlines()
    assert len(lines) == 101 and lines[1].startswith("299\t") and lines[-1].startswith("200\t")
