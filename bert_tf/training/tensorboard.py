"""Figures of a training run for TensorBoard."""

from bert_tf.errors import UserError
from bert_tf.files.outputs import check_folder, make_folder
from bert_tf.files.paths import contains

_REMEDY = "name another folder"


def check_tensorboard_dir(folder, written):
    """Makes sure, as far as it can be known, that event files can be written.

    Args:
        folder: Where they go.
        written: Paths of what else the run writes.

    Raises:
        UserError: If they cannot, or if one of these is in the way.
    """
    check_folder(folder, f"--tensorboard_dir={folder}", _REMEDY)
    for path in written:
        if contains(path, folder):
            raise UserError(f"--tensorboard_dir={folder}: the run writes {path} there: {_REMEDY}")


class TensorBoardLog:
    """Writes figures as scalars: `log(step, figures)`.

    Args:
        folder: Where the event files go.

    Raises:
        UserError: If the package tensorboard is not installed, or the folder cannot be written.
    """

    def __init__(self, folder):
        try:
            import tensorboard  # noqa: F401 (TensorFlow's summaries need it)
        except ImportError:
            raise UserError(
                "--tensorboard_dir needs the package tensorboard: pip install -e '.[tensorboard]'"
            ) from None
        make_folder(folder, f"--tensorboard_dir={folder}", _REMEDY)
        import tensorflow as tf

        self._scalar = tf.summary.scalar
        self._writer = tf.summary.create_file_writer(folder)

    def __call__(self, step, figures):
        with self._writer.as_default(step=step):
            for name, value in figures.items():
                self._scalar(name.replace(" ", "_"), value)
        self._writer.flush()
