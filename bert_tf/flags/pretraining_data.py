"""The flags of create_pretraining_data.py."""

from absl import flags

from bert_tf.data.pretraining.options import PretrainingDataJob, PretrainingDataOptions, shard_names
from bert_tf.data.text_files import match_files
from bert_tf.flags.paths import define_path, define_paths

FLAGS = flags.FLAGS


def define_create_pretraining_data_flags():
    """Google's flags, by its names and defaults, and those of the mode for large text."""
    define_paths("input_file", None, "Text files or patterns, with commas between; also .gz and .xz.")
    define_paths("output_file", None, "TFRecord files to write, with commas between.")
    define_path("vocab_file", None, "vocab.txt, the word pieces the model is to know.")
    flags.DEFINE_bool(
        "do_lower_case", True, "Whether to lower-case the text: true for uncased models, false for cased."
    )
    flags.DEFINE_bool("do_whole_word_mask", False, "Whether to mask all pieces of a word together.")
    flags.DEFINE_integer("max_seq_length", 128, "Tokens of an instance at most, special ones included.")
    flags.DEFINE_integer("max_predictions_per_seq", 20, "Tokens masked in an instance at most.")
    flags.DEFINE_integer("random_seed", 12345, "Decides every choice.")
    flags.DEFINE_integer("dupe_factor", 10, "How often to go through the text, each time with other masks.")
    flags.DEFINE_float("masked_lm_prob", 0.15, "Share of an instance's tokens to mask.")
    flags.DEFINE_float("short_seq_prob", 0.1, "Share of documents to cut into shorter instances.")
    flags.DEFINE_integer(
        "num_processes",
        0,
        "Streams text of any size through this many processes; 0 holds it in memory, as Google's script.",
        lower_bound=0,
    )
    flags.DEFINE_integer(
        "num_shards",
        0,
        "Streams, and writes this many files named after --output_file; 0 writes one for each --output_file.",
        lower_bound=0,
    )
    flags.DEFINE_bool("compress_output", False, "Whether to compress the TFRecord files with GZIP.")


def is_streaming():
    """Whether the flags ask for the mode for text larger than memory."""
    return bool(FLAGS.num_processes or FLAGS.num_shards)


def pretraining_data_job():
    """The `PretrainingDataJob` that the flags ask for."""
    output_files = tuple(FLAGS.output_file)
    return PretrainingDataJob(
        input_files=tuple(match_files(FLAGS.input_file)),
        output_files=shard_names(output_files, FLAGS.num_shards),
        vocab_file=FLAGS.vocab_file,
        do_lower_case=FLAGS.do_lower_case,
        random_seed=FLAGS.random_seed,
        compress_output=FLAGS.compress_output,
        options=PretrainingDataOptions(
            max_seq_length=FLAGS.max_seq_length,
            max_predictions_per_seq=FLAGS.max_predictions_per_seq,
            dupe_factor=FLAGS.dupe_factor,
            masked_lm_prob=FLAGS.masked_lm_prob,
            short_seq_prob=FLAGS.short_seq_prob,
            do_whole_word_mask=FLAGS.do_whole_word_mask,
        ),
    )
