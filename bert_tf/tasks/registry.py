"""The one list of tasks."""

from bert_tf.errors import UserError
from bert_tf.tasks.glue import Cola, Mnli, Mrpc
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
    "goemotions": GoEmotions,
    "swag": Swag,
    "table": user_table,
    "multiple_choice": UserChoices,
}


def get_task(name, **options):
    """The task of that name, in any case (Google's `--task_name`).

    Args:
        name: The name.
        **options: What the task is to be told; see what `TASKS` has under its name.

    Raises:
        UserError: If there is no such task, with a list of those there are, or if it does not
            take one of the options.
    """
    if name.lower() not in TASKS:
        raise UserError(f"no task {name!r}: choose one of {', '.join(TASKS)}")
    make = TASKS[name.lower()]
    check_options(f"--task_name={name}", make, options)
    return make(**options)
