"""What a fine-tuning script is asked to do."""

import dataclasses

from bert_tf.training.seeds import seed_folder


@dataclasses.dataclass(frozen=True)
class Work:
    """What a script is asked to do.

    Args:
        data_dir: Folder of the task's files.
        bert_config_file: The model's bert_config.json.
        do_train: Whether to train on the task's "train" split.
        do_eval: Whether to evaluate on the task's `dev_splits`.
        do_predict: Whether to predict the answers of its `test_splits`.
        export_dir: Folder of a SavedModel to write, if any.
        export_onnx: Whether to write the model into `export_dir` as ONNX too.
        quantize: "int8" to evaluate and predict with int8 weights, and to export them too; None for the
            model as it was trained.
        deterministic: Whether to use only operations that give the same bits each time.
        seeds: Do it all once with each of these, into folders of their own; none for just the
            seed of the options.
    """

    data_dir: str
    bert_config_file: str
    do_train: bool = False
    do_eval: bool = False
    do_predict: bool = False
    export_dir: str | None = None
    export_onnx: bool = False
    quantize: str | None = None
    deterministic: bool = False
    seeds: tuple[int, ...] = ()


def runs_of(options, work):
    """Options and work of each run: one, or one for each seed."""
    if not work.seeds:
        return [(options, work)]
    return [
        (
            dataclasses.replace(
                options,
                seed=seed,
                output_dir=seed_folder(options.output_dir, seed),
                tensorboard_dir=seed_folder(options.tensorboard_dir, seed),
            ),
            dataclasses.replace(work, export_dir=seed_folder(work.export_dir, seed)),
        )
        for seed in work.seeds
    ]


def uses_of_model(work):
    """What is done with the trained model."""
    uses = {"evaluation": work.do_eval, "prediction": work.do_predict, "export": work.export_dir}
    return [use for use, is_wanted in uses.items() if is_wanted]
