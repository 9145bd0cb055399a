"""Entities counted by hand, and as conlleval counts tags that are out of order."""

import pytest

from bert_tf.metrics.entities import entity_metrics


def test_by_hand():
    true = [["B-LOC", "I-LOC", "O", "B-PER"], ["O", "B-PER", "O"]]
    predicted = [["B-LOC", "I-LOC", "B-PER", "B-PER"], ["O", "B-LOC", "O"]]
    results = entity_metrics(true, predicted)
    # Found are 4 entities, of which LOC 0-1 and PER 3 are right, of 3.
    expected = {"accuracy": 5 / 7, "precision": 2 / 4, "recall": 2 / 3, "f1": 4 / 7}
    expected |= {"LOC_precision": 1 / 2, "LOC_recall": 1, "LOC_f1": 2 / 3}
    expected |= {"PER_precision": 1 / 2, "PER_recall": 1 / 2, "PER_f1": 1 / 2}
    expected |= {"macro_precision": 1 / 2, "macro_recall": 3 / 4, "macro_f1": 7 / 12}
    assert results == pytest.approx(expected)


@pytest.mark.parametrize(
    "true, predicted, f1",
    [
        ("B-a I-a", "B-a O", 0),  # Borders count,
        ("B-a I-a", "B-b I-b", 0),  # and types.
        ("B-a I-a", "I-a I-a", 1),  # IOB1 and IOB2 mark the same entity.
        ("B-a I-a S-a", "B-a E-a B-a", 1),
        ("B-a B-a", "I-a I-a", 0),  # One entity of two words.
        ("B-a O B-b", "B-a O I-b", 1),
        ("B-a B-b", "I-a I-b", 1),  # Another type is another entity.
        ("B-a I-a O", "B-a E-a E-a", 0.5 / 0.75),  # After an end, another entity.
        ("B I O B", "B I O O", 1 / 1.5),  # Tags without a type.
    ],
)
def test_out_of_order(true, predicted, f1):
    assert entity_metrics([true.split()], [predicted.split()])["f1"] == pytest.approx(f1)


def test_types_with_hyphens_and_without_entities():
    results = entity_metrics([["B-creative-work", "O"]], [["O", "B-creative-school"]])
    assert results["creative-work_recall"] == results["creative-school_precision"] == results["f1"] == 0


def test_entities_do_not_reach_beyond_a_sentence():
    assert entity_metrics([["B-a"], ["I-a"]], [["B-a"], ["B-a"]])["f1"] == 1


@pytest.mark.filterwarnings("error")
def test_no_entities_at_all():
    results = entity_metrics([["O"], ["O", "O"]], [["O"], ["O", "O"]])
    assert results.pop("accuracy") == 1 and set(results.values()) == {0.0} and "macro_f1" in results
