"""Text files of any size to shards of pretraining records, by any number of processes.

Google's script holds all text and all instances in memory. Here the text streams by once: it is
tokenized and dealt out, document by document, to a file of ids for each shard. Then each
shard is cut into pools of documents, and a pool is treated as Google's script treats a whole
corpus, with a random generator of its own: shuffled, gone through `dupe_factor` times, random next
sentences drawn from the pool's other documents, the instances shuffled. So memory is bounded by the
pool, and the result depends on the seed, the options and the number of shards alone.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import pathlib
import shutil

from bert_tf.data.pretraining.corpus import Corpus
from bert_tf.data.pretraining.document_spool import DocumentSpool
from bert_tf.data.pretraining.documents import (
    LEAST_DOCUMENTS,
    CorpusCensus,
    SentenceEncoder,
    id_type,
    split_documents,
)
from bert_tf.data.pretraining.in_memory import check_census, write_in_turn
from bert_tf.data.pretraining.instances import PretrainingInstances, strictly_other_document
from bert_tf.data.pretraining.options import REMEDY, PretrainingDataReport
from bert_tf.data.pretraining.room import check_room
from bert_tf.data.progress import InstancesBar, reading_bar
from bert_tf.data.record_files import RecordWriter, partial_of
from bert_tf.data.text_files import read_blocks
from bert_tf.data.worker_pool import WorkerPool
from bert_tf.errors import UserError
from bert_tf.files import whole_folder
from bert_tf.files.paths import beside, place
from bert_tf.json_text import read_json_file
from bert_tf.tokenization.reference import FullTokenizer
from bert_tf.tokenization.vocabulary import load_vocab

# About 20 MB of English, hundreds of documents to draw from; with 10 passes some 100 MB of memory.
_POOL_TOKENS = 1 << 22

_MANIFEST = "manifest.json"


def write_sharded_instances(job, num_processes):
    """Makes a shard for each of the job's output files; goes on where an earlier run was ended.

    Until all shards are done, a hidden folder beside the first holds the ids of all documents (2
    bytes a token; 4 for a vocabulary of more than 65,536 pieces) and the settings of the run.

    Args:
        job: A `PretrainingDataJob`.
        num_processes: How many processes tokenize and make instances.

    Returns:
        A `PretrainingDataReport`.

    Raises:
        UserError: If the text, the vocabulary or a file to write is wrong, or if an unfinished
            run had other settings.
    """
    folder = _work_folder(job)
    with _to_be_gone_on_with(job, folder), job.alone(), WorkerPool(num_processes) as pool:
        if not folder.exists():
            _spool(job, pool, folder)
        shards = _checked_shards(job, folder)
        missing = [index for index, path in enumerate(job.output_files) if not os.path.exists(path)]
        instances = _make_shards(job, pool, folder, missing, [shards[index][1] for index in missing])
        shutil.rmtree(folder)
    documents, tokens = map(sum, zip(*shards))
    written = tuple(job.output_files[index] for index in missing)
    kept = tuple(path for index, path in enumerate(job.output_files) if index not in set(missing))
    return PretrainingDataReport(documents, tokens, instances, written, kept)


class _UnusableFolder(UserError):
    """An unfinished run's folder that this run cannot go on with."""


@contextlib.contextmanager
def _to_be_gone_on_with(job, folder):
    """Leaves nothing half-written where the work ends early, and says that it can be gone on with."""
    try:
        yield
    except _UnusableFolder:
        raise
    except (KeyboardInterrupt, UserError) as end:
        if not folder.exists():
            raise
        for path in job.output_files:
            partial_of(path).unlink(missing_ok=True)
        said = str(end) or "interrupted"
        raise type(end)(f"{said}; what is finished is kept, the same command goes on from there") from None


def _make_shards(job, pool, folder, missing, tokens):
    """Makes the shards of these numbers, with so many tokens each; returns the number of instances."""
    instances = 0
    with InstancesBar(sum(tokens) * job.options.dupe_factor) as bar:
        for count, made in zip(tokens, pool.map(ShardMaker, (job, folder), missing)):
            bar.update(count * job.options.dupe_factor, made)
            instances += made
    return instances


class ShardMaker:
    """Makes one shard after another from the documents that were dealt out to it.

    Args:
        job: A `PretrainingDataJob`.
        folder: Where the documents and the manifest are.
    """

    def __init__(self, job, folder):
        self._job = job
        self._vocabulary = load_vocab(job.vocab_file)
        self._id_type = id_type(self._vocabulary)
        self._folder = folder
        self._spool = DocumentSpool(folder, len(job.output_files), self._id_type)
        _, self._totals = _read_manifest(folder)

    def __call__(self, shard):
        """Writes the shard's file; returns the number of its instances."""
        options = self._job.options
        count = 0
        with RecordWriter(self._job.output_files[shard], self._job.compress_output) as writer:
            pools = cut_into_pools(self._documents(shard), *self._totals[shard])
            for number, documents in enumerate(pools):
                corpus = Corpus(documents, self._id_type)
                seed = f"{self._job.random_seed}, shard {shard}, pool {number}"
                instances = PretrainingInstances(
                    corpus, self._vocabulary, options, seed, other_document=strictly_other_document
                )
                write_in_turn(instances, options, [writer])
                count += len(instances)
        return count

    def _documents(self, shard):
        """The documents dealt out to the shard, all of them or none."""
        found = [0, 0]
        try:
            for document in self._spool.read(shard):
                found[0] += 1
                found[1] += len(document.ids)
                yield document
        except (OSError, EOFError):
            raise _damaged(self._folder) from None
        if found != self._totals[shard]:
            raise _damaged(self._folder)


