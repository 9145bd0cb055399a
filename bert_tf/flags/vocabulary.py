"""The flags of build_vocab.py and extend_vocab.py."""

from absl import flags

from bert_tf.data.text_files import match_files, read_blocks
from bert_tf.errors import UserError
from bert_tf.flags.paths import define_path, define_paths
from bert_tf.tokenization.vocabulary_extension import NewWord
from bert_tf.tokenization.vocabulary_learning import NUM_UNUSED, VocabularyOptions

FLAGS = flags.FLAGS


def define_build_vocab_flags():
    """The text, the vocabulary to learn from it, and how."""
    define_paths(
        "input_file", None, "Text files or patterns, with commas between; .gz and .xz are decompressed."
    )
    define_path("vocab_file", None, "vocab.txt, the file to write.")
    flags.DEFINE_integer(
        "vocab_size", 30522, "Entries of the vocabulary, special tokens and unused slots included."
    )
    flags.DEFINE_integer(
        "num_unused",
        NUM_UNUSED,
        f"Slots [unusedN] before [UNK], free for words to come; {NUM_UNUSED} as Google's.",
        lower_bound=0,
    )
    flags.DEFINE_integer(
        "min_count",
        1,
        "How often a character must occur to become a piece; words with rarer ones become [UNK].",
        lower_bound=1,
    )
    flags.DEFINE_integer("num_processes", 1, "How many processes read and count words.", lower_bound=1)
    _define_do_lower_case()


def define_extend_vocab_flags():
    """The model, the new words and where they go."""
    define_path("init_checkpoint", None, "Checkpoint to extend: its prefix or its folder.")
    define_path("bert_config_file", None, "bert_config.json of the checkpoint.")
    define_path("vocab_file", None, "vocab.txt of the checkpoint.")
    define_path("output_dir", None, "New folder for the extended model.")
    define_path("new_words_file", None, "Text file of new words, one a line.")
    flags.DEFINE_list("words", None, "New words, with commas between.")
    flags.DEFINE_bool(
        "append", False, "Add rows to the embedding table, rather than put the words in slots [unusedN]."
    )
    _define_do_lower_case()


def _define_do_lower_case():
    flags.DEFINE_bool(
        "do_lower_case",
        True,
        "Whether to lower-case the text: true for uncased models, false for cased ones.",
    )


def input_files():
    """The files that --input_file names."""
    return match_files(FLAGS.input_file)


def vocabulary_options():
    """The `VocabularyOptions` that the flags ask for."""
    return VocabularyOptions(FLAGS.vocab_size, FLAGS.num_unused, FLAGS.min_count)


def new_words():
    """The words of --words and --new_words_file, each with where it stands; blank lines are none.

    Raises:
        UserError: If neither names a word, or the file cannot be read.
    """
    words = [NewWord(word.strip(), "--words") for word in FLAGS.words or ()]
    for block in read_blocks([FLAGS.new_words_file] if FLAGS.new_words_file else []):
        for number, line in enumerate(block.lines(), block.first_line):
            words.append(NewWord(line.strip(), f"{block.path}:{number}"))
    words = [word for word in words if word.text]
    if not words:
        raise UserError("no new words: give them with --words or, one a line, with --new_words_file")
    return words
