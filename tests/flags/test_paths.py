"""Every flag that is a path refuses what is none, before anything else is done."""

import pytest

SCRIPTS = {
    "classifier": "define_classifier_flags",
    "squad": "define_squad_flags",
    "ner": "define_ner_flags",
    "pretraining": "define_pretraining_flags",
    "pretraining_data": "define_create_pretraining_data_flags",
    "vocabulary": "define_build_vocab_flags",
    "vocabulary ": "define_extend_vocab_flags",
}
PROGRAM = """
from bert_tf.flags.{module} import {function}
{function}()
from bert_tf.flags import FLAGS
ends = ("_file", "_dir", "_checkpoint")
for name in [name for name in FLAGS if name.endswith(ends) and FLAGS[name].help and name != "log_dir"]:
    if FLAGS.find_module_defining_flag(name).startswith("absl"):
        continue
    is_list = FLAGS[name].flag_type().startswith("comma")
    for value in ("gs://bucket/x", "a\\0b", "a,s3://b" if is_list else "S3:/x"):
        try:
            FLAGS[name].parse(value)
            print(name, value, "was taken")
        except flags.running.flags.IllegalFlagValueError:
            print("refused")
FLAGS(["x", "--output_dir=./gs://x"] if "output_dir" in FLAGS else ["x"])
"""


@pytest.mark.parametrize("module", SCRIPTS)
def test_urls_are_refused(in_a_process_of_its_own, module):
    program = PROGRAM.format(module=module.strip(), function=SCRIPTS[module])
    result = in_a_process_of_its_own(program)
    assert not result.stderr
    assert set(result.stdout.splitlines()) == {"refused"}


def test_the_line_names_the_flag(in_a_process_of_its_own):
    program = (
        "from bert_tf.flags.groups import define_model_flags\ndefine_model_flags()\nflags.run(lambda: None)"
    )
    result = in_a_process_of_its_own(program, "--init_checkpoint=hdfs://node/bert")
    assert result.returncode == 1
    assert result.stderr.startswith("-c: error: flag --init_checkpoint=hdfs://node/bert: not a path of this ")
    assert result.stderr.count("\n") == 1


def test_a_path_that_is_no_text_is_one_line(in_a_process_of_its_own):
    program = (
        "from bert_tf.flags.groups import define_model_flags\ndefine_model_flags()\nflags.run(lambda: None)"
    )
    result = in_a_process_of_its_own(program, b"--output_dir=\xff")
    assert result.returncode == 1 and result.stderr.count("\n") == 1
    assert "the path is not UTF-8, as TensorFlow needs it" in result.stderr


def test_what_a_flag_of_another_kind_holds_is_not_looked_at(in_a_process_of_its_own):
    program = """
from bert_tf.flags.groups import define_tpu_flags
define_tpu_flags()
flags.run(lambda: print(flags.FLAGS.master))
"""
    assert (
        in_a_process_of_its_own(program, "--master=grpc://10.0.0.2:8470").stdout == "grpc://10.0.0.2:8470\n"
    )


def test_an_empty_path_between_commas_is_none(in_a_process_of_its_own):
    program = """
from bert_tf.flags.paths import define_paths
define_paths("input_file", None, "")
flags.run(lambda: print(flags.FLAGS.input_file))
"""
    assert in_a_process_of_its_own(program, "--input_file=a, b,,").stdout == "['a', 'b']\n"


def test_a_name_that_the_terminal_cannot_show_is_no_traceback(in_a_process_of_its_own):
    result = in_a_process_of_its_own("flags.run(lambda: print('a\\udcffb'))")
    assert result.returncode == 0 and result.stdout == "a\\udcffb\n"
