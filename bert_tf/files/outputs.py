"""What can be known of a place before hours of work end in writing to it."""

import contextlib
import errno
import os
import tempfile

from bert_tf.errors import UserError
from bert_tf.files.locks import LOCK_MARK, locked
from bert_tf.files.paths import beside, contains, identities, place
from bert_tf.files.writing import check_replaceable

# What is written there is no file that stays.
_NO_FILES = ("/dev", "/proc", "/sys")
_SHARED_MEMORY = "/dev/shm"


def check_file(path, name, remedy):
    """Makes sure, as far as it can be known, that a file can be written or replaced.

    Args:
        path: The file.
        name: What to call it in a message, as `--vocab_file=vocab.txt`.
        remedy: What to do, for a message.

    Raises:
        UserError: If its folder cannot be written or made, its name is too long, or something is in its
            place that may not be replaced: a folder, a device, a file that is write-protected.
    """
    with _unwritable(name, remedy):
        _check_surroundings(path)
        target = place(path)
        check_replaceable(path)
        if os.path.exists(target) and not os.access(target, os.W_OK):
            raise OSError(errno.EACCES, "Write-protected", target)


def check_folder(path, name, remedy):
    """Makes sure, as far as it can be known, that a folder is there or can be made, and files in it.

    Arguments and errors are as of `check_file`.
    """
    with _unwritable(name, remedy):
        _check_surroundings(path)
        target = place(path)
        if os.path.lexists(target):
            _check_writable(target)


def check_whole_folder(path, name, remedy):
    """Makes sure, as far as it can be known, that a folder can be put in a place, as `whole_folder` does.

    Whether what is there may be replaced is not looked at. Arguments and errors are as of `check_file`.
    """
    check_folder(path, name, remedy)
    target = place(path)
    if contains(target, os.getcwd()):
        raise UserError(f"{name}: holds the current folder: {remedy}")
    if os.path.ismount(target):
        raise UserError(f"{name}: a file system of its own is mounted there: name a folder in it")


@contextlib.contextmanager
def reserved(path, name, remedy):
    """Keeps a place for what the block is to put there, and shows that something can be written beside it.

    Arguments and errors are as of `check_file`.
    """
    target = place(path)
    with contextlib.ExitStack() as stack:
        with _unwritable(name, remedy):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            stack.enter_context(locked(beside(target, LOCK_MARK), name, remedy))
        yield


@contextlib.contextmanager
def folder_in_use(path, name, remedy):
    """Makes a folder, if need be, and keeps others who use it out for as long as the block runs.

    Arguments and errors are as of `check_file`.
    """
    make_folder(path, name, remedy)
    with contextlib.ExitStack() as stack:
        with _unwritable(name, remedy):
            stack.enter_context(locked(os.path.join(path, LOCK_MARK), name, remedy))
        yield


def make_folder(path, name, remedy):
    """Makes a folder, if need be, and sees whether a file can be made in it; errors as of `check_file`."""
    with _unwritable(name, remedy):
        os.makedirs(path, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass


def check_not_read(outputs, inputs, remedy):
    """Makes sure that no file is written over that is to be read, by whatever path it is called.

    Args:
        outputs: The files to write.
        inputs: The files to read.
        remedy: What to do, for the message.

    Raises:
        UserError: If one of the outputs is one of the inputs.
    """
    read = {identity: path for path in inputs for identity in identities(path)}
    for path in outputs:
        for identity in identities(path) & read.keys():
            other = "" if os.fspath(read[identity]) == os.fspath(path) else f" (as {read[identity]})"
            raise UserError(f"{path}: to be written, but this run reads it{other}: {remedy}")


def check_apart(outputs, remedy):
    """Raises UserError if two of the files to write are the same one."""
    seen = {}
    for path in outputs:
        for identity in identities(path):
            if identity in seen:
                other = "" if seen[identity] == path else f", also as {seen[identity]}"
                raise UserError(f"{path}: named twice{other}: {remedy}")
        seen |= dict.fromkeys(identities(path), path)


def _check_surroundings(path):
    """Raises OSError if nothing can be made in the folder of a path, nor that folder itself."""
    target = place(path)
    with contextlib.suppress(FileNotFoundError):
        os.lstat(target)  # Says so where a name is too long, or a file stands where a folder should.
    given = os.path.realpath(os.path.dirname(os.path.abspath(path)))
    for folder in (given, os.path.dirname(target)):
        if any(contains(no_files, folder) for no_files in _NO_FILES) and not contains(_SHARED_MEMORY, folder):
            raise OSError(errno.EINVAL, f"No place for files that stay: {folder}", path)
    above = os.path.dirname(target)
    while not os.path.lexists(above):
        above = os.path.dirname(above)
    _check_writable(above)


def _check_writable(folder):
    if not os.path.isdir(folder):
        raise NotADirectoryError(errno.ENOTDIR, f"{folder} is no folder", folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OSError(errno.EACCES, f"{folder} cannot be written", folder)


@contextlib.contextmanager
def _unwritable(name, remedy):
    try:
        yield
    except OSError as error:
        raise UserError(f"{name}: cannot be written ({error.strerror}): {remedy}") from None
