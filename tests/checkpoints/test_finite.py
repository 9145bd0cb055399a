"""Numbers of a checkpoint that are none."""

import numpy as np
import pytest

from bert_tf import UserError
from bert_tf.checkpoints.finite import check_finite, instead_of, is_finite
from bert_tf.checkpoints.google import write_tensors


def test_the_variable_is_named(tmp_path):
    good = {"a": np.ones(3), "step": np.int64(7)}
    check_finite(str(tmp_path / "model.ckpt"), good)
    for value in (np.nan, np.inf, -np.inf):
        with pytest.raises(
            UserError, match="model.ckpt: variable b holds NaN or infinite .*: use another one"
        ):
            check_finite(str(tmp_path / "model.ckpt"), {**good, "b": np.array([[0.0, value]])})


def test_a_file(tmp_path):
    write_tensors(str(tmp_path / "good"), {"a": np.ones(3, np.float32), "step": np.int64(7)})
    write_tensors(str(tmp_path / "bad"), {"a": np.array([1, np.nan], np.float32)})
    assert is_finite(str(tmp_path / "good"))
    assert not is_finite(str(tmp_path / "bad"))
    assert not is_finite(str(tmp_path / "missing"))


def test_older_ones_are_named(tmp_path):
    names = [f"model.ckpt-{step}" for step in (1, 2, 3)]
    for name in names:
        write_tensors(str(tmp_path / name), {"a": np.ones(3, np.float32)})
    lines = [f'model_checkpoint_path: "{names[-1]}"', *(f'all_model_checkpoint_paths: "{n}"' for n in names)]
    (tmp_path / "checkpoint").write_text("\n".join(lines) + "\n")
    first, second = (tmp_path / name for name in names[:2])
    assert instead_of(str(tmp_path / names[2])) == f"an older one ({first}, {second})"
    assert instead_of(str(first)) == instead_of(str(tmp_path / "other")) == "another one"
