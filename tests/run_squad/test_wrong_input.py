"""Every wrong input of run_squad.py: one line that says what, where and what to do."""

import pytest

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
    "too many answers wanted": (
        {"n_best_size": 10**12},
        "--n_best_size=1000000000000: 1000000000000 is not an",
    ),
    "too long answers": ({"max_answer_length": 10**12}, "is not an integer in the range [1, 1000000]"),
    "huge stride": ({"doc_stride": 10**12}, "--doc_stride=1000000000000: no window of --max_seq_length=24"),
    "huge questions": (
        {"max_query_length": 10**12},
        "in --max_seq_length=24 with [CLS] and two [SEP]: give less",
    ),
    "no threshold": (
        {"null_score_diff_threshold": "nan"},
        "--null_score_diff_threshold=nan: is no finite number",
    ),
    "TPU": ({"use_tpu": True}, "--use_tpu=true: this package trains on GPU or CPU"),
}


@pytest.mark.parametrize("name", WRONG_FLAGS)
def test_wrong_flags(flags_for, squad, data, tmp_path, name):
    changes, message = WRONG_FLAGS[name]
    status, _, last = squad.run(*flags_for(data, tmp_path / "out", **changes))
    assert status == 1
    assert last.startswith("run_squad.py: error: ") and message in last


WRONG_FILES = {
    "broken JSON": ("train.json", lambda text: text[:-5], "train.json:", ": not JSON ("),
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
