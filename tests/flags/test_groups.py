"""The flags that all scripts that train share: Google's defaults."""

import pytest

# What Google's run_classifier.py, run_squad.py and run_pretraining.py have in common.
GOOGLES_DEFAULTS = {
    "bert_config_file": None,
    "output_dir": None,
    "init_checkpoint": None,
    "train_batch_size": 32,
    "learning_rate": 5e-5,
    "save_checkpoints_steps": 1000,
    "iterations_per_loop": 1000,
    "use_tpu": False,
    "tpu_name": None,
    "tpu_zone": None,
    "gcp_project": None,
    "master": None,
    "num_tpu_cores": 8,
}


@pytest.mark.parametrize("script", ["classifier", "squad", "pretraining"])
def test_flags_have_googles_defaults(default_values, script):
    assert default_values(script, f"define_{script}_flags", GOOGLES_DEFAULTS) == GOOGLES_DEFAULTS
