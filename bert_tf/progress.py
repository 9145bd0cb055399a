"""The bar that shows how far long work has come, and what is said meanwhile."""

import sys

from tqdm import tqdm


def progress_bar(title, total, unit, done=0, unit_scale=False):
    """A `tqdm` bar on standard error: lively on a terminal, a line now and then in a log.

    Args:
        title: What is being done.
        total: How many units there are to do.
        unit: What is counted.
        done: How many are done already.
        unit_scale: Whether large numbers are shown as 1.2k or 3.4M.
    """
    on_terminal = sys.stderr.isatty()
    return tqdm(
        desc=title,
        total=total,
        initial=done,
        unit=unit,
        unit_scale=unit_scale,
        dynamic_ncols=on_terminal,
        mininterval=0.1 if on_terminal else 10,
        maxinterval=10 if on_terminal else 60,
    )


def say(line):
    """Prints a line while a bar may be shown: on a terminal it stands above the bar, not after it."""
    tqdm.write(line)
