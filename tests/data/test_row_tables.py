"""Rows as dicts, asked for by column."""

import math

import pytest

from bert_tf.data.row_tables import RowTable, check_no_breaks
from bert_tf.errors import UserError


def table_of(*rows, **lists):
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    return RowTable("rows.jsonl", names, list(rows), list(range(1, len(rows) + 1)), lists)


def test_values_as_texts():
    table = table_of(
        {"a": 1.0, "b": True, "c": None, "d": [1, "x"]}, {"a": 1, "b": "", "c": "é", "d": []}, d="|"
    )
    assert [table.column(name) for name in "abcd"] == [["1.0", "1"], ["true", ""], ["", "é"], ["1|x", ""]]


@pytest.mark.parametrize(
    "value, message",
    [
        (math.nan, "rows.jsonl:1: 'a' holds nan, which is no number of JSON: change it"),
        (math.inf, "rows.jsonl:1: 'a' holds inf, which is no number of JSON: change it"),
        ({}, "rows.jsonl:1: 'a' holds an object where a text is expected"),
        ([None], "rows.jsonl:1: 'a' holds null where a text is expected"),
        (["x|y"], "rows.jsonl:1: 'a' holds 'x|y', which is no text without '|'"),
    ],
)
def test_values_that_are_no_texts(value, message):
    with pytest.raises(UserError, match=message.replace("|", r"\|")):
        table_of({"a": value}, a="|").column("a")


def test_a_name_of_two_columns_is_refused_where_it_is_asked_for():
    table = RowTable("rows.csv", ("a", "b", "", "b", ""), [{"a": "1", "b": "2", "": ""}], [2])
    assert table.column("a") == ["1"]
    with pytest.raises(UserError, match="rows.csv:1: two columns are called 'b': rename one"):
        table.column("b")


def test_a_column_that_is_not_there_among_many():
    with pytest.raises(UserError, match="no column 'text' among 'label ', c0, .* more"):
        table_of({"label ": "", **{f"c{number}": "" for number in range(50)}}).column("text")


@pytest.mark.parametrize("value", ["a\tb", "a\n", "a\rb"])
def test_what_breaks_a_line_of_results(value):
    with pytest.raises(UserError, match="rows.csv:3: the id '.*' holds a tab or a line end: remove it"):
        check_no_breaks("rows.csv:3", "id", value)
