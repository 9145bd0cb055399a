"""Finds the checkpoint that is meant, and says what is wrong with what is there instead."""

import functools
import os

from bert_tf.checkpoints import folders
from bert_tf.checkpoints.foreign import described
from bert_tf.errors import UserError
from bert_tf.progress import say


def find_checkpoint(path):
    """The prefix of a checkpoint, from any of the ways people name one.

    Args:
        path: The prefix (`…/bert_model.ckpt`), one of its files
            (`…/bert_model.ckpt.index`), or the folder it lies in. In a folder the
            newest one (see `latest_checkpoint`), else the only one.

    Returns:
        The prefix, a string.

    Raises:
        UserError: If there is none, or one of its files is missing, or if a folder holds several
            and does not say which is meant.
    """
    path = os.fspath(path)
    prefix = _only_checkpoint(path) if os.path.isdir(path) else folders.prefix_of(path)
    if not folders.has_files(prefix):
        raise _not_there(path, prefix)
    missing = folders.missing_part(prefix)
    if missing:
        raise UserError(f"{prefix}: {missing}: copy it beside the others, or fetch the checkpoint again")
    return prefix


def _not_there(path, prefix):
    what = described(path) if os.path.exists(path) else ""
    if what:
        return UserError(f"{path}: no checkpoint by Google's variable names; {what}")
    others = ", ".join(map(os.path.basename, folders.prefixes_in(os.path.dirname(path) or ".")))
    return UserError(
        f"{path}: no checkpoint there ({prefix}.index is missing{f'; beside it: {others}' if others else ''}): "
        "give its prefix, as in …/bert_model.ckpt, or its folder"
    )


def _only_checkpoint(folder):
    newest = latest_checkpoint(folder)
    if newest:
        return newest
    prefixes = folders.prefixes_in(folder)
    if not prefixes:
        what = described(folder)
        hint = f"; {what}" if what else ": give another"
        raise UserError(f"{folder}: no checkpoint in this folder (no .index file){hint}")
    if len(prefixes) > 1:
        names = ", ".join(map(os.path.basename, prefixes))
        raise UserError(f"{folder}: holds several checkpoints ({names}): name one of them")
    return prefixes[0]


def latest_checkpoint(folder):
    """The prefix of the newest checkpoint of a folder, None if there is none.

    The folder's `checkpoint` file says which it is. Where that says nothing, or only names what is not
    there, it is the one with the highest number among those that training wrote, and a line says so.

    Raises:
        UserError: If one of its files is missing; the message names older ones that are whole.
    """
    prefixes = _candidates(folder)
    if not prefixes:
        return None
    newest = prefixes[-1]
    missing = folders.missing_part(newest)
    if missing:
        raise UserError(f"{newest}: {missing}: {remedy(newest)}")
    state = folders.read_state(folder)
    problem = state.problem
    if not problem and state.prefixes[-1] != newest:
        problem = f"names {os.path.basename(state.prefixes[-1])}, which is not there"
    if problem:
        state_file = os.path.join(folder, folders.STATE_FILE)
        _say_once(f"{state_file}: {problem}: taking {os.path.basename(newest)}, the newest that is there")
    return newest


_say_once = functools.cache(say)


def list_checkpoints(folder):
    """The prefixes that a folder's `checkpoint` state file lists and that exist, oldest first."""
    return [prefix for prefix in folders.read_state(folder).prefixes if folders.has_files(prefix)]


def _candidates(folder):
    return list_checkpoints(folder) or folders.numbered_prefixes(folder)


def remedy(prefix):
    """What to do about a damaged checkpoint: which others of its run are whole, and how to go on from them."""
    folder = os.path.dirname(prefix)
    if prefix not in _candidates(folder):
        return "fetch or copy its .index and .data files again"
    # Without those that it lists `latest_checkpoint` takes the one with the highest number.
    listed = list_checkpoints(folder)
    for others, in_the_way in ((listed, []), (folders.numbered_prefixes(folder), listed)):
        whole = [other for other in others if other != prefix and _is_whole(other)]
        if whole:
            newer = others[others.index(whole[-1]) + 1 :]
            removed = dict.fromkeys([*newer, *in_the_way]) or [prefix]
            names, files = (", ".join(map(os.path.basename, paths)) for paths in (whole, removed))
            return (
                f"whole beside it are {names}: to go on from the newest of them, remove the files of {files}"
            )
    of_run = _candidates(os.path.dirname(folder))
    if of_run and _is_whole(of_run[-1]):
        return f"remove {folder} to use {of_run[-1]} in its place"
    return "copy its .index and .data files again, or begin anew in another folder"


def _is_whole(prefix):
    import tensorflow as tf

    if folders.missing_part(prefix):
        return False
    try:
        reader = tf.train.load_checkpoint(prefix)
        for name in reader.get_variable_to_shape_map():
            reader.get_tensor(name)
    except read_errors():
        return False
    return True


def read_errors():
    """What TensorFlow raises where a checkpoint cannot be read."""
    import tensorflow as tf

    return (tf.errors.OpError, RuntimeError, ValueError, LookupError)
