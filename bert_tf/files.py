"""Files that appear whole or not at all."""

import os

from bert_tf.errors import UserError


def write_text(path, text):
    """Replaces a small file, atomically.

    Raises:
        UserError: If it cannot be written.
    """
    partial = f"{path}.partial"
    try:
        with open(partial, "w", encoding="utf-8") as file:
            file.write(text)
        flush(partial)
        os.replace(partial, path)
    except OSError as error:
        raise UserError(
            f"{path}: could not be written ({error.strerror}): free space or choose another folder"
        ) from None


def flush(path):
    """Waits until a file or folder has reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
