"""What a path may be, where it leads, and when two are the same."""

import hashlib
import os
import re

from bert_tf.errors import UserError

# A scheme of two letters or more. Storage that is not a local file system is often written with one slash.
_SCHEME = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]+:/")

# Bytes that a name may have on common file systems, and those that TensorFlow adds while it writes.
_LONGEST_NAME = 255
_ADDED_TO_NAMES = 64


def check_path(path):
    """Raises UserError if a path is none of this machine's files: a URL, or bytes that are no text."""
    if _SCHEME.match(path):
        raise UserError(
            "not a path of this machine's files: copy the files here, or mount their storage, and give that "
            "path (a folder that is really called so is written with ./ in front)"
        )
    if "\0" in path:
        raise UserError("holds a zero byte: correct the path")
    try:
        whole = os.path.abspath(path)
    except FileNotFoundError:
        raise UserError("the current folder is there no more: change to another one") from None
    try:
        whole.encode("utf-8")
    except UnicodeEncodeError:
        raise UserError("the path is not UTF-8, as TensorFlow needs it: rename the file or folder") from None


def place(path):
    """Where what is written to a path goes, absolute: what a link points to, so that the link stays."""
    return os.path.realpath(os.fspath(path))


def beside(path, mark):
    """A hidden name next to a path, with a mark by which it is known as this package's."""
    folder, name = os.path.split(path)
    if len(os.fsencode(name)) > _LONGEST_NAME - _ADDED_TO_NAMES:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
    return os.path.join(folder, f".{name}{mark}")


def identities(path):
    """What a path has in common with every other path of the same file or folder, hard links included."""
    return _identities(place(path))


def contains(folder, path):
    """Whether a path is that of a folder, or of something in it, however the two are spelled."""
    wanted = identities(folder)
    path = place(path)
    while not wanted & _identities(path):
        above = os.path.dirname(path)
        if above == path:
            return False
        path = above
    return True


def _identities(real_path):
    try:
        status = os.stat(real_path)
    except OSError:
        return {real_path}
    return {real_path, (status.st_dev, status.st_ino)}
