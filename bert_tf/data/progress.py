"""Progress of the making of pretraining data: by bytes read, tokens gone through, instances written."""

import os
import time

from bert_tf.progress import progress_bar


def reading_bar(paths):
    """A bar over the bytes of files as they lie on disk."""
    return _scaled_bar("reading", sum(os.path.getsize(path) for path in paths), "B")


def writing_bar(instances):
    """A bar over instances written."""
    return _scaled_bar("writing", instances, " instances")


class InstancesBar:
    """A bar over tokens gone through, each as often as that is, with instances/s. A context manager.

    Args:
        tokens: How many there are to go through in all.
    """

    def __init__(self, tokens):
        self._bar = _scaled_bar("making instances", tokens, " tokens")
        self._start = time.monotonic()
        self._instances = 0

    def update(self, tokens, instances):
        """Goes on by these numbers."""
        self._instances += instances
        rate = self._instances / max(time.monotonic() - self._start, 1e-3)
        self._bar.set_postfix_str(f"{rate:,.0f} instances/s", refresh=False)
        self._bar.update(tokens)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._bar.close()


def _scaled_bar(title, total, unit):
    bar = progress_bar(title, total, unit)
    bar.unit_scale = True
    return bar
