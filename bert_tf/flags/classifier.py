"""The flags of run_classifier.py."""

from absl import flags

from bert_tf.data.user_tables import FORMATS
from bert_tf.errors import UserError
from bert_tf.flags.finetuning import define_finetuning_flags
from bert_tf.flags.paths import define_path
from bert_tf.flags.running import require
from bert_tf.tasks.registry import TASKS, get_task
from bert_tf.tasks.user_table import PROBLEMS

FLAGS = flags.FLAGS

# The flags that only some tasks take, by the names of these tasks' parameters.
_TASK_FLAGS = []


def define_classifier_flags():
    """The task and its data, and what every fine-tuning script takes."""
    flags.DEFINE_string("task_name", None, f"The task, in any case: one of {', '.join(TASKS)}.")
    define_path("data_dir", None, "Folder of the task's files, as train.tsv and dev.tsv.")
    _define_file_flags()
    _define_table_flags()
    define_finetuning_flags()


def _define_file_flags():
    _task_flag(define_path, "train_file", "The file to train on, where a task has no --data_dir.")
    _task_flag(define_path, "eval_file", "The file to evaluate on.")
    _task_flag(define_path, "predict_file", "The file to predict the answers of.")


def _define_table_flags():
    formats = "What the files are; by default what their names end in."
    _task_flag(flags.DEFINE_enum, "file_format", formats, enum_values=FORMATS)
    header = "Whether the first row names the columns (the default), which are called 1, 2, … otherwise."
    _task_flag(flags.DEFINE_bool, "header", header)
    _task_flag(flags.DEFINE_string, "text_column", 'Column of the text, "text" by default.')
    _task_flag(flags.DEFINE_string, "text_pair_column", "Column of a second text, if any.")
    _task_flag(flags.DEFINE_string, "label_column", 'Column of the label or number, "label" by default.')
    columns = "Columns of 0 and 1, one a label, with commas between, instead of --label_column."
    _task_flag(flags.DEFINE_list, "label_columns", columns)
    ids = "Column of the rows' ids, which the file to predict has; without it they are numbered."
    _task_flag(flags.DEFINE_string, "id_column", ids)
    problem = "One label a row (the default), any number of labels, or a number."
    _task_flag(flags.DEFINE_enum, "problem", problem, enum_values=PROBLEMS)
    labels = "The labels, with commas between; by default those of the training file, sorted."
    _task_flag(flags.DEFINE_list, "labels", labels)
    separator = "What stands between several labels of a row, a comma by default."
    _task_flag(flags.DEFINE_string, "label_separator", separator)
    threshold = (
        'Probability from which on each of several labels is predicted, or "tune" for the best on dev.'
    )
    _task_flag(flags.DEFINE_string, "threshold", threshold)


def _task_flag(define, name, text, **others):
    """Declares a flag without a default, so that one that is given to the wrong task shows."""
    define(name=name, default=None, help=text, **others)
    _TASK_FLAGS.append(name)


def classifier_task():
    """The task that the flags ask for.

    Raises:
        UserError: If there is none of that name, if a flag does not belong to it, or if it needs one.
    """
    given = {name: FLAGS[name].value for name in _TASK_FLAGS if FLAGS[name].value is not None}
    task = get_task(FLAGS.task_name, **given)
    if task.reads_data_dir:
        require("data_dir")
    elif FLAGS.data_dir:
        raise UserError(
            f"--data_dir does not belong to --task_name={FLAGS.task_name}: give --train_file, --eval_file "
            "and --predict_file"
        )
    return task
