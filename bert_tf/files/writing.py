"""Files and folders that appear whole or not at all: written beside their place, flushed, renamed."""

import contextlib
import errno
import json
import os
import shutil
import stat

from bert_tf.errors import UserError
from bert_tf.files.locks import LOCK_MARK, locked, open_alone
from bert_tf.files.paths import beside, place

PARTIAL_MARK = ".bert_tf-partial"
_FORMER_MARK = ".bert_tf-former"

# In a folder that may be replaced by a later one: the files it was written with, and their sizes.
_LIST = ".bert_tf-files"

_REMEDY = "free space or choose another folder"


class WholeFile:
    """A file that takes its place when it is complete, or not at all.

    A context manager. No other process can write the file meanwhile. Until the end it has a hidden name
    beside its place, to which a link is followed; what a killed process left under that name is written over.

    Args:
        path: The file; its folder is made if need be.
        remedy: What to do if it cannot be written, for the message.

    Attributes:
        file: The binary file to write to.

    Raises:
        UserError: If the file cannot be written, at whatever moment that shows.
    """

    def __init__(self, path, remedy=_REMEDY):
        self._path, self._place, self._remedy = path, place(path), remedy
        self._partial = beside(self._place, PARTIAL_MARK)
        try:
            check_replaceable(path)
            os.makedirs(os.path.dirname(self._place), exist_ok=True)
            descriptor = open_alone(self._partial)
        except OSError as error:
            raise self.unwritable(error) from None
        if descriptor is None:
            raise UserError(f"{path}: another process is writing it: wait until it has ended, or {remedy}")
        os.ftruncate(descriptor, 0)
        self.file = open(descriptor, "wb", buffering=1 << 20)

    def write(self, data):
        """Appends bytes."""
        try:
            self.file.write(data)
        except OSError as error:
            raise self.unwritable(error) from None

    def discard(self):
        """Gives up what was written; a file of before stays as it is."""
        with contextlib.suppress(OSError):
            os.unlink(self._partial)
        with contextlib.suppress(OSError):  # On a full disk the rest of the buffer is the next to fail.
            self.file.close()

    def __enter__(self):
        return self

    def __exit__(self, error_type, error, traceback):
        if error_type is not None:
            self.discard()
            return
        self.complete()
        try:
            check_replaceable(self._path)
            os.replace(self._partial, self._place)
        except OSError as failure:
            self.discard()
            raise self.unwritable(failure) from None
        self.file.close()

    def complete(self):
        """Has all of it reach the disk, so that nothing but the name is left to change."""
        try:
            self.file.flush()
            os.fsync(self.file.fileno())
        except OSError as failure:
            self.discard()
            raise self.unwritable(failure) from None

    def unwritable(self, error):
        """The `UserError` for an OSError."""
        return UserError(f"{self._path}: cannot be written ({error.strerror}): {self._remedy}")


def write_text(path, text):
    """Replaces a small file, atomically.

    Raises:
        UserError: If it cannot be written.
    """
    with WholeFile(path) as file:
        file.write(text.encode("utf-8"))


@contextlib.contextmanager
def whole_folder(path, may_replace=None, lists_files=False):
    """A folder that takes its place when it is complete, or not at all.

    Until the end of the block it has a hidden name beside its place, to which a link is followed. Another
    process that writes the same folder is kept out.

    Args:
        path: The folder; must not exist, be empty, or be one that `may_replace`.
        may_replace: From a folder that is there to whether it may be replaced; by default none may.
        lists_files: Whether the folder is to have a list of its files, for `is_as_written`.

    Yields:
        The folder's name until then.

    Raises:
        UserError: If another process is writing the folder.
        OSError: If it cannot be written, or something else is in its place.
    """
    path = place(path)
    partial, former = beside(path, PARTIAL_MARK), beside(path, _FORMER_MARK)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with locked(beside(path, LOCK_MARK), path, "choose another folder"):
        _restore(path, former)
        _remove(partial)
        os.mkdir(partial)
        try:
            yield partial
            if lists_files:
                _list_files(partial)
            _flush_all(partial)
            if os.path.lexists(path) and not _is_empty(path):
                if not (may_replace and may_replace(path)):
                    raise OSError(errno.ENOTEMPTY, "It holds other files", path)
                os.rename(path, former)
            os.rename(partial, path)
            flush(os.path.dirname(path))
        finally:
            _restore(path, former)
            _remove(partial)


def is_as_written(folder):
    """Whether a folder holds only what `whole_folder` found in it when it was complete.

    A folder without a list of files, or with files that are not in it or have another size, is someone else's
    or has something of someone else in it.
    """
    try:
        with open(os.path.join(folder, _LIST), encoding="utf-8") as file:
            listed = json.load(file)
        present = _files(folder)
    except (OSError, ValueError, RecursionError):
        return False
    present.pop(_LIST)
    return isinstance(listed, dict) and present.items() <= listed.items()


def check_replaceable(path, follows_links=True):
    """Raises OSError if something other than a regular file is in the place of a file to be written."""
    try:
        mode = os.lstat(place(path) if follows_links else path).st_mode
    except FileNotFoundError:
        mode = stat.S_IFDIR if os.fspath(path).endswith(os.sep) else stat.S_IFREG
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "Not a regular file", path)


def flush(path):
    """Waits until a file or folder has reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _restore(path, former):
    """Puts back the folder that was to be replaced if nothing has taken its place, else removes it."""
    if not os.path.lexists(former):
        return
    if os.path.lexists(path):
        _remove(former)
    else:
        os.rename(former, path)


def _remove(folder):
    shutil.rmtree(folder, ignore_errors=True)


def _is_empty(path):
    return os.path.isdir(path) and not os.listdir(path)


def _list_files(folder):
    with open(os.path.join(folder, _LIST), "w", encoding="utf-8") as file:
        json.dump(_files(folder), file, indent=1, sort_keys=True)


def _files(folder):
    """The sizes of all files in a folder, by their paths in it; None for what is neither file nor folder."""
    sizes = {}
    for above, folders, names in os.walk(folder):
        for name in (*names, *(name for name in folders if os.path.islink(os.path.join(above, name)))):
            path = os.path.join(above, name)
            status = os.lstat(path)
            size = status.st_size if stat.S_ISREG(status.st_mode) else None
            sizes[os.path.relpath(path, folder)] = size
    return sizes


def _flush_all(folder):
    for above, _, names in os.walk(folder):
        for path in (*(os.path.join(above, name) for name in names), above):
            flush(path)
