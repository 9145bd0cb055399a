"""The flags of run_ner.py."""

import dataclasses

from absl import flags

from bert_tf.data.tag_schemes import SCHEMES
from bert_tf.errors import UserError
from bert_tf.flags.finetuning import define_finetuning_flags
from bert_tf.flags.paths import define_path
from bert_tf.tasks.ner import NerData

FLAGS = flags.FLAGS


def define_ner_flags():
    """The data and its layout, and what every fine-tuning script takes."""
    define_path("data_dir", None, "Folder of train.txt, dev.txt and test.txt.")
    define_path("train_file", None, "The file to train on, instead of train.txt in --data_dir.")
    define_path("eval_file", None, "The file to evaluate on, instead of dev.txt in --data_dir.")
    define_path("predict_file", None, "The file to predict tags for, instead of test.txt in --data_dir.")
    flags.DEFINE_integer("text_column", 0, "Column of the words, from 0; -1 is the last.")
    flags.DEFINE_integer("tag_column", -1, "Column of the tags, from 0; -1 is the last.")
    flags.DEFINE_enum(
        "tag_scheme",
        "any",
        list(SCHEMES),
        "How the tags mark entities. Each tag's place is checked, but with 'any', which takes O and B, I, "
        "E, S (of BMES also M, of BILOU L and U) with a type in any order, as conlleval does. 'none': tags "
        "without prefix, such as parts of speech, each word's by itself.",
    )
    flags.DEFINE_string(
        "comment_prefix", None, "Leave out lines that begin with this, such as '#'; by default, none is."
    )
    define_finetuning_flags()


def ner_data():
    """The `NerData` that the flags describe.

    Raises:
        UserError: If every line would be a comment.
    """
    if FLAGS.comment_prefix == "":
        raise UserError("--comment_prefix=: every line begins so: give what comment lines begin with")
    return NerData(**{field.name: FLAGS[field.name].value for field in dataclasses.fields(NerData)})
