"""Every flag of the scripts, declared once, and how a script is run.

Only this package and the scripts know that absl's flags exist.
"""

import bert_tf.flags.loading  # noqa: F401
from bert_tf.flags.running import FLAGS, require, run

__all__ = ["FLAGS", "require", "run"]
