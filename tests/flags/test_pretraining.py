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


def test_record_files_that_tensorflow_cannot_open(in_a_process_of_its_own, tmp_path):
    (tmp_path / "caf\udce9").write_bytes(b"")
    program = """
from bert_tf.flags.pretraining import define_pretraining_flags, pretraining_options
define_pretraining_flags()
flags.run(pretraining_options)
"""
    result = in_a_process_of_its_own(program, f"--input_file={tmp_path}/*")
    assert result.stderr.endswith(
        "\\udce9: the path is not UTF-8, as TensorFlow needs it: rename the file or folder\n"
    )
    assert result.returncode == 1 and "Traceback" not in result.stderr
