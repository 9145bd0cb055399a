"""The flags of run_classifier.py."""

import dataclasses

from absl import flags

from bert_tf.flags.groups import (
    define_finetuning_flags,
    define_model_flags,
    define_tpu_flags,
    define_training_flags,
)

FLAGS = flags.FLAGS


def define_classifier_flags():
    """The flags of run_classifier.py."""
    flags.DEFINE_string("data_dir", None, "Folder of the task's files, as train.tsv and dev.tsv.")
    flags.DEFINE_string("task_name", None, "The task, in any case: CoLA, MNLI, MRPC or XNLI.")
    flags.DEFINE_bool("do_train", False, "Whether to train.")
    flags.DEFINE_bool("do_eval", False, "Whether to evaluate on the dev set.")
    flags.DEFINE_bool("do_predict", False, "Whether to predict the labels of the test set.")
    define_model_flags()
    define_training_flags()
    define_finetuning_flags()
    define_tpu_flags()


def finetuning_options():
    """The `FineTuningOptions` that the flags ask for."""
    from bert_tf.training.finetuning import FineTuningOptions

    return FineTuningOptions(
        **{field.name: FLAGS[field.name].value for field in dataclasses.fields(FineTuningOptions)}
    )
