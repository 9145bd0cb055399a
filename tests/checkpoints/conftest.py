"""Small checkpoints for the tests of this package."""

import numpy as np
import pytest

from bert_tf.checkpoints.google import CheckpointReader, write_tensors


@pytest.fixture
def run_folder(tmp_path):
    """Writes checkpoints `model.ckpt-N` of one tensor each and the file that lists them; gives the folder."""

    def write(*steps, folder="out", state=True):
        path = tmp_path / folder
        for step in steps:
            write_tensors(str(path / f"model.ckpt-{step}"), {"x": np.full(1000, float(step))})
        if state:
            lines = [f'model_checkpoint_path: "model.ckpt-{steps[-1]}"']
            lines += [f'all_model_checkpoint_paths: "model.ckpt-{step}"' for step in steps]
            (path / "checkpoint").write_text("\n".join(lines) + "\n")
        return path

    return write


@pytest.fixture
def golden_tensors(golden_dir):
    """The tensors of Google's tiny checkpoint by name."""
    reader = CheckpointReader(golden_dir / "bert_model.ckpt")
    return {name: reader.read(name) for name in reader.shapes}
