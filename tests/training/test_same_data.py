"""The data of a resumed run compared with what the folder notes: what is refused, in which words."""

import dataclasses
import os
import shutil

import numpy as np
import pytest

from bert_tf import UserError
from bert_tf.data.pipelines import EncodedExamples
from bert_tf.training import same_data
from bert_tf.training.output_dir import write_settings
from bert_tf.training.same_data import files_setting, rows_setting

ENCODED = EncodedExamples(
    input_ids=np.array([2, 7, 3, 2, 8, 3], np.int32),
    segment_ids=np.zeros(6, np.int32),
    row_splits=np.array([0, 3, 6], np.int64),
    labels=np.array([0, 1], np.int32),
    num_truncated=0,
)
SWAPPED = np.array([2, 8, 3, 2, 7, 3], np.int32)
OTHER = np.array([2, 8, 3, 2, 9, 3], np.int32)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that seems to hold a checkpoint."""
    monkeypatch.setattr(same_data, "latest_checkpoint", lambda folder: "model.ckpt-1")
    return str(tmp_path)


@pytest.mark.parametrize(
    "changes, what",
    [
        ({"labels": np.array([1, 0], np.int32)}, "other labels for the same texts"),
        ({"input_ids": SWAPPED, "labels": np.array([1, 0], np.int32)}, "the same texts in another order"),
        ({"input_ids": SWAPPED}, "the same texts in another order"),
        ({"input_ids": OTHER}, "other texts with the same labels"),
        ({"input_ids": OTHER, "labels": np.array([1, 0], np.int32)}, "other texts and labels"),
    ],
)
@pytest.mark.parametrize("name", ["training", "evaluation"])
def test_other_rows_are_refused(folder, name, changes, what):
    write_settings(folder, rows_setting(folder, name, ENCODED))
    assert set(rows_setting(folder, name, ENCODED)) == {f"{name}_data"}
    with pytest.raises(UserError, match=f"^--output_dir={folder}: [^\n]* other {name} data, .*{what}: give "):
        rows_setting(folder, name, dataclasses.replace(ENCODED, **changes))


def test_nothing_to_compare_with(folder, monkeypatch):
    assert rows_setting(folder, "training", None) == {}
    write_settings(folder, {"seed": 0})
    assert rows_setting(folder, "training", ENCODED)["training_data"]
    write_settings(folder, {"training_data": "of another version"})
    with pytest.raises(UserError, match="other texts and labels"):
        rows_setting(folder, "training", ENCODED)
    monkeypatch.setattr(same_data, "latest_checkpoint", lambda folder: None)
    assert rows_setting(folder, "training", ENCODED)["training_data"]


@pytest.fixture
def files(tmp_path):
    paths = [str(tmp_path / "records" / name) for name in "abc"]
    os.mkdir(tmp_path / "records")
    for number, path in enumerate(paths):
        with open(path, "wb") as file:
            file.write(bytes([number]) * 100)
    return paths


def test_files_that_were_moved_or_renamed_are_the_same(folder, files, tmp_path, monkeypatch):
    write_settings(folder, files_setting(folder, files))
    moved = shutil.move(tmp_path / "records", tmp_path / "moved")
    shutil.move(moved / "a", moved / "d")
    monkeypatch.chdir(moved)
    assert files_setting(folder, ["./d", "b", str(moved / "c")])["input_files"][0] == "./d"


def test_other_files_are_refused(folder, files):
    write_settings(folder, files_setting(folder, files))

    def assert_refused(paths, what):
        with pytest.raises(UserError, match=f"^--output_dir={folder}: [^\n]* other records, .*{what}: give "):
            files_setting(folder, paths)

    assert_refused(files[::-1], "the same files in another order")
    assert_refused(files[:2], "2 files, not 3")
    assert_refused([files[0], *files], "4 files, not 3")
    with open(files[1], "r+b") as file:
        file.write(b"x")
    assert_refused(files, rf"another {files[1]} \(the same size, but other content\)")
    with open(files[1], "ab") as file:
        file.write(b"x")
    assert_refused(files, rf"another {files[1]} \(101 bytes, not 100\)")


@pytest.mark.parametrize("damaged", [{}, {"input_data": [["a"]]}, {"input_data": [["a", "1", "x"]] * 3}])
def test_of_a_run_without_digests_the_names_are_compared(folder, files, damaged):
    write_settings(folder, {"input_files": [f"elsewhere/{name}" for name in "abc"], **damaged})
    assert files_setting(folder, files)["input_data"]
    with pytest.raises(UserError, match="this run has files of other names: give "):
        files_setting(folder, files[::-1])
