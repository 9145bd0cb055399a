"""Windows by hand; tests/tasks/test_squad_parity.py compares many with Google's rules."""

import tensorflow as tf

from bert_tf.data.squad_windows import WindowOptions, is_max_context, question_windows

CLS, SEP = 2, 3


def ragged(rows):
    return tf.ragged.constant(rows, dtype=tf.int32, row_splits_dtype=tf.int64, ragged_rank=1)


def windows_of(questions, paragraphs, *options, fewest=0):
    options = WindowOptions(*options)
    return question_windows(ragged(questions), ragged(paragraphs), options, CLS, SEP, fewest)


def test_rows():
    windows = windows_of([[11, 12, 13], [14]], [[21, 22, 23, 24, 25], [31]], 8, 2, 2)
    assert windows.input_ids.to_list() == [
        [CLS, 11, 12, SEP, 21, 22, 23, SEP],  # Room for three; the question is cut to two.
        [CLS, 11, 12, SEP, 23, 24, 25, SEP],
        [CLS, 14, SEP, 31, SEP],
    ]
    assert windows.segment_ids.to_list() == [[0] * 4 + [1] * 4] * 2 + [[0, 0, 0, 1, 1]]
    assert windows.question.numpy().tolist() == [0, 0, 1]
    assert windows.first.numpy().tolist() == [0, 2, 0]
    assert windows.length.numpy().tolist() == [3, 3, 1]
    assert windows.offset.numpy().tolist() == [4, 4, 3]


def test_a_stride_beyond_the_window_leaves_no_gap():
    windows = windows_of([[11]], [list(range(30, 40))], 8, 7, 1)
    assert windows.first.numpy().tolist() == [0, 4, 8] and windows.length.numpy().tolist() == [4, 4, 2]


def test_paragraphs_without_pieces():
    assert windows_of([[11]], [[]], 8, 2, 2).input_ids.nrows() == 0
    assert windows_of([[11]], [[]], 8, 2, 2, fewest=1).input_ids.to_list() == [[CLS, 11, SEP]]


def test_max_context():
    windows = windows_of([[11]], [list(range(30, 37))], 9, 2, 1)
    assert windows.first.numpy().tolist() == [0, 2]
    # Piece 3 has one piece behind it in the first window and one before it in the second: the first wins.
    assert is_max_context(windows, tf.constant([7], tf.int64)).to_list() == [
        [True, True, True, True, False],
        [False, False, True, True, True],
    ]
