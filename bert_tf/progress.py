"""The bar that shows how far long work has come."""

import sys

from tqdm import tqdm


def progress_bar(title, total, unit, done=0):
    """A `tqdm` bar on standard error: lively on a terminal, a line now and then in a log."""
    on_terminal = sys.stderr.isatty()
    return tqdm(
        desc=title, total=total, initial=done, unit=unit, dynamic_ncols=on_terminal,
        mininterval=0.1 if on_terminal else 10, maxinterval=10 if on_terminal else 60,
    )
