"""Learns a WordPiece vocabulary from text and writes it as vocab.txt."""

import os
import time

from bert_tf import flags
from bert_tf.data.word_counts import count_words
from bert_tf.errors import UserError
from bert_tf.files import write_text
from bert_tf.flags.vocabulary import define_build_vocab_flags, input_files, vocabulary_options
from bert_tf.tokenization.vocabulary_learning import learn_vocabulary, measure_coverage

FLAGS = flags.FLAGS


def main():
    flags.require("input_file", "vocab_file")
    options = vocabulary_options()
    files = input_files()
    check_writable(FLAGS.vocab_file)

    start = time.monotonic()
    counts = count_words(files, FLAGS.do_lower_case, FLAGS.num_processes)
    print(
        f"Counted {sum(counts.words.values()):,} words, {len(counts.words):,} different ones, "
        f"in {time.monotonic() - start:,.1f} s"
    )
    if counts.forgotten:
        print(f"Forgot the counts of {counts.forgotten:,} rare words, to save memory")

    print("Learning, which may take some minutes for large text")
    start = time.monotonic()
    learned = learn_vocabulary(counts.words, counts.characters, options)
    write_text(FLAGS.vocab_file, "".join(f"{token}\n" for token in learned.tokens))
    print(f"Learned in {time.monotonic() - start:,.1f} s")
    print_report(learned, measure_coverage(learned.tokens, counts.words))


def check_writable(path):
    """Finds out before the long work whether a file can be written; makes its folder if need be."""
    folder = os.path.dirname(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    if os.path.isdir(path) or not os.access(folder, os.W_OK):
        raise UserError(f"{path}: cannot be written: give a vocab_file in a folder that you may write to")


def print_report(learned, coverage):
    if learned.rare_characters:
        print(f"Left out {learned.rare_characters:,} characters that occur less than {FLAGS.min_count} times")
    if learned.padding:
        print(f"The text has too few pieces: the last {learned.padding:,} entries are unused slots")
    print(
        f"Of the words {coverage.whole:.2%} are one piece and {coverage.unknown:.4%} [UNK]; "
        f"{coverage.pieces_per_word:.3f} pieces a word"
    )
    print(
        f"Wrote {FLAGS.vocab_file}: {len(learned.tokens):,} entries (vocab_size of bert_config.json): "
        f"{learned.pieces:,} pieces, {learned.characters:,} characters ({learned.inner_characters:,} "
        "of them also inside words), special tokens and unused slots"
    )


if __name__ == "__main__":
    define_build_vocab_flags()
    flags.run(main)
