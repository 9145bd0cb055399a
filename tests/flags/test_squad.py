"""run_squad.py's flags: Google's defaults."""

# Google's run_squad.py, flag by flag, but for those of `test_groups.py`.
GOOGLES_DEFAULTS = {
    "vocab_file": None,
    "train_file": None,
    "predict_file": None,
    "do_lower_case": True,
    "max_seq_length": 384,
    "doc_stride": 128,
    "max_query_length": 64,
    "do_train": False,
    "do_predict": False,
    "predict_batch_size": 8,
    "num_train_epochs": 3.0,
    "warmup_proportion": 0.1,
    "n_best_size": 20,
    "max_answer_length": 30,
    "verbose_logging": False,
    "version_2_with_negative": False,
    "null_score_diff_threshold": 0.0,
}


def test_flags_have_googles_defaults(default_values):
    assert default_values("squad", "define_squad_flags", GOOGLES_DEFAULTS) == GOOGLES_DEFAULTS
