"""Event files for TensorBoard, where it is installed, and a clear error where it is not."""

import shutil
import sys

import pytest
import tensorflow as tf

from bert_tf import UserError
from bert_tf.training.tensorboard import TensorBoardLog, check_tensorboard_dir

REASON = "the extra tensorboard is not installed"


def test_without_the_package(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(UserError, match=r"needs the package tensorboard: pip install -e '.\[tensorboard\]'"):
        TensorBoardLog(str(tmp_path))


def test_writes_each_figure(tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator", reason=REASON)
    log = TensorBoardLog(str(tmp_path))
    for step in (5, 10):
        log(step, {"loss": 1.0 / step, "learning rate": 1e-4})
    events = accumulator.EventAccumulator(str(tmp_path))
    events.Reload()
    assert set(events.Tags()["tensors"]) == {"loss", "learning_rate"}
    assert [event.step for event in events.Tensors("loss")] == [5, 10]


def test_a_folder_that_cannot_be_is_refused_before_the_work(tmp_path):
    pytest.importorskip("tensorboard", reason=REASON)
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(
            UserError, match="--tensorboard_dir=.*cannot be written .*: choose another folder"
        ):
            check_tensorboard_dir(str(folder))
    check_tensorboard_dir(str(tmp_path / "new" / "folder"))
    assert not (tmp_path / "new").exists()
    (tmp_path / "nowhere").symlink_to(tmp_path / "is" / "nothing")
    with pytest.raises(UserError, match="cannot be written"):
        TensorBoardLog(str(tmp_path / "nowhere"))


def test_events_that_are_lost_are_told_once_and_end_nothing(tmp_path, capsys):
    pytest.importorskip("tensorboard", reason=REASON)
    log = TensorBoardLog(str(tmp_path / "events"))
    log(1, {"loss": 1.0})
    assert capsys.readouterr().out == ""
    shutil.rmtree(tmp_path / "events")
    log(2, {"loss": 1.0})
    log(3, {"loss": 1.0})
    out = capsys.readouterr().out
    assert (
        out.count("\n") == 1 and "no more can be written (No such file or directory); training goes on" in out
    )


def test_a_full_disk_too(tmp_path, capsys, monkeypatch):
    pytest.importorskip("tensorboard", reason=REASON)
    log = TensorBoardLog(str(tmp_path))

    def full(*arguments):
        raise tf.errors.ResourceExhaustedError(None, None, "{{function_node f}} x; No space left on device")

    monkeypatch.setattr(log, "_scalar", full)
    log(1, {"loss": 1.0})
    assert "no more can be written (x; No space left on device); training goes" in capsys.readouterr().out


def test_two_runs_write_two_files(tmp_path):
    pytest.importorskip("tensorboard", reason=REASON)
    logs = [TensorBoardLog(str(tmp_path)) for _ in range(2)]
    for log in logs:
        log(1, {"loss": 1.0})
    assert len(list(tmp_path.iterdir())) == 2 and all(
        path.stat().st_size > 100 for path in tmp_path.iterdir()
    )
