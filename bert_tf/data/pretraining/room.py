"""Whether there is room for the instances that are asked for, on disk and in memory, before any is made."""

import math
import os
import pathlib
import shutil

import numpy as np

from bert_tf.data.pretraining.records import PretrainingRecords
from bert_tf.errors import UserError

# What a record has around it in a file: its length and two checksums.
_FRAME_BYTES = 16
# GZIP makes records a third or a quarter as large; so many times smaller none was ever seen.
_MOST_COMPRESSED = 50
# Of an instance in memory with one masked token: see `InstanceTable`, and its place in the order.
_HELD_BYTES = 34


def check_room(job, documents, instances, held=None):
    """Makes sure that so many instances can be, by the least that they take.

    Args:
        job: A `PretrainingDataJob`.
        documents: How many documents there are at least, for messages.
        instances: How many instances each pass makes of them at least.
        held: How many of these are in memory at once at least; all by default.

    Raises:
        UserError: If they need more than the disk has free, or more memory than there is.
    """
    passes = job.options.dupe_factor
    made = f"dupe_factor {passes}: {documents:,} documents or more make at least {passes * instances:,} instances, "
    needed = passes * instances * _least_record_bytes(job)
    folder, free = _free_bytes(job.output_files)
    if needed > free:
        raise UserError(
            f"{made}{_with_unit(needed)} of records, and {folder} has {_with_unit(free)} free: give a smaller "
            "dupe_factor, or an output_file on a larger disk"
        )
    needed, memory = passes * (instances if held is None else held) * _HELD_BYTES, _memory_bytes()
    if memory is not None and needed > memory:
        remedy = "" if held is not None else ", or num_shards, which holds a part of them at a time"
        raise UserError(
            f"{made}{_with_unit(needed)} in memory, and there are {_with_unit(memory)}: give a smaller "
            f"dupe_factor{remedy}"
        )


def _least_record_bytes(job):
    """The size of a record of nothing but zeros: other numbers take more."""
    spec = PretrainingRecords(job.options.max_seq_length, job.options.max_predictions_per_seq)
    zeros = {
        name: np.zeros([1, length], np.float32 if spec.kinds[name] == "float_list" else np.uint8)
        for name, length in spec.lengths.items()
    }
    size = len(spec.serialize(zeros)[0]) + _FRAME_BYTES
    return size / _MOST_COMPRESSED if job.compress_output else size


def _free_bytes(paths):
    """A folder of the files, and how much is free on the disks of all of them, what they replace included."""
    parents = {pathlib.Path(path).absolute().parent for path in paths}
    folders = {_existing(parent) for parent in parents}
    disks = {os.stat(folder).st_dev: shutil.disk_usage(folder) for folder in folders}
    replaced = sum(os.path.getsize(path) for path in paths if os.path.isfile(path))
    # Some file systems do not say how large they are.
    free = [disk.free if disk.total else math.inf for disk in disks.values()]
    return min(folders), sum(free) + replaced


def _existing(folder):
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


def _memory_bytes():
    """The machine's memory, None where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def _with_unit(size):
    unit, factor = ("GB", 1e9) if size >= 1e9 else ("MB", 1e6)
    return f"{size / factor:,.1f} {unit}"
