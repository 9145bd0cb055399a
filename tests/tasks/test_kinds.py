"""What a user may choose of some kinds of task only."""

import pytest

from bert_tf.errors import UserError
from bert_tf.tasks.registry import get_task


def test_only_for_one_label_out_of_several():
    for name in ("sts-b", "goemotions", "swag"):
        with pytest.raises(
            UserError, match="--class_weights: is only for tasks with one label out of several"
        ):
            get_task(name).choose(class_weights=["balanced"])
    with pytest.raises(UserError, match="--label_smoothing: is only for tasks with one label .* Stsb"):
        get_task("sts-b").choose(label_smoothing=0.1)
