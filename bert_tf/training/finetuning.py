"""One fine-tuning run: the model of a task, trained, evaluated and asked for predictions."""

import fractions
import functools
import hashlib
import pathlib

import keras

from bert_tf.checkpoints.google import latest_checkpoint
from bert_tf.checkpoints.loading import load_checkpoint
from bert_tf.data.pipelines import padded_batches, training_order
from bert_tf.errors import UserError
from bert_tf.optimization.decayed_moments import matches
from bert_tf.optimization.layerwise import frozen_parts, layerwise_rates
from bert_tf.optimization.schedules import LinearWarmupLinearDecay
from bert_tf.tokenization.in_graph import InGraphTokenizer
from bert_tf.training.best_checkpoint import Evaluations, best_folder, evaluation_steps
from bert_tf.training.devices import POLICIES
from bert_tf.training.evaluation import CompiledModel, mean_of_batch_means, pooled, run_compiled, with_loss
from bert_tf.training.fused_adam import FusedAdamWeightDecay
from bert_tf.training.learning_curve import LearningCurve
from bert_tf.training.memory import check_encoded_memory, check_order_memory
from bert_tf.training.output_dir import add_settings, check_settings, read_settings, write_settings
from bert_tf.training.run import SCHEDULE, Run
from bert_tf.training.same_data import rows_setting
from bert_tf.training.tensorboard import TensorBoardLog
from bert_tf.training.trainer import Trainer, loss_scaled, training_options

# What determines the model, and what determines how it is trained besides.
_MODEL_SETTINGS = ("do_lower_case",)
_TRAINING_SETTINGS = (
    "new_head",
    "learning_rate",
    "layerwise_lr_decay",
    "freeze_embeddings",
    "freeze_layers",
    "class_weights",
    "label_smoothing",
    "eval_every_steps",
    "eval_every_epoch",
    "best_metric",
    "max_seq_length",
    "long_text",
    "pad_to_max_length",
    "precision",
    "seed",
    "train_batch_size",
    "gradient_accumulation_steps",
    "warmup_proportion",
)


