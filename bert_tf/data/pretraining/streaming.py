"""Text files of any size to shards of pretraining records, by any number of processes.

Google's script holds all text and all instances in memory. Here the text streams by once: it is
tokenized and dealt out, document by document, to a file of ids for each shard. Then each
shard is cut into pools of documents, and a pool is treated as Google's script treats a whole
corpus, with a random generator of its own: shuffled, gone through `dupe_factor` times, random next
sentences drawn from the pool's other documents, the instances shuffled. So memory is bounded by the
pool, and the result depends on the seed, the options and the number of shards alone.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import shutil

from bert_tf.data.pretraining.corpus import Corpus
from bert_tf.data.pretraining.document_spool import DocumentSpool
from bert_tf.data.pretraining.documents import CorpusCensus, SentenceEncoder, id_type, split_documents
from bert_tf.data.pretraining.in_memory import write_in_turn
from bert_tf.data.pretraining.instances import PretrainingInstances, strictly_other_document
from bert_tf.data.pretraining.options import PretrainingDataReport
from bert_tf.data.progress import InstancesBar, reading_bar
from bert_tf.data.record_files import RecordWriter
from bert_tf.data.text_files import read_blocks
from bert_tf.data.worker_pool import WorkerPool
from bert_tf.errors import UserError
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
    with WorkerPool(num_processes) as pool:
        if not folder.exists():
            _spool(job, pool, folder)
        manifest = _checked_manifest(job, folder)
        missing = [index for index, path in enumerate(job.output_files) if not os.path.exists(path)]
        tokens = [manifest["shards"][index][1] for index in missing]
        instances = 0
        with InstancesBar(sum(tokens) * job.options.dupe_factor) as bar:
            for count, made in zip(tokens, pool.map(ShardMaker, (job, folder), missing)):
                bar.update(count * job.options.dupe_factor, made)
                instances += made
    shutil.rmtree(folder)
    documents, tokens = map(sum, zip(*manifest["shards"]))
    written = tuple(job.output_files[index] for index in missing)
    kept = tuple(path for path in job.output_files if path not in written)
    return PretrainingDataReport(documents, tokens, instances, written, kept)


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
        self._spool = DocumentSpool(folder, len(job.output_files), self._id_type)
        self._totals = _read_manifest(folder)["shards"]

    def __call__(self, shard):
        """Writes the shard's file; returns the number of its instances."""
        options = self._job.options
        count = 0
        with RecordWriter(self._job.output_files[shard], self._job.compress_output) as writer:
            pools = cut_into_pools(self._spool.read(shard), *self._totals[shard])
            for number, documents in enumerate(pools):
                corpus = Corpus(documents, self._id_type)
                seed = f"{self._job.random_seed}, shard {shard}, pool {number}"
                instances = PretrainingInstances(
                    corpus, self._vocabulary, options, seed, other_document=strictly_other_document
                )
                write_in_turn(instances, options, [writer])
                count += len(instances)
        return count


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
    first = pathlib.Path(job.output_files[0])
    return first.with_name(f".{first.name}.unfinished")


def _spool(job, pool, folder):
    """Tokenizes the text into a folder that appears when it is complete, or not at all."""
    for path in job.output_files:
        RecordWriter(path).discard()
    vocabulary = load_vocab(job.vocab_file)
    begun = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(begun, ignore_errors=True)
    try:
        begun.mkdir()
        spool = DocumentSpool(begun, len(job.output_files), id_type(vocabulary))
        shards = _deal_out(job, pool, vocabulary, spool)
        manifest = {"settings": _settings(job), "shards": shards}
        (begun / _MANIFEST).write_text(json.dumps(manifest, indent=1))
        # From here on a shard that exists is one of this run.
        for path in job.output_files:
            pathlib.Path(path).unlink(missing_ok=True)
        begun.rename(folder)
    except OSError as error:
        raise UserError(
            f"{begun}: cannot be written ({error.strerror}): "
            "give an output_file in a folder with room that you may write to"
        ) from None
    finally:
        shutil.rmtree(begun, ignore_errors=True)


def _deal_out(job, pool, vocabulary, spool):
    census = CorpusCensus(vocabulary)
    with reading_bar(job.input_files) as bar:
        text = read_blocks(job.input_files, bar.update)
        blocks = pool.map(_encoder, (job.vocab_file, job.do_lower_case), text)
        shards = spool.write(census.count(split_documents(blocks)))
    census.check(job.input_name, job.options.max_num_tokens)
    if census.documents < 2 * len(shards):
        raise UserError(
            f"num_shards {len(shards)}: too many for {census.documents} documents, two for each: "
            f"give at most {census.documents // 2}"
        )
    return shards


def _encoder(vocab_file, do_lower_case):
    return SentenceEncoder(FullTokenizer(vocab_file, do_lower_case)).encode


def _read_manifest(folder):
    """The settings and, for each shard, the numbers of its documents and tokens."""
    path, remedy = str(folder / _MANIFEST), "remove its folder to begin anew"
    manifest, _ = read_json_file(path, remedy)
    shards = manifest.get("shards") if isinstance(manifest, dict) else None
    is_whole = isinstance(shards, list) and isinstance(manifest.get("settings"), dict)
    if not is_whole or not all(_is_pair_of_counts(shard) for shard in shards):
        raise UserError(f"{path}: does not hold what an unfinished run notes: {remedy}")
    return manifest


def _is_pair_of_counts(value):
    return isinstance(value, list) and len(value) == 2 and all(type(n) is int and n >= 0 for n in value)


def _checked_manifest(job, folder):
    manifest = _read_manifest(folder)
    before = manifest["settings"]
    for name, value in _settings(job).items():
        if before.get(name) != value:
            raise UserError(
                f"{folder}: left by an unfinished run with another {name}: "
                "give its flags to go on with it, or remove the folder to begin anew"
            )
    if len(manifest["shards"]) != len(job.output_files):
        raise UserError(f"{folder}: notes {len(manifest['shards'])} shards: remove the folder to begin anew")
    return manifest


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
