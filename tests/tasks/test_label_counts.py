"""The line on what there is to learn."""

import numpy as np

from bert_tf.tasks.label_counts import label_counts, number_range


def test_labels_with_their_counts_in_order():
    assert label_counts({"neg": 4, "pos ": np.int64(5)}) == "2 labels: neg (4), 'pos ' (5)"
    assert label_counts({"O": 7}, "tags") == "1 tags: O (7)"


def test_of_many_labels_the_most_frequent():
    text = label_counts({f"c{number}": number for number in range(500)})
    assert text.startswith("500 labels: c499 (499), c498 (498), ")
    assert text.endswith(", c480 (480), … 480 more (0 to 479 each)") and len(text) < 400
    assert label_counts(dict.fromkeys(map(str, range(30)), 2)).endswith(", 19 (2), … 10 more (2 each)")


def test_numbers():
    values = np.array([0.5, 5, 3.25], np.float32)
    assert number_range(values) == "3 numbers from 0.5 to 5, mean 2.917"
