"""TensorFlow 1 checkpoints, the format Google released BERT in: find, read, write."""

import json
import os
import pathlib
import re

from bert_tf.checkpoints.tensor_names import google_name
from bert_tf.errors import UserError
from bert_tf.files import flush, write_text

GLOBAL_STEP = "global_step"
_PART = re.compile(r"\.(index|meta|data-\d{5}-of-\d{5})$")


def find_checkpoint(path):
    """The prefix of a checkpoint, from any of the ways people name one.

    Args:
        path: The prefix (`…/bert_model.ckpt`), one of its files
            (`…/bert_model.ckpt.index`), or the folder it lies in. In a folder the
            newest one by the `checkpoint` state file, else the only one.

    Returns:
        The prefix, a string.

    Raises:
        UserError: If there is none, or if a folder holds several and does not say
            which is meant.
    """
    path = os.fspath(path)
    if os.path.isdir(path):
        return _only_checkpoint(path)
    prefix = _PART.sub("", path)
    if not os.path.exists(prefix + ".index"):
        raise UserError(
            f"{path}: no checkpoint there ({prefix}.index is missing): give its prefix, as in "
            "…/bert_model.ckpt, or its folder"
        )
    return prefix


def _only_checkpoint(folder):
    newest = latest_checkpoint(folder)
    if newest:
        return newest
    prefixes = sorted(os.fspath(path)[: -len(".index")] for path in pathlib.Path(folder).glob("*.index"))
    if not prefixes:
        raise UserError(f"{folder}: no checkpoint in this folder (no .index file): give another")
    if len(prefixes) > 1:
        names = ", ".join(map(os.path.basename, prefixes))
        raise UserError(f"{folder}: holds several checkpoints ({names}): name one of them")
    return prefixes[0]


def latest_checkpoint(folder):
    """The prefix of the newest whole checkpoint that a folder's `checkpoint` file lists, or None."""
    return next(iter(reversed(list_checkpoints(folder))), None)


def list_checkpoints(folder):
    """The prefixes that a folder's `checkpoint` state file lists and that exist, oldest first."""
    import tensorflow as tf

    state_file = os.path.join(folder, "checkpoint")
    state = tf.train.get_checkpoint_state(os.fspath(folder))
    if state is None and os.path.exists(state_file):
        raise UserError(f"{state_file}: damaged: correct it (it names the newest checkpoint) or remove it")
    prefixes = list(state.all_model_checkpoint_paths) if state else []
    # The folder may have been moved since: then its files are found beside the state file.
    prefixes = [
        prefix if os.path.exists(prefix + ".index") else os.path.join(folder, os.path.basename(prefix))
        for prefix in prefixes
    ]
    return [prefix for prefix in prefixes if os.path.exists(prefix + ".index")]


class CheckpointReader:
    """The tensors of one checkpoint, by name.

    Args:
        path: As `find_checkpoint` takes it.

    Attributes:
        prefix: The checkpoint's prefix.
        shapes: Each tensor's shape, a list of ints, by name.

    Raises:
        UserError: If the checkpoint cannot be read, or is of TensorFlow 2's object kind.
    """

    def __init__(self, path):
        import tensorflow as tf

        self.prefix = find_checkpoint(path)
        self._errors = (tf.errors.OpError, RuntimeError, ValueError, LookupError)
        try:
            self._reader = tf.train.load_checkpoint(self.prefix)
            self.shapes = dict(sorted(self._reader.get_variable_to_shape_map().items()))
        except self._errors as error:
            raise self._broken(error) from None
        if "_CHECKPOINTABLE_OBJECT_GRAPH" in self.shapes:
            raise UserError(
                f"{self.prefix}: an object-based checkpoint of TensorFlow 2, not one by variable names as "
                "Google released: give one of the latter"
            )

    def read(self, name):
        """One tensor, as a NumPy array."""
        try:
            return self._reader.get_tensor(name)
        except self._errors as error:
            raise self._broken(error, name) from None

    def _broken(self, error, name=None):
        where = f"{self.prefix}: variable {name}" if name else self.prefix
        return UserError(
            f"{where}: the checkpoint is damaged or incomplete ({_first_line(error)}): fetch or copy its "
            ".index and .data files again"
        )


