"""The one exception for what a user, not the code, has to put right."""


class UserError(ValueError):
    """A wrong flag, file, row or checkpoint.

    The message is one line that says what is wrong, where (flag, file and line,
    or variable), and what to do about it. The scripts print it without a traceback.
    """
