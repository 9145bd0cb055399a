"""What a fine-tuning run writes: looked at before the work begins, and kept from other runs until it ends."""

import contextlib
import os

from bert_tf.checkpoints.google import checkpoint_files, find_checkpoint
from bert_tf.errors import UserError
from bert_tf.files.outputs import check_file, check_folder, check_whole_folder, reserved
from bert_tf.files.paths import contains
from bert_tf.files.writing import is_as_written
from bert_tf.training import output_dir
from bert_tf.training.best_checkpoint import best_folder
from bert_tf.training.learning_curve import PICTURE_NAME
from bert_tf.training.seeds import SUMMARY_FILE
from bert_tf.training.tensorboard import check_tensorboard_dir
from bert_tf.workflow.work import runs_of

CONFUSION_PICTURE = "confusion_matrix.png"

_NEW_FOLDER = "name a new folder"


def check_outputs(task, options, work):
    """Makes sure, as far as it can be known, that all can be written, and that nothing is lost by it.

    Args:
        task: The task.
        options: `FineTuningOptions`.
        work: `Work`.

    Raises:
        UserError: If something cannot be written, or would take the place of what is read or kept.
    """
    inputs, names, runs = (
        _inputs(task, options, work),
        _file_names(task, options, work),
        runs_of(options, work),
    )
    kept, written = list(inputs), []
    for own_options, _ in runs:
        folder = own_options.output_dir
        kept.append(folder)
        written += [best_folder(folder), *(os.path.join(folder, name) for name in names)]
        if _writes_results(work):
            output_dir.check_output_dir(folder, names, inputs)
        if work.do_train:
            output_dir.check_start(folder, options.init_checkpoint)
            if options.evaluates_while_training:
                check_folder(best_folder(folder), best_folder(folder), output_dir.ANOTHER)
    if work.seeds:
        summary = os.path.join(options.output_dir, SUMMARY_FILE)
        check_file(summary, summary, output_dir.ANOTHER)
        written.append(summary)
    for own_options, _ in runs:
        if work.do_train and own_options.tensorboard_dir:
            check_tensorboard_dir(own_options.tensorboard_dir, written)
            kept.append(own_options.tensorboard_dir)
    for _, own_work in runs:
        if own_work.export_dir:
            _check_export_dir(own_work.export_dir, [*kept, *filter(None, [work.data_dir])], written)


@contextlib.contextmanager
def outputs_in_use(options, work):
    """Makes the folders of a run and keeps other runs out of them; errors as of `check_outputs`."""
    with contextlib.ExitStack() as stack:
        if work.seeds and _writes_results(work):
            stack.enter_context(output_dir.in_use(options.output_dir))
        for own_options, own_work in runs_of(options, work):
            if _writes_results(work):
                stack.enter_context(output_dir.in_use(own_options.output_dir))
            if own_work.export_dir:
                folder = own_work.export_dir
                stack.enter_context(reserved(folder, f"--export_dir={folder}", _NEW_FOLDER))
        yield


def suffix(split):
    """What the names of a split's results end in: "_NAME" of "dev_NAME" and "test_NAME"."""
    return "".join(split.partition("_")[1:])


def _writes_results(work):
    return work.do_train or work.do_eval or work.do_predict


def _inputs(task, options, work):
    """The files that a run reads."""
    checkpoint = checkpoint_files(find_checkpoint(options.init_checkpoint)) if options.init_checkpoint else ()
    return [work.bert_config_file, options.vocab_file, *checkpoint, *task.input_files(work.data_dir)]


def _file_names(task, options, work):
    """The names of all files but checkpoints that the run may write into its output folder."""
    names = set()
    if work.do_train:
        names |= set(output_dir.TRAINING_FILES)
        names |= {PICTURE_NAME} if options.learning_curve else set()
    if work.do_eval:
        names |= {output_dir.SETTINGS_FILE, output_dir.RESULTS_FILE}
        given = (*task.evaluation_file_names, CONFUSION_PICTURE)
        names |= {output_dir.named(name, suffix(split)) for name in given for split in task.dev_splits}
    if work.do_predict:
        given = task.result_file_names
        names |= {output_dir.named(name, suffix(split)) for name in given for split in task.test_splits}
        names |= set(task.submission_file_names)
    return sorted(names)


def _check_export_dir(folder, kept, written):
    """Makes sure that an export replaces nothing but an earlier export."""
    name = f"--export_dir={folder}"
    for path in kept:
        if contains(folder, path):
            raise UserError(
                f"{name}: an export replaces the whole folder, but {path} is there: {_NEW_FOLDER}"
            )
    for path in written:
        if contains(path, folder):
            raise UserError(f"{name}: the run writes {path} there: {_NEW_FOLDER}")
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise UserError(f"{name}: is a file: name a folder")
    check_whole_folder(folder, name, _NEW_FOLDER)
    if os.path.isdir(folder) and os.listdir(folder) and not is_as_written(folder):
        raise UserError(f"{name}: holds other files than an export wrote there: {_NEW_FOLDER}")
