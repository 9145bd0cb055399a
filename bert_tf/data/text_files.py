"""Text files, plain or compressed, read in blocks of whole lines so that any size fits in memory."""

import contextlib
import dataclasses
import glob
import gzip
import lzma
import os
import zlib

from bert_tf.errors import UserError
from bert_tf.files.paths import check_path

# Large enough that handing a block to another process costs little beside tokenizing it.
_BLOCK_BYTES = 1 << 20

_OPENERS = {".gz": gzip.open, ".xz": lzma.open}


@dataclasses.dataclass(frozen=True)
class TextBlock:
    """Some whole lines of one file.

    Args:
        path: The file, for messages.
        first_line: Number of the block's first line in the file, from 1.
        data: The lines as they stand there; each but a file's last ends in a newline.
    """

    path: str
    first_line: int
    data: bytes

    def lines(self):
        r"""The lines as `str` without their newlines; only "\n" ends a line, as in Google's reader.

        Raises:
            UserError: If a line is not UTF-8.
        """
        try:
            text = self.data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = self.first_line + self.data.count(b"\n", 0, error.start)
            message = f"{self.path}:{line}: not UTF-8 ({error.reason}): save the file as UTF-8"
            raise UserError(message) from None
        return text.removesuffix("\n").split("\n")


def match_files(patterns):
    """The files that the patterns name, in the order of the patterns, sorted within each.

    Args:
        patterns: Paths, in which `*`, `?`, `[…]` and `**` stand for any matching name. Where a file or
            folder is really called so, it is meant.

    Returns:
        A list of paths; a file that two patterns name is in it twice, as with Google's script.

    Raises:
        UserError: If a pattern names no file.
    """
    paths = []
    for pattern in patterns:
        found = _matching(_literal_where_there(pattern)) or _matching(pattern)
        if not found:
            raise UserError(f"{pattern}: no file matches: correct the path or pattern")
        paths.extend(map(_checked, found))
    return paths


def _matching(pattern):
    return sorted(glob.glob(pattern, recursive=True))


def _literal_where_there(pattern):
    """The pattern, so far as it is the path of something that is there, escaped."""
    parts = pattern.split(os.sep)
    heads = [os.sep.join(parts[:count]) for count in range(1, len(parts) + 1)]
    there = next(
        (count for count, head in enumerate(heads) if not os.path.lexists(head or os.sep)), len(parts)
    )
    return os.sep.join([*map(glob.escape, parts[:there]), *parts[there:]])


def _checked(path):
    """A path that was found."""
    try:
        check_path(path)
    except UserError as error:
        raise UserError(f"{path}: {error}") from None
    return path


def read_blocks(paths, on_read=None):
    """Reads the files one after the other.

    Args:
        paths: The files; names that end in `.gz` and `.xz` are decompressed.
        on_read: Called with the number of bytes that were read from disk since its last call.

    Yields:
        `TextBlock`s; a line of more than a megabyte makes its block as large as itself.

    Raises:
        UserError: If a file cannot be read or decompressed.
    """
    for path in paths:
        try:
            with open(path, "rb") as raw, _decompressed(path, raw) as file:
                yield from _whole_lines(path, _with_progress(file, raw, on_read))
        except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or error
            message = f"{path}: {reason}: give a text file, plain or compressed as .gz or .xz"
            raise UserError(message) from None


def _decompressed(path, raw):
    for suffix, opener in _OPENERS.items():
        if path.endswith(suffix):
            return opener(raw)
    return contextlib.nullcontext(raw)


def _with_progress(file, raw, on_read):
    position = 0
    while data := file.read(_BLOCK_BYTES):
        if on_read:
            on_read(raw.tell() - position)
            position = raw.tell()
        yield data


def _whole_lines(path, pieces):
    first_line, begun = 1, []
    for piece in pieces:
        whole, newline, rest = piece.rpartition(b"\n")
        if newline:
            data = b"".join((*begun, whole, newline))
            yield TextBlock(path, first_line, data)
            first_line += data.count(b"\n")
            begun = []
        begun.append(rest)
    if any(begun):
        yield TextBlock(path, first_line, b"".join(begun))
