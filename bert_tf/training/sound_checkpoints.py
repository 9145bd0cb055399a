"""Checkpoints that can be relied on: none is written whose weights are of no use."""

import os

import numpy as np
import tensorflow as tf

from bert_tf.checkpoints.finite import is_finite
from bert_tf.checkpoints.google import delete_oldest, list_checkpoints, save_checkpoint
from bert_tf.errors import UserError
from bert_tf.models.encoder import model_inputs

_REMEDY = "a lower --learning_rate, a longer warm-up or --precision=float32"


class SoundCheckpoints:
    """Writes the checkpoints of a training run and knows which of them are good.

    The loss that a step reports is that of the weights before it: those after it, which a checkpoint
    holds, nobody has tried yet. So before it is written, all its numbers are looked at, and the loss of
    the last batch is computed with them. It is good when the next step's loss is finite too; until then
    it takes the place of no older one.

    Args:
        model: The model.
        objective: The `Objective`.
        slots: The optimizer, with `slots`.
        others: Other variables to save, by name.
        options: The `TrainingOptions`.
    """

    def __init__(self, model, objective, slots, others, options):
        self._model, self._objective = model, objective
        self._slots, self._others = slots, others
        self._options = options
        self._is_proven = True

    def save(self, step, batch):
        """Writes `model.ckpt-STEP`.

        Args:
            step: Number of steps done.
            batch: The last step's batch; None if there is none to try the weights on.

        Returns:
            The prefix.

        Raises:
            UserError: If the weights, the slots or the loss with them are not finite, or the files
                cannot be written.
        """
        self._check(step, batch)
        prefix, keep = self._prefix(step), self._options.keep_checkpoints
        save_checkpoint(self._model, prefix, self._slots, step, keep + 1, self._others)
        self._is_proven = False
        return prefix

    def prove(self):
        """Takes note that the newest checkpoint is good: older ones beyond those to keep are deleted."""
        if not self._is_proven:
            delete_oldest(self._options.output_dir, self._options.keep_checkpoints)
        self._is_proven = True

    def not_finite(self, what, step, first_step):
        """The error for a run that went wrong.

        Args:
            what: What was found.
            step: Steps after which the weights were already of no use.
            first_step: Step at which the run began or was resumed.
        """
        good = self._last_good(step)
        if good:
            return UserError(
                f"{what}; the last good checkpoint is {good}: start from it in another --output_dir, as "
                f"--init_checkpoint, with {_REMEDY}"
            )
        if step > first_step:
            return UserError(
                f"{what}; the last good checkpoint is the initial one: start again with {_REMEDY}"
            )
        return UserError(
            f"{what}, before this run had changed any weight: start from others, with --init_checkpoint, or "
            "with --precision=float32"
        )

    def _last_good(self, step):
        """The newest checkpoint before a step whose numbers are finite; training went on from all of them."""
        unproven = os.path.basename(self._prefix(step))
        others = [p for p in list_checkpoints(self._options.output_dir) if os.path.basename(p) != unproven]
        return next(filter(is_finite, reversed(others)), None)

    def _check(self, step, batch):
        found = self._not_finite_variable()
        if found is None and batch is not None:
            loss = self._loss(batch)
            found = None if np.isfinite(loss) else f"the loss is {loss}"
        if found is not None:
            raise self.not_finite(f"{found} after step {step}", step, step - 1)

    def _not_finite_variable(self):
        slots = ((f"{path}/{slot}", variable) for path, slot, variable in self._slots.slots())
        for path, variable in (*((v.path, v) for v in self._model.weights), *slots):
            value = tf.convert_to_tensor(variable)
            if value.dtype.is_floating and not bool(tf.reduce_all(tf.math.is_finite(value))):
                return f"{path} holds NaN or infinite numbers"
        return None

    def _loss(self, batch):
        """What a batch's examples that fit in memory at once add to its loss."""
        part = {name: value[: self._options.train_batch_size] for name, value in batch.items()}
        outputs = self._model(model_inputs(self._model, part), training=False)
        sums, totals = self._objective.sums(outputs, part), self._objective.totals(batch)
        return float(sum(sums[name] / totals[name] for name in self._objective.losses))

    def _prefix(self, step):
        return os.path.join(self._options.output_dir, f"model.ckpt-{step}")
