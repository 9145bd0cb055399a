"""The JAX worker trains and predicts where TensorFlow is not installed."""

import contest
import numpy as np
import pytest
import rows
from measure import run

from bert_tf.config import BertConfig

SHAPE = BertConfig(30, 16, 1, 2, 32, max_position_embeddings=8, type_vocab_size=2)
SIZE = {"vocab_size": 30, "length": 8, "num_rows": 4}


@pytest.fixture
def no_tensorflow(tmp_path, monkeypatch):
    """Puts a tensorflow that cannot be imported ahead of the real one."""
    (tmp_path / "tensorflow.py").write_text("raise ImportError('not to be imported here')")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{contest.HERE.parent}")


@pytest.mark.parametrize("work", ["pretraining", "inference"])
def test_work_without_tensorflow(no_tensorflow, tmp_path, work):
    pytest.importorskip("jax")
    data = str(tmp_path / "rows.npz")
    if work == "pretraining":
        rows.masked(data, num_masked=2, **SIZE)
    else:
        rows.full(data, **SIZE)
    settings = {"config": SHAPE.to_dict(), "data": data, "batch_size": 2, "steps": 1}

    figures = run(
        contest.contestant(work, "ours_on_jax.py", work, environment={"KERAS_BACKEND": "jax"}, **settings)
    )

    assert np.isfinite(figures["examples/s"]) and figures["examples/s"] > 0
