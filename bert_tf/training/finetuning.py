"""One fine-tuning run: the model of a task, trained, evaluated and asked for predictions."""

import hashlib
import pathlib

import keras

from bert_tf.checkpoints.loading import load_checkpoint
from bert_tf.data.pipelines import padded_batches, training_order
from bert_tf.errors import UserError
from bert_tf.models.objective import MeanLoss
from bert_tf.optimization.adam_weight_decay import AdamWeightDecay
from bert_tf.optimization.schedules import LinearWarmupLinearDecay
from bert_tf.tokenization.in_graph import InGraphTokenizer
from bert_tf.training.devices import POLICIES
from bert_tf.training.evaluation import mean_of_batch_means, run_model
from bert_tf.training.output_dir import check_settings, write_settings
from bert_tf.training.run import Run
from bert_tf.training.trainer import Trainer, loss_scaled, training_options

# What determines the model, and what determines how it is trained besides.
_MODEL_SETTINGS = ("do_lower_case",)
_TRAINING_SETTINGS = (
    "new_head",
    "learning_rate",
    "max_seq_length",
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
        self.task, self.config = task, config
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

    def prepare_training(self, num_examples):
        """Makes optimizer and trainer, and takes the weights that training starts from.

        These are the newest checkpoint of the output folder, to go on from where it was
        left, else `init_checkpoint`, else random.

        Returns:
            What the weights are, as text.

        Raises:
            UserError: If there are too few examples, if the checkpoint does not fit, or if
                the output folder's was trained with other settings.
        """
        options = self.options
        num_steps = self._num_steps(num_examples)
        settings = {
            **self._model_settings,
            **self.settings(_TRAINING_SETTINGS),
            # Other data would be in another order, and a resumed run would see some rows twice.
            "num_train_examples": num_examples,
        }
        check_settings(options.output_dir, settings)
        schedule = LinearWarmupLinearDecay(
            options.learning_rate, num_steps, int(num_steps * options.warmup_proportion)
        )
        self.trainer = Trainer(
            self.model,
            loss_scaled(AdamWeightDecay(schedule), options.precision),
            MeanLoss(self.task.loss),
            training_options(options, num_train_steps=num_steps),
        )
        prefix = self.trainer.restore()
        write_settings(options.output_dir, settings)
        if prefix:
            return f"Going on from {prefix}"
        return self._initialize()

    def _num_steps(self, num_examples):
        options = self.options
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

    def train(self, encoded):
        """Trains to the last step; see `Trainer.train`."""
        trainer = self.trainer
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

    def evaluate(self, encoded):
        """Compares the model's predictions with the labels.

        Returns:
            What `measure` gives after `tune`, and `global_step`.
        """
        outputs = self.run_with_loss(encoded)
        self.tune(outputs, encoded)
        return {**self.measure(outputs, encoded), "global_step": self.global_step}

    def run_with_loss(self, encoded):
        """The model's outputs for each row and its `loss`, NumPy arrays [rows, …], in order."""
        batch_size = self.options.eval_batch_size
        return run_model(
            self.model, encoded, batch_size, self.task.loss, pad_to=self._pad_to, title="Evaluating"
        )

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
        """The model's outputs for each row, NumPy arrays [rows, …], in order."""
        return run_model(self.model, encoded, self.options.predict_batch_size, pad_to=self._pad_to)
