"""Makes masked-LM and next-sentence instances for run_pretraining.py from plain text.

Takes the flags of Google's create_pretraining_data.py and makes the instances it made.
"""

import os
import time

from bert_tf import flags
from bert_tf.data.pretraining.in_memory import write_instances
from bert_tf.data.pretraining.streaming import write_sharded_instances
from bert_tf.flags.pretraining_data import (
    define_create_pretraining_data_flags,
    is_streaming,
    pretraining_data_job,
)
from bert_tf.tokenization.vocabulary import MASK, load_vocab, note_case

FLAGS = flags.FLAGS


def main():
    flags.require("input_file", "output_file", "vocab_file")
    start = time.monotonic()
    note_case(load_vocab(FLAGS.vocab_file, also_needed=(MASK,)), FLAGS.do_lower_case, FLAGS.vocab_file)
    job = pretraining_data_job()
    print(f"Reading {job.input_name}")
    if is_streaming():
        report = write_sharded_instances(job, max(1, FLAGS.num_processes))
    else:
        report = write_instances(job)
    print_report(report, time.monotonic() - start)


def print_report(report, seconds):
    print(f"{report.documents:,} documents, {report.tokens:,} tokens")
    if report.kept:
        print(f"Kept {len(report.kept)} finished before: {span(report.kept)}")
    megabytes = sum(os.path.getsize(path) for path in report.written) / 1e6
    print(
        f"Wrote {report.instances:,} instances ({megabytes:,.1f} MB) in {seconds:,.1f} s, "
        f"{report.instances / seconds:,.0f}/s: {span(report.written)}"
    )


def span(paths):
    return ", ".join(paths) if len(paths) <= 3 else f"{len(paths)} files from {paths[0]} to {paths[-1]}"


if __name__ == "__main__":
    define_create_pretraining_data_flags()
    flags.run(main)
