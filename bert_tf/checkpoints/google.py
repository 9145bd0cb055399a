"""TensorFlow 1 checkpoints, the format Google released BERT in: read and write."""

import json
import os
import pathlib
import re
import tempfile

from bert_tf.checkpoints.finding import (
    find_checkpoint,
    latest_checkpoint,
    list_checkpoints,
    read_errors,
    remedy,
)
from bert_tf.checkpoints.folders import prefix_of
from bert_tf.checkpoints.scopes import names_as_googles
from bert_tf.checkpoints.tensor_names import google_name
from bert_tf.errors import UserError, reason
from bert_tf.files import flush, write_text
from bert_tf.files.paths import beside, place
from bert_tf.files.writing import PARTIAL_MARK, check_replaceable

__all__ = [
    "GLOBAL_STEP",
    "CheckpointReader",
    "find_checkpoint",
    "latest_checkpoint",
    "list_checkpoints",
    "save_checkpoint",
    "write_tensors",
]

GLOBAL_STEP = "global_step"
# What is written, the index last.
_PARTS = (".data-00000-of-00001", ".index")
_LEFTOVER = re.compile(rf"\.model\.ckpt-\d+{re.escape(PARTIAL_MARK)}\.")


class CheckpointReader:
    """The tensors of one checkpoint, by name.

    Args:
        path: As `find_checkpoint` takes it.

    Attributes:
        prefix: The checkpoint's prefix.
        shapes: Each tensor's shape, a list of ints, by name. Names are as Google's, also where the
            file has them in another scope (see `scopes.py`).
        scope: The scope in the place of Google's `bert/`.

    Raises:
        UserError: If the checkpoint cannot be read, or is of TensorFlow 2's object kind.
    """

    def __init__(self, path):
        import tensorflow as tf

        self.prefix = find_checkpoint(path)
        try:
            self._alias = _Alias(self.prefix)
            self._reader = tf.train.load_checkpoint(self._alias.prefix)
            shapes = self._reader.get_variable_to_shape_map()
        except read_errors() as error:
            raise self._broken(error) from None
        if "_CHECKPOINTABLE_OBJECT_GRAPH" in shapes:
            raise UserError(
                f"{self.prefix}: an object-based checkpoint of TensorFlow 2, not one by variable names as "
                "Google released: give one of the latter"
            )
        self._names, self.scope = names_as_googles(sorted(shapes))
        self.shapes = {name: shapes[self._names[name]] for name in sorted(self._names)}

    def read(self, name):
        """One tensor, as a NumPy array."""
        try:
            return self._reader.get_tensor(self._names[name])
        except read_errors() as error:
            raise self._broken(error, name) from None

    def _broken(self, error, name=None):
        where = f"{self.prefix}: variable {name}" if name else self.prefix
        return UserError(
            f"{where}: the checkpoint is damaged or incomplete ({reason(error)}): {remedy(self.prefix)}"
        )


class _Alias:
    """A name under which TensorFlow finds a checkpoint: it takes `[` and `\\` for those of a pattern.

    Args:
        prefix: The checkpoint.

    Attributes:
        prefix: The same, or where it is linked to for as long as this object lives.
    """

    def __init__(self, prefix):
        self.prefix = prefix
        if not set(prefix) & set("[\\"):
            return
        self._folder = tempfile.TemporaryDirectory()
        self.prefix = os.path.join(self._folder.name, "model.ckpt")
        name = os.path.basename(prefix)
        for file in checkpoint_files(prefix):
            os.symlink(file, self.prefix + os.path.basename(file).removeprefix(name))


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

    folder, name = os.path.split(prefix)
    whole = os.path.join(place(folder), name)
    partial = beside(whole, PARTIAL_MARK)
    names = sorted(tensors)
    try:
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        _remove_partial(partial)  # Left by a run that was killed while it wrote.
        for part in _PARTS:
            check_replaceable(whole + part, follows_links=False)
        tf.raw_ops.SaveV2(
            prefix=partial,
            tensor_names=names,
            shape_and_slices=[""] * len(names),
            tensors=[tf.constant(tensors[name]) for name in names],
        )
        for part in _PARTS:
            flush(partial + part)
        # Without an index there is no checkpoint: neither half of an older one may stand beside a new half.
        pathlib.Path(whole + ".index").unlink(missing_ok=True)
        for part in _PARTS:
            os.replace(partial + part, whole + part)
        flush(os.path.dirname(whole))
    except (tf.errors.OpError, OSError) as error:
        _remove_partial(partial)
        raise UserError(
            f"{prefix}: the checkpoint could not be written ({reason(error)}): free space or "
            "choose another folder, then run the same command again"
        ) from None


def remove_leftovers(folder):
    """Removes what killed runs left of checkpoints in a folder in which no other run writes any."""
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        if _LEFTOVER.match(name):
            os.unlink(os.path.join(folder, name))


def checkpoint_files(prefix):
    """The files of a checkpoint."""
    folder, name = os.path.split(os.path.abspath(prefix))
    found = sorted(os.listdir(folder)) if os.path.isdir(folder) else ()
    return [os.path.join(folder, file) for file in found if file != name and prefix_of(file) == name]


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
        for file in checkpoint_files(os.path.join(folder, old)):
            os.unlink(file)


def _remove_partial(partial):
    """Removes the files of a checkpoint that was not completed, and those of TensorFlow's beside them."""
    folder, name = os.path.split(partial)
    for file in os.listdir(folder) if os.path.isdir(folder) else ():
        if file.startswith(f"{name}."):
            os.unlink(os.path.join(folder, file))
