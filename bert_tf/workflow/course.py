"""The course of a fine-tuning script: read, train, evaluate, predict, export."""

import functools
import os

from bert_tf.export.onnx_session import FLOAT32_FILE, INT8_FILE, onnx_runner
from bert_tf.training import output_dir
from bert_tf.training.devices import set_up_devices
from bert_tf.training.learning_curve import PICTURE_NAME
from bert_tf.training.seeds import have_results, summarize_seeds
from bert_tf.visualization.confusion import draw_confusion_matrix
from bert_tf.visualization.figures import draw_last
from bert_tf.visualization.learning_curve import draw_learning_curve
from bert_tf.workflow.checks import checked_config
from bert_tf.workflow.outputs import CONFUSION_PICTURE, check_outputs, outputs_in_use, suffix
from bert_tf.workflow.work import runs_of, uses_of_model


def fine_tune(task_name, task, options, work):
    """Does the work on a task, and says what it does.

    Everything that can be checked without TensorFlow, the data included, is checked before it
    loads, which takes seconds.

    Args:
        task_name: The task's name, noted in the output folder.
        task: The task (see `tasks/kinds.py`).
        options: `FineTuningOptions`.
        work: `Work`.

    Raises:
        UserError: For whatever the user has to put right.
    """
    config = checked_config(task, options, work)
    check_outputs(task, options, work)
    runs = runs_of(options, work)
    if not work.do_train:
        task.recall(output_dir.read_settings(runs[0][0].output_dir) or {})
    train, dev, test = (
        {split: task.examples(split, work.data_dir) for split in splits if is_wanted}
        for splits, is_wanted in (
            (("train",), work.do_train),
            (task.dev_splits, work.do_eval),
            (task.test_splits, work.do_predict),
        )
    )
    if work.do_train and options.evaluates_while_training:
        main = task.dev_splits[0]
        train["dev"] = dev[main] if main in dev else task.examples(main, work.data_dir)
    with outputs_in_use(options, work):
        print(f"Running on {set_up_devices(work.deterministic)}, {options.precision}")
        for own_options, own_work in runs:
            _run(task_name, task, config, own_options, own_work, train, dev, test)
        if (work.do_eval or work.do_predict) and have_results(options.output_dir, work.seeds):
            _summarize(options.output_dir, work.seeds)


def _run(task_name, task, config, options, work, train, dev, test):
    """One run on examples that are read already."""
    import keras

    from bert_tf.export.onnx_model import check_convertible
    from bert_tf.training.finetuning import FineTuning

    if work.seeds:
        print(f"Seed {options.seed}, in {options.output_dir}")
        keras.utils.clear_session()  # Frees the model of the seed before.
    if not work.do_train:
        task.recall(output_dir.read_settings(options.output_dir) or {})
    run = FineTuning(task_name, task, config, options)
    if work.quantize or work.export_onnx:
        # Before training: what could not be written afterwards would be of no use.
        check_convertible(run.model)
    pictures = []
    if work.do_train:
        pictures += _train(run, train["train"], train.get("dev"))
    report = run.load_trained()
    if report:
        print(report)
    quantized = _quantize(run) if work.quantize else None
    if work.do_eval:
        pictures += _evaluate(run, dev)
    if work.do_predict:
        _predict(run, test)
    if work.export_dir:
        _export(run, work, quantized)
    if quantized:
        print("In int8 on ONNX Runtime: " + ", ".join(uses_of_model(work)))
    draw_last(pictures)


def _train(run, examples, dev_examples):
    """Trains; gives the pictures to draw of it, see `draw_last`."""
    encoded = _encode(run, examples, "training")
    dev = None if dev_examples is None else _encode(run, dev_examples, "evaluation while training")
    # An epoch is all examples, as with Google's script for SQuAD, but all windows of a text to be labelled.
    num_examples = len(examples) if encoded.row_examples is None else len(encoded)
    print(run.prepare_training(num_examples, encoded, dev))
    prefix = run.train(encoded, dev)
    if prefix:
        print(f"Trained to step {run.global_step}; wrote {prefix}")
    elif not run.stopped_early:
        print(f"Nothing left to train: step {run.global_step} is done; to train on, raise --num_train_epochs")
    if run.stopped_early:
        print(
            f"Stopped early at step {run.global_step}; to train on, raise --early_stopping_patience "
            "or leave it out"
        )
    return [_learning_curve(run)] if run.options.learning_curve else []


