"""Learns a WordPiece vocabulary from text and writes it as vocab.txt."""

import time

from bert_tf import flags
from bert_tf.data.word_counts import count_words
from bert_tf.files import WholeFile
from bert_tf.files.outputs import check_file, check_not_read
from bert_tf.flags.vocabulary import define_build_vocab_flags, input_files, vocabulary_options
from bert_tf.tokenization.vocabulary_learning import learn_vocabulary, measure_coverage

FLAGS = flags.FLAGS
REMEDY = "give a vocab_file in a folder that you may write to"


def main():
    flags.require("input_file", "vocab_file")
    options = vocabulary_options()
    files = input_files()
    check_file(FLAGS.vocab_file, FLAGS.vocab_file, REMEDY)
    check_not_read([FLAGS.vocab_file], files, REMEDY)
    with WholeFile(FLAGS.vocab_file, REMEDY) as file:
        learned = learn(files, options, file)
    print_report(*learned)


def learn(files, options, file):
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
    file.write("".join(f"{token}\n" for token in learned.tokens).encode("utf-8"))
    print(f"Learned in {time.monotonic() - start:,.1f} s")
    return learned, measure_coverage(learned.tokens, counts.words)


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
