"""One pretraining run: masked LM and next sentence, trained and evaluated on TFRecords."""

import contextlib
import dataclasses

import keras
import tensorflow as tf

from bert_tf.checkpoints.loading import load_checkpoint
from bert_tf.data.pretraining.batches import damaged_files_named, pretraining_batches
from bert_tf.data.pretraining.records import PretrainingRecords
from bert_tf.errors import UserError
from bert_tf.models.pretraining import PretrainingObjective, bert_pretraining_model
from bert_tf.optimization.lamb import LAMB
from bert_tf.optimization.schedules import LinearWarmupLinearDecay
from bert_tf.training.devices import POLICIES
from bert_tf.training.evaluation import average_figures
from bert_tf.training.fused_adam import FusedAdamWeightDecay
from bert_tf.training.learning_curve import LearningCurve
from bert_tf.training.output_dir import check_settings, read_settings, write_settings
from bert_tf.training.run import SCHEDULE, Run
from bert_tf.training.trainer import Trainer, loss_scaled, training_options

OPTIMIZERS = {"adamw": FusedAdamWeightDecay, "lamb": LAMB}

# What determines the course of a run. Its length is not among them: a run may be prolonged.
_SETTINGS = (
    "continue_training",
    "gradient_accumulation_steps",
    "input_files",
    "learning_rate",
    "max_predictions_per_seq",
    "max_seq_length",
    "num_warmup_steps",
    "optimizer",
    "precision",
    "seed",
    "train_batch_size",
)

_FOREIGN_IDS = "word piece ids beyond"


@dataclasses.dataclass(frozen=True)
class PretrainingOptions:
    """The flags of run_pretraining.py that a run depends on; `flags/pretraining.py` says what each means."""

    output_dir: str
    input_files: tuple
    max_seq_length: int = 128
    max_predictions_per_seq: int = 20
    init_checkpoint: str | None = None
    continue_training: bool = False
    optimizer: str = "adamw"
    learning_rate: float = 5e-5
    num_train_steps: int = 100000
    num_warmup_steps: int = 10000
    num_train_seconds: float = 0
    train_batch_size: int = 32
    gradient_accumulation_steps: int = 1
    recompute: bool = False
    precision: str = "float32"
    eval_batch_size: int = 8
    max_eval_steps: int = 100
    save_checkpoints_steps: int = 1000
    iterations_per_loop: int = 1000
    seed: int = 0
    learning_curve: bool = False


class Pretraining(Run):
    """BERT with both pretraining heads, and all that is needed to train and evaluate it.

    Args:
        config: The `BertConfig`.
        options: `PretrainingOptions`.
        masking: A `DynamicMasking`, or None to train on the masks of the records.

    Raises:
        UserError: If a record file is wrong, or the output folder holds the checkpoints of
            another model.
    """

    def __init__(self, config, options, masking=None):
        self.records = PretrainingRecords(options.max_seq_length, options.max_predictions_per_seq)
        for path in options.input_files:
            self.records.check(path)
        self._model_settings = {"bert_config_file": config.to_dict()}
        check_settings(options.output_dir, self._model_settings)
        self.config, self._masking, self.curve = config, masking, None
        keras.utils.set_random_seed(options.seed)
        super().__init__(
            bert_pretraining_model(config, POLICIES[options.precision], options.recompute), options
        )

    def prepare_training(self, log=None):
        """Makes optimizer and trainer, and takes the weights that training starts from.

        These are the newest checkpoint of the output folder, to go on from where it was left;
        else `init_checkpoint`, with its slots and step if `continue_training`; else random.

        Args:
            log: Called with the step and a dict of figures at each report, if given.

        Returns:
            What the weights are, as text.

        Raises:
            UserError: If a checkpoint does not fit, or if the output folder's was trained
                with other settings.
        """
        options = self.options
        settings = {
            **self._model_settings,
            **self.settings(_SETTINGS),
            "dynamic_masking": self._masking is not None,
        }
        settings["input_files"] = list(options.input_files)
        check_settings(options.output_dir, settings)
        schedule = LinearWarmupLinearDecay(
            options.learning_rate, options.num_train_steps, options.num_warmup_steps
        )
        optimizer = loss_scaled(OPTIMIZERS[options.optimizer](schedule), options.precision)
        if options.learning_curve:
            self.curve = LearningCurve(options.output_dir, options.num_train_steps)
        self.trainer = Trainer(
            self.model, optimizer, PretrainingObjective(), training_options(options), log, curve=self.curve
        )
        prefix = self.trainer.restore()
        if prefix:
            earlier = read_settings(options.output_dir) or {}
            self.first_step = earlier.get("first_step", 0)
            return self.resumed(prefix)
        said = self._initialize()
        self.first_step = int(self.trainer.step)
        write_settings(options.output_dir, {**settings, **SCHEDULE, "first_step": self.first_step})
        return said

    def _initialize(self):
        options = self.options
        if not options.init_checkpoint:
            return "Starting from random weights (no --init_checkpoint)"
        if options.continue_training:
            prefix = self.trainer.restore(options.init_checkpoint)
            return f"Going on from {prefix}, slots and step {int(self.trainer.step)} included"
        return str(load_checkpoint(self.model, options.init_checkpoint))

    def train(self):
        """Trains to the last step or the time limit; see `Trainer.train`."""
        trainer, prefix = self.trainer, None
        done = int(trainer.step)
        if done < self.options.num_train_steps:
            first_batch = done - self.first_step
            batches = self._batches(
                trainer.options.examples_per_step, first_batch=first_batch, masking=self._masking
            )
            with self._data_errors():
                prefix = trainer.train(batches)
        self.global_step = int(trainer.step)
        return prefix

    def evaluate(self):
        """The figures of Google's `eval_results.txt`, by name, over `max_eval_steps` batches."""
        batches = self._batches(self.options.eval_batch_size, shuffle=False)
        with self._data_errors():
            figures = average_figures(
                self.model, PretrainingObjective(), batches, self.options.max_eval_steps
            )
        return {**figures, "global_step": self.global_step}

    def _batches(self, batch_size, **how):
        """Batches of the records, each checked for ids that the embedding table does not have."""

        def checked(batch):
            for name in ("input_ids", "masked_lm_ids"):
                tf.debugging.assert_less(batch[name], self.config.vocab_size, _FOREIGN_IDS)
            return batch

        files, seed = list(self.options.input_files), self.options.seed
        return pretraining_batches(files, self.records, batch_size, seed, **how).map(
            checked, tf.data.AUTOTUNE
        )

    @contextlib.contextmanager
    def _data_errors(self):
        """Says in one line what is wrong with the records, where TensorFlow says it in many."""
        try:
            with damaged_files_named(self.options.input_files, self.records):
                yield
        except tf.errors.InvalidArgumentError as error:
            if _FOREIGN_IDS not in error.message:
                raise
            raise UserError(
                f"{self.options.input_files[0]}: {_FOREIGN_IDS} vocab_size {self.config.vocab_size}: give "
                "the bert_config.json of the vocabulary that the records were made with"
            ) from None
