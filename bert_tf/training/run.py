"""What a fine-tuning and a pretraining run have in common: whose weights they take."""

import os

import numpy as np

from bert_tf.checkpoints.finite import instead_of
from bert_tf.checkpoints.google import find_checkpoint, latest_checkpoint
from bert_tf.checkpoints.loading import load_checkpoint
from bert_tf.errors import UserError
from bert_tf.training.output_dir import read_settings

# Noted with the settings of a run; one without it was begun when the schedule counted from 1.
SCHEDULE = {"first_update_has_step": 0}


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

    def resumed(self, prefix):
        """What is said of a run that goes on from its checkpoint `prefix`."""
        earlier, trainer = read_settings(self.options.output_dir), self.trainer
        is_over = int(trainer.step) >= trainer.options.num_train_steps
        if is_over or earlier is None or SCHEDULE.keys() <= earlier.keys():
            return f"Going on from {prefix}"
        return (
            f"Going on from {prefix}; this run was begun by an earlier version, whose schedule counted steps "
            "from 1: from here on they count from 0, so the learning rate is that of the step before"
        )

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
            UserError: If there is no such checkpoint, or the model gives no finite numbers with it.
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
        if not self._answers():
            raise UserError(
                f"{report.prefix}: with these weights the model gives NaN or infinite numbers: use "
                f"{instead_of(report.prefix)}, or --precision=float32"
            )
        self.global_step = report.global_step
        return str(report)

    def _answers(self):
        """Whether the model's outputs for some ids are finite: finite weights may still be too large."""
        inputs = {
            name: np.ones([size or 2 for size in tensor.shape], tensor.dtype)
            for name, tensor in self.model.input.items()
        }
        outputs = self.model(inputs, training=False)
        return all(np.isfinite(output).all() for output in outputs.values())
