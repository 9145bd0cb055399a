"""What a fine-tuning and a pretraining run have in common: whose weights they take."""

import os

from bert_tf.checkpoints.google import find_checkpoint, latest_checkpoint
from bert_tf.checkpoints.loading import load_checkpoint
from bert_tf.errors import UserError


class Run:
    """A model, its weights, and how far they were trained.

    Args:
        model: The Keras model.
        options: The run's options, with `output_dir` and `init_checkpoint`.

    Attributes:
        global_step: Training steps done; None as long as the model has no weights worth using.
    """

    def __init__(self, model, options):
        self.model = model
        self.options = options
        self.global_step = None

    def settings(self, names):
        """The options of these names and the checkpoint started from, to be noted in the output folder."""
        path = self.options.init_checkpoint
        init_checkpoint = os.path.abspath(find_checkpoint(path)) if path else None
        return {**{name: getattr(self.options, name) for name in names}, "init_checkpoint": init_checkpoint}

    def trained_checkpoint(self):
        """The prefix of the output folder's checkpoint that is worth using, None if it has none."""
        return latest_checkpoint(self.options.output_dir)

    def load_trained(self):
        """Takes the weights to evaluate, predict with or export, unless they were just trained.

        These are the newest checkpoint of the output folder, else `init_checkpoint` if it
        holds every variable of the model.

        Returns:
            What was loaded, as text; "" if nothing had to be.

        Raises:
            UserError: If there is no such checkpoint.
        """
        if self.global_step is not None:
            return ""
        path = self.trained_checkpoint() or self.options.init_checkpoint
        if not path:
            raise UserError(
                f"--output_dir={self.options.output_dir}: holds no checkpoint yet: add --do_train=true, "
                "or give an --init_checkpoint that was trained for this task"
            )
        report = load_checkpoint(self.model, path)
        if report.new:
            raise UserError(
                f"{report.prefix}: {', '.join(report.new)} missing, so it was not trained for this task: add "
                "--do_train=true"
            )
        self.global_step = report.global_step
        return str(report)
