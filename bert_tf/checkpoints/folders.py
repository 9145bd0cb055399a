"""What lies in a folder of checkpoints: what its `checkpoint` file lists, and which files are there."""

import ast
import dataclasses
import os
import re

STATE_FILE = "checkpoint"

_ENTRY = re.compile(r"\s*(\w+):\s*(.+?)\s*")
_INDEX = ".index"
_PART = re.compile(r"\.(index|meta|data-\d{5}-of-\d{5})$")
_SHARD = re.compile(r"(.+)\.data-(\d{5})-of-(\d{5})", re.DOTALL)
# As training writes them: only these are its own, so only these are gone on from without a state file.
_NUMBERED = re.compile(r"model\.ckpt-(\d+)")


@dataclasses.dataclass(frozen=True)
class FolderState:
    """What the `checkpoint` file of a folder says.

    Args:
        prefixes: The checkpoints that it lists, the newest last, each as it is found now: beside the
            file if there, as the folder may have been moved or copied since.
        problem: Why it says nothing, as "empty"; "" if it does.
    """

    prefixes: tuple = ()
    problem: str = ""


def read_state(folder):
    """The `FolderState` of a folder."""
    try:
        with open(os.path.join(folder, STATE_FILE), encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        return FolderState(problem="missing")
    except OSError as error:
        return FolderState(problem=f"cannot be read ({error.strerror})")
    except UnicodeDecodeError:
        return FolderState(problem="damaged (not UTF-8)")
    if not text.strip():
        return FolderState(problem="empty")
    try:
        entries = [_entry(line) for line in text.splitlines() if line.strip()]
    except ValueError:
        return FolderState(problem="damaged")
    newest = [value for name, value in entries if name == "model_checkpoint_path"]
    if not newest:
        return FolderState(problem="damaged (it names no newest checkpoint)")
    others = [value for name, value in entries if name == "all_model_checkpoint_paths"]
    names = [name for name in others if name != newest[-1]] + newest[-1:]
    return FolderState(tuple(_found(folder, name) for name in names))


def _entry(line):
    """Name and value of a line, which is a field of a protocol buffer in text form.

    Raises:
        ValueError: If it is none.
    """
    match = _ENTRY.fullmatch(line)
    if not match:
        raise ValueError(line)
    name, value = match.groups()
    if value[0] not in "\"'":
        return name, value
    try:
        text = ast.literal_eval(value)
        # TensorFlow writes the bytes of UTF-8 one by one, as in \303\251.
        return name, text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return name, text
    except SyntaxError:
        raise ValueError(line) from None


def _found(folder, name):
    beside = os.path.join(folder, os.path.basename(name))
    prefix = os.path.join(folder, name)
    return prefix if has_files(prefix) and not has_files(beside) else beside


def prefix_of(path):
    """The prefix of the checkpoint that a file is part of; a path of no such file as it is."""
    return _PART.sub("", path)


def prefixes_in(folder):
    """The prefixes of all checkpoints in a folder, by their .index files, sorted by name."""
    return [
        os.path.join(folder, name.removesuffix(_INDEX)) for name in _names(folder) if name.endswith(_INDEX)
    ]


def numbered_prefixes(folder):
    """Those of `prefixes_in` that training gave a number, the newest last."""
    numbered = []
    for prefix in prefixes_in(folder):
        match = _NUMBERED.fullmatch(os.path.basename(prefix))
        if match:
            numbered.append((int(match.group(1)), prefix))
    return [prefix for _, prefix in sorted(numbered)]


def has_files(prefix):
    """Whether any file of a checkpoint is there."""
    return os.path.exists(prefix + _INDEX) or bool(_shards(prefix))


def missing_part(prefix):
    """Which file of a checkpoint is missing or empty, in words; "" if none is."""
    index = prefix + _INDEX
    if not os.path.exists(index):
        return "its .index file is missing"
    if not os.path.getsize(index):
        return "its .index file is empty"
    shards = _shards(prefix)
    if not shards:
        return "its .data-00000-of-00001 file is missing"
    counts = {count for _, count in shards}
    if any(shards.issuperset((number, count) for number in range(count)) for count in counts):
        return ""
    count = max(counts)
    number = next(number for number in range(count) if (number, count) not in shards)
    return f"its .data-{number:05d}-of-{count:05d} file is missing"


def _shards(prefix):
    """Number and count, as in data-00000-of-00001, of each of a checkpoint's data files."""
    folder, name = os.path.split(prefix)
    matches = map(_SHARD.fullmatch, _names(folder))
    return {(int(match[2]), int(match[3])) for match in matches if match and match[1] == name}


def _names(folder):
    try:
        return sorted(os.listdir(folder or "."))
    except OSError:
        return []
