"""Every kind of model as ONNX, next to the Keras model it was made from."""

import keras
import numpy as np
import pytest

from bert_tf import BertConfig, UserError
from bert_tf.models.classification import bert_classifier
from bert_tf.models.encoder import BertModel, bert_encoder
from bert_tf.models.multi_label import bert_multi_label_classifier
from bert_tf.models.multiple_choice import bert_multiple_choice
from bert_tf.models.pretraining import bert_pretraining_model
from bert_tf.models.regression import bert_regressor
from bert_tf.models.span_answering import bert_span_answering
from bert_tf.models.token_tagging import bert_token_tagger

onnx = pytest.importorskip("onnx", reason="needs the package onnx")
pytest.importorskip("onnxruntime", reason="needs the package onnxruntime")

from bert_tf.export.onnx_model import check_convertible, onnx_model
from bert_tf.export.onnx_session import onnx_runner

SIZES = {
    "vocab_size": 30,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "max_position_embeddings": 12,
    "type_vocab_size": 2,
    "initializer_range": 0.3,
}
CONFIG = BertConfig(**SIZES)
KINDS = {
    "classification": lambda config: bert_classifier(config, 3),
    "multi-label": lambda config: bert_multi_label_classifier(config, 4),
    "regression": bert_regressor,
    "multiple choice": bert_multiple_choice,
    "span answering": bert_span_answering,
    "tagging": lambda config: bert_token_tagger(config, 5),
}
# By how much int8 may change logits, as a root mean square. Here, where the logits' own is 0.14 to 0.83,
# it does by up to 0.017. No single one may change by more than the second number.
INT8_RMS, INT8_LARGEST = 0.03, 0.1


@pytest.fixture(scope="module", params=KINDS)
def model(request):
    return random_model(KINDS[request.param], CONFIG)


def random_model(make, config):
    """Its biases and LayerNorms too are random, so that none can be forgotten."""
    keras.utils.set_random_seed(0)
    model = make(config)
    rng = np.random.default_rng(1)
    for variable in model.trainable_variables:
        if len(variable.shape) == 1:
            variable.assign(variable + rng.normal(scale=0.2, size=variable.shape).astype(np.float32))
    return model


