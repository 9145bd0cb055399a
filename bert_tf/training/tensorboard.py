"""Figures of a training run for TensorBoard."""

from bert_tf.errors import UserError


class TensorBoardLog:
    """Writes figures as scalars: `log(step, figures)`.

    Args:
        folder: Where the event files go.

    Raises:
        UserError: If the package tensorboard is not installed.
    """

    def __init__(self, folder):
        try:
            import tensorboard  # noqa: F401 (TensorFlow's summaries need it)
        except ImportError:
            raise UserError(
                "--tensorboard_dir needs the package tensorboard: pip install -e '.[tensorboard]'"
            ) from None
        import tensorflow as tf

        self._scalar = tf.summary.scalar
        self._writer = tf.summary.create_file_writer(folder)

    def __call__(self, step, figures):
        with self._writer.as_default(step=step):
            for name, value in figures.items():
                self._scalar(name.replace(" ", "_"), value)
        self._writer.flush()
