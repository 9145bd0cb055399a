"""Loading into models: what is loaded, new, left; and what is an error."""

import dataclasses

import keras
import numpy as np
import pytest

from bert_tf import BertConfig, UserError, bert_encoder, load_checkpoint, save_checkpoint
from bert_tf.checkpoints.google import CheckpointReader, write_tensors
from bert_tf.checkpoints.loading import restore_training
from bert_tf.models.classification import bert_classifier
from bert_tf.models.pretraining import bert_pretraining_model
from bert_tf.models.span_answering import bert_span_answering
from bert_tf.models.token_tagging import bert_token_tagger
from bert_tf.optimization.adam_weight_decay import AdamWeightDecay


@pytest.fixture(scope="module")
def config(golden_dir):
    return BertConfig.from_json_file(golden_dir / "bert_config.json")


def test_released_checkpoint_into_a_classifier(config, golden_dir):
    model = bert_classifier(config, num_labels=3)
    head = {v.path: v.numpy() for v in model.trainable_variables if v.path.startswith("classifier/")}
    report = load_checkpoint(model, golden_dir / "bert_model.ckpt")
    reader = CheckpointReader(golden_dir / "bert_model.ckpt")
    for variable in model.trainable_variables:
        expected = head[variable.path] if variable.path in head else reader.read(variable.path)
        np.testing.assert_array_equal(variable.numpy(), expected)
    assert report.new == {"output_weights": (3, 48), "output_bias": (3,)}
    assert len(report.loaded) == 55 and len(report.left) == 7 and report.global_step == 0
    text = str(report)
    assert "output_weights [3, 48], output_bias [3]" in text
    assert [line.split()[:2] for line in text.splitlines()[2:]] == [
        ["loaded", "55"],
        ["new", "2"],
        ["left", "7"],
    ]


def test_further_trained_checkpoint(config, golden_dir):
    report = load_checkpoint(bert_pretraining_model(config), golden_dir / "trained.ckpt")
    assert len(report.loaded) == 62 and not report.new and report.global_step == 10
    assert len(report.left) == 2 * 62 + 1
    assert "global_step [], 124 optimizer slots" in str(report)


