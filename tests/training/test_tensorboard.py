"""Event files for TensorBoard, where it is installed, and a clear error where it is not."""

import sys

import pytest

from bert_tf import UserError
from bert_tf.training.tensorboard import TensorBoardLog


def test_without_the_package(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(UserError, match=r"needs the package tensorboard: pip install -e '.\[tensorboard\]'"):
        TensorBoardLog(str(tmp_path))


def test_writes_each_figure(tmp_path):
    reason = "the extra tensorboard is not installed"
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator", reason=reason)
    log = TensorBoardLog(str(tmp_path))
    for step in (5, 10):
        log(step, {"loss": 1.0 / step, "learning rate": 1e-4})
    events = accumulator.EventAccumulator(str(tmp_path))
    events.Reload()
    assert set(events.Tags()["tensors"]) == {"loss", "learning_rate"}
    assert [event.step for event in events.Tensors("loss")] == [5, 10]