def _learning_curve(run):
    print(f"Wrote {run.curve.path}")
    figures = run.curve.groups([f"eval_{name}" for name in run.task.metrics])
    evaluations = run.trainer.evaluations
    draw = functools.partial(draw_learning_curve, figures, best_step=evaluations and evaluations.best_step)
    return os.path.join(run.options.output_dir, PICTURE_NAME), draw


def _evaluate(run, examples):
    """Evaluates and writes the results; gives the pictures to draw of them, see `draw_last`."""
    results, written, pictures = {"global_step": run.global_step}, [], []
    for split in examples:
        encoded = _encode(run, examples[split], "evaluation")
        outputs = run.run_with_loss(encoded)
        if split == run.task.dev_splits[0]:
            run.tune(outputs, encoded)
            output_dir.add_settings(run.options.output_dir, run.tuned)
        figures = run.measure(outputs, encoded)
        results |= {name + suffix(split): value for name, value in figures.items()}
        files = run.task.evaluation_files(outputs, encoded)
        written += output_dir.write_files(run.options.output_dir, files, suffix(split))
        if matrix := run.task.confusion_matrix(outputs, encoded):
            picture = output_dir.named(CONFUSION_PICTURE, suffix(split))
            path = os.path.join(run.options.output_dir, picture)
            pictures.append((path, functools.partial(draw_confusion_matrix, *matrix)))
    for name in sorted(results):
        print(f"  {name} = {results[name]}")
    for path in (output_dir.write_eval_results(run.options.output_dir, results), *written):
        print(f"Wrote {path}")
    return pictures


def _predict(run, examples):
    for split in examples:
        encoded = _encode(run, examples[split], "prediction")
        outputs = run.predict(encoded)
        folder, task = run.options.output_dir, run.task
        paths = output_dir.write_files(folder, task.result_files(outputs, encoded), suffix(split))
        paths += output_dir.write_files(folder, task.submission_files(split, outputs, encoded))
        for path in paths:
            print(f"Wrote {path}")


def _summarize(folder, seeds):
    path, summary = summarize_seeds(folder, seeds)
    for name in sorted(summary):
        print(f"  {name} = {summary[name][0]:.4f} ± {summary[name][1]:.4f} with {len(seeds)} seeds")
    print(f"Wrote {path}")


def _quantize(run):
    """Has the run go on in int8; the bytes of the model's ONNX file."""
    from bert_tf.export.onnx_model import onnx_model

    model = onnx_model(run.model).SerializeToString()
    run.runner = onnx_runner(model)
    return model


def _export(run, work, quantized):
    from bert_tf.export.onnx_model import onnx_model
    from bert_tf.export.saved_model import TaskModule, export_task

    positions = run.config.max_position_embeddings
    module = TaskModule(run.model, run.task, run.tokenizer, run.options.max_seq_length, positions)
    files = {}
    if work.export_onnx:
        files[FLOAT32_FILE] = onnx_model(run.model, int8=False).SerializeToString()
    if quantized:
        files[INT8_FILE] = quantized
    export_task(module, work.export_dir, files)
    print(f"Wrote {work.export_dir}, a SavedModel with the signatures serving_default and text")
    for name, content in files.items():
        kind = "in int8" if name == INT8_FILE else "in float32"
        print(f"Wrote {os.path.join(work.export_dir, name)}, ONNX {kind} ({len(content) / 1e6:.1f} MB)")


def _encode(run, examples, purpose):
    encoded = run.encode(examples)
    notes = [f"{len(examples)} examples for {purpose}"]
    if len(encoded) != len(examples):
        notes.append(f"in {len(encoded)} rows")
    if encoded.num_truncated:
        notes.append(f"{encoded.num_truncated} truncated to {run.options.max_seq_length} tokens")
    print(", ".join(notes))
    return encoded