def save_checkpoint(model, path, optimizer=None, global_step=None, keep=None, others=None):
    """Writes a checkpoint by Google's variable names, which Google's code and every converter reads.

    The files appear whole or not at all: they are written under other names, flushed to
    the disk and renamed, and only then does the folder's `checkpoint` file name them.

    Args:
        model: A Keras model whose weights the name table knows.
        path: The prefix to write, as `…/model.ckpt-343`.
        optimizer: An `AdamWeightDecay` whose slots are saved too; three times the size.
        global_step: Number of training steps done, saved if given.
        keep: How many checkpoints of the folder's `checkpoint` file to keep, this one
            included; older ones are deleted. All by default.
        others: Variables by name that are saved too.

    Raises:
        UserError: If the files cannot be written.
    """
    import numpy as np

    tensors = {google_name(variable.path): variable.numpy() for variable in model.weights}
    for path_of_weight, slot, variable in optimizer.slots() if optimizer else ():
        tensors[f"{google_name(path_of_weight)}/{slot}"] = variable.numpy()
    tensors |= {name: variable.numpy() for name, variable in (others or {}).items()}
    if global_step is not None:
        tensors[GLOBAL_STEP] = np.int64(global_step)
    write_tensors(os.fspath(path), tensors)
    _record(os.fspath(path), keep)


def delete_oldest(folder, keep):
    """Deletes the checkpoints that a folder's `checkpoint` file lists beyond the newest `keep`."""
    newest = latest_checkpoint(folder)
    if newest:
        _record(newest, keep)


def write_tensors(prefix, tensors):
    """Writes NumPy arrays by name as the checkpoint `prefix`, atomically."""
    import tensorflow as tf

    folder, name = os.path.split(os.path.abspath(prefix))
    partial = os.path.join(folder, f".{name}.partial")
    parts = (".data-00000-of-00001", ".index")
    names = sorted(tensors)
    try:
        os.makedirs(folder, exist_ok=True)
        _remove(folder, ".*.partial*")  # Left by a run that was killed while it wrote.
        tf.raw_ops.SaveV2(
            prefix=partial,
            tensor_names=names,
            shape_and_slices=[""] * len(names),
            tensors=[tf.constant(tensors[name]) for name in names],
        )
        for part in parts:
            flush(partial + part)
        # Without an index there is no checkpoint: neither half of an older one may stand beside a new half.
        pathlib.Path(prefix + ".index").unlink(missing_ok=True)
        for part in parts:
            os.replace(partial + part, prefix + part)
        flush(folder)
    except (tf.errors.OpError, OSError) as error:
        _remove(folder, f".{name}.partial*")
        raise UserError(
            f"{prefix}: the checkpoint could not be written ({_first_line(error)}): free space or "
            "choose another folder, then run the same command again"
        ) from None


def _record(prefix, keep):
    """Makes `prefix` the newest entry of its folder's `checkpoint` file, and drops entries beyond `keep`."""
    folder, name = os.path.split(os.path.abspath(prefix))
    others = [os.path.basename(other) for other in list_checkpoints(folder)]
    names = [other for other in others if other != name] + [name]
    kept = names[-keep:] if keep else names
    # TensorFlow's own writer of this file is deprecated; it is a protocol buffer in text form.
    lines = [f"model_checkpoint_path: {json.dumps(name)}"]
    lines += [f"all_model_checkpoint_paths: {json.dumps(other)}" for other in kept]
    write_text(os.path.join(folder, "checkpoint"), "\n".join(lines) + "\n")
    for old in set(names) - set(kept):
        for file in pathlib.Path(folder).glob(f"{old}.*"):
            if _PART.sub("", file.name) == old:
                file.unlink()


def _remove(folder, pattern):
    for file in pathlib.Path(folder).glob(pattern):
        file.unlink()


def _first_line(error):
    text = getattr(error, "message", None) or getattr(error, "strerror", None) or str(error)
    return text.strip().splitlines()[0] if text.strip() else type(error).__name__
