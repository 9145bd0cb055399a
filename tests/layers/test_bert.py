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


POSITIONS = np.array([[2, 0, 1], [3, 3, 0]], np.int32)


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("options", [{}, {"pooled_only": True}, {"output_positions": POSITIONS}], ids=str)
def test_announced_shapes_are_the_real_ones(dtype, options):
    inputs = {**INPUTS, **({"output_positions": POSITIONS} if "output_positions" in options else {})}
    layer = Bert(CONFIG, True, pooled_only="pooled_only" in options, dtype=dtype)
    announced = layer(
        **{name: keras.Input(value.shape[1:], batch_size=2, dtype="int32") for name, value in inputs.items()}
    )
    outputs = layer(**inputs)
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


def test_the_last_layer_is_the_same_where_only_parts_of_it_are_computed():
    layer = Bert(CONFIG, return_attention_probs=True)
    whole, part = layer(**INPUTS), layer(**INPUTS, output_positions=POSITIONS)
    expected = np.take_along_axis(np.asarray(whole["sequence_output"]), POSITIONS[:, :, None], axis=1)
    np.testing.assert_allclose(part["sequence_output"], expected, atol=1e-6)
    np.testing.assert_allclose(part["pooled_output"], whole["pooled_output"], atol=1e-6)
    np.testing.assert_allclose(
        part["attention_probs"][-1][:, :, 0], whole["attention_probs"][-1][:, :, 0], atol=1e-6
    )
    layer.pooled_only = True
    pooled = layer(**INPUTS)
    np.testing.assert_allclose(pooled["pooled_output"], whole["pooled_output"], atol=1e-6)
    assert "sequence_output" not in pooled and len(pooled["all_encoder_layers"]) == 1


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
