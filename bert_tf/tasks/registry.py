"""The one list of tasks."""

from bert_tf.errors import UserError
from bert_tf.tasks.glue import Ax, Cola, Mnli, Mrpc, Qnli, Qqp, Rte, Sst2, Stsb, Wnli
from bert_tf.tasks.goemotions import GoEmotions
from bert_tf.tasks.multiple_choice import UserChoices
from bert_tf.tasks.options import check_options
from bert_tf.tasks.swag import Swag
from bert_tf.tasks.user_table import user_table
from bert_tf.tasks.xnli import Xnli

TASKS = {
    "cola": Cola,
    "mnli": Mnli,
    "mrpc": Mrpc,
    "xnli": Xnli,
    "sst-2": Sst2,
    "sts-b": Stsb,
    "qqp": Qqp,
    "qnli": Qnli,
    "rte": Rte,
    "wnli": Wnli,
    "ax": Ax,
    "goemotions": GoEmotions,
    "swag": Swag,
    "table": user_table,
    "multiple_choice": UserChoices,
}


def task_key(name):
    """What `TASKS` calls the task of that name, which may be in any case, with hyphens or without.

    Raises:
        UserError: If there is no such task, with a list of those there are.
    """
    keys = {key.replace("-", ""): key for key in TASKS}
    key = keys.get(name.lower().replace("-", ""))
    if key is None:
        raise UserError(f"no task {name!r}: choose one of {', '.join(TASKS)}")
    return key


def get_task(name, **options):
    """The task of that name (Google's `--task_name`).

    Args:
        name: The name, as of `task_key`.
        **options: What the task is to be told; see what `TASKS` has under its name.

    Raises:
        UserError: If there is no such task, or it does not take one of the options.
    """
    make = TASKS[task_key(name)]
    check_options(f"--task_name={name}", make, options)
    return make(**options)
