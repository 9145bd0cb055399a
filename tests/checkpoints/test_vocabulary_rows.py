"""Rows for new words: means of old rows, everything else to the bit; and the folder they are written to."""

import dataclasses

import numpy as np
import pytest

from bert_tf import BertConfig, UserError, bert_encoder, load_checkpoint
from bert_tf.checkpoints.google import CheckpointReader, write_tensors
from bert_tf.checkpoints.vocabulary_rows import extend_rows, write_model_folder
from bert_tf.models.pretraining import bert_pretraining_model

TABLE, BIAS = "bert/embeddings/word_embeddings", "cls/predictions/output_bias"


@pytest.fixture(scope="module")
def config(golden_dir):
    return BertConfig.from_json_file(golden_dir / "bert_config.json")


@pytest.mark.parametrize("old_ids", [{1: [7, 8, 300], 5: [9]}, {523: [7, 8, 300], 524: [9]}])
def test_new_rows_are_means_and_the_rest_is_the_same(config, golden_dir, tmp_path, old_ids):
    old = CheckpointReader(golden_dir / "trained.ckpt")
    new_size = max(523, max(old_ids) + 1)
    tensors, left_out = extend_rows(old, old_ids, 523, new_size)
    assert left_out == 2 * 62 + 1
    folder = tmp_path / "extended"
    write_model_folder(folder, tensors, dataclasses.replace(config, vocab_size=new_size), ["x"] * new_size)
    assert {path.name for path in folder.iterdir()} == {
        "bert_model.ckpt.index",
        "bert_model.ckpt.data-00000-of-00001",
        "bert_config.json",
        "vocab.txt",
    }
    new_config = BertConfig.from_json_file(folder / "bert_config.json")
    assert new_config.vocab_size == len((folder / "vocab.txt").read_text().splitlines()) == new_size
    model = bert_pretraining_model(new_config)
    assert not load_checkpoint(model, folder).left
    for variable in model.trainable_variables:
        found, expected = variable.numpy(), old.read(variable.path)
        if variable.path in (TABLE, BIAS):
            for new_id, ids in old_ids.items():
                np.testing.assert_allclose(found[new_id], expected[ids].mean(axis=0), rtol=1e-6, atol=1e-9)
            same = [index for index in range(523) if index not in old_ids]
            found, expected = found[same], expected[same]
        np.testing.assert_array_equal(found, expected)
    assert not load_checkpoint(bert_encoder(new_config), folder).new


def test_checkpoint_of_another_size(golden_dir, tmp_path):
    reader = CheckpointReader(golden_dir / "bert_model.ckpt")
    with pytest.raises(UserError, match="variable .* has 523 rows, but the vocabulary 500 entries"):
        extend_rows(reader, {1: [7]}, 500, 500)
    write_tensors(str(tmp_path / "other.ckpt"), {"weights": np.zeros(3)})
    with pytest.raises(UserError, match="other.ckpt: variable bert/embeddings/word_embeddings is missing"):
        extend_rows(CheckpointReader(tmp_path / "other.ckpt"), {1: [7]}, 500, 500)


def test_encoder_alone_and_half_precision(tmp_path):
    table = np.arange(12, dtype=np.float16).reshape(4, 3)
    write_tensors(str(tmp_path / "model.ckpt"), {TABLE: table})
    tensors, left_out = extend_rows(CheckpointReader(tmp_path / "model.ckpt"), {4: [0, 3]}, 4, 5)
    assert left_out == 0 and set(tensors) == {TABLE} and tensors[TABLE].dtype == np.float16
    np.testing.assert_array_equal(tensors[TABLE], [*table, [4.5, 5.5, 6.5]])


def test_folder_is_written_whole_or_not_at_all(config, tmp_path, monkeypatch):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("kept")
    with pytest.raises(UserError, match="full: not an empty folder"):
        write_model_folder(tmp_path / "full", {}, config, [])
    with pytest.raises(UserError, match="mine.txt/new: .* output_dir"):
        write_model_folder(tmp_path / "full" / "mine.txt" / "new", {}, config, [])

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(BertConfig, "to_json_file", full_disk)
    with pytest.raises(UserError, match="new: cannot be written .No space left on device"):
        write_model_folder(tmp_path / "new", {TABLE: np.zeros((2, 2))}, config, [])
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