def batch_for(model, rows, length, lengths=None):
    """Random ids, each row as long as `lengths` says."""
    shape = (rows, 3, length) if "choice" in model.name else (rows, length)
    rng = np.random.default_rng(length)
    mask = np.arange(length) < np.reshape(lengths or [length] * rows, (-1, *[1] * (len(shape) - 1)))
    mask = np.broadcast_to(mask, shape).astype(np.int32)
    ids = rng.integers(1, CONFIG.vocab_size, shape) * mask
    segments = (np.arange(length) >= length // 2) * mask
    return {
        "input_ids": ids.astype(np.int32),
        "input_mask": mask,
        "segment_ids": segments.astype(np.int32),
    }


def runner(model, int8=True):
    return onnx_runner(onnx_model(model, int8).SerializeToString())


def expected(model, batch):
    return {name: np.asarray(value) for name, value in model(batch).items()}


BATCHES = [(1, 7, None), (4, 12, [12, 5, 3, 9])]


@pytest.mark.parametrize("rows, length, lengths", BATCHES)
def test_float32_is_the_same(model, rows, length, lengths):
    batch = batch_for(model, rows, length, lengths)
    outputs, wanted = runner(model, int8=False)(batch), expected(model, batch)
    assert outputs.keys() == wanted.keys()
    for name in wanted:
        assert outputs[name].shape == wanted[name].shape
        np.testing.assert_allclose(outputs[name], wanted[name], atol=1e-4)


@pytest.mark.parametrize("int8", [False, True])
@pytest.mark.parametrize("length", [0, 1, 7])
def test_an_empty_batch(model, int8, length):
    """[0, 0] is what an empty list of sequences becomes; its answers are as many."""
    run, choices = runner(model, int8), "choice" in model.name
    for shape in [(0, 3, length), (0, 0, length)] if choices else [(0, length)]:
        outputs = run({name: np.zeros(shape, np.int32) for name in model.input})
        wanted = expected(
            model, {name: np.zeros((*shape[:-1], max(length, 1)), np.int32) for name in model.input}
        )
        assert {name: value.shape for name, value in outputs.items()} == {
            name: value.shape for name, value in wanted.items()
        }


def test_int8_is_close(model):
    batch = batch_for(model, 32, 12, [12, 5, 3, 9] * 8)
    outputs, wanted = runner(model)(batch), expected(model, batch)
    for name in (name for name in wanted if "logits" in name):
        changes = outputs[name] - wanted[name]
        assert 0 < rms(changes) < INT8_RMS and np.abs(changes).max() < INT8_LARGEST, name


def rms(values):
    return np.sqrt(np.mean(np.square(values)))


@pytest.mark.parametrize("int8", [False, True])
def test_padding_changes_no_result(model, int8):
    """In int8 no more than rounding does: what is quantized together shares one scale."""
    run = runner(model, int8)
    short = batch_for(model, 2, 6)
    width = [(0, 0)] * (short["input_ids"].ndim - 1) + [(0, 5)]
    outputs, padded = run(short), run({name: np.pad(value, width) for name, value in short.items()})
    for name, value in outputs.items():
        others = (
            padded[name][:, :6]
            if model.name in ("bert_span_answering", "bert_token_tagger")
            else padded[name]
        )
        np.testing.assert_allclose(others, value, atol=INT8_LARGEST if int8 else 1e-5)


@pytest.mark.parametrize("hidden_act", ["GELU", "relu", "tanh", "linear", None])
def test_every_activation(hidden_act):
    model = random_model(KINDS["classification"], BertConfig(**SIZES, hidden_act=hidden_act))
    batch = batch_for(model, 2, 5)
    outputs = runner(model, int8=False)(batch)
    np.testing.assert_allclose(outputs["logits"], expected(model, batch)["logits"], atol=1e-4)


def test_names_and_axes(model):
    graph = onnx_model(model).graph
    assert {end.name for end in graph.input} == set(model.input)
    assert {end.name for end in graph.output} == set(model.output)
    for end in graph.input:
        assert end.type.tensor_type.elem_type == onnx.TensorProto.INT32
        assert all(axis.dim_param for axis in end.type.tensor_type.shape.dim)


def test_int8_stores_a_quarter():
    """Of all but the small tables, biases and the head."""
    wide = BertConfig(**{**SIZES, "vocab_size": 500, "hidden_size": 64, "intermediate_size": 256})
    model = random_model(KINDS["classification"], wide)
    in_int8, in_float32 = (len(onnx_model(model, int8).SerializeToString()) for int8 in (True, False))
    assert in_int8 < 0.35 * in_float32


def test_last_layer_only_at_the_first_token():
    """A classifier's feed-forward layer at the top gets one row for each example, whatever the length."""
    model = random_model(KINDS["classification"], CONFIG)
    graph = onnx_model(model)
    *_, last = [node for node in graph.graph.node if node.op_type == "FastGelu"]
    graph.graph.output.append(onnx.helper.make_empty_tensor_value_info(last.output[0]))
    outputs = onnx_runner(graph.SerializeToString())(batch_for(model, 2, 9))
    assert outputs[last.output[0]].shape == (2, 1, CONFIG.intermediate_size)


def test_unknown_layer_is_named():
    model = bert_pretraining_model(CONFIG)
    with pytest.raises(UserError, match=r"the layer cls \(\w+\) cannot be written as ONNX"):
        check_convertible(model)
    inputs = keras.Input((None,), dtype="int32", name="input_ids")
    outputs = keras.layers.Activation("relu", name="odd")(keras.ops.cast(inputs, "float32"))
    with pytest.raises(UserError, match="cannot be written as ONNX"):
        onnx_model(BertModel({"input_ids": inputs}, {"logits": outputs}))


def test_attention_probabilities_are_refused():
    with pytest.raises(UserError, match="attention probabilities of the layer bert cannot be written"):
        onnx_model(bert_encoder(CONFIG, return_attention_probs=True))
