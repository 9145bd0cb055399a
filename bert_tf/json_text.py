"""JSON as users have it: every way in which it can be wrong ends in one line that names the place."""

import codecs
import functools
import json
import re

from bert_tf.errors import UserError

# JSON may write half of a surrogate pair (a cut-off emoji); no UTF-8 text can hold one.
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_WRITTEN_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json_file(path, remedy, unique_names=False):
    """Reads a file that holds one JSON value, UTF-8 with or without a byte order mark.

    Args:
        path: The file.
        remedy: What to do where there is no such file, as "give the path of a bert_config.json".
        unique_names: As of `parse_json`.

    Returns:
        The value, and how many half characters in it were replaced (see `parse_json`).

    Raises:
        UserError: If the file cannot be read, or is not UTF-8 or not JSON.
    """
    try:
        with open(path, "rb") as file:
            content = file.read().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}: {remedy}") from None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(f"{path}:{line}: not UTF-8 ({error.reason}): {remedy}") from None
    return parse_json(text, path, unique_names=unique_names)


def parse_json(text, path, line=1, unique_names=False):
    """The value of a JSON text.

    Half a character, such as `\\ud83d` without the other half of its emoji, is read as U+FFFD, which is
    what Python makes of bytes that are no character.

    Args:
        text: The text.
        path: The file it is from, for messages.
        line: The line of the file at which it begins.
        unique_names: Whether to refuse an object with two values of one name, of which Python keeps the
            last.

    Returns:
        The value, and how many half characters in it were replaced.

    Raises:
        UserError: If it is not JSON, is nested too deeply to be read, or holds a number of too many
            digits; the message names the line.
    """
    unique = functools.partial(_unique, f"{path}:{line}") if unique_names else None
    try:
        value = json.loads(text, object_pairs_hook=unique)
        return _without_half_characters(value) if _WRITTEN_SURROGATE.search(text) else (value, 0)
    except UserError:
        raise
    except json.JSONDecodeError as error:
        place = f"{path}:{line + error.lineno - 1}"
        raise UserError(f"{place}: not JSON ({error.msg}, column {error.colno}): correct the line") from None
    except RecursionError:
        raise UserError(f"{path}:{line}: JSON nested too deeply to be read: correct the file") from None
    except ValueError:  # Python's limit for whole numbers, which keeps them from taking minutes.
        raise UserError(f"{path}:{line}: holds a number of thousands of digits: correct it") from None


def _unique(place, pairs):
    """The object of these pairs of name and value."""
    values = {}
    for name, value in pairs:
        if name in values:
            raise UserError(f"{place}: the name {name!r} is there twice: rename or remove one")
        values[name] = value
    return values


def _without_half_characters(value):
    if isinstance(value, str):
        return _HALF_CHARACTER.subn("\ufffd", value)
    if isinstance(value, list):
        values, counts = zip(*map(_without_half_characters, value)) if value else ((), ())
        return list(values), sum(counts)
    if isinstance(value, dict):
        names, name_counts = _without_half_characters(list(value))
        values, value_counts = _without_half_characters(list(value.values()))
        return dict(zip(names, values)), name_counts + value_counts
    return value, 0
