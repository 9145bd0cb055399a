"""Every wrong input of run_squad.py: one line that says what, where and what to do; and its flags."""

import json
import subprocess
import sys

import pytest

# Google's run_squad.py, flag by flag.
GOOGLES_DEFAULTS = {
    "bert_config_file": None,
    "vocab_file": None,
    "output_dir": None,
    "train_file": None,
    "predict_file": None,
    "init_checkpoint": None,
    "do_lower_case": True,
    "max_seq_length": 384,
    "doc_stride": 128,
    "max_query_length": 64,
    "do_train": False,
    "do_predict": False,
    "train_batch_size": 32,
    "predict_batch_size": 8,
    "learning_rate": 5e-5,
    "num_train_epochs": 3.0,
    "warmup_proportion": 0.1,
    "save_checkpoints_steps": 1000,
    "iterations_per_loop": 1000,
    "n_best_size": 20,
    "max_answer_length": 30,
    "use_tpu": False,
    "tpu_name": None,
    "tpu_zone": None,
    "gcp_project": None,
    "master": None,
    "num_tpu_cores": 8,
    "verbose_logging": False,
    "version_2_with_negative": False,
    "null_score_diff_threshold": 0.0,
}


def test_flags_have_googles_names_and_defaults():
    program = """
import json, sys
from bert_tf import flags
from bert_tf.flags.squad import define_squad_flags
define_squad_flags()
flags.FLAGS(sys.argv)
print(json.dumps({name: flags.FLAGS[name].value for name in json.loads(sys.argv[1])}))
"""
    command = [sys.executable, "-c", program, json.dumps(list(GOOGLES_DEFAULTS))]
    result = subprocess.run(command, capture_output=True, text=True)
    assert json.loads(result.stdout) == GOOGLES_DEFAULTS


WRONG_FLAGS = {
    "missing flag": ({"output_dir": None}, "flag --output_dir is missing: "),
    "nothing to do": ({"do_train": None}, "nothing to do: give at least one of --do_train"),
    "no training file": ({"train_file": None}, "flag --train_file is missing: SQuAD's JSON file to train on"),
    "no file to predict": ({"do_predict": True, "predict_file": None}, "flag --predict_file is missing: "),
    "evaluation": ({"do_eval": True}, "--do_eval=true: not for this script: --do_predict=true scores too"),
    "missing file": ({"train_file": "none.json"}, "none.json: No such file or directory: give the path of a"),
    "too long for the model": ({"max_seq_length": 65}, "--max_seq_length=65: the model has 64 positions"),
    "question too long": (
        {"max_query_length": 21},
        "--max_query_length=21: leaves no room for the paragraph",
    ),
    "stride too large": ({"doc_stride": 22}, "--doc_stride=22: no window of --max_seq_length=24 is as long"),
    "stride 0": ({"doc_stride": 0}, "flag --doc_stride=0: "),
    "no answers wanted": ({"n_best_size": 0}, "flag --n_best_size=0: "),
    "TPU": ({"use_tpu": True}, "--use_tpu=true: this package trains on GPU or CPU"),
}


@pytest.mark.parametrize("name", WRONG_FLAGS)
def test_wrong_flags(flags_for, squad, data, tmp_path, name):
    changes, message = WRONG_FLAGS[name]
    status, _, last = squad.run(*flags_for(data, tmp_path / "out", **changes))
    assert status == 1
    assert last.startswith("run_squad.py: error: ") and message in last


WRONG_FILES = {
    "broken JSON": ("train.json", lambda text: text[:-5], "train.json:", ": not JSON: "),
    "missing key": (
        "train.json",
        lambda text: text.replace('"context"', '"content"', 1),
        "train.json: data[0].paragraphs[0]: ",
        "'context' is missing: add it",
    ),
    "same id": ("dev.json", lambda text: text.replace('"0-1"', '"0-0"'), "qas[1]: id '0-0' again after", ""),
    "other vocabulary": ("vocab.txt", lambda text: text + "another\n", "vocab.txt: ", " lines, but "),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_wrong_files(flags_for, squad, data, tmp_path, name):
    file, change, place, message = WRONG_FILES[name]
    (tmp_path / "data").mkdir()
    for path in data.iterdir():
        text = path.read_text()
        (tmp_path / "data" / path.name).write_text(change(text) if path.name == file else text)
    status, _, last = squad.run(*flags_for(tmp_path / "data", tmp_path / "out", do_predict=True))
    assert status == 1
    assert last.startswith("run_squad.py: error: ") and place in last and message in last
    assert not (tmp_path / "out").exists()
