"""Whether a run that is resumed is given the data that its checkpoints were trained on."""

import collections
import os

from bert_tf.checkpoints.google import latest_checkpoint
from bert_tf.data.digests import files_digest, rows_digest
from bert_tf.errors import UserError
from bert_tf.training.output_dir import read_settings


def rows_setting(output_dir, name, encoded):
    """What to note of the rows of a fine-tuning run, once they are those that the run before noted.

    Args:
        output_dir: The folder of its checkpoints; one that notes no rows is taken as it is.
        name: What the rows are for, "training" or "evaluation".
        encoded: The `EncodedExamples`, or None for none to note.

    Returns:
        Settings by name.

    Raises:
        UserError: If the rows are others; the message says what about them is.
    """
    if encoded is None:
        return {}
    digest = rows_digest(encoded)
    former = _noted(output_dir, f"{name}_data")
    if former not in (None, digest):
        what = _different_rows(former, digest)
        raise UserError(
            f"--output_dir={output_dir}: its checkpoints were made with other {name} data, this run has "
            f"{what}: give the data of before, or choose another --output_dir"
        )
    return {f"{name}_data": digest}


def _different_rows(former, digest):
    former = former if isinstance(former, dict) else {}
    same = {name for name in digest if former.get(name) == digest[name]}
    if "texts" in same:
        return "other labels for the same texts"
    if "sorted_texts" in same:
        return "the same texts in another order"
    return "other texts with the same labels" if "labels" in same else "other texts and labels"


def files_setting(output_dir, paths):
    """What to note of the record files of a pretraining run, once they are those that the run before noted.

    Args:
        output_dir: The folder of its checkpoints. One that notes no digest has names only, and those
            of the files are compared, without their folders.
        paths: The files.

    Returns:
        Settings by name.

    Raises:
        UserError: If they are others, or in another order.
    """
    digest = files_digest(paths)
    former = _noted(output_dir, "input_data")
    if not _is_files_digest(former):
        names = _noted(output_dir, "input_files")
        is_same = names is None or list(map(os.path.basename, names)) == [file[0] for file in digest]
        what = "" if is_same else "files of other names"
    else:
        what = _different_files(former, paths, digest)
    if what:
        raise UserError(
            f"--output_dir={output_dir}: its checkpoints were made with other records, this run has {what}: "
            "give the files of before in their order, or choose another --output_dir; to go on from these "
            "weights on new records, name the folder as --init_checkpoint of a run with --continue_training"
        )
    return {"input_files": list(paths), "input_data": digest}


def _is_files_digest(noted):
    return isinstance(noted, list) and all(
        isinstance(file, list) and [type(value) for value in file] == [str, int, str] for file in noted
    )


def _different_files(former, paths, digest):
    """What is different about files, "" where nothing but their names is."""
    before, now = ([tuple(file[1:]) for file in files] for files in (former, digest))
    if before == now:
        return ""
    if len(before) != len(now):
        return f"{len(now)} files, not {len(before)}"
    if collections.Counter(before) == collections.Counter(now):
        return "the same files in another order"
    index = next(index for index, files in enumerate(zip(before, now)) if files[0] != files[1])
    size, former_size = now[index][0], before[index][0]
    how = f"{size} bytes, not {former_size}" if size != former_size else "the same size, but other content"
    return f"another {paths[index]} ({how})"


def _noted(output_dir, name):
    """What the run whose checkpoints a folder holds noted under a name, None without a checkpoint or note."""
    earlier = read_settings(output_dir)
    if earlier is None or latest_checkpoint(output_dir) is None:
        return None
    return earlier.get(name)
