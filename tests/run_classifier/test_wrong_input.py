"""Every wrong input of run_classifier.py: one line that says what, where and what to do."""

import pathlib
import resource
import signal

import pytest

from bert_tf.checkpoints.google import latest_checkpoint

ROOT = pathlib.Path(__file__).parents[2]


def edited(data, folder, name, change):
    """A copy of the data with one file changed."""
    folder.mkdir()
    for file in data.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    path = folder / name
    path.write_bytes(change(path.read_bytes()))
    return folder


WRONG_FLAGS = {
    "missing flag": ({"task_name": None}, "flag --task_name is missing: The task, in any case: one of cola"),
    "unknown flag": ({"taskname": "x"}, "Unknown command line flag 'taskname'"),
    "nothing to do": ({"do_train": None}, "nothing to do: give at least one of --do_train"),
    "missing file": (
        {"vocab_file": "none.txt"},
        "none.txt: No such file or directory: give the path of a vocab.txt",
    ),
    "missing data": ({"data_dir": "none"}, "none/train.tsv: "),
    "folder instead of file": (
        {"bert_config_file": str(ROOT)},
        f"{ROOT}: Is a directory: give the path of a bert_config",
    ),
    "unknown task": ({"task_name": "snli"}, "no task 'snli': choose one of cola, mnli, mrpc, xnli"),
    "too long for the model": ({"max_seq_length": 129}, "--max_seq_length=129: the model has 128 positions"),
    "too short": ({"max_seq_length": 3}, "flag --max_seq_length=3: "),
    "batch size 0": ({"train_batch_size": 0}, "flag --train_batch_size=0: "),
    "no such precision": ({"precision": "int8"}, "flag --precision=int8: value should be one of"),
    "unwritable output": (
        {"output_dir": "/proc/none"},
        "--output_dir=/proc/none: cannot be written (No place for files that stay: /proc): choose a",
    ),
    "a URL": (
        {"output_dir": "gs://bucket/out"},
        "flag --output_dir=gs://bucket/out: not a path of this machine's",
    ),
    "an export over the data": ({"export_dir": "."}, "--export_dir=.: "),
    "missing checkpoint": (
        {"init_checkpoint": "none.ckpt"},
        "none.ckpt: no checkpoint there (none.ckpt.index is missing)",
    ),
    "TPU": ({"use_tpu": True}, "--use_tpu=true: this package trains on GPU or CPU"),
}


@pytest.mark.parametrize("name", WRONG_FLAGS)
def test_wrong_flags(flags_for, classifier, data, tmp_path, name):
    changes, message = WRONG_FLAGS[name]
    status, _, last = classifier.run(*flags_for(data, tmp_path / "out", **changes))
    assert status == 1
    assert last.startswith("run_classifier.py: error: ") and message in last


def line_edit(number, change):
    def edit(content):
        lines = content.split(b"\n")
        lines[number - 1] = change(lines[number - 1])
        return b"\n".join(lines)

    return edit


WRONG_FILES = {
    "too few columns": ("train.tsv", line_edit(7, lambda line: b"1\t2\tone text"), "train.tsv:7: "),
    "too many columns": (
        "train.tsv",
        line_edit(7, lambda line: line + b"\tmore"),
        "train.tsv:7: 6 columns where 5 are expected: put a blank in the place of each tab within a text",
    ),
    "unknown label": (
        "train.tsv",
        line_edit(3, lambda line: b"2" + line[1:]),
        "train.tsv:3: label '2' is not one of 0, 1",
    ),
    "missing column": ("train.tsv", line_edit(1, lambda line: line.replace(b"Quality", b"Label")), "Quality"),
    "empty file": ("train.tsv", lambda content: b"", "train.tsv: "),
    "bad UTF-8": ("train.tsv", line_edit(5, lambda line: line + b"\xff"), "train.tsv:5: "),
    "other vocabulary": ("vocab.txt", lambda content: content + b"another\n", "297 lines, but "),
    "no [CLS]": ("vocab.txt", lambda content: content.replace(b"[CLS]", b"[BLANK]"), "[CLS] missing"),
    "broken config": ("bert_config.json", lambda content: content[:-1], "bert_config.json:1: not JSON"),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_wrong_files(flags_for, classifier, data, tmp_path, name):
    file, change, message = WRONG_FILES[name]
    status, _, last = classifier.run(
        *flags_for(edited(data, tmp_path / "data", file, change), tmp_path / "out")
    )
    assert status == 1
    assert last.startswith("run_classifier.py: error: ") and message in last


def test_wrong_case_of_a_released_checkpoint(flags_for, classifier, data, tmp_path):
    folder = tmp_path / "cased_L-12_H-768_A-12"
    folder.mkdir()
    for part in (".index", ".data-00000-of-00001"):
        (folder / f"bert_model.ckpt{part}").write_bytes(b"not read before the case is right")
    status, _, last = classifier.run(
        *flags_for(data, tmp_path / "out", init_checkpoint=folder / "bert_model.ckpt")
    )
    assert status == 1 and last.endswith("was trained on cased text: use --do_lower_case=false")


def test_broken_checkpoint(flags_for, classifier, finished, data, tmp_path):
    whole = latest_checkpoint(finished[0])
    for part in (".index", ".data-00000-of-00001"):
        content = pathlib.Path(whole + part).read_bytes()
        (tmp_path / f"bert_model.ckpt{part}").write_bytes(
            content[: len(content) // 2] if "data" in part else content
        )
    status, _, last = classifier.run(
        *flags_for(data, tmp_path / "out", init_checkpoint=tmp_path / "bert_model.ckpt")
    )
    assert status == 1
    assert f"error: {tmp_path}/bert_model.ckpt: variable " in last and "damaged or incomplete" in last


def test_full_disk(flags_for, classifier, data, tmp_path):
    def limit_file_size():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    status, _, last = classifier.run(*flags_for(data, tmp_path / "out"), preexec_fn=limit_file_size)
    assert status == 1
    assert "model.ckpt-10: the checkpoint could not be written (" in last and "free space" in last
