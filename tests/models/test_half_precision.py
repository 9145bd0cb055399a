"""Kernels kept in the precision that they are computed with."""

import keras
import numpy as np
import pytest

from bert_tf import BertConfig
from bert_tf.models.classification import bert_classifier
from bert_tf.models.half_precision import HalfPrecisionKernels

CONFIG = BertConfig(
    vocab_size=20,
    hidden_size=8,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=12,
    max_position_embeddings=8,
    initializer_range=0.5,
)
IDS = np.array([[2, 4, 5, 3], [2, 6, 4, 3]], np.int32)


@pytest.fixture
def model():
    keras.utils.set_random_seed(0)
    return bert_classifier(CONFIG, num_labels=3, dtype="mixed_bfloat16")


def logits(model):
    return np.asarray(model(IDS, training=False)["logits"], np.float32)


def test_same_outputs_from_the_kernels_as_they_were_when_last_looked_at(model):
    kernels = HalfPrecisionKernels(model)
    before = logits(model)
    for variable in model.trainable_variables:
        if variable.path.endswith("/kernel"):
            variable.assign(variable * 1.5)
    after = logits(model)
    assert np.abs(after - before).max() > 0.01
    with kernels.in_use():
        np.testing.assert_array_equal(logits(model), before)
    kernels.refresh()
    with kernels.in_use():
        np.testing.assert_array_equal(logits(model), after)
    np.testing.assert_array_equal(logits(model), after)


def test_only_dense_kernels_are_replaced(model):
    replaced = HalfPrecisionKernels(model).replaced(model.variables)
    halves = [one.path for one, other in zip(model.variables, replaced, strict=True) if one is not other]
    # Six of each layer and the pooler's; no table, bias or normalization.
    assert len(halves) == 2 * 6 + 1
    assert all(path.endswith("/kernel") for path in halves)
    assert {variable.dtype for variable in replaced if variable.path == "kernel"} == {"bfloat16"}


def test_nothing_to_replace_in_float32():
    model = bert_classifier(CONFIG, num_labels=3)
    assert HalfPrecisionKernels(model).replaced(model.variables) == model.variables
