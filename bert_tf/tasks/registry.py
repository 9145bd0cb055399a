"""The one list of tasks."""

from bert_tf.errors import UserError
from bert_tf.tasks.glue import Cola, Mnli, Mrpc
from bert_tf.tasks.xnli import Xnli

TASKS = {
    "cola": Cola,
    "mnli": Mnli,
    "mrpc": Mrpc,
    "xnli": Xnli,
}


def get_task(name):
    """The task of that name, in any case (Google's `--task_name`).

    Raises:
        UserError: If there is none; the message lists those there are.
    """
    if name.lower() not in TASKS:
        raise UserError(f"no task {name!r}: choose one of {', '.join(TASKS)}")
    return TASKS[name.lower()]()
