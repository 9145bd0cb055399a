"""The command line before and after absl reads it: flag files line by line, values that no flag may have."""

import codecs
import io
import math
import os

from absl.flags import IllegalFlagValueError

from bert_tf.errors import UserError

_DIRECTIVES = ("--flagfile", "-flagfile")
_COMMENTS = ("#", "//")
_MOST_BYTES = 1 << 20

# The paths that TensorFlow opens, which takes them for UTF-8 whatever the system says.
_PATHS_OF_TENSORFLOW = ("init_checkpoint", "output_dir", "export_dir", "tensorboard_dir")


def expanded(arguments):
    """The arguments with the lines of flag files in the place of `--flagfile`.

    absl does the same, but stops at some files with a traceback, and never names a line.

    Args:
        arguments: The command line after the script's name.

    Raises:
        UserError: If a flag file cannot be read, or a line of it is no flag.
        absl.flags.IllegalFlagValueError: If a file's name is missing.
    """
    arguments, result = list(arguments), []
    while arguments and arguments[0] != "--":
        name, _, value = (argument := arguments.pop(0)).partition("=")
        if name not in _DIRECTIVES:
            result.append(argument)
            continue
        if argument == name:
            if not arguments:
                raise IllegalFlagValueError("--flagfile with no argument")
            value = arguments.pop(0)
        result.extend(_flags_of(value, ()))
    return result + arguments


def check_values(flag_values):
    """Raises UserError where a flag holds what no flag may: no finite number, a path that is not UTF-8."""
    for name in flag_values:
        value = flag_values[name].value
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(f"flag --{name}={value}: is no finite number: give one")
        if name in _PATHS_OF_TENSORFLOW and value and not is_utf8(value):
            raise UserError(
                f"flag --{name}={value}: its name is not UTF-8, as TensorFlow wants it: rename it"
            )


def is_utf8(path):
    """Whether a path, as Python makes it of bytes, is UTF-8."""
    return not any("\ud800" <= char <= "\udfff" for char in path)


def _flags_of(path, including):
    """The flags of a flag file and of those it includes; nothing for the empty name, as with absl.

    Args:
        path: The file.
        including: The files that include it, the innermost last.
    """
    path = os.path.expanduser(path.strip())
    if not path:
        return []
    if path in including:
        raise UserError(f"--flagfile={path}: includes itself: remove that line from {including[-1]}")
    result, awaits_value = [], False
    for number, line in enumerate(io.StringIO(_text(path), newline=None), start=1):
        line = line.strip()
        if not line or line.startswith(_COMMENTS):
            continue
        name, is_whole, value = line.partition("=")
        is_flag = line.startswith("-")
        if not (is_flag or awaits_value) or name in _DIRECTIVES and not is_whole:
            raise UserError(f"{path}:{number}: {line[:80]!r} is no flag: write --name=value, one a line")
        awaits_value = is_flag and not is_whole
        if name in _DIRECTIVES:
            result.extend(_flags_of(value, (*including, path)))
        else:
            result.append(line)
    return result


def _text(path):
    try:
        with open(path, "rb") as file:
            content = file.read(_MOST_BYTES + 1).removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise UserError(f"--flagfile={path}: {error.strerror}: give a text file of flags") from None
    if len(content) > _MOST_BYTES or b"\0" in content:
        raise UserError(f"--flagfile={path}: is no text file of flags: write --name=value, one a line")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(f"{path}:{line}: not UTF-8 ({error.reason}): save the file as UTF-8") from None
