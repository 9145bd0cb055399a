"""create_pretraining_data.py's flags: Google's defaults."""

# Google's create_pretraining_data.py, flag by flag.
GOOGLES_DEFAULTS = {
    "input_file": None,
    "output_file": None,
    "vocab_file": None,
    "do_lower_case": True,
    "do_whole_word_mask": False,
    "max_seq_length": 128,
    "max_predictions_per_seq": 20,
    "random_seed": 12345,
    "dupe_factor": 10,
    "masked_lm_prob": 0.15,
    "short_seq_prob": 0.1,
}


def test_flags_have_googles_defaults(default_values):
    values = default_values("pretraining_data", "define_create_pretraining_data_flags", GOOGLES_DEFAULTS)
    assert values == GOOGLES_DEFAULTS
