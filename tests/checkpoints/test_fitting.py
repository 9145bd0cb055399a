"""A checkpoint that does not fit: the message names what is different, and no other reason."""

import dataclasses

import numpy as np
import pytest

from bert_tf import BertConfig, UserError
from bert_tf.checkpoints.fitting import check_config, check_present
from bert_tf.checkpoints.google import CheckpointReader, write_tensors
from bert_tf.checkpoints.tensor_names import encoder_shapes


@pytest.fixture(scope="module")
def config(golden_dir):
    return BertConfig.from_json_file(golden_dir / "bert_config.json")


@pytest.fixture(scope="module")
def reader(golden_dir):
    return CheckpointReader(golden_dir / "bert_model.ckpt")


def test_the_configuration_of_the_checkpoint_fits(config, reader):
    check_config(reader, config)
    shapes = encoder_shapes(config)
    assert len(shapes) == 55 and all(list(shape) == reader.shapes[name] for name, shape in shapes.items())


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"num_hidden_layers": 4}, "layer_3/.* is missing: it has 3 encoder layers, and num_hidden_layers"),
        ({"num_hidden_layers": 2}, "it has 3 encoder layers, and num_hidden_layers of .* is 2: give the"),
        ({"hidden_size": 52}, r"word_embeddings is \[523, 48\] .* \(hidden_size 52, not 48\)"),
        ({"intermediate_size": 100}, "intermediate_size 100, not 112"),
        ({"type_vocab_size": 3}, "type_vocab_size 3, not 2"),
        ({"vocab_size": 500}, "vocab_size 500, not 523"),
        ({"max_position_embeddings": 512}, "max_position_embeddings 512, not 64"),
    ],
)
def test_another_configuration(config, reader, changed, message):
    with pytest.raises(UserError, match=f"bert_model.ckpt: .*{message}"):
        check_config(reader, dataclasses.replace(config, **changed))


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["conv1/kernel", "fc/bias"], "it holds no encoder of BERT .its names begin with conv1, fc.: give"),
        (
            ["bert/embeddings/word_embeddings", "bert/encoder/transformer/group_0/kernel"],
            "it is a checkpoint of ALBERT: give one of BERT",
        ),
        (["electra/embeddings/word_embeddings"], "it is a checkpoint of ELECTRA"),
        (
            ["t/bert/embeddings/word_embeddings", "s/bert/embeddings/word_embeddings"],
            "it holds several encoders .s/bert/, t/bert/., of which none has the scope bert/",
        ),
        (["bert/embeddings/word_embeddings"], "it has 1 of the 55 variables wanted, so it was not written"),
    ],
)
def test_why_variables_are_missing(config, tmp_path, names, message):
    write_tensors(str(tmp_path / "model.ckpt"), {name: np.zeros(3) for name in names})
    with pytest.raises(UserError, match=f"variable bert/.* is missing: {message}"):
        check_present(CheckpointReader(tmp_path), encoder_shapes(config))


def test_an_incomplete_encoder_is_not_blamed_on_the_configuration(config, golden_tensors, tmp_path):
    del golden_tensors["bert/encoder/layer_1/output/dense/bias"]
    write_tensors(str(tmp_path / "model.ckpt"), golden_tensors)
    with pytest.raises(UserError, match="is missing: it has 54 of the 55 variables wanted") as error:
        check_config(CheckpointReader(tmp_path), config)
    assert "bert_config.json" not in str(error.value)
