"""The one exception for what a user, not the code, has to put right, and what others say in one line."""

import re

# Where in its graph TensorFlow met an error, which means nothing to who did not write the graph.
_PLACE_IN_GRAPH = re.compile(r"\{\{[^{}]*\}\}\s*")
# TensorFlow's `ResourceExhaustedError` is also about disks and open files.
_OF_MEMORY = re.compile(r"OOM|memory|allocat", re.IGNORECASE)


class UserError(ValueError):
    """A wrong flag, file, row or checkpoint.

    The message is one line that says what is wrong, where (flag, file and line,
    or variable), and what to do about it. The scripts print it without a traceback.
    """


def reason(error):
    """The first line of what an error says; of TensorFlow's without the place in the graph."""
    text = getattr(error, "message", None) or getattr(error, "strerror", None) or str(error)
    lines = _PLACE_IN_GRAPH.sub("", text).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def is_out_of_memory(error):
    """Whether an error, Python's or TensorFlow's, says that there is not enough memory."""
    names = [kind.__name__ for kind in type(error).__mro__]
    is_of_memory = "ResourceExhaustedError" in names and _OF_MEMORY.search(reason(error))
    return isinstance(error, MemoryError) or bool(is_of_memory)
