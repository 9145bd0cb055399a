"""Figures of a training run for TensorBoard."""

import os
import secrets

from bert_tf.errors import UserError, reason
from bert_tf.files.outputs import check_folder, make_folder
from bert_tf.files.paths import contains
from bert_tf.progress import say

_REMEDY = "choose another folder"


def check_tensorboard_dir(folder, written=()):
    """Makes sure, as far as it can be known without TensorFlow, that event files can be written.

    Args:
        folder: Where they go; it may not exist yet.
        written: Paths of what else the run writes.

    Raises:
        UserError: If they cannot, if one of these is in the way, or if the package tensorboard is not
            installed.
    """
    try:
        import tensorboard  # noqa: F401 (TensorFlow's summaries need it)
    except ImportError:
        raise UserError(
            "--tensorboard_dir needs the package tensorboard: pip install -e '.[tensorboard]'"
        ) from None
    check_folder(folder, f"--tensorboard_dir={folder}", _REMEDY)
    for path in written:
        if contains(path, folder):
            raise UserError(f"--tensorboard_dir={folder}: the run writes {path} there: {_REMEDY}")


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
        make_folder(folder, f"--tensorboard_dir={folder}", _REMEDY)
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
    return UserError(f"--tensorboard_dir={folder}: cannot be written ({why}): {_REMEDY}")
