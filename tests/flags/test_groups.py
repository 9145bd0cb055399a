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


@pytest.mark.parametrize(
    ("flag", "bounds"),
    [
        ("seed=4294967296", "[0, 4294967295]"),
        ("learning_rate=1e400", "[0.0, 3.4e+38]"),
        ("learning_rate=nan", "is no finite number"),
        ("train_batch_size=1000000000000", "[1, 2147483647]"),
        ("eval_batch_size=1000000000000", "[1, 2147483647]"),
        ("predict_batch_size=1000000000000", "[1, 2147483647]"),
        ("gradient_accumulation_steps=1000000000000", "[1, 2147483647]"),
        ("iterations_per_loop=1000000000000", "[1, 2147483647]"),
        ("max_seq_length=1000000000000", "[4, 2147483647]"),
        ("save_checkpoints_steps=9223372036854775808", "[1, 9223372036854775807]"),
        ("eval_every_steps=9223372036854775808", "[1, 9223372036854775807]"),
        ("num_train_epochs=1e300", "[0.0, 1000000000.0]"),
        ("warmup_proportion=nan", "is no finite number"),
        ("do_train=maybe", "flag --do_train=maybe: is neither true nor false"),
        ("seed=" + "9" * 5000, " … "),
    ],
)
def test_numbers_have_bounds_that_are_told(in_a_process_of_its_own, flag, bounds):
    program = """
from bert_tf.flags.finetuning import define_finetuning_flags
define_finetuning_flags()
flags.run(lambda: None)
"""
    result = in_a_process_of_its_own(program, f"--{flag}")
    assert result.returncode == 1 and result.stderr.count("\n") == 1
    assert bounds in result.stderr and len(result.stderr) < 2100, result.stderr
