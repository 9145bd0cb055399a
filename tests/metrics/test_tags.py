"""Single tags counted by hand."""

import pytest

from bert_tf.metrics.tags import tag_metrics


def test_parts_of_speech():
    results = tag_metrics(["N", "V", "N", "D"], ["N", "N", "N", "X"])
    expected = {"accuracy": 1 / 2, "precision": 1 / 2, "recall": 1 / 2, "f1": 1 / 2}
    expected |= {"N_precision": 2 / 3, "N_recall": 1, "N_f1": 4 / 5}
    for tag in "VDX":
        expected |= {f"{tag}_precision": 0, f"{tag}_recall": 0, f"{tag}_f1": 0}
    expected |= {"macro_precision": 1 / 6, "macro_recall": 1 / 4, "macro_f1": 1 / 5}
    assert results == pytest.approx(expected)


def test_outside_is_not_counted_but_in_the_accuracy():
    results = tag_metrics(["O", "O", "PER", "O"], ["O", "LOC", "PER", "O"])
    assert results["accuracy"] == 3 / 4 and results["precision"] == 1 / 2 and results["recall"] == 1
    assert results["PER_f1"] == 1 and "O_f1" not in results


@pytest.mark.filterwarnings("error")
def test_nothing_but_outside():
    results = tag_metrics(["O", "O"], ["O", "O"])
    assert results.pop("accuracy") == 1 and set(results.values()) == {0.0} and "macro_f1" in results
