"""The output folder: what is in it, for which settings, and the results written there."""

import contextlib
import json
import os
import re

from bert_tf.checkpoints.google import find_checkpoint, latest_checkpoint, remove_leftovers
from bert_tf.errors import UserError
from bert_tf.files import write_text
from bert_tf.files.outputs import check_file, check_folder, check_not_read, folder_in_use
from bert_tf.files.paths import place
from bert_tf.json_text import read_json_file
from bert_tf.training.best_checkpoint import best_folder
from bert_tf.training.learning_curve import FILE_NAME

SETTINGS_FILE = "run_settings.json"
RESULTS_FILE = "eval_results.txt"
# What training writes beside its checkpoints.
TRAINING_FILES = (SETTINGS_FILE, "checkpoint", FILE_NAME)

ANOTHER = "choose another --output_dir"

_OWN_CHECKPOINT = re.compile(r"model\.ckpt-\d+")

# The settings that are not only compared but worked with.
_READ_BACK = {
    "labels": lambda labels: isinstance(labels, list) and all(isinstance(label, str) for label in labels),
    "threshold": lambda value: type(value) in (int, float) and 0 <= value <= 1,
    "first_step": lambda value: type(value) is int and value >= 0,
}


def check_output_dir(path, names, inputs):
    """Makes sure, as far as it can be known, that a run's files can be written, and over none that it reads.

    Args:
        path: The folder.
        names: The names of the files to be written into it.
        inputs: Paths of those to be read.

    Raises:
        UserError: If one of them cannot.
    """
    check_folder(path, f"--output_dir={path}", "choose a folder that can be written")
    paths = [os.path.join(path, name) for name in names]
    check_not_read(paths, inputs, ANOTHER)
    for file in paths:
        check_file(file, file, ANOTHER)


def check_start(path, init_checkpoint):
    """Raises UserError if training would write its own checkpoints over the one that it starts from."""
    if not init_checkpoint:
        return
    folder, name = os.path.split(find_checkpoint(init_checkpoint))
    is_own = place(folder or ".") in (place(path), place(best_folder(path)))
    # A folder that has checkpoints listed is trained on from these.
    if is_own and _OWN_CHECKPOINT.fullmatch(name) and latest_checkpoint(path) is None:
        raise UserError(
            f"--init_checkpoint={init_checkpoint}: training writes checkpoints of such names there: {ANOTHER}"
        )


@contextlib.contextmanager
def in_use(path):
    """Makes the folder, and keeps other runs out of it.

    Raises:
        UserError: If that is not possible, or another run is at work there.
    """
    with folder_in_use(path, f"--output_dir={path}", ANOTHER):
        for folder in (path, best_folder(path)):
            remove_leftovers(folder)
        yield


def check_settings(output_dir, settings):
    """Compares a run's settings with those of the run whose checkpoints the folder holds.

    Args:
        output_dir: The folder.
        settings: What this run asks for, by flag name: what determines the model,
            or, if it is to train on, what determines the training too.

    Raises:
        UserError: If the folder holds a checkpoint made with another value of one of them.
    """
    earlier = read_settings(output_dir)
    if earlier is None or latest_checkpoint(output_dir) is None:
        return
    for name, value in settings.items():
        if name in earlier and earlier[name] != value:
            what, former, present = _difference(name, earlier[name], value)
            raise UserError(
                f"--output_dir={output_dir}: its checkpoints were made with {what} {json.dumps(former)}, "
                f"this run has {json.dumps(present)}: repeat the former, or choose another --output_dir"
            )


def write_settings(output_dir, settings):
    """Notes the settings of the run that is about to train."""
    write_text(os.path.join(output_dir, SETTINGS_FILE), json.dumps(settings, indent=2, sort_keys=True) + "\n")


def add_settings(output_dir, settings):
    """Adds to what `write_settings` noted; nothing is written where there is nothing to add."""
    if settings:
        write_settings(output_dir, {**(read_settings(output_dir) or {}), **settings})


def write_eval_results(output_dir, results):
    """Writes `eval_results.txt` as Google's script does: a line `name = value` for each figure, sorted.

    Returns:
        The file's path.
    """
    path = os.path.join(output_dir, RESULTS_FILE)
    write_text(path, "".join(f"{name} = {results[name]}\n" for name in sorted(results)))
    return path


def write_files(output_dir, files, suffix=""):
    """Writes the text of each file, by name; the suffix goes between the name and its ending.

    Returns:
        Their paths.
    """
    paths = []
    for name, text in files.items():
        paths.append(os.path.join(output_dir, named(name, suffix)))
        write_text(paths[-1], text)
    return paths


def named(name, suffix):
    """A file's name with a suffix before its ending."""
    stem, ending = os.path.splitext(name)
    return stem + suffix + ending


def read_settings(output_dir):
    """The settings that `write_settings` noted, None if there are none.

    Raises:
        UserError: If the file holds something else.
    """
    path = os.path.join(output_dir, SETTINGS_FILE)
    if not os.path.lexists(path):
        return None
    remedy = "choose another --output_dir"
    settings, _ = read_json_file(path, remedy)
    if not isinstance(settings, dict):
        raise UserError(f"{path}: holds a JSON {type(settings).__name__}, no settings of a run: {remedy}")
    for name, is_valid in _READ_BACK.items():
        if settings.get(name) is not None and not is_valid(settings[name]):
            raise UserError(f"{path}: {name} is {json.dumps(settings[name])}, as no run noted it: {remedy}")
    return settings


def _difference(name, former, present):
    """The name of what differs and both values; of two mappings, the first entry that does."""
    if isinstance(former, dict) and isinstance(present, dict):
        keys = sorted({*former, *present})
        key = next(key for key in keys if former.get(key) != present.get(key))
        return _difference(f"{name} {key}", former.get(key), present.get(key))
    return name, former, present
