"""What a task may be told beside its data: the parameters of what makes it."""

import inspect

from bert_tf.errors import UserError


def check_options(what, make, options):
    """Refuses options that a task does not take, rather than ignore them.

    Args:
        what: The task as flags name it, for the message.
        make: The class or function that makes it, which takes them by name.
        options: The options, by name.

    Raises:
        UserError: If `make` has no parameter for one of them.
    """
    taken = inspect.signature(make).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in taken.values()):
        return
    for name in options:
        if name not in taken:
            others = f"; it takes {', '.join(f'--{other}' for other in taken)}" if taken else ""
            raise UserError(f"--{name} does not belong to {what}: leave it out{others}")
