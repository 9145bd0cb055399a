"""The flags of run_classifier.py."""

from absl import flags

from bert_tf.flags.finetuning import define_finetuning_flags
from bert_tf.tasks.registry import TASKS


def define_classifier_flags():
    """The task and its data, and what every fine-tuning script takes."""
    flags.DEFINE_string("data_dir", None, "Folder of the task's files, as train.tsv and dev.tsv.")
    flags.DEFINE_string("task_name", None, f"The task, in any case: one of {', '.join(TASKS)}.")
    define_finetuning_flags()
