"""The training loop: steps, progress, checkpoints, resumption."""

import dataclasses
import os
import time

import keras
import numpy as np
import tensorflow as tf

from bert_tf.checkpoints.google import latest_checkpoint, save_checkpoint
from bert_tf.checkpoints.loading import restore_training
from bert_tf.errors import UserError
from bert_tf.models.encoder import model_inputs
from bert_tf.progress import progress_bar

# The progress bar moves at least this often, in seconds, where steps are short enough.
_REPORT_SECONDS = 0.5


@dataclasses.dataclass(frozen=True)
class TrainingOptions:
    """How long to train, and what to keep.

    Args:
        output_dir: Folder of the checkpoints.
        num_train_steps: Step at which training ends.
        train_batch_size: Examples a step.
        save_checkpoints_steps: Steps between checkpoints.
        iterations_per_loop: Most steps to run in one call of a graph function.
        keep_checkpoints: How many checkpoints to keep.
        seed: Determines the dropout masks, step by step.
    """

    output_dir: str
    num_train_steps: int
    train_batch_size: int
    save_checkpoints_steps: int = 1000
    iterations_per_loop: int = 1000
    keep_checkpoints: int = 5
    seed: int = 0


class Trainer:
    """Trains a model, from the newest checkpoint of the output folder if it has one.

    Args:
        model: A Keras model of this package.
        optimizer: An `AdamWeightDecay`, or one wrapped for loss scaling.
        loss: From the model's outputs and a batch to the losses of its examples, [B].
        options: `TrainingOptions`.
    """

    def __init__(self, model, optimizer, loss, options):
        self.model = model
        self.optimizer = optimizer
        self.loss = loss
        self.options = options
        self.step = tf.Variable(0, dtype=tf.int64, trainable=False, name="global_step")
        optimizer.build(model.trainable_variables)
        self._slots = getattr(optimizer, "inner_optimizer", optimizer)
        self._dropout_states = [v for v in model.variables if v.path.endswith("seed_generator_state")]
        self._dropout_seeds = np.random.default_rng(options.seed).integers(2**31, size=len(self._dropout_states))
        self._run = tf.function(self._run_steps, reduce_retracing=True)

    def restore(self):
        """Goes back to the newest checkpoint of the output folder.

        Returns:
            Its prefix, or None if there is none.
        """
        prefix = latest_checkpoint(self.options.output_dir)
        if prefix:
            self.step.assign(restore_training(self.model, self._slots, prefix))
        return prefix

    def train(self, batches):
        """Trains to the last step.

        Args:
            batches: A `tf.data.Dataset` whose first batch is that of the next step.

        Returns:
            The prefix of the last checkpoint written, or None if no step was left to do.

        Raises:
            UserError: If the loss is no longer finite, or a checkpoint cannot be written.
            KeyboardInterrupt: If interrupted, after writing a checkpoint.
        """
        options, prefix, saved = self.options, None, int(self.step)
        iterator, pace = iter(batches), _Pace(options.iterations_per_loop)
        with progress_bar("Training", options.num_train_steps, "step", int(self.step)) as bar:
            try:
                while (done := int(self.step)) < options.num_train_steps:
                    save_at = min(_next_multiple(done, options.save_checkpoints_steps), options.num_train_steps)
                    count = min(pace.count, save_at - done)
                    started = time.perf_counter()
                    loss, rate = (float(value) for value in self._run(iterator, tf.constant(count)))
                    pace.ran(count, time.perf_counter() - started)
                    self._check(loss)
                    speed = pace.steps_per_second * options.train_batch_size
                    bar.set_postfix_str(f"loss {loss:.4f}, learning rate {rate:.2e}, {speed:.1f} examples/s", False)
                    bar.update(count)
                    if done + count == save_at:
                        prefix, saved = self.save(), save_at
            except KeyboardInterrupt:
                if int(self.step) > saved:
                    self.save()
                raise KeyboardInterrupt(
                    f"stopped after step {int(self.step)}; run the same command again to go on from there"
                ) from None
        return prefix

    def save(self):
        """Writes `model.ckpt-STEP` with slots and step, and deletes the oldest beyond those to keep."""
        step = int(self.step)
        prefix = os.path.join(self.options.output_dir, f"model.ckpt-{step}")
        save_checkpoint(self.model, prefix, self._slots, step, self.options.keep_checkpoints)
        return prefix

    def _run_steps(self, iterator, count):
        """Runs `count` steps; gives their mean loss and the learning rate of the last."""
        total, rate = 0.0, 0.0
        for _ in tf.range(count):
            loss, rate = self._train_step(next(iterator))
            total += loss
        return total / tf.cast(count, tf.float32), rate

    def _train_step(self, batch):
        # The masks follow from seed and step alone, so a resumed run draws those it would have had.
        for state, seed in zip(self._dropout_states, self._dropout_seeds):
            state.assign(tf.cast(tf.stack([tf.constant(seed, tf.int64), self.step]), state.dtype))
        self._slots.iterations.assign(tf.cast(self.step, self._slots.iterations.dtype))
        with tf.GradientTape() as tape:
            outputs = self.model(model_inputs(self.model, batch), training=True)
            loss = tf.reduce_mean(self.loss(outputs, batch))
            scaled_loss = self.optimizer.scale_loss(loss)
        rate = tf.identity(self._slots.learning_rate)
        variables = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(scaled_loss, variables), variables)
        self.step.assign_add(1)
        return loss, rate

    def _check(self, loss):
        if np.isfinite(loss):
            return
        last = latest_checkpoint(self.options.output_dir)
        raise UserError(
            f"the loss became {loss} by step {int(self.step)}; the last good checkpoint is {last or 'the initial one'}: "
            "train with a lower --learning_rate, a longer warm-up or --precision=float32"
        )


class _Pace:
    """How many steps to run at once: as many as fill the time between two reports."""

    def __init__(self, most):
        self._most = most
        self._traced = False
        self.count = 1

    def ran(self, count, seconds):
        """Takes note of how long `count` steps took."""
        self.steps_per_second = count / seconds
        if self._traced:  # The first call's time is mostly that of tracing.
            self.count = int(np.clip(_REPORT_SECONDS * self.steps_per_second, 1, self._most))
        self._traced = True


def _next_multiple(number, step):
    return (number // step + 1) * step


def loss_scaled(optimizer, precision):
    """Wraps the optimizer for float16, whose small gradients would vanish otherwise."""
    return keras.optimizers.LossScaleOptimizer(optimizer) if precision == "float16" else optimizer