class FineTuning(Run):
    """A task's model with all that is needed to train and use it.

    Args:
        task_name: The task's name, noted in the output folder.
        task: The task (see `tasks/kinds.py`).
        config: The `BertConfig`.
        options: The `FineTuningOptions`.

    Raises:
        UserError: If the output folder holds the checkpoints of another model.
    """

    def __init__(self, task_name, task, config, options):
        self.task, self.config, self.trainer = task, config, None
        # Where set, runs the model in Keras's place: from a batch to a dict of NumPy arrays.
        self.runner = None
        self._model_settings = {
            "task_name": task_name.lower(),
            "bert_config_file": config.to_dict(),
            "vocab_file": hashlib.sha256(pathlib.Path(options.vocab_file).read_bytes()).hexdigest(),
            **{name: getattr(options, name) for name in _MODEL_SETTINGS},
            **task.settings(),
        }
        check_settings(options.output_dir, self._model_settings)
        keras.utils.set_random_seed(options.seed)
        self.tokenizer = InGraphTokenizer(options.vocab_file, options.do_lower_case)
        super().__init__(task.model(config, POLICIES[options.precision], options.recompute), options)

    def encode(self, examples):
        """The examples as rows of ids."""
        return self.task.encode(self.tokenizer, examples, self.options.max_seq_length)

    @property
    def _pad_to(self):
        return self.options.max_seq_length if self.options.pad_to_max_length else None

    def prepare_training(self, num_examples, encoded=None, dev=None):
        """Makes optimizer and trainer, and takes the weights that training starts from.

        These are the newest checkpoint of the output folder, to go on from where it was
        left, else `init_checkpoint`, else random.

        Args:
            num_examples: How many there are to train on.
            encoded: These examples, to tell whether a run that is resumed is given those it began
                with, cut alike.
            dev: Likewise those to evaluate on while training.

        Returns:
            What the weights are, as text.

        Raises:
            UserError: If there are too few examples, if the checkpoint does not fit, or if
                the output folder's was trained with other settings or on other data.
        """
        options = self.options
        num_steps = self._num_steps(num_examples)
        settings = {
            **self._model_settings,
            **self.settings(_TRAINING_SETTINGS),
            # Other data would be in another order, and a resumed run would see some rows twice.
            "num_train_examples": num_examples,
            "num_train_tokens": None if encoded is None else len(encoded.input_ids),
        }
        check_settings(options.output_dir, settings)
        settings |= rows_setting(options.output_dir, "training", encoded)
        wants_curve = options.learning_curve or options.evaluates_while_training
        self.curve = LearningCurve(options.output_dir, num_steps) if wants_curve else None
        self.log = TensorBoardLog(options.tensorboard_dir) if options.tensorboard_dir else None
        self.trainer = Trainer(
            self.model,
            self._optimizer(num_steps),
            self.task.objective(),
            training_options(options, num_train_steps=num_steps),
            self.log,
            self._trained_variables(),
            self.curve,
        )
        self._steps_per_epoch = fractions.Fraction(num_examples, self.trainer.options.examples_per_step)
        prefix = self.trainer.restore()
        if int(self.trainer.step) < num_steps:
            settings |= rows_setting(options.output_dir, "evaluation", dev)
        if prefix:
            add_settings(options.output_dir, settings)
            return self.resumed(prefix)
        write_settings(options.output_dir, {**settings, **SCHEDULE})
        return self._initialize()

    def _optimizer(self, num_steps):
        options = self.options
        schedule = LinearWarmupLinearDecay(
            options.learning_rate, num_steps, int(num_steps * options.warmup_proportion)
        )
        decay = options.layerwise_lr_decay
        rates = () if decay is None else layerwise_rates(self.config.num_hidden_layers, decay)
        return loss_scaled(FusedAdamWeightDecay(schedule, rates=rates), options.precision)

    def _trained_variables(self):
        frozen = frozen_parts(self.options.freezes_embeddings, self.options.freeze_layers)
        return [variable for variable in self.model.trainable_variables if not matches(frozen, variable)]

    def _num_steps(self, num_examples):
        options = self.options
        check_order_memory(num_examples, options.num_train_epochs)
        examples_per_step = options.train_batch_size * options.gradient_accumulation_steps
        num_steps = int(num_examples / examples_per_step * options.num_train_epochs)
        if num_steps < 1:
            raise UserError(
                f"{num_examples} training examples make no step of {examples_per_step} in --num_train_epochs="
                f"{options.num_train_epochs}: lower --train_batch_size or raise --num_train_epochs"
            )
        return num_steps

    def _initialize(self):
        options = self.options
        if options.init_checkpoint:
            return str(load_checkpoint(self.model, options.init_checkpoint, options.new_head))
        return "Starting from random weights (no --init_checkpoint)"

    def train(self, encoded, dev=None):
        """Trains to the last step; see `Trainer.train`.

        Args:
            encoded: The examples to train on.
            dev: Those to evaluate on while training, if `options` ask for that.
        """
        trainer = self.trainer
        check_encoded_memory("train_batch_size", self.options, encoded, self.config)
        if dev is not None:
            trainer.evaluations = self._evaluations(dev)
            trainer.evaluations.run(int(trainer.step))  # The last run may have ended before it was done.
        order = training_order(
            encoded.lengths,
            trainer.options.examples_per_step,
            trainer.options.num_train_steps,
            self.options.seed,
            group_by_length=not self.options.pad_to_max_length,
        )
        rest = order[int(trainer.step) :].ravel()
        prefix = None
        if len(rest):
            prefix = trainer.train(
                padded_batches(encoded, rest, trainer.options.examples_per_step, self._pad_to)
            )
        self.global_step = int(trainer.step)
        return prefix

    def _evaluations(self, dev):
        options = self.options
        steps_per_epoch = self._steps_per_epoch if options.eval_every_epoch else None
        last_step = self.trainer.options.num_train_steps

        def evaluate(step):
            figures = self.evaluate(dev)
            if self.log:
                self.log(step, {name: figures[name] for name in figures if name.startswith("eval_")})
            return figures

        return Evaluations(
            evaluation_steps(last_step, options.eval_every_steps, steps_per_epoch),
            options.metric(self.task),
            options.early_stopping_patience,
            self.curve,
            options.output_dir,
            self.model,
            evaluate,
            keep=lambda: add_settings(options.output_dir, self.tuned),
        )

    @property
    def stopped_early(self):
        """Whether training ended because nothing got better any more."""
        evaluations = self.trainer.evaluations
        return bool(evaluations) and evaluations.is_enough

    def trained_checkpoint(self):
        """The best checkpoint where training was interrupted for evaluations, else the newest."""
        settings = read_settings(self.options.output_dir) or {}
        if settings.get("eval_every_steps") or settings.get("eval_every_epoch"):
            best = latest_checkpoint(best_folder(self.options.output_dir))
            if best:
                return best
        return super().trained_checkpoint()

    def load_trained(self):
        """See `Run.load_trained`; the best weights take the place of the last ones."""
        if self.trainer and self.trainer.evaluations:
            self.global_step = None
            self.task.recall(read_settings(self.options.output_dir))
        return super().load_trained()

    def evaluate(self, encoded):
        """Compares the model's predictions with the labels.

        Returns:
            What `measure` gives after `tune`, and `global_step`.
        """
        outputs = self.run_with_loss(encoded)
        self.tune(outputs, encoded)
        return {**self.measure(outputs, encoded), "global_step": self.global_step}

    def run_with_loss(self, encoded):
        """The outputs for each example, as of `predict`, and their `loss`."""
        batch_size = self.options.eval_batch_size
        check_encoded_memory("eval_batch_size", self.options, encoded, self.config)
        if self.runner:
            run = with_loss(self.runner, self.task.loss)
        else:
            run = self._model_and_loss
            run.refresh()
        outputs = run_compiled(run, encoded, batch_size, self._pad_to, "Evaluating")
        return pooled(outputs, encoded, self.task.loss_of_means)

    @functools.cached_property
    def _model_and_loss(self):
        return CompiledModel(self.model, self.task.loss)

    def tune(self, outputs, encoded):
        """Chooses what is not trained, for now and, as `tuned`, for later runs."""
        self.tuned = self.task.tune(outputs, encoded)

    def measure(self, outputs, encoded):
        """What predictions are worth.

        Args:
            outputs: What `run_with_loss` gave.
            encoded: The examples it was for.

        Returns:
            The figures of Google's `eval_results.txt`, by name: the task's metrics,
            `eval_loss` (the mean over examples) and `loss` (the mean over batches).
        """
        metrics = self.task.measure(outputs, encoded)
        return {
            **{f"eval_{name}": value for name, value in metrics.items()},
            "eval_loss": float(outputs["loss"].mean()),
            "loss": mean_of_batch_means(outputs["loss"], self.options.eval_batch_size),
        }

    def predict(self, encoded):
        """The outputs, NumPy arrays [rows, …], in order; `pooled` where examples have several rows."""
        batch_size = self.options.predict_batch_size
        check_encoded_memory("predict_batch_size", self.options, encoded, self.config)
        run = self.runner or CompiledModel(self.model)
        return pooled(run_compiled(run, encoded, batch_size, self._pad_to), encoded)
