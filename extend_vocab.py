"""Gives a trained BERT new words: vocab.txt, bert_config.json and checkpoint in a new folder."""

import dataclasses
import itertools

from bert_tf import flags
from bert_tf.checkpoints.fitting import check_config
from bert_tf.checkpoints.google import CheckpointReader
from bert_tf.checkpoints.scopes import GOOGLES_SCOPE
from bert_tf.checkpoints.vocabulary_rows import check_new_folder, extend_rows, new_folder, write_model_folder
from bert_tf.config import BertConfig
from bert_tf.flags.vocabulary import define_extend_vocab_flags, new_words
from bert_tf.tokenization.vocabulary import UNK, check_vocabulary, validate_case_matches_checkpoint
from bert_tf.tokenization.vocabulary_extension import extend_vocabulary

FLAGS = flags.FLAGS
SHOWN = 20


def main():
    flags.require("init_checkpoint", "bert_config_file", "vocab_file", "output_dir")
    check_new_folder(FLAGS.output_dir)
    validate_case_matches_checkpoint(FLAGS.do_lower_case, FLAGS.init_checkpoint)
    config = BertConfig.from_json_file(FLAGS.bert_config_file)
    check_vocabulary(FLAGS.vocab_file, config, FLAGS.bert_config_file, FLAGS.do_lower_case)
    words = new_words()
    extension = extend_vocabulary(FLAGS.vocab_file, words, FLAGS.do_lower_case, FLAGS.append)
    reader = CheckpointReader(FLAGS.init_checkpoint)
    check_config(reader, config)
    if reader.scope != GOOGLES_SCOPE:
        print(
            f"Variables under {reader.scope or 'no scope'} in {reader.prefix} are written under {GOOGLES_SCOPE}"
        )
    print_words(extension)
    with new_folder(FLAGS.output_dir):
        write_extended(config, extension, reader)


def write_extended(config, extension, reader):
    new_size = max(config.vocab_size, len(extension.lines))
    tensors, left_out = extend_rows(reader, extension.old_ids, config.vocab_size, new_size)
    if left_out:
        print(f"Left out {left_out} tensors that only training needs: optimizer slots, global_step")
    config = dataclasses.replace(config, vocab_size=new_size)
    write_model_folder(FLAGS.output_dir, tensors, config, extension.lines)
    entries = f"{len(extension.lines):,} entries"
    print(f"Wrote {FLAGS.output_dir}: bert_model.ckpt, bert_config.json, vocab.txt with {entries}")


def print_words(extension):
    if extension.known:
        names = shortened(extension.known)
        print(f"Skipped {len(extension.known):,} words, in the vocabulary already: {names}")
    unknown = [word for word, pieces in extension.old_pieces.items() if pieces == [UNK]]
    if unknown:
        print(f"{len(unknown):,} words had no pieces and begin with the row of {UNK}: {shortened(unknown)}")
    print(f"Adding {len(extension.ids):,} words, each with the mean of the rows of its old pieces:")
    for word, index in itertools.islice(extension.ids.items(), SHOWN):
        print(f"  {index:>7} {word} = {' '.join(extension.old_pieces[word])}")
    if len(extension.ids) > SHOWN:
        print(f"  … and {len(extension.ids) - SHOWN:,} more")


def shortened(words):
    return ", ".join(words[:SHOWN]) + (", …" if len(words) > SHOWN else "")


if __name__ == "__main__":
    define_extend_vocab_flags()
    flags.run(main)
