"""The text of tab-separated result files."""

import numpy as np

# As many as one would read.
NUM_WORST_ROWS = 100


def table(header, rows):
    """A header and rows of strings, tabs between, a line each."""
    return "".join("\t".join(row) + "\n" for row in (header, *rows))


def worst_rows(examples, badness, header, columns):
    """The rows that a task was most wrong about, with their texts, as a table.

    Args:
        examples: The `Examples`.
        badness: [rows], how wrong each is; rows with 0 or less are right and left out.
        header: Names of the task's own columns.
        columns: From a row's index to their texts.

    Returns:
        The text of a table of `NUM_WORST_ROWS` rows at most, the worst first.
    """
    order = [row for row in np.argsort(-badness, kind="stable")[:NUM_WORST_ROWS] if badness[row] > 0]
    rows = (
        (
            examples.ids[row],
            *columns(row),
            _on_one_line(examples.text_a[row]),
            _on_one_line(examples.text_b[row]),
        )
        for row in order
    )
    return table(("id", *header, "text_a", "text_b"), rows)


def _on_one_line(text):
    """The text with blanks for the tabs and line ends that the table's own would be taken for."""
    return " ".join(text.split())


def number_rows(values):
    """A line of numbers for each row of an array [rows, columns], without a header, as Google wrote them."""
    return "".join("\t".join(map(str, row)) + "\n" for row in values)
