"""The flags of run_squad.py."""

import dataclasses

from absl import flags

from bert_tf.errors import UserError
from bert_tf.flags.finetuning import check_finetuning_flags, define_finetuning_flags
from bert_tf.flags.paths import define_path
from bert_tf.flags.running import require
from bert_tf.tasks.squad import SquadOptions

FLAGS = flags.FLAGS

# No window holds more answers or longer ones.
_MOST = 1_000_000


def define_squad_flags():
    """The files and how answers are found in them, and what every fine-tuning script takes."""
    define_path("train_file", None, "SQuAD's JSON file to train on, as train-v1.1.json.")
    define_path(
        "predict_file",
        None,
        "SQuAD's JSON file to predict, as dev-v1.1.json; where it holds the answers, they are scored.",
    )
    flags.DEFINE_integer(
        "doc_stride", 128, "Word pieces from each window of a long paragraph to the next.", lower_bound=1
    )
    flags.DEFINE_integer(
        "max_query_length", 64, "Longest question in word pieces; longer ones are cut.", lower_bound=1
    )
    flags.DEFINE_integer(
        "n_best_size", 20, "Answers to list in nbest_predictions.json.", lower_bound=1, upper_bound=_MOST
    )
    flags.DEFINE_integer(
        "max_answer_length", 30, "Longest answer in word pieces.", lower_bound=1, upper_bound=_MOST
    )
    flags.DEFINE_bool(
        "label_first_occurrence",
        False,
        "Train, as Google's script does, on the first place where an answer stands in the words around "
        "answer_start, without blanks those of a whole sentence, rather than at answer_start itself.",
    )
    flags.DEFINE_bool("verbose_logging", False, "Show every training answer that is left out, and why.")
    flags.DEFINE_bool(
        "version_2_with_negative", False, "Whether some questions have no answer, as in SQuAD 2.0."
    )
    flags.DEFINE_float(
        "null_score_diff_threshold",
        0.0,
        "Predict no answer if it scores higher than the best one by more than this.",
    )
    define_finetuning_flags()
    flags.FLAGS.set_default("max_seq_length", 384)


def check_squad_flags():
    """Raises UserError where a flag is missing or asks for what this script does otherwise."""
    check_finetuning_flags()
    if FLAGS.do_train:
        require("train_file")
    if FLAGS.do_predict:
        require("predict_file")
    if FLAGS.do_eval:
        raise UserError(
            "--do_eval=true: not for this script: --do_predict=true scores too where the file has the answers"
        )


def squad_options():
    """The `SquadOptions` that the flags ask for."""
    return SquadOptions(**{field.name: FLAGS[field.name].value for field in dataclasses.fields(SquadOptions)})
