"""Evaluation while training: when, which checkpoint was the best so far, and when to stop."""

import math
import os

from bert_tf.checkpoints.google import latest_checkpoint, save_checkpoint
from bert_tf.progress import say

# Of this figure less is better; of all others more.
LOSS = "loss"


def evaluation_steps(num_train_steps, every_steps=None, steps_per_epoch=None):
    """The steps after which to evaluate; the last one is always among them.

    Args:
        num_train_steps: Steps of the whole run.
        every_steps: Steps from one evaluation to the next, if any.
        steps_per_epoch: Steps of an epoch, a `Fraction`, to evaluate as soon as each is over.

    Returns:
        A sorted list.
    """
    steps = {num_train_steps}
    if every_steps:
        steps.update(range(every_steps, num_train_steps, every_steps))
    if steps_per_epoch:
        epochs = int(num_train_steps / steps_per_epoch)
        steps.update(math.ceil(epoch * steps_per_epoch) for epoch in range(1, epochs + 1))
    return sorted(step for step in steps if step <= num_train_steps)


class Evaluations:
    """Evaluates a model at certain steps and keeps the best checkpoint in `best/`.

    All that is to be remembered stands in the learning curve, which is written before `best/`:
    where a run was killed in between, `run` finds the evaluation unfinished and repeats it.

    Args:
        steps: The steps to evaluate at, sorted. The caller writes a checkpoint there first.
        metric: What makes a checkpoint the best: `eval_METRIC` among the figures, or `LOSS`.
        patience: After how many evaluations without a better one training ends; None for never.
        curve: The `LearningCurve`, resumed.
        output_dir: The run's folder.
        model: The model.
        evaluate: From a step to a dict of figures.
        keep: Called when a checkpoint is the best, before it is written.
    """

    def __init__(self, steps, metric, patience, curve, output_dir, model, evaluate, keep):
        self.steps = steps
        self.metric, self.patience = metric, patience
        self.curve, self.model = curve, model
        self.folder = best_folder(output_dir)
        self._evaluate, self._keep = evaluate, keep

    def next_step(self, step):
        """The first step after `step` to evaluate at, None after the last."""
        return next((later for later in self.steps if later > step), None)

    def run(self, step):
        """Evaluates, if it is time to and was not done before."""
        if step not in self.steps or self._is_done(step):
            return
        figures = self._evaluate(step)
        names = [name for name in figures if name.startswith("eval_")]
        self.curve.note(step, {name: figures[name] for name in names})
        self.curve.save()
        is_best = self.best_step == step
        if is_best:
            self._keep()
            save_checkpoint(self.model, self._prefix(step), global_step=step, keep=1)
        say(f"Step {step}: {self.described(step)}{', the best so far' if is_best else ''}")

    @property
    def best_step(self):
        """The step of the best evaluation, of several as good the first; None before the first."""
        steps, values = self._values()
        return steps[values.index(max(values))] if steps else None

    @property
    def is_enough(self):
        """Whether the best evaluation is `patience` evaluations ago."""
        steps, _ = self._values()
        return bool(self.patience and steps) and len(steps) - 1 - steps.index(self.best_step) >= self.patience

    def described(self, step):
        """What the evaluation at a step found, as text."""
        return f"eval_{self.metric} = {self.curve.rows[step][f'eval_{self.metric}']:.4f}"

    def _values(self):
        """The steps evaluated at and what they were worth: more is better, and no number is the least."""
        steps, values = self.curve.series(f"eval_{self.metric}")
        sign = -1 if self.metric == LOSS else 1
        return steps, [-math.inf if math.isnan(value) else sign * value for value in values]

    def _is_done(self, step):
        is_measured = f"eval_{self.metric}" in self.curve.rows.get(step, {})
        is_kept = self.best_step != step or latest_checkpoint(self.folder) == self._prefix(step)
        return is_measured and is_kept

    def _prefix(self, step):
        return os.path.join(self.folder, f"model.ckpt-{step}")


def best_folder(output_dir):
    """Where the best checkpoint of a run is kept."""
    return os.path.join(output_dir, "best")
