"""Figures of a training run for TensorBoard."""

import os
import secrets

from bert_tf.errors import UserError, reason
from bert_tf.progress import say


def check_tensorboard_dir(folder):
    """Finds out without TensorFlow whether event files can be written to a folder, which may not exist yet.

    Raises:
        UserError: If not, or if the package tensorboard is not installed.
    """
    try:
        import tensorboard  # noqa: F401 (TensorFlow's summaries need it)
    except ImportError:
        raise UserError(
            "--tensorboard_dir needs the package tensorboard: pip install -e '.[tensorboard]'"
        ) from None
    existing = os.path.abspath(folder)
    while not os.path.lexists(existing):
        existing = os.path.dirname(existing)
    if not os.path.isdir(existing) or not os.access(existing, os.W_OK):
        raise _unwritable(folder, f"{existing} is no folder that you may write to")


class TensorBoardLog:
    """Writes figures as scalars: `log(step, figures)`.

    Training does not end for them: where they cannot be written any more, it is said once.

    Args:
        folder: Where the event files go.

    Raises:
        UserError: If the package tensorboard is not installed, or the folder cannot be written.
    """

    def __init__(self, folder):
        check_tensorboard_dir(folder)
        import tensorflow as tf

        self._folder, self._errors, self._scalar = folder, tf.errors.OpError, tf.summary.scalar
        # Our file's own: other runs may have host and process number in common with this one.
        suffix = f".{secrets.token_hex(4)}.v2"
        try:
            self._writer = tf.summary.create_file_writer(folder, filename_suffix=suffix)
            self._writer.flush()
            (name,) = [name for name in os.listdir(folder) if name.endswith(suffix)]
        except (self._errors, OSError) as error:
            raise _unwritable(folder, reason(error)) from None
        self._path, self._size = os.path.join(folder, name), 0

    def __call__(self, step, figures):
        if self._writer is None:
            return
        try:
            with self._writer.as_default(step=step):
                for name, value in figures.items():
                    self._scalar(name.replace(" ", "_"), value)
            self._writer.flush()
            self._check_growth()
        except (self._errors, OSError) as error:
            self._writer = None
            say(
                f"--tensorboard_dir={self._folder}: no more can be written ({reason(error)}); training goes "
                "on without it"
            )

    def _check_growth(self):
        """Raises OSError where the file is gone: TensorFlow writes on as if nothing were wrong."""
        size = os.stat(self._path).st_size
        if size <= self._size:
            raise OSError(f"{self._path} does not grow")
        self._size = size


def _unwritable(folder, why):
    return UserError(f"--tensorboard_dir={folder}: cannot be written ({why}): choose another folder")
