"""The training loop: steps, progress, checkpoints, resumption."""

import dataclasses
import time

import keras
import numpy as np
import tensorflow as tf

from bert_tf.checkpoints.google import latest_checkpoint
from bert_tf.checkpoints.loading import restore_training
from bert_tf.layers.fusion import fusing
from bert_tf.models.encoder import model_inputs
from bert_tf.progress import progress_bar
from bert_tf.training.devices import formula_compiler, graphs_as_traced
from bert_tf.training.interruption import uninterrupted
from bert_tf.training.memory import training_memory
from bert_tf.training.pace import Pace, described
from bert_tf.training.sound_checkpoints import SoundCheckpoints


@dataclasses.dataclass(frozen=True)
class TrainingOptions:
    """How long to train, and what to keep.

    Args:
        output_dir: Folder of the checkpoints.
        num_train_steps: Step at which training ends.
        train_batch_size: Examples that go through the model at once.
        gradient_accumulation_steps: How many such batches make up a step.
        save_checkpoints_steps: Steps between checkpoints.
        iterations_per_loop: Most steps to run in one call of a graph function.
        keep_checkpoints: How many checkpoints to keep.
        num_train_seconds: Time after which training ends early; 0 for none.
        seed: Determines the dropout masks, step by step.
    """

    output_dir: str
    num_train_steps: int
    train_batch_size: int
    gradient_accumulation_steps: int = 1
    save_checkpoints_steps: int = 1000
    iterations_per_loop: int = 1000
    keep_checkpoints: int = 5
    num_train_seconds: float = 0
    seed: int = 0

    @property
    def examples_per_step(self):
        """Examples that an update of the weights is made from."""
        return self.train_batch_size * self.gradient_accumulation_steps


def training_options(options, **others):
    """The `TrainingOptions` among a script's options, and others by name."""
    names = {field.name for field in dataclasses.fields(TrainingOptions)} & vars(options).keys()
    return TrainingOptions(**{name: getattr(options, name) for name in names}, **others)


