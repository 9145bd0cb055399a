"""The whole encoder as a layer: mask, pooler, announced shapes, variable paths."""

import keras
import numpy as np
import pytest

from bert_tf import BertConfig
from bert_tf.layers.bert import Bert

CONFIG = BertConfig(
    vocab_size=9,
    hidden_size=6,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=8,
    max_position_embeddings=5,
    type_vocab_size=2,
    initializer_range=0.5,
)
INPUTS = {
    "input_ids": np.array([[1, 2, 3, 0], [4, 5, 6, 7]], np.int32),
    "input_mask": np.array([[1, 1, 1, 0], [1, 1, 1, 1]], np.int32),
    "segment_ids": np.array([[0, 0, 1, 0], [0, 1, 1, 1]], np.int32),
}


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_announced_shapes_are_the_real_ones(dtype):
    layer = Bert(CONFIG, return_attention_probs=True, dtype=dtype)
    announced = layer(**{name: keras.Input((4,), batch_size=2, dtype="int32") for name in INPUTS})
    outputs = layer(**INPUTS)
    assert announced.keys() == outputs.keys()
    for ours, theirs in zip(keras.tree.flatten(announced), keras.tree.flatten(outputs), strict=True):
        assert tuple(ours.shape) == tuple(theirs.shape)
        assert ours.dtype == keras.backend.standardize_dtype(theirs.dtype)


def test_pooled_output_is_of_the_first_token():
    layer = Bert(CONFIG)
    outputs = layer(**INPUTS)
    kernel, bias = (np.asarray(variable) for variable in layer.pooler.trainable_variables)
    expected = np.tanh(np.asarray(outputs["sequence_output"])[:, 0] @ kernel + bias)
    np.testing.assert_allclose(outputs["pooled_output"], expected, atol=1e-5)


def test_masked_tokens_do_not_matter():
    layer = Bert(CONFIG)
    changed = {**INPUTS, "input_ids": np.where(INPUTS["input_mask"] == 1, INPUTS["input_ids"], 8)}
    before, after = (np.asarray(layer(**inputs)["sequence_output"]) for inputs in (INPUTS, changed))
    np.testing.assert_array_equal(before[:, :3], after[:, :3])
    assert not np.array_equal(before[0, 3], after[0, 3])


def test_number_of_variables_and_their_scope():
    layer = Bert(CONFIG)
    layer(**INPUTS)
    paths = [variable.path for variable in layer.trainable_variables]
    assert len(paths) == len(set(paths)) == 5 + 2 * 16 + 2
    assert all(path.startswith("bert/") for path in paths)
