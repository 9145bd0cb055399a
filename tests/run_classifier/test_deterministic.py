"""run_classifier.py --deterministic."""

import json
import shutil

import numpy as np
import pytest

from bert_tf.checkpoints.google import CheckpointReader


@pytest.fixture(scope="module")
def wide(data, tmp_path_factory):
    """The data, for a model so wide that its formulas and the updates of its weights are compiled."""
    folder = shutil.copytree(data, tmp_path_factory.mktemp("wide") / "data")
    config = json.loads((folder / "bert_config.json").read_text())
    config.update(hidden_size=512, num_hidden_layers=2, num_attention_heads=8, intermediate_size=512)
    (folder / "bert_config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_one_seed_gives_the_same_bits_each_time(classifier, flags_for, wide, tmp_path, precision):
    settings = {"deterministic": True, "precision": precision, "num_train_epochs": 0.5}
    weights = []
    for name, seed in (("first", 1), ("again", 1), ("other", 2)):
        status, _, last = classifier.run(*flags_for(wide, tmp_path / name, seed=seed, **settings))
        assert status == 0, last
        reader = CheckpointReader(tmp_path / name)
        weights.append({name: reader.read(name) for name in reader.shapes})
    first, again, other = weights
    assert first.keys() == again.keys()
    for name in first:
        np.testing.assert_array_equal(first[name], again[name], err_msg=name)
    kernel = "bert/encoder/layer_0/intermediate/dense/kernel"
    assert np.any(first[kernel] != other[kernel])
