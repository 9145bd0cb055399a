"""run_classifier.py's flags: Google's defaults, and the options made of them."""

import json

# Google's run_classifier.py, flag by flag, but for those of `test_groups.py`.
GOOGLES_DEFAULTS = {
    "data_dir": None,
    "task_name": None,
    "vocab_file": None,
    "do_lower_case": True,
    "max_seq_length": 128,
    "do_train": False,
    "do_eval": False,
    "do_predict": False,
    "eval_batch_size": 8,
    "predict_batch_size": 8,
    "num_train_epochs": 3.0,
    "warmup_proportion": 0.1,
}


def test_flags_have_googles_defaults(default_values):
    assert default_values("classifier", "define_classifier_flags", GOOGLES_DEFAULTS) == GOOGLES_DEFAULTS


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
