"""One pretraining run: masked LM and next sentence, trained and evaluated on TFRecords."""

import dataclasses
import hashlib

import keras

from bert_tf.checkpoints.loading import load_checkpoint
from bert_tf.data.pretraining.batches import damaged_files_named, pretraining_batches
from bert_tf.data.pretraining.records import PretrainingRecords
from bert_tf.models.pretraining import PretrainingObjective, bert_pretraining_model
from bert_tf.optimization.lamb import LAMB
from bert_tf.optimization.schedules import LinearWarmupLinearDecay
from bert_tf.training.devices import POLICIES
from bert_tf.training.evaluation import average_figures
from bert_tf.training.fused_adam import FusedAdamWeightDecay
from bert_tf.training.learning_curve import LearningCurve
from bert_tf.training.output_dir import add_settings, check_settings, read_settings, write_settings
from bert_tf.training.run import SCHEDULE, Run
from bert_tf.training.same_data import files_setting
from bert_tf.training.trainer import Trainer, loss_scaled, training_options

OPTIMIZERS = {"adamw": FusedAdamWeightDecay, "lamb": LAMB}

# What determines the course of a run. Its length is not among them: a run may be prolonged.
_SETTINGS = (
    "continue_training",
    "gradient_accumulation_steps",
    "learning_rate",
    "max_predictions_per_seq",
    "max_seq_length",
    "num_warmup_steps",
    "optimizer",
    "precision",
    "seed",
    "train_batch_size",
)


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
        self.records = PretrainingRecords(
            options.max_seq_length,
            options.max_predictions_per_seq,
            config.vocab_size,
            config.type_vocab_size,
        )
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
                with other settings or on other records.
        """
        options = self.options
        settings = {**self._model_settings, **self.settings(_SETTINGS), **_masking_settings(self._masking)}
        check_settings(options.output_dir, settings)
        settings |= files_setting(options.output_dir, options.input_files)
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
            add_settings(options.output_dir, settings)
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
            with damaged_files_named(self.options.input_files, self.records):
                prefix = trainer.train(batches)
        self.global_step = int(trainer.step)
        return prefix

    def evaluate(self):
        """The figures of Google's `eval_results.txt`, by name, over `max_eval_steps` batches."""
        batches = self._batches(self.options.eval_batch_size, shuffle=False)
        with damaged_files_named(self.options.input_files, self.records):
            figures = average_figures(
                self.model, PretrainingObjective(), batches, self.options.max_eval_steps
            )
        return {**figures, "global_step": self.global_step}

    def _batches(self, batch_size, **how):
        files, seed = list(self.options.input_files), self.options.seed
        return pretraining_batches(files, self.records, batch_size, seed, **how)


def _masking_settings(masking):
    """What the masks of a run follow from beside its seed."""
    if masking is None:
        return {"dynamic_masking": False}
    tokens = "\n".join(masking.vocabulary.tokens).encode("utf-8", "surrogatepass")
    return {
        "dynamic_masking": True,
        "masked_lm_prob": masking.masked_lm_prob,
        "vocab_file": hashlib.sha256(tokens).hexdigest(),
    }
