"""run_pretraining.py's flags: Google's defaults."""

# Google's run_pretraining.py, flag by flag, but for those of `test_groups.py`.
GOOGLES_DEFAULTS = {
    "input_file": None,
    "max_seq_length": 128,
    "max_predictions_per_seq": 20,
    "do_train": False,
    "do_eval": False,
    "eval_batch_size": 8,
    "num_train_steps": 100000,
    "num_warmup_steps": 10000,
    "max_eval_steps": 100,
}


def test_flags_have_googles_defaults(default_values):
    assert default_values("pretraining", "define_pretraining_flags", GOOGLES_DEFAULTS) == GOOGLES_DEFAULTS
