"""Several labels a row: in one column, in columns of 0 and 1, as answers; and their threshold."""

import numpy as np
import pytest

from bert_tf.data.pipelines import EncodedExamples
from bert_tf.errors import UserError
from bert_tf.tasks.multi_label import MultiLabel
from bert_tf.tasks.texts import Examples, Split


class Colours(MultiLabel):
    labels = ["red", "blue", "green"]
    splits = {
        "train": Split("train.tsv", "text", label="colours", row_id="id", synonyms={"crimson": "red"}),
        "dev": Split("dev.tsv", "text", label=("red", "blue", "green")),
        "test": Split("train.tsv", "text", row_id="id"),
    }


PROBABILITIES = np.array([[0.9, 0.2, 0.6], [0.1, 0.3, 0.2]], np.float32)


def encoded(labels):
    return EncodedExamples(None, None, None, labels, 0, Examples(["7", "x"], [""] * 2, [""] * 2, labels))


def test_labels_in_one_column(tmp_path):
    (tmp_path / "train.tsv").write_text("id\tcolours\ttext\na\tblue, crimson\tx\nb\t\ty\nc\tgreen,green\tz\n")
    examples = Colours().examples("train", tmp_path)
    assert examples.labels.tolist() == [[1, 1, 0], [0, 0, 0], [0, 0, 1]]
    assert examples.ids == ["a", "b", "c"]
    assert Colours().examples("test", tmp_path).labels is None


def test_a_column_for_each_label(tmp_path):
    (tmp_path / "dev.tsv").write_text("text\tred\tblue\tgreen\nx\t1\t0\t1\ny\t0\t0\t0\n")
    assert Colours().examples("dev", tmp_path).labels.tolist() == [[1, 0, 1], [0, 0, 0]]


def test_what_is_no_label_is_named_with_its_line(tmp_path):
    (tmp_path / "train.tsv").write_text("id\tcolours\ttext\na\tred\tx\nb\tred,pink\ty\n")
    with pytest.raises(UserError, match="train.tsv:3: label 'pink' is not one of red, blue, green: correct"):
        Colours().examples("train", tmp_path)
    (tmp_path / "dev.tsv").write_text("text\tred\tblue\tgreen\nx\t1\t0\t1\ny\t0\tyes\t0\n")
    with pytest.raises(UserError, match="dev.tsv:3: 'blue' holds 'yes': give 0 or 1"):
        Colours().examples("dev", tmp_path)


def test_files_of_predictions():
    files = Colours().result_files({"probabilities": PROBABILITIES}, encoded(None))
    assert set(files) <= set(Colours.result_file_names)
    assert files == {
        "test_results.tsv": "0.9\t0.2\t0.6\n0.1\t0.3\t0.2\n",
        "predictions.tsv": "id\tlabels\tprobabilities\n7\tred,green\t0.900000,0.600000\nx\t\t\n",
    }


def test_report_and_worst_rows():
    labels = np.array([[1, 0, 0], [1, 0, 0]])
    files = Colours().evaluation_files({"probabilities": PROBABILITIES}, encoded(labels))
    assert set(files) <= set(Colours.evaluation_file_names)
    rows = [line.split("\t") for line in files["wrong_predictions.tsv"].splitlines()]
    assert rows[0] == ["id", "labels", "wrong_label", "probability", "text_a", "text_b"]
    assert [row[:4] for row in rows[1:]] == [
        ["x", "red", "red", "0.100000"],  # Missed by 0.9.
        ["7", "red", "green", "0.600000"],  # Held too much by 0.6.
    ]
    report = {line.split()[0]: line.split()[1:] for line in files["class_report.txt"].splitlines() if line}
    assert report["red"] == ["1.0000", "0.5000", "0.6667", "2"]


def test_served_labels_are_filled_up():
    answer = Colours(threshold="0.15").answer({"probabilities": PROBABILITIES})
    assert answer["labels"].numpy().tolist() == [[b"red", b"blue", b"green"], [b"blue", b"green", b""]]


def test_a_threshold_is_tuned_noted_and_recalled():
    labels = np.array([[1, 0, 1], [0, 1, 0]])
    task, outputs = Colours(threshold="tune"), {"probabilities": PROBABILITIES}
    with pytest.raises(UserError, match="--threshold=tune: it was not tuned for this model yet: add --do_e"):
        task.threshold_in_use
    noted = task.tune(outputs, encoded(labels))
    assert noted == {"threshold": pytest.approx(0.25)} and task.threshold_in_use == noted["threshold"]
    figures = task.measure(outputs, encoded(labels))
    assert figures["f1_micro"] == figures["f1_blue"] == 1 and figures["threshold"] == noted["threshold"]
    later = Colours()
    assert later.threshold_in_use == 0.5
    later.recall(noted)
    assert later.threshold_in_use == noted["threshold"] and later.tune(outputs, encoded(labels)) == {}
    given = Colours(threshold=0.7)
    given.recall(noted)
    assert given.threshold_in_use == 0.7


def test_a_threshold_that_will_not_be_tuned_is_missed_before_the_work(tmp_path):
    (tmp_path / "train.tsv").write_text("id\tcolours\ttext\na\tred\tx\n")
    (tmp_path / "dev.tsv").write_text("text\tred\tblue\tgreen\nx\t1\t0\t1\n")
    task = Colours(threshold="tune")
    with pytest.raises(UserError, match="it was not tuned for this model yet"):
        task.examples("test", tmp_path)
    task.examples("dev", tmp_path)
    assert len(task.examples("test", tmp_path)) == 1


@pytest.mark.parametrize("threshold", ["1.5", "half", "nan"])
def test_what_is_no_threshold(threshold):
    with pytest.raises(UserError, match=f"--threshold={threshold}: give a number from 0 to 1, or 'tune'"):
        Colours(threshold)
