"""What both optimizers share."""

import keras
import numpy as np
import pytest

from bert_tf.optimization.adam_weight_decay import AdamWeightDecay
from bert_tf.optimization.decayed_moments import matches
from bert_tf.optimization.lamb import LAMB


def variable(name):
    return keras.Variable(np.ones(2, np.float32), name=name)


@pytest.mark.parametrize("optimizer", [AdamWeightDecay, LAMB])
def test_slots_are_named_for_checkpoints(optimizer):
    made = optimizer(0.1)
    made.build([variable("kernel"), variable("bias")])
    assert [(path, name) for path, name, _ in made.slots()] == [
        ("kernel", "adam_m"),
        ("kernel", "adam_v"),
        ("bias", "adam_m"),
        ("bias", "adam_v"),
    ]


@pytest.mark.parametrize("optimizer", [AdamWeightDecay, LAMB])
def test_decay_leaves_alone_what_matches(optimizer):
    names = ("kernel", "bias", "LayerNorm_gamma", "word_embeddings")
    assert [optimizer(0.1).decays(variable(name)) for name in names] == [True, False, False, True]
    chosen = optimizer(0.1, no_weight_decay=["^word"])
    assert [chosen.decays(variable(name)) for name in names] == [True, True, True, False]


def test_patterns_are_found_anywhere_in_the_path():
    assert matches(("norm", "b.as$"), variable("dense_bias"))
    assert not matches(("norm", "^bias"), variable("dense_bias"))
