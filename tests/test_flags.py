"""The flags: Google's defaults, and the options made of them."""

import json
import os
import subprocess
import sys

# Google's run_classifier.py, flag by flag.
GOOGLES_DEFAULTS = {
    "data_dir": None,
    "bert_config_file": None,
    "task_name": None,
    "vocab_file": None,
    "output_dir": None,
    "init_checkpoint": None,
    "do_lower_case": True,
    "max_seq_length": 128,
    "do_train": False,
    "do_eval": False,
    "do_predict": False,
    "train_batch_size": 32,
    "eval_batch_size": 8,
    "predict_batch_size": 8,
    "learning_rate": 5e-5,
    "num_train_epochs": 3.0,
    "warmup_proportion": 0.1,
    "save_checkpoints_steps": 1000,
    "iterations_per_loop": 1000,
    "use_tpu": False,
    "tpu_name": None,
    "tpu_zone": None,
    "gcp_project": None,
    "master": None,
    "num_tpu_cores": 8,
}


def in_a_process_of_its_own(program, *arguments, stdout=subprocess.PIPE):
    """Flags can be declared once a process."""
    command = [
        sys.executable,
        "-c",
        "import json, sys\nfrom bert_tf import flags\n"
        "from bert_tf.flags.classifier import define_classifier_flags\n"
        "from bert_tf.flags.finetuning import finetuning_options\n" + program,
        *arguments,
    ]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True)


def test_classifier_flags_have_googles_defaults():
    program = """
define_classifier_flags()
flags.FLAGS(sys.argv)
print(json.dumps({name: flags.FLAGS[name].value for name in json.loads(sys.argv[1])}))
"""
    result = in_a_process_of_its_own(program, json.dumps(list(GOOGLES_DEFAULTS)))
    assert json.loads(result.stdout) == GOOGLES_DEFAULTS


def test_options_are_the_flags_of_the_same_names():
    program = """
import dataclasses
define_classifier_flags()
flags.FLAGS(["x", "--output_dir=o", "--vocab_file=v", "--learning_rate=0.25", "--precision=bfloat16"])
print(json.dumps(dataclasses.asdict(finetuning_options())))
"""
    options = json.loads(in_a_process_of_its_own(program).stdout)
    assert (options["output_dir"], options["vocab_file"]) == ("o", "v")
    assert (options["learning_rate"], options["precision"], options["train_batch_size"]) == (
        0.25,
        "bfloat16",
        32,
    )


def test_errors_are_one_line_without_traceback():
    for raised, message in (
        ('UserError("wrong:\\n  mend it")', "error: wrong: mend it"),
        ('FileNotFoundError(2, "No such file", "none.txt")', "error: none.txt: No such file"),
        ('KeyboardInterrupt("stopped after step 3")', "stopped after step 3"),
    ):
        program = f"from bert_tf.errors import UserError\ndef main():\n    raise {raised}\nflags.run(main)\n"
        result = in_a_process_of_its_own(program)
        assert result.stderr == f"-c: {message}\n"
        assert result.returncode == (130 if "Keyboard" in raised else 1)


def test_errors_of_the_code_keep_their_traceback():
    result = in_a_process_of_its_own("def main():\n    raise ZeroDivisionError\nflags.run(main)\n")
    assert "Traceback" in result.stderr


def test_what_is_no_flag():
    result = in_a_process_of_its_own("flags.run(lambda: None)", "MRPC")
    assert result.stderr == "-c: error: 'MRPC' is no flag: write --name=value\n" and result.returncode == 1


def test_a_reader_that_goes_away_is_no_traceback():
    for arguments in (["--help"], []):
        reading, writing = os.pipe()
        os.close(reading)
        result = in_a_process_of_its_own("flags.run(lambda: print('a line'))", *arguments, stdout=writing)
        os.close(writing)
        assert result.stderr == "-c: stopped: nothing reads its output any more\n" and result.returncode == 1
