"""run_classifier.py's flags: Google's defaults, and the options made of them."""

import json

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


def test_classifier_flags_have_googles_defaults(in_a_process_of_its_own):
    program = """
import json, sys
from bert_tf.flags.classifier import define_classifier_flags
define_classifier_flags()
flags.FLAGS(sys.argv)
print(json.dumps({name: flags.FLAGS[name].value for name in json.loads(sys.argv[1])}))
"""
    result = in_a_process_of_its_own(program, json.dumps(list(GOOGLES_DEFAULTS)))
    assert json.loads(result.stdout) == GOOGLES_DEFAULTS


def test_options_are_the_flags_of_the_same_names(in_a_process_of_its_own):
    program = """
import dataclasses, json
from bert_tf.flags.classifier import define_classifier_flags
from bert_tf.flags.finetuning import finetuning_options
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
