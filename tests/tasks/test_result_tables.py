"""Result files: what is in a line, and which rows are shown."""

import numpy as np

from bert_tf.tasks.result_tables import NUM_WORST_ROWS, number_rows, worst_rows
from bert_tf.tasks.texts import Examples


def test_worst_rows_first_and_right_ones_left_out():
    examples = Examples(["a", "b", "c"], ["one", "two\tlines\nlong", "three"], ["", "", "pair"], None)
    text = worst_rows(examples, np.array([0.0, 0.2, 0.9]), ["wrong_by"], lambda row: [f"row {row}"])
    assert text == "id\twrong_by\ttext_a\ttext_b\nc\trow 2\tthree\tpair\nb\trow 1\ttwo lines long\t\n"


def test_no_more_rows_than_one_would_read():
    count = NUM_WORST_ROWS + 5
    examples = Examples([str(row) for row in range(count)], [""] * count, [""] * count, None)
    lines = worst_rows(examples, np.ones(count), [], lambda row: []).splitlines()[1:]
    # Equally wrong, they stay in order.
    assert [line.split("\t")[0] for line in lines] == [str(row) for row in range(NUM_WORST_ROWS)]


def test_number_rows():
    assert number_rows(np.array([[0.5, 1.0], [2.0, 0.25]])) == "0.5\t1.0\n2.0\t0.25\n"
