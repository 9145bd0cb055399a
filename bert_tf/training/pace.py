"""How many steps run in one call, and what the progress bar says of them."""

import numpy as np

# The progress bar moves at least this often, in seconds, where steps are short enough.
_REPORT_SECONDS = 0.5


class Pace:
    """How many steps to run at once: as many as fill the time between two reports.

    Args:
        most: Their largest number.
    """

    def __init__(self, most):
        self._most = most
        self._traced = False
        self.count = 1

    def ran(self, count, seconds):
        """Takes note of how long `count` steps took."""
        self.steps_per_second = count / seconds
        if self._traced:  # The first call's time is mostly that of tracing.
            self.count = int(np.clip(_REPORT_SECONDS * self.steps_per_second, 1, self._most))
        self._traced = True


def described(figures):
    """The figures as the progress bar shows them."""
    formats = {"learning rate": "{} {:.2e}", "examples/s": "{1:.1f} {0}", "tokens/s": "{1:,.0f} {0}"}
    return ", ".join(formats.get(name, "{} {:.4f}").format(name, value) for name, value in figures.items())
