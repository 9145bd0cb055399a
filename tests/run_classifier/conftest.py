"""Short runs of run_classifier.py for its tests."""

import json
import pathlib

import pytest

SAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "mrpc_sample"


@pytest.fixture(scope="session")
def classifier(script):
    return script("run_classifier.py")


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A folder with the first rows of the sample, its vocabulary and a tiny configuration."""
    folder = tmp_path_factory.mktemp("data")
    for name, rows in (("train.tsv", 97), ("dev.tsv", 31), ("test.tsv", 21), ("vocab.txt", None)):
        lines = (SAMPLE / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / name).write_text("".join(lines[:rows]), encoding="utf-8")
    config = json.loads((SAMPLE / "bert_config.json").read_text())
    config.update(hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
    (folder / "bert_config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture(scope="session")
def flags_for():
    """The flags of a short run on the data, into a folder, with changes by name."""

    def flags_for_run(data, output_dir, /, **changes):
        flags = {
            "task_name": "MRPC",
            "data_dir": data,
            "vocab_file": data / "vocab.txt",
            "bert_config_file": data / "bert_config.json",
            "output_dir": output_dir,
            "max_seq_length": 32,
            "do_train": True,
            "train_batch_size": 4,
            "num_train_epochs": 2,
            "save_checkpoints_steps": 10,
            "learning_rate": 1e-3,
            "iterations_per_loop": 2,
            **changes,
        }
        return [f"--{name}={value}" for name, value in flags.items() if value is not None]

    return flags_for_run


@pytest.fixture(scope="session")
def finished(classifier, flags_for, data, tmp_path_factory):
    """The output folder of a run that did everything, and what it printed."""
    folder = tmp_path_factory.mktemp("finished") / "out"
    flags = flags_for(data, folder, do_eval=True, do_predict=True, export_dir=folder.with_name("export"))
    status, out, last = classifier.run(*flags)
    assert status == 0, last
    return folder, out
