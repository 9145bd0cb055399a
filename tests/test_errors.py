"""What is taken over of others' errors: one line, without what only the graph's writer understands."""

import pytest
import tensorflow as tf

from bert_tf.errors import is_out_of_memory, reason

FULL = (
    "{{function_node __wrapped__Save_device_/job:localhost/device:CPU:0}} a/b; No space left on device [Op:S]"
)


def exhausted(message):
    return tf.errors.ResourceExhaustedError(None, None, message)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (exhausted(FULL + "\nmore"), "a/b; No space left on device [Op:S]"),
        (exhausted("in {{node x}} and {{node y}} of f"), "in and of f"),
        (FileNotFoundError(2, "No such file", "x"), "No such file"),
        (ValueError("\n  first\nsecond"), "first"),
        (KeyError(), "KeyError"),
        (exhausted(""), "ResourceExhaustedError"),
    ],
)
def test_the_line_of_an_error(error, line):
    assert reason(error) == line


@pytest.mark.parametrize(
    ("error", "is_of_memory"),
    [
        (MemoryError(), True),
        (exhausted("OOM when allocating tensor with shape[1000000]"), True),
        (exhausted("Out of memory while trying to allocate 8 bytes."), True),
        (exhausted(FULL), False),
        (exhausted("x; Too many open files"), False),
        (ValueError("memory"), False),
    ],
)
def test_what_is_about_memory(error, is_of_memory):
    assert is_out_of_memory(error) is is_of_memory
