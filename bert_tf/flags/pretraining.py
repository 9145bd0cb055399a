"""The flags of run_pretraining.py."""

import dataclasses

from absl import flags

from bert_tf.data.text_files import match_files
from bert_tf.errors import UserError
from bert_tf.flags.command_line import is_utf8
from bert_tf.flags.groups import (
    define_model_flags,
    define_size,
    define_steps,
    define_tpu_flags,
    define_training_flags,
)
from bert_tf.flags.paths import define_path, define_paths
from bert_tf.flags.running import require
from bert_tf.tokenization.vocabulary import MASK, check_vocab_size, load_vocab

FLAGS = flags.FLAGS


def define_pretraining_flags():
    """Google's flags, by its names and defaults, and those that its users asked for."""
    define_paths("input_file", None, "TFRecord files or patterns, with commas between.")
    flags.DEFINE_bool("do_train", False, "Whether to train.")
    flags.DEFINE_bool("do_eval", False, "Whether to evaluate on the same files.")
    define_size("max_seq_length", 128, "Length of the records, in tokens.", least=4)
    define_size("max_predictions_per_seq", 20, "Masked tokens of the records, padding included.")
    define_steps("num_train_steps", 100000, "Step at which training ends.")
    define_steps("num_warmup_steps", 10000, "Steps during which the learning rate rises.", least=0)
    define_steps("max_eval_steps", 100, "Batches to evaluate on.")
    flags.DEFINE_float(
        "num_train_seconds",
        0,
        "Stop training, with a checkpoint, after this time; 0 for no limit.",
        lower_bound=0.0,
    )
    flags.DEFINE_bool(
        "continue_training",
        False,
        "Take optimizer slots and global_step from --init_checkpoint too, so that its schedule goes on.",
    )
    flags.DEFINE_enum("optimizer", "adamw", ["adamw", "lamb"], "Google's AdamW, or LAMB for large batches.")
    flags.DEFINE_bool(
        "dynamic_masking", False, "Mask the records afresh each time they are read; needs --vocab_file."
    )
    flags.DEFINE_float(
        "masked_lm_prob",
        0.15,
        "Share of tokens that --dynamic_masking masks.",
        lower_bound=0.0,
        upper_bound=1.0,
    )
    define_path("vocab_file", None, "vocab.txt, for --dynamic_masking.")
    define_model_flags()
    define_training_flags()
    define_tpu_flags()


def dynamic_masking(config):
    """The `DynamicMasking` that the flags ask for, None if they do not."""
    if not FLAGS.dynamic_masking:
        return None
    require("vocab_file")
    vocabulary = load_vocab(FLAGS.vocab_file, also_needed=(MASK,))
    check_vocab_size(vocabulary, config, FLAGS.vocab_file, FLAGS.bert_config_file)
    from bert_tf.data.pretraining.dynamic_masking import DynamicMasking

    return DynamicMasking(vocabulary, FLAGS.masked_lm_prob)


def pretraining_options():
    """The `PretrainingOptions` that the flags ask for."""
    from bert_tf.training.pretraining import PretrainingOptions

    names = {field.name for field in dataclasses.fields(PretrainingOptions)} - {"input_files"}
    values = {name: FLAGS[name].value for name in names}
    files = match_files(FLAGS.input_file)
    for path in files:
        if not is_utf8(path):
            raise UserError(f"{path}: its name is not UTF-8, as TensorFlow wants it: rename it")
    return PretrainingOptions(**values, input_files=tuple(files))
