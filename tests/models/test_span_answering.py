"""The head for spans: its variables, its scores, its loss."""

import keras
import numpy as np
import pytest

from bert_tf import BertConfig, save_checkpoint
from bert_tf.checkpoints.google import CheckpointReader
from bert_tf.checkpoints.loading import load_checkpoint
from bert_tf.models.encoder import bert_encoder
from bert_tf.models.pretraining import bert_pretraining_model
from bert_tf.models.span_answering import bert_span_answering, span_loss

CONFIG = BertConfig(
    vocab_size=20,
    hidden_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=12,
    max_position_embeddings=16,
    type_vocab_size=2,
    initializer_range=0.5,
)
IDS = np.array([[2, 5, 3, 6, 7, 3], [2, 8, 3, 9, 3, 0]], np.int32)
INPUTS = {
    "input_ids": IDS,
    "input_mask": (IDS > 0).astype(np.int32),
    "segment_ids": np.array([[0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 0]], np.int32),
}


def test_variables_are_those_of_googles_script(tmp_path):
    model = bert_span_answering(CONFIG)
    head = {v.path: tuple(v.shape) for v in model.trainable_variables if not v.path.startswith("bert/")}
    assert head == {"cls/squad/output_weights": (2, 8), "cls/squad/output_bias": (2,)}
    save_checkpoint(model, tmp_path / "model.ckpt")
    shapes = CheckpointReader(tmp_path / "model.ckpt").shapes
    assert shapes["cls/squad/output_weights"] == [2, 8] and shapes["cls/squad/output_bias"] == [2]
    assert "bert/pooler/dense/kernel" in shapes  # Not trained, but in Google's checkpoints.


def test_pooler_is_not_trained():
    """Google's optimizer passes over it too: no output depends on it, so weight decay must not shrink it."""
    model = bert_span_answering(CONFIG)
    frozen = {v.path for v in model.weights} - {v.path for v in model.trainable_variables}
    assert frozen == {"bert/pooler/dense/kernel", "bert/pooler/dense/bias"}


def test_head_starts_small_whatever_the_config_says():
    config = BertConfig(**{**vars(CONFIG), "hidden_size": 400, "num_attention_heads": 2})
    weights, bias = bert_span_answering(config).trainable_variables[-2:]
    assert 0.015 < np.std(weights.numpy()) < 0.02 and np.abs(weights.numpy()).max() <= 0.04 + 1e-7
    assert not np.any(bias.numpy())


def test_pretrained_weights_are_loaded_and_the_head_is_new(tmp_path):
    pretrained = bert_pretraining_model(CONFIG)
    save_checkpoint(pretrained, tmp_path / "model.ckpt")
    report = load_checkpoint(bert_span_answering(CONFIG), tmp_path / "model.ckpt")
    assert set(report.new) == {"cls/squad/output_weights", "cls/squad/output_bias"}
    assert "cls/predictions/output_bias" in report.left


def test_scores_are_a_linear_map_of_each_token():
    model, encoder = bert_span_answering(CONFIG), bert_encoder(CONFIG)
    for variable in encoder.weights:
        variable.assign(next(v for v in model.weights if v.path == variable.path))
    weights, bias = model.trainable_variables[-2:]
    bias.assign([0.25, -1.0])
    hidden = keras.ops.convert_to_numpy(encoder(INPUTS)["sequence_output"])
    outputs = model(INPUTS)
    for row, name in enumerate(("start_logits", "end_logits")):
        expected = hidden @ weights.numpy()[row] + bias.numpy()[row]
        np.testing.assert_allclose(outputs[name], expected, atol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_scores_are_float32(dtype):
    outputs = bert_span_answering(CONFIG, dtype)(INPUTS)
    assert {name: (value.dtype.name, tuple(value.shape)) for name, value in outputs.items()} == {
        "start_logits": ("float32", (2, 6)),
        "end_logits": ("float32", (2, 6)),
    }


def test_loss_by_hand():
    start = np.array([[0.0, 2.0, 1.0], [3.0, 0.0, 0.0]], np.float32)
    end = np.array([[1.0, 0.0, -1.0], [0.0, 0.0, 0.0]], np.float32)
    labels = np.array([[1, 2], [0, 0]], np.int32)
    losses = span_loss({"start_logits": start, "end_logits": end}, labels)

    def minus_log(logits, place):
        return np.log(np.exp(logits).sum()) - logits[place]

    expected = [
        (minus_log(start[row], labels[row, 0]) + minus_log(end[row], labels[row, 1])) / 2 for row in (0, 1)
    ]
    np.testing.assert_allclose(losses, expected, rtol=1e-6)
