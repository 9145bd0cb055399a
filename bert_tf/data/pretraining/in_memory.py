"""Text files to files of pretraining records, all in memory and from one seed, as Google's script.

For text larger than memory, and for many processes, there is `streaming.py`.
"""

import contextlib

from bert_tf.data.pretraining.corpus import Corpus
from bert_tf.data.pretraining.documents import (
    LEAST_DOCUMENTS,
    CorpusCensus,
    SentenceEncoder,
    id_type,
    split_documents,
)
from bert_tf.data.pretraining.instances import PretrainingInstances
from bert_tf.data.pretraining.options import PretrainingDataReport
from bert_tf.data.pretraining.records import PretrainingRecords
from bert_tf.data.pretraining.room import check_room
from bert_tf.data.progress import InstancesBar, reading_bar, writing_bar
from bert_tf.data.record_files import RecordWriter
from bert_tf.data.text_files import read_blocks
from bert_tf.progress import say
from bert_tf.tokenization.reference import FullTokenizer


def write_instances(job):
    """Makes the instances that Google's script makes, and deals them out to the files in turn.

    Memory: about 3 bytes a token of text, and 100 bytes an instance.

    Args:
        job: A `PretrainingDataJob`.

    Returns:
        A `PretrainingDataReport`.

    Raises:
        UserError: If the text, the vocabulary or a file to write is wrong.
    """
    check_room(job, LEAST_DOCUMENTS, LEAST_DOCUMENTS)
    tokenizer = FullTokenizer(job.vocab_file, job.do_lower_case)
    with contextlib.ExitStack() as stack:
        stack.enter_context(job.alone())
        writers = [stack.enter_context(RecordWriter(path, job.compress_output)) for path in job.output_files]
        census = CorpusCensus(tokenizer.vocabulary, job.options.max_num_tokens)
        corpus = _read_corpus(job, tokenizer, census)
        with InstancesBar(census.tokens * job.options.dupe_factor) as bar:
            instances = PretrainingInstances(
                corpus, tokenizer.vocabulary, job.options, job.random_seed, on_document=bar.update
            )
        with writing_bar(len(instances)) as bar:
            write_in_turn(instances, job.options, writers, on_written=bar.update)
        # Before the first of them appears: on a full disk there are none, rather than some.
        for writer in writers:
            writer.complete()
    return PretrainingDataReport(census.documents, census.tokens, len(instances), job.output_files)


def write_in_turn(instances, options, writers, on_written=lambda count: None):
    """Writes instance i to file i mod the number of files.

    Args:
        instances: `PretrainingInstances`.
        options: The `PretrainingDataOptions` they were made with.
        writers: `RecordWriter`s.
        on_written: Called with the number of instances written since its last call.
    """
    spec = PretrainingRecords(options.max_seq_length, options.max_predictions_per_seq)
    written = 0
    for features in instances.batches():
        records = spec.serialize(features)
        for index, writer in enumerate(writers):
            writer.write(records[(index - written) % len(writers) :: len(writers)])
        written += len(records)
        on_written(len(records))


def check_census(job, census, share_held=None):
    """Makes sure that there is enough text and room for what it makes; says what will hardly be learned.

    Args:
        job: A `PretrainingDataJob`.
        census: The `CorpusCensus` of all its text.
        share_held: Which share of the instances is in memory at once; all of them by default.

    Raises:
        UserError: See `CorpusCensus.check` and `check_room`.
    """
    note = census.check(job.input_name)
    instances = census.least_instances
    held = None if share_held is None else int(instances * share_held)
    check_room(job, census.documents, instances, held)
    if note:
        say(note)


def _read_corpus(job, tokenizer, census):
    encoder = SentenceEncoder(tokenizer)
    with reading_bar(job.input_files) as bar:
        blocks = map(encoder.encode, read_blocks(job.input_files, bar.update))
        corpus = Corpus(census.count(split_documents(blocks)), id_type(tokenizer.vocabulary))
    check_census(job, census)
    return corpus
