"""Names from a user's files as messages show them: short, on one line, with nothing that cannot be seen."""

_MOST_LETTERS = 40
_MOST_NAMES = 20


def shown(name):
    """A name as it is, or in quotation marks where one could not see all of it, as blanks at its ends."""
    plain = name and name.isprintable() and name == " ".join(name.split())
    name = shortened(name)
    return name if plain else repr(name)


def shortened(name, most=_MOST_LETTERS):
    """The name, its end left out where it is long."""
    return name if len(name) <= most else name[: most - 1] + "…"


def listed(names):
    """Names with commas between; of many only the first, and how many more there are."""
    names = list(names)
    more = len(names) - _MOST_NAMES
    return ", ".join(map(shown, names[:_MOST_NAMES])) + (f", … ({more} more)" if more > 0 else "")
