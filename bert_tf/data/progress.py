"""Progress of the making of pretraining data: by bytes read, tokens gone through, instances written."""

import os
import time

from bert_tf.progress import progress_bar


def reading_bar(paths):
    """A bar over the bytes of files as they lie on disk."""
    return progress_bar("reading", sum(os.path.getsize(path) for path in paths), "B", unit_scale=True)


def writing_bar(instances):
    """A bar over instances written."""
    return progress_bar("writing", instances, " instances", unit_scale=True)


class InstancesBar:
    """A bar over tokens gone through, each as often as that is, with instances/s. A context manager.

    Args:
        tokens: How many there are to go through in all.
    """

    def __init__(self, tokens):
        self._bar = progress_bar("making instances", tokens, " tokens", unit_scale=True)
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