def test_fine_tuned_checkpoint(config, tmp_path):
    fine_tuned = bert_classifier(config, 3)
    save_checkpoint(fine_tuned, tmp_path / "model.ckpt-5", global_step=5)
    model = bert_classifier(config, 3)
    report = load_checkpoint(model, tmp_path)
    assert not report.new and report.global_step == 5
    for ours, theirs in zip(model.trainable_variables, fine_tuned.trainable_variables, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_new_head(config, tmp_path):
    save_checkpoint(bert_classifier(config, 3), tmp_path / "model.ckpt")
    with pytest.raises(
        UserError,
        match=r"variable output_weights is \[3, 48\] in the checkpoint but \[2, 48\] .*--new_head=true",
    ):
        load_checkpoint(bert_classifier(config, 2), tmp_path)
    report = load_checkpoint(bert_classifier(config, 2), tmp_path, new_head=True)
    assert set(report.new) == set(report.left) == {"output_weights", "output_bias"}


def without_pooler(tensors):
    return {name: value for name, value in tensors.items() if "/pooler/" not in name}


def test_without_pooler_a_classifier_starts_with_a_new_one(config, golden_tensors, tmp_path):
    write_tensors(str(tmp_path / "bert_model.ckpt"), without_pooler(golden_tensors))
    for new_head in (False, True):
        model = bert_classifier(config, 3)
        before = {v.path: v.numpy() for v in model.weights}
        report = load_checkpoint(model, tmp_path, new_head)
        pooler = {"bert/pooler/dense/kernel": (48, 48), "bert/pooler/dense/bias": (48,)}
        assert report.new == {**pooler, "output_weights": (3, 48), "output_bias": (3,)}
        assert "bert/pooler/dense/kernel [48, 48]" in str(report) and len(report.loaded) == 53
        for variable in model.weights:
            expected = before if variable.path in report.new else golden_tensors
            name = variable.path.removeprefix("classifier/")
            if name not in ("output_weights", "output_bias"):
                np.testing.assert_array_equal(variable.numpy(), expected[name])


@pytest.mark.parametrize("make", [lambda config: bert_token_tagger(config, 3), bert_span_answering])
def test_without_pooler_nothing_is_new_where_none_is_used(config, tmp_path, make):
    save_checkpoint(make(config), tmp_path / "whole" / "model.ckpt")
    reader = CheckpointReader(tmp_path / "whole")
    tensors = without_pooler({name: reader.read(name) for name in reader.shapes})
    write_tensors(str(tmp_path / "model.ckpt"), tensors)
    report = load_checkpoint(make(config), tmp_path / "model.ckpt")
    assert not report.new and not report.left and len(report.loaded) == 55


@pytest.mark.parametrize(
    ("scope", "outer"), [("module/bert/", "module/"), ("bert_1/", ""), ("model/bert/", "model/"), ("", "")]
)
def test_another_scope_is_read_as_googles(config, golden_tensors, tmp_path, scope, outer):
    renamed = {
        scope + name.removeprefix("bert/") if name.startswith("bert/") else outer + name: value
        for name, value in golden_tensors.items()
    }
    write_tensors(str(tmp_path / "model.ckpt"), renamed)
    model = bert_pretraining_model(config)
    report = load_checkpoint(model, tmp_path)
    assert len(report.loaded) == 62 and not report.new and not report.left
    assert f"{tmp_path}/model.ckpt, where bert/ is called {scope or 'nothing'}\n" in str(report)
    for variable in model.trainable_variables:
        np.testing.assert_array_equal(variable.numpy(), golden_tensors[variable.path])


def test_training_goes_on_from_another_scope(config, golden_dir, tmp_path):
    reader = CheckpointReader(golden_dir / "trained.ckpt")
    write_tensors(
        str(tmp_path / "model.ckpt"), {f"module/{name}": reader.read(name) for name in reader.shapes}
    )
    model = bert_pretraining_model(config)
    optimizer = AdamWeightDecay()
    optimizer.build(model.trainable_variables)
    assert restore_training(model, optimizer, tmp_path / "model.ckpt") == 10


def test_layers_left_out_are_said(config, golden_dir):
    model = bert_encoder(dataclasses.replace(config, num_hidden_layers=2))
    report = load_checkpoint(model, golden_dir / "bert_model.ckpt")
    assert "bert_model.ckpt, the lowest 2 of its 3 layers\n" in str(report)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"vocab_size": 500},
            r"word_embeddings is \[523, 48\] in the checkpoint but \[500, 48\] .*vocab_size 500, not 523",
        ),
        (
            {"max_position_embeddings": 32},
            r"position_embeddings is \[64, 48\] .*max_position_embeddings 32, not 64",
        ),
        (
            {"intermediate_size": 96},
            r"layer_0/intermediate/dense/kernel is \[48, 112\] .*intermediate_size 96, not 112",
        ),
        (
            {"num_hidden_layers": 4},
            r"layer_3/attention/self/query/kernel \[48, 48\] \(and 15 more\) is missing",
        ),
    ],
)
def test_what_does_not_fit_changes_nothing(config, golden_dir, changes, message):
    model = bert_encoder(dataclasses.replace(config, **changes))
    before = [variable.numpy() for variable in model.trainable_variables]
    with pytest.raises(UserError, match=message):
        load_checkpoint(model, golden_dir / "bert_model.ckpt")
    for variable, value in zip(model.trainable_variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


def test_training_cannot_go_on_without_slots(config, golden_dir, tmp_path):
    model = bert_pretraining_model(config)
    optimizer = AdamWeightDecay()
    optimizer.build(model.trainable_variables)
    with pytest.raises(UserError, match="adam_m is missing, so training cannot go on"):
        restore_training(model, optimizer, golden_dir / "bert_model.ckpt")


def test_slots_of_another_shape(config, golden_dir, tmp_path):
    reader = CheckpointReader(golden_dir / "trained.ckpt")
    tensors = {name: reader.read(name) for name in reader.shapes}
    tensors["bert/embeddings/word_embeddings/adam_v"] = np.zeros((5, 48), np.float32)
    write_tensors(str(tmp_path / "model.ckpt-10"), tensors)
    model = bert_pretraining_model(config)
    optimizer = AdamWeightDecay()
    optimizer.build(model.trainable_variables)
    with pytest.raises(
        UserError, match=r"word_embeddings/adam_v is \[5, 48\] in the checkpoint but \[523, 48\]"
    ):
        restore_training(model, optimizer, tmp_path / "model.ckpt-10")


def test_half_precision_model_keeps_float32_weights(config, golden_dir):
    model = bert_encoder(config, dtype="mixed_bfloat16")
    load_checkpoint(model, golden_dir / "bert_model.ckpt")
    words = next(v for v in model.trainable_variables if v.path.endswith("word_embeddings"))
    expected = CheckpointReader(golden_dir / "bert_model.ckpt").read("bert/embeddings/word_embeddings")
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(words), expected)
