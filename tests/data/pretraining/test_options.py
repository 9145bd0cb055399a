"""Options out of range, and the names of shards."""

import pytest

from bert_tf.data.pretraining.options import PretrainingDataOptions, shard_names
from bert_tf.errors import UserError


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_seq_length": 4},
        {"max_seq_length": 70_000},
        {"max_predictions_per_seq": 0},
        {"max_predictions_per_seq": 70_000},
        {"dupe_factor": 0},
        {"masked_lm_prob": -0.1},
        {"masked_lm_prob": float("nan")},
        {"short_seq_prob": 1.1},
    ],
)
def test_options_out_of_range_are_named(wrong):
    (name,) = wrong
    with pytest.raises(UserError, match=rf"^{name} .+: give a value "):
        PretrainingDataOptions(**wrong)


def test_shard_names():
    assert shard_names(["a"], 0) == ("a",)
    assert shard_names(["a", "b"], 2) == ("a", "b")
    assert shard_names(["a"], 2) == ("a-00000-of-00002", "a-00001-of-00002")
    with pytest.raises(UserError, match="num_shards 3, but 2 output files"):
        shard_names(["a", "b"], 3)
