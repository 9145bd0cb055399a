"""Labels that nobody meant."""

import pytest

from bert_tf.data.tables import Table
from bert_tf.errors import UserError
from bert_tf.tasks.table_labels import found_labels


def found(*labels):
    table = Table("train.tsv", ("label",), list(labels), range(len(labels)), first_line=2)
    return found_labels(table, [[label] for label in labels])


@pytest.mark.parametrize(
    "labels",
    [
        ["very good", "very  good"],
        ["very good", "very\xa0good"],
        ["very good", "verygood"],
        ["good", "good\u200b"],
        ["good", "\ufeffgood"],
        ["\u2764", "\u2764\ufe0f"],
        ["caf\u00e9", "cafe\u0301"],
        ["good", '"good"'],
        ["good", "“good”"],
    ],
)
def test_labels_that_look_alike(labels):
    usual, rare = labels
    with pytest.raises(UserError) as error:
        found(usual, rare, "bad", usual).check()
    assert str(error.value) == (
        f"train.tsv:3: label {rare!r} (in 1) differs from {usual!r} (in 2) only in blanks, quotation "
        "marks or invisible characters: make them one, or list all labels with --labels if both are meant"
    )


@pytest.mark.parametrize(
    "labels",
    [
        ["1", "1.0"],
        ["0", "-0"],
        ["1", "01"],
        ["10", "1e1"],
        ["1", "true"],
        ["True", "true"],
        ["0.0", "FALSE"],
    ],
)
def test_one_value_written_in_two_ways(labels):
    with pytest.raises(UserError, match="train.tsv:3: label .* only in how one value is written: make them"):
        found(*labels, "other", labels[0]).check()


@pytest.mark.parametrize("label", ["nan", "NaN", "<NA>", "#N/A", "\u200b"])
def test_what_stands_for_nothing(label):
    with pytest.raises(
        UserError, match="train.tsv:4: the label is .*, as where a value is missing: complete"
    ):
        found("a", "b", label).check()


@pytest.mark.parametrize(
    "labels",
    [
        ["None", "NA", "null", "nano"],
        ["12345678901234567890123456789012345678", "12345678901234567890123456789012345679"],
        ["1e999999999", "1e99999999999999999999", "inf"],
        ["m2", "m²", "1", "2"],
        ["yes", "no"],
        ['"', "'", "*"],
    ],
)
def test_labels_that_may_be_meant(labels, capsys):
    found(*labels).check()
    assert capsys.readouterr().out == ""


def test_a_label_counts_once_a_row():
    table = Table("train.tsv", ("label",), ["a,a,b", "b"], range(2), first_line=2)
    labels = found_labels(table, [["a", "a", "b"], ["b"]])
    assert (labels.counts, labels.rows) == ({"a": 1, "b": 2}, {"a": 0, "b": 0})


def test_labels_that_differ_in_case_are_said_in_one_line(capsys):
    found(*(f"{letter}{number}" for number in range(10) for letter in "aA")).check()
    out = capsys.readouterr().out
    assert out.startswith(
        "train.tsv: labels that differ in case only: 'a0' (in 1) and 'A0' (in 1), 'a1' (in 1)"
    )
    assert out.endswith("'A4' (in 1), … (5 more)\n")


def test_a_label_that_breaks_lines_of_results():
    with pytest.raises(UserError, match=r"train.tsv:3: the label 'b\\rc' holds a tab or a line end: remove"):
        found("a", "b\rc")