def cut_into_pools(documents, num_documents, num_tokens, pool_tokens=_POOL_TOKENS):
    """Cuts a stream of documents into lists of about equal size, each of two documents at least.

    Args:
        documents: Iterable of `Sentences`.
        num_documents: How many there are, at least two.
        num_tokens: How many tokens they have in all.
        pool_tokens: How many tokens a list should have.

    Yields:
        Lists of `Sentences`.
    """
    wanted = max(1, round(num_tokens / pool_tokens))
    pool, cut, tokens = [], 0, 0
    for index, document in enumerate(documents, start=1):
        pool.append(document)
        tokens += len(document.ids)
        is_full = tokens * wanted >= num_tokens * (cut + 1)
        if is_full and len(pool) >= 2 and num_documents - index != 1:
            yield pool
            pool, cut = [], cut + 1
    if pool:
        yield pool


def _work_folder(job):
    return pathlib.Path(beside(place(job.output_files[0]), ".unfinished"))


def _spool(job, pool, folder):
    """Tokenizes the text into a folder that appears when it is complete, or not at all."""
    least = LEAST_DOCUMENTS * len(job.output_files)
    check_room(job, least, least, LEAST_DOCUMENTS)
    for path in job.output_files:
        RecordWriter(path).discard()
    vocabulary = load_vocab(job.vocab_file)
    try:
        with whole_folder(folder) as begun:
            begun = pathlib.Path(begun)
            spool = DocumentSpool(begun, len(job.output_files), id_type(vocabulary))
            shards = _deal_out(job, pool, vocabulary, spool)
            manifest = {"settings": _settings(job), "shards": shards}
            (begun / _MANIFEST).write_text(json.dumps(manifest, indent=1))
            # From here on a shard that exists is one of this run.
            for path in job.output_files:
                pathlib.Path(place(path)).unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"{folder}: cannot be written ({error.strerror}): {REMEDY}") from None


def _deal_out(job, pool, vocabulary, spool):
    census = CorpusCensus(vocabulary, job.options.max_num_tokens)
    with reading_bar(job.input_files) as bar:
        text = read_blocks(job.input_files, bar.update)
        blocks = pool.map(_encoder, (job.vocab_file, job.do_lower_case), text)
        shards = spool.write(census.count(split_documents(blocks)))
    check_census(job, census, share_held=min(1, _POOL_TOKENS / max(1, census.tokens)))
    if census.documents < LEAST_DOCUMENTS * len(shards):
        raise UserError(
            f"num_shards {len(shards)}: too many for {census.documents} documents, two for each: "
            f"give at most {census.documents // LEAST_DOCUMENTS}"
        )
    return shards


def _encoder(vocab_file, do_lower_case):
    return SentenceEncoder(FullTokenizer(vocab_file, do_lower_case)).encode


def _read_manifest(folder):
    """The settings of the run that left the folder, and the number of documents and of tokens of each shard."""
    try:
        manifest, _ = read_json_file(folder / _MANIFEST, "")
    except UserError:
        raise _damaged(folder) from None
    settings, shards = (
        (manifest.get(name) for name in ("settings", "shards"))
        if isinstance(manifest, dict)
        else (None, None)
    )
    is_right = isinstance(settings, dict) and isinstance(shards, list)
    if not is_right or len(shards) != len(settings.get("output_files", ())):
        raise _damaged(folder)
    if not all(_is_pair_of_counts(shard) for shard in shards):
        raise _damaged(folder)
    return settings, shards


def _is_pair_of_counts(value):
    return isinstance(value, list) and len(value) == 2 and all(type(n) is int and n >= 0 for n in value)


def _checked_shards(job, folder):
    """`_read_manifest`'s numbers of each shard, once the settings are those of this job."""
    before, shards = _read_manifest(folder)
    for name, value in _settings(job).items():
        if before.get(name) != value:
            raise _UnusableFolder(
                f"{folder}: left by an unfinished run with another {name}: "
                "give its flags to go on with it, or remove the folder to begin anew"
            )
    return shards


def _damaged(folder):
    return _UnusableFolder(
        f"{folder}: damaged, so the run that left it cannot go on: remove the folder to begin anew"
    )


def _settings(job):
    """All that the shards depend on, in the types that JSON knows."""
    settings = dataclasses.asdict(job)
    settings.update(settings.pop("options"))
    settings["vocab_file"] = hashlib.sha256(pathlib.Path(job.vocab_file).read_bytes()).hexdigest()
    stats = [os.stat(path) for path in job.input_files]
    settings["input_files"] = [
        [_in_utf8(path), stat.st_size, stat.st_mtime_ns] for path, stat in zip(job.input_files, stats)
    ]
    settings["output_files"] = [_in_utf8(path) for path in job.output_files]
    return settings


def _in_utf8(path):
    """A path with what is not UTF-8 written out, as JSON cannot hold it."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
