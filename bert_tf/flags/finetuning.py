"""The flags of all fine-tuning scripts, and what they ask for."""

import dataclasses

from absl import flags

from bert_tf.flags.groups import (
    define_model_flags,
    define_size,
    define_steps,
    define_tpu_flags,
    define_training_flags,
)
from bert_tf.flags.paths import define_path
from bert_tf.flags.running import require
from bert_tf.tasks.texts import LONG_TEXTS
from bert_tf.training.devices import check_tpu
from bert_tf.training.finetuning_options import FineTuningOptions
from bert_tf.training.seeds import check_seeds
from bert_tf.workflow import Work

FLAGS = flags.FLAGS

# Of a single example they would take all memory for the order of the steps.
_MOST_EPOCHS = 1e9


def define_finetuning_flags():
    """What every fine-tuning script takes: what to do, with which model, how to train and to predict."""
    flags.DEFINE_bool("do_train", False, "Whether to train.")
    flags.DEFINE_bool("do_eval", False, "Whether to evaluate on the dev set.")
    flags.DEFINE_bool("do_predict", False, "Whether to predict the answers of the test set.")
    define_size("predict_batch_size", 8, "Examples a step of prediction.")
    flags.DEFINE_float(
        "num_train_epochs",
        3.0,
        "How often to go through the data.",
        lower_bound=0.0,
        upper_bound=_MOST_EPOCHS,
    )
    flags.DEFINE_float(
        "warmup_proportion",
        0.1,
        "Share of the training during which the learning rate rises.",
        lower_bound=0.0,
        upper_bound=1.0,
    )
    define_path("vocab_file", None, "vocab.txt, the word pieces the model was trained on.")
    flags.DEFINE_bool("new_head", False, "Start with a new output layer even if --init_checkpoint has one.")
    flags.DEFINE_bool(
        "do_lower_case",
        True,
        "Whether to lower-case the input: true for uncased models, false for cased ones.",
    )
    define_size(
        "max_seq_length",
        128,
        "Longest input in word pieces, [CLS] and [SEP] included; longer ones are truncated.",
        least=4,
    )
    flags.DEFINE_enum(
        "long_text",
        None,
        list(LONG_TEXTS),
        "What to do with longer texts: keep their beginning, as by default, keep beginning and end, or "
        "read the first text in overlapping windows and average the answers.",
    )
    flags.DEFINE_bool(
        "pad_to_max_length",
        False,
        "Pad every batch to --max_seq_length and draw batches at random, rather than group like lengths.",
    )
    flags.DEFINE_list(
        "seeds", [], "Do it all with each of these seeds, in output_dir/seed_N, and sum the figures up."
    )
    _define_export_flags()
    _define_evaluation_flags()
    _define_learning_flags()
    define_model_flags()
    define_training_flags()
    define_tpu_flags()


def _define_export_flags():
    """What the trained model is written as, and run in."""
    define_path("export_dir", None, "Folder for a SavedModel; none is written without it.")
    flags.DEFINE_bool("export_onnx", False, "Write model.onnx, float32, into --export_dir too.")
    flags.DEFINE_enum(
        "quantize",
        None,
        ["int8"],
        "Evaluate and predict in int8 on ONNX Runtime, and write model.int8.onnx into --export_dir too.",
    )


def _define_evaluation_flags():
    """Evaluation on the dev set while training."""
    define_steps("eval_every_steps", None, "Evaluate on the dev set after every so many steps too.")
    flags.DEFINE_bool("eval_every_epoch", False, "Evaluate on the dev set at the end of each epoch too.")
    flags.DEFINE_string(
        "best_metric",
        None,
        "The figure that makes a checkpoint the best of those evaluated: one of the task's, its first by "
        "default, or loss. The best is kept in output_dir/best and used from then on.",
    )
    flags.DEFINE_integer(
        "early_stopping_patience",
        None,
        "Stop training after so many evaluations without a better one.",
        lower_bound=1,
    )


def _define_learning_flags():
    """What is trained, how fast, and for what."""
    flags.DEFINE_float(
        "layerwise_lr_decay",
        None,
        "Learning rate of each layer as a share of that of the next higher one, such as 0.9.",
        lower_bound=0.0,
        upper_bound=1.0,
    )
    flags.DEFINE_integer(
        "freeze_layers",
        0,
        "Leave the embeddings and so many of the lowest layers as they are.",
        lower_bound=0,
    )
    flags.DEFINE_bool(
        "freeze_embeddings",
        None,
        "Leave the embeddings as they are; --nofreeze_embeddings trains them below frozen layers.",
    )
    flags.DEFINE_list(
        "class_weights",
        None,
        "How much each label counts in training: 'balanced', or LABEL:NUMBER with commas between.",
    )
    flags.DEFINE_float(
        "label_smoothing",
        None,
        "Share of the probability that training spreads evenly over all labels.",
        lower_bound=0.0,
        upper_bound=0.999,
    )


def check_finetuning_flags():
    """Raises UserError where a flag that every run needs is missing, or a TPU is asked for."""
    require("bert_config_file", "vocab_file", "output_dir")
    check_tpu(FLAGS.use_tpu)


def finetuning_options():
    """The `FineTuningOptions` that the flags ask for."""
    return FineTuningOptions(**_values(FineTuningOptions))


def work(data_dir):
    """The `Work` that the flags ask for, on the data of that folder."""
    return Work(data_dir=data_dir, seeds=check_seeds(FLAGS.seeds), **_values(Work, "data_dir", "seeds"))


def _values(options, *others):
    """The flags that are called as the fields of a dataclass, other than those named."""
    names = {field.name for field in dataclasses.fields(options)} - set(others)
    return {name: FLAGS[name].value for name in names}
