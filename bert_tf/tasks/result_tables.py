"""The text of tab-separated result files."""


def table(header, rows):
    """A header and rows of strings, tabs between, a line each."""
    return "".join("\t".join(row) + "\n" for row in (header, *rows))


def number_rows(values):
    """A line of numbers for each row of an array [rows, columns], without a header, as Google wrote them."""
    return "".join("\t".join(map(str, row)) + "\n" for row in values)