class Trainer:
    """Trains a model.

    Args:
        model: A Keras model of this package.
        optimizer: An `AdamWeightDecay` or another with `slots`, or one wrapped for loss scaling.
        objective: The `Objective` (see `models/objective.py`).
        options: `TrainingOptions`.
        log: Called with the step and a dict of figures at each report, if given.
        variables: The model's variables to train, all that are trainable by default. The others
            stay as they are, without slots, and no gradient is computed for them.
        curve: The `LearningCurve` to write, if any.

    Attributes:
        evaluations: The `Evaluations` to make at checkpoints; none unless it is set.
    """

    def __init__(self, model, optimizer, objective, options, log=None, variables=None, curve=None):
        self.model = model
        self.optimizer = optimizer
        self.objective = objective
        self.options = options
        self.log = log
        self.curve = curve
        self.evaluations = None
        self.variables = model.trainable_variables if variables is None else variables
        self.step = tf.Variable(0, dtype=tf.int64, trainable=False, name="global_step")
        optimizer.build(self.variables)
        self._slots = getattr(optimizer, "inner_optimizer", optimizer)
        self._loss_scale = _loss_scale(optimizer)
        self._checkpoints = SoundCheckpoints(model, objective, self._slots, self._loss_scale, options)
        self._last_batch, self._first_step = None, 0
        self._dropout_states = [v for v in model.variables if v.path.endswith("seed_generator_state")]
        self._dropout_seeds = np.random.default_rng(options.seed).integers(
            2**31, size=len(self._dropout_states)
        )
        self._run = tf.function(self._run_steps, reduce_retracing=True, autograph=False)

    def restore(self, path=None):
        """Goes back to a checkpoint with weights, slots and step.

        Args:
            path: The checkpoint; the newest of the output folder by default.

        Returns:
            Its prefix, or None if there is none.
        """
        path = path or latest_checkpoint(self.options.output_dir)
        if path:
            self.step.assign(restore_training(self.model, self._slots, path, self._loss_scale))
        if self.curve:
            self.curve.resume(int(self.step))
        return path

    def train(self, batches):
        """Trains to the last step, or until the time is over or the evaluations say so.

        Args:
            batches: A `tf.data.Dataset` of dicts with `examples_per_step` rows, whose first
                batch is that of the next step.

        Returns:
            The prefix of the last checkpoint written, or None if no step was left to do.

        Raises:
            UserError: If loss or weights are no longer finite, or a checkpoint cannot be written.
            KeyboardInterrupt: If interrupted, after writing a checkpoint.
        """
        started, saved, prefix = time.monotonic(), int(self.step), None
        self._first_step = saved
        iterator, pace = iter(batches), Pace(self.options.iterations_per_loop)
        try:
            with progress_bar("Training", self.options.num_train_steps, "step", saved) as bar:
                while (target := self._next_stop()) and not self._is_over(started):
                    count = min(pace.count, self._next_report(target) - int(self.step))
                    figures = self._advance(iterator, count, pace)
                    bar.set_postfix_str(described(figures), refresh=False)
                    bar.update(count)
                    if int(self.step) == target:
                        saved, prefix = target, self.save()
                        if self.evaluations:
                            self.evaluations.run(target)
        except KeyboardInterrupt:
            if int(self.step) > saved:
                self._last_batch = None  # There is no time to try the weights: the next run does.
                self.save()
            raise KeyboardInterrupt(
                f"stopped after step {int(self.step)}; run the same command again to go on from there"
            ) from None
        prefix = self.save() if int(self.step) > saved else prefix
        self._checkpoints.prove()
        return prefix

    @uninterrupted()
    def save(self):
        """Writes `model.ckpt-STEP` with slots and step, if it is sound: see `SoundCheckpoints`."""
        if self.curve:
            self.curve.save()
        return self._checkpoints.save(int(self.step), self._last_batch)

    def _next_stop(self):
        """The step of the next checkpoint, None after the last."""
        done, every, last = int(self.step), self.options.save_checkpoints_steps, self.options.num_train_steps
        if done >= last or (self.evaluations and self.evaluations.is_enough):
            return None
        evaluation = self.evaluations and self.evaluations.next_step(done)
        return min((done // every + 1) * every, last, evaluation or last)

    def _next_report(self, target):
        """The step up to which to run without a look at the figures."""
        return min(target, self.curve.next_row(int(self.step))) if self.curve else target

    def _is_over(self, started):
        limit = self.options.num_train_seconds
        return bool(limit) and time.monotonic() - started >= limit

    @uninterrupted()
    def _advance(self, iterator, count, pace):
        """Runs `count` steps and returns their figures by name."""
        started, before = time.perf_counter(), int(self.step)
        with graphs_as_traced(), training_memory():
            values, num_finite, self._last_batch = self._run(iterator, tf.constant(count))
        values, num_finite = values.numpy(), int(num_finite)
        pace.ran(count, time.perf_counter() - started)
        figures = dict(zip((*self.objective.names, "learning rate", "tokens/s"), map(float, values)))
        loss = sum(figures[name] for name in self.objective.losses)
        if num_finite:
            self._checkpoints.prove()
        if num_finite < count:
            tried = before + num_finite
            raise self._checkpoints.not_finite(
                f"the loss became {loss} at step {tried + 1}", tried, self._first_step
            )
        if self.curve:
            of_steps = {"loss": loss, **{name: figures[name] for name in self.objective.names}}
            self.curve.add(int(self.step), count, of_steps, figures["learning rate"])
        figures = {
            "loss": loss,
            **figures,
            "examples/s": self.options.examples_per_step * pace.steps_per_second,
        }
        figures["tokens/s"] *= pace.steps_per_second
        if self.log:
            self.log(int(self.step), figures)
        return figures

    def _run_steps(self, iterator, count):
        """Runs `count` steps.

        Returns:
            The means of the objective's figures, the last rate and the tokens a step, float64 [names + 2];
            how many steps had a finite loss before the first that had not; the last batch.
        """
        losses = [self.objective.names.index(name) for name in self.objective.losses]

        def step(done, num_finite, totals, *_):
            batch = next(iterator)
            figures, rate = self._train_step(batch)
            is_finite = tf.math.is_finite(tf.reduce_sum(tf.gather(figures, losses))) & (num_finite == done)
            num_finite += tf.cast(is_finite, tf.int32)
            return (
                done + 1,
                num_finite,
                totals + tf.cast(figures, tf.float64),
                tf.cast(rate, tf.float64),
                batch,
            )

        # In double precision, so that it does not show in which parts the steps were run.
        totals, scalar = tf.zeros([len(self.objective.names) + 1], tf.float64), tf.TensorShape([])
        specs = iterator.element_spec
        none = {
            name: tf.zeros([size or 0 for size in spec.shape], spec.dtype) for name, spec in specs.items()
        }
        shapes = (scalar, scalar, totals.shape, scalar, {name: spec.shape for name, spec in specs.items()})
        state = (0, 0, totals, tf.zeros([], tf.float64), none)
        _, num_finite, totals, rate, batch = tf.while_loop(
            lambda done, *_: done < count, step, state, shape_invariants=shapes
        )
        means = totals / tf.cast(count, tf.float64)
        return tf.concat([means[:-1], [rate], means[-1:]], axis=0), num_finite, batch

    def _train_step(self, batch):
        self._slots.iterations.assign(tf.cast(self.step, self._slots.iterations.dtype))
        gradients, figures = self._gradients(batch)
        rate = tf.identity(self._slots.learning_rate)
        self.optimizer.apply(gradients, self.variables)
        self.step.assign_add(1)
        tokens = tf.reduce_sum(tf.cast(batch["input_mask"], tf.float32))
        return tf.concat([figures, [tokens]], axis=0), rate

    def _gradients(self, batch):
        """The gradients of a step's loss, and the objective's figures, [names]."""
        parts = self.options.gradient_accumulation_steps
        totals = self.objective.totals(batch)
        if parts == 1:
            return self._part_gradients(batch, totals, 0)
        split = {
            name: tf.reshape(value, tf.concat([[parts, -1], tf.shape(value)[1:]], axis=0))
            for name, value in batch.items()
        }

        def add_part(part, gradients, figures):
            part_batch = {name: value[part] for name, value in split.items()}
            new, part_figures = self._part_gradients(part_batch, totals, part)
            gradients = [total + tf.convert_to_tensor(one) for total, one in zip(gradients, new)]
            return part + 1, gradients, figures + part_figures

        none = [tf.zeros(variable.shape) for variable in self.variables]
        state = (0, none, tf.zeros([len(self.objective.names)]))
        _, gradients, figures = tf.while_loop(lambda part, *_: part < parts, add_part, state)
        return gradients, figures

    def _part_gradients(self, batch, totals, part):
        # The masks follow from seed and step alone, so a resumed run draws those it would have had.
        draw = self.step * self.options.gradient_accumulation_steps + tf.cast(part, tf.int64)
        for state, seed in zip(self._dropout_states, self._dropout_seeds):
            state.assign(tf.cast(tf.stack([tf.constant(seed, tf.int64), draw]), state.dtype))
        with fusing(formula_compiler()):
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch([variable.value for variable in self.variables])
                outputs = self.model(model_inputs(self.model, batch), training=True)
                sums = self.objective.sums(outputs, batch)
                figures = {name: sums[name] / totals[name] for name in self.objective.names}
                loss = self.optimizer.scale_loss(sum(figures[name] for name in self.objective.losses))
            gradients = tape.gradient(loss, self.variables)
        return gradients, tf.stack([figures[name] for name in self.objective.names])


def loss_scaled(optimizer, precision):
    """Wraps the optimizer for float16, whose small gradients would vanish otherwise."""
    return keras.optimizers.LossScaleOptimizer(optimizer) if precision == "float16" else optimizer


def _loss_scale(optimizer):
    """The variables of loss scaling, by their names in checkpoints; none without it."""
    if not isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return {}
    return {"loss_scale": optimizer.dynamic_scale, "loss_scale/good_steps": optimizer.step_counter}
