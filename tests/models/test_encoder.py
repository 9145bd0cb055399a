"""The encoder as a Keras model: inputs, outputs, precision, graphs, saving."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from bert_tf import BertConfig, bert_encoder, load_checkpoint

CONFIG = BertConfig(
    vocab_size=30,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=24,
    max_position_embeddings=12,
    type_vocab_size=2,
    initializer_range=0.5,
)
IDS = np.array([[2, 7, 8, 3, 0, 0], [2, 9, 3, 11, 12, 3]], np.int32)
MASK = np.array([[1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1]], np.int32)
SEGMENTS = np.array([[0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1]], np.int32)
INPUTS = {"input_ids": IDS, "input_mask": MASK, "segment_ids": SEGMENTS}


@pytest.fixture(scope="module")
def encoder():
    keras.utils.set_random_seed(1)
    return bert_encoder(CONFIG, return_attention_probs=True)


def outputs_of(model, **inputs):
    return keras.tree.map_structure(np.asarray, model(inputs))


def test_outputs_by_name(encoder):
    outputs = outputs_of(encoder, **INPUTS)
    assert outputs["embedding_output"].shape == (2, 6, 16)
    assert [layer.shape for layer in outputs["all_encoder_layers"]] == [(2, 6, 16)] * 2
    np.testing.assert_array_equal(outputs["sequence_output"], outputs["all_encoder_layers"][-1])
    assert outputs["pooled_output"].shape == (2, 16)
    assert [probs.shape for probs in outputs["attention_probs"]] == [(2, 2, 6, 6)] * 2
    assert set(bert_encoder(CONFIG)(INPUTS)) == set(outputs) - {"attention_probs"}


def test_attention_probs_sum_to_one_and_ignore_padding(encoder):
    for probs in outputs_of(encoder, **INPUTS)["attention_probs"]:
        np.testing.assert_allclose(probs.sum(axis=-1), 1.0, rtol=1e-5)
        assert np.all(probs[0, :, :, 4:] == 0.0)


def test_padding_changes_nothing(encoder):
    padded = outputs_of(encoder, **{name: value[:1] for name, value in INPUTS.items()})
    bare = outputs_of(encoder, **{name: value[:1, :4] for name, value in INPUTS.items()})
    np.testing.assert_allclose(padded["sequence_output"][:, :4], bare["sequence_output"], atol=1e-5)
    np.testing.assert_allclose(padded["pooled_output"], bare["pooled_output"], atol=1e-5)


def test_mask_and_segments_may_be_left_out(encoder):
    whole = outputs_of(encoder, input_ids=IDS, input_mask=np.ones_like(IDS), segment_ids=np.zeros_like(IDS))
    for inputs in (IDS, {"input_ids": IDS}, {"input_ids": IDS, "input_mask": None}):
        pooled = np.asarray(encoder(inputs)["pooled_output"])
        np.testing.assert_array_equal(pooled, whole["pooled_output"])
    predicted = encoder.predict({"input_ids": IDS}, verbose=0)["pooled_output"]
    np.testing.assert_allclose(predicted, whole["pooled_output"], atol=1e-5)
    assert not np.allclose(outputs_of(encoder, **INPUTS)["pooled_output"], whole["pooled_output"], atol=1e-3)


def test_any_length_up_to_the_positions(encoder):
    for length in (1, 12):
        assert encoder(np.ones((1, length), np.int32))["sequence_output"].shape == (1, length, 16)


def test_longer_is_a_clear_error(encoder):
    with pytest.raises(ValueError, match=r"13 tokens long.*position embeddings for 12"):
        encoder(np.ones((1, 13), np.int32))
    with pytest.raises(ValueError, match=r"13 tokens long.*position embeddings for 12"):
        encoder(keras.Input((13,), dtype="int32"))
    in_graph = tf.function(encoder, input_signature=[tf.TensorSpec([None, None], tf.int32)])
    with pytest.raises(tf.errors.InvalidArgumentError):
        in_graph(tf.ones((1, 13), tf.int32))


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
def test_graph_and_xla_agree_with_eager(encoder, jit_compile):
    compiled = tf.function(lambda inputs: encoder(inputs), jit_compile=jit_compile)
    expected = outputs_of(encoder, **INPUTS)
    for name, value in compiled({name: tf.constant(value) for name, value in INPUTS.items()}).items():
        for ours, theirs in zip(tf.nest.flatten(value), tf.nest.flatten(expected[name]), strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_half_precision(encoder, precision):
    half = bert_encoder(CONFIG, dtype=f"mixed_{precision}")
    half.set_weights(encoder.get_weights())
    assert {variable.dtype for variable in half.trainable_variables} == {"float32"}
    outputs = half(INPUTS)
    assert keras.backend.standardize_dtype(outputs["sequence_output"].dtype) == precision
    expected = np.asarray(encoder(INPUTS)["pooled_output"])
    difference = np.abs(np.asarray(outputs["pooled_output"], np.float32) - expected).max()
    assert 0 < difference < {"bfloat16": 0.1, "float16": 0.02}[precision]


@pytest.mark.parametrize("act", ["relu", "tanh", "linear", "", None])
def test_other_activations(encoder, act):
    other = bert_encoder(dataclasses.replace(CONFIG, hidden_act=act))
    other.set_weights(encoder.get_weights())
    inner = encoder.get_layer("bert").encoder.encoder_layers[0].intermediate
    attended = np.random.default_rng(0).normal(size=(1, 3, 16)).astype(np.float32)
    dense = attended @ np.asarray(inner.projection.kernel) + np.asarray(inner.projection.bias)
    expected = {"relu": lambda x: np.maximum(x, 0), "tanh": np.tanh}.get(act, lambda x: x)(dense)
    ours = other.get_layer("bert").encoder.encoder_layers[0].intermediate(attended)
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_dropout_only_when_training(encoder):
    once, again = (np.asarray(encoder(INPUTS, training=True)["pooled_output"]) for _ in range(2))
    assert not np.allclose(once, again)
    still, still_again = (np.asarray(encoder(INPUTS, training=False)["pooled_output"]) for _ in range(2))
    np.testing.assert_array_equal(still, still_again)


def test_saves_and_loads_as_a_keras_model(encoder, tmp_path):
    encoder.save(tmp_path / "encoder.keras")
    loaded = keras.models.load_model(tmp_path / "encoder.keras")
    paths = [variable.path for variable in encoder.trainable_variables]
    assert [variable.path for variable in loaded.trainable_variables] == paths
    np.testing.assert_array_equal(loaded(IDS)["pooled_output"], encoder(IDS)["pooled_output"])


def test_initial_weights_follow_the_config():
    keras.utils.set_random_seed(3)
    config = dataclasses.replace(CONFIG, vocab_size=2000, initializer_range=0.02)
    weights = {variable.path: variable.numpy() for variable in bert_encoder(config).trainable_variables}
    words = weights["bert/embeddings/word_embeddings"]
    # A normal of deviation 1, cut off at 2, has deviation 0.88.
    assert np.abs(words).max() <= 0.04
    assert words.std() == pytest.approx(0.88 * 0.02, rel=0.02)
    layer = "bert/encoder/layer_{}/attention/self/query/kernel"
    assert not np.array_equal(weights[layer.format(0)], weights[layer.format(1)])
    assert np.all(weights["bert/encoder/layer_0/output/LayerNorm/gamma"] == 1)
    assert np.all(weights["bert/pooler/dense/bias"] == 0)


def test_paths_are_googles_names(golden_dir):
    encoder = bert_encoder(BertConfig.from_json_file(golden_dir / "bert_config.json"))
    report = load_checkpoint(encoder, golden_dir / "bert_model.ckpt")
    assert not report.new
    assert set(report.loaded) == {variable.path for variable in encoder.trainable_variables}
    assert all(name.startswith("cls/") for name in report.left)
