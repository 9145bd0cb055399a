"""The output folder: what is in it, for which settings, and the results written there."""

import json
import os

from bert_tf.checkpoints.google import latest_checkpoint
from bert_tf.errors import UserError
from bert_tf.files import write_text
from bert_tf.json_text import read_json_file

SETTINGS_FILE = "run_settings.json"
RESULTS_FILE = "eval_results.txt"

# The settings that are not only compared but worked with.
_READ_BACK = {
    "labels": lambda labels: isinstance(labels, list) and all(isinstance(label, str) for label in labels),
    "threshold": lambda value: type(value) in (int, float) and 0 <= value <= 1,
    "first_step": lambda value: type(value) is int and value >= 0,
}


def prepare_output_dir(path):
    """Makes the folder, and a file in it, before any work is done.

    Raises:
        UserError: If that is not possible.
    """
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"--output_dir={path}: {error.strerror}: choose a folder that can be written"
        ) from None
    probe = os.path.join(path, ".writable")
    write_text(probe, "")
    os.unlink(probe)


def check_export_dir(export_dir):
    """Raises UserError if a folder is there that is not a SavedModel, and so must not be replaced."""
    if os.path.exists(export_dir) and not os.path.isdir(export_dir):
        raise UserError(f"--export_dir={export_dir}: is a file: name a folder")
    is_saved_model = os.path.exists(os.path.join(export_dir, "saved_model.pb"))
    if os.path.isdir(export_dir) and os.listdir(export_dir) and not is_saved_model:
        raise UserError(f"--export_dir={export_dir}: holds other files: name a new folder")


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
        stem, ending = os.path.splitext(name)
        paths.append(os.path.join(output_dir, stem + suffix + ending))
        write_text(paths[-1], text)
    return paths


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
