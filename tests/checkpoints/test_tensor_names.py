"""The name table, in both directions, against a real list of names and our models' own variables."""

import pytest

from bert_tf import BertConfig
from bert_tf.checkpoints.google import CheckpointReader
from bert_tf.checkpoints.tensor_names import google_name, keras_path, kind_of_path
from bert_tf.models.classification import bert_classifier
from bert_tf.models.pretraining import bert_pretraining_model


@pytest.fixture(scope="module")
def config(golden_dir):
    return BertConfig.from_json_file(golden_dir / "bert_config.json")


def test_every_name_of_a_released_checkpoint(golden_dir):
    for name in CheckpointReader(golden_dir / "bert_model.ckpt").shapes:
        assert google_name(keras_path(name)) == name


def test_every_variable_of_our_models(config):
    for model in (bert_pretraining_model(config), bert_classifier(config, 3)):
        for variable in model.trainable_variables:
            assert keras_path(google_name(variable.path)) == variable.path
            sizes = {**config.to_dict(), "labels": 3, "2": 2}
            assert tuple(variable.shape) == tuple(sizes[size] for size in kind_of_path(variable.path).sizes)


def test_the_classifiers_head_stands_at_the_root():
    assert google_name("classifier/output_weights") == "output_weights"
    assert keras_path("output_bias") == "classifier/output_bias"


def test_unknown_names():
    with pytest.raises(KeyError):
        google_name("bert/encoder/layer_0/attention/self/scale")
    with pytest.raises(KeyError):
        keras_path("global_step")
