"""Every wrong input of run_pretraining.py: one line that says what, where and what to do."""

import pathlib
import shutil

import pytest

from bert_tf import BertConfig, save_checkpoint
from bert_tf.models.pretraining import bert_pretraining_model

ROOT = pathlib.Path(__file__).parents[2]

WRONG = {
    "missing flag": ({"input_file": None}, "flag --input_file is missing"),
    "no such files": ({"input_file": "none/*.tfrecord"}, "none/*.tfrecord: no file matches"),
    "no such checkpoint": ({"init_checkpoint": "none.ckpt"}, "none.ckpt: no checkpoint there"),
    "records of another length": (
        {"max_seq_length": 16},
        "records with 12 input_ids, but max_seq_length is 16",
    ),
    "records of other masks": (
        {"max_predictions_per_seq": 4},
        "records with 3 masked_lm_positions, but max_predictions",
    ),
    "no records": ({"input_file": str(ROOT / "README.md")}, "README.md: no TFRecord file of examples"),
    "too long for the model": ({"max_seq_length": 17}, "--max_seq_length=17: the model has 16 positions"),
    "slots of nothing": (
        {"continue_training": True},
        "takes slots and step from --init_checkpoint: give one",
    ),
    "no vocabulary": ({"dynamic_masking": True}, "flag --vocab_file is missing"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input(toy_flags, pretraining, tmp_path, name):
    changes, message = WRONG[name]
    status, _, last = pretraining.run(*toy_flags(tmp_path / "out", **changes))
    assert status == 1
    assert last.startswith("run_pretraining.py: error: ") and message in last


def test_records_of_a_larger_vocabulary(toy_flags, pretraining, tmp_path, toy_config):
    BertConfig(**{**toy_config.to_dict(), "vocab_size": 20}).to_json_file(tmp_path / "bert_config.json")
    status, _, last = pretraining.run(
        *toy_flags(tmp_path / "out", bert_config_file=tmp_path / "bert_config.json")
    )
    assert status == 1
    assert "part0.tfrecord: record 1: " in last
    assert "in input_ids, but vocab_size is 20: give the bert_config.json" in last


def test_vocabulary_of_another_size(toy_flags, pretraining, toy, tmp_path, toy_config):
    save_checkpoint(
        bert_pretraining_model(BertConfig(**{**toy_config.to_dict(), "vocab_size": 41})), tmp_path / "m.ckpt"
    )
    status, _, last = pretraining.run(*toy_flags(tmp_path / "out", init_checkpoint=tmp_path / "m.ckpt"))
    assert status == 1 and "word_embeddings is [41, 16] in the checkpoint but [40, 16]" in last
    shutil.copy(toy / "vocab.txt", tmp_path)
    with open(tmp_path / "vocab.txt", "a") as file:
        file.write("more\n")
    changes = {"dynamic_masking": True, "vocab_file": tmp_path / "vocab.txt"}
    status, _, last = pretraining.run(*toy_flags(tmp_path / "out", **changes))
    assert status == 1 and "41 lines, but " in last
