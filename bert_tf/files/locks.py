"""Locks that die with their process, so that nothing has to be cleared away after one that was killed."""

import contextlib
import errno
import fcntl
import os
import platform
import stat

from bert_tf.errors import UserError

LOCK_MARK = ".bert_tf-lock"

# The lock files that this process holds, so that a part of its work may ask for what the whole has.
_held = set()


@contextlib.contextmanager
def locked(path, name, remedy):
    """Keeps other processes out for as long as the block runs.

    Args:
        path: The lock file. It is there for that time only; one that a killed process left is no lock.
        name: What is locked, for the message.
        remedy: What else to do than to wait, for the message.

    Raises:
        UserError: If another process has the lock.
        OSError: If there can be no file of that name.
    """
    folder, file_name = os.path.split(os.path.abspath(path))
    # Of the folder only: a link of the file's own name leads to what is someone else's.
    path = os.path.join(os.path.realpath(folder), file_name)
    if path in _held:
        yield
        return
    descriptor = open_alone(path)
    if descriptor is None:
        raise UserError(f"{name}: in use by another run{_owner(path)}: wait until it has ended, or {remedy}")
    _held.add(path)
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} on {platform.node()}\n".encode(), 0)
        yield
    finally:
        _held.discard(path)
        with contextlib.suppress(OSError):
            os.unlink(path)
        os.close(descriptor)


def open_alone(path):
    """Opens a regular file, which is made if need be, for this process alone.

    Where a file system knows no locks it is opened without: better no lock than no run.

    Returns:
        The descriptor, to read and to write; None if another process has the file open so.

    Raises:
        OSError: If it cannot be opened, or is no regular file.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, "Not a regular file", path)
            is_free = _lock(descriptor)
            # Whoever had it may have renamed or removed it just before it was free.
            is_own = is_free and _is_at(descriptor, path)
            if is_own and status.st_nlink > 1:
                os.unlink(path)  # What it is called elsewhere keeps its content.
                is_own = False
        except BaseException:
            os.close(descriptor)
            raise
        if is_own:
            return descriptor
        os.close(descriptor)
        if not is_free:
            return None


def _lock(descriptor):
    """Whether a file could be locked, or cannot be by anyone."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EAGAIN, errno.EACCES)
    return True


def _is_at(descriptor, path):
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False


def _owner(path):
    """Who has the lock, in brackets, as far as its file says so."""
    try:
        with open(path, encoding="utf-8") as file:
            owner = file.readline(200).strip()
    except (OSError, ValueError):
        owner = ""
    return f" ({owner})" if owner else ""
