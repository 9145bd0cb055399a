"""Short runs of run_ner.py for its tests."""

import json
import random

import pytest

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
CONFIG = {
    "vocab_size": 32,
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "max_position_embeddings": 32,
    "hidden_dropout_prob": 0.0,
}


def sentences(count, seed, tagged=True):
    """Made-up sentences in which first letters tell: p and q are names of persons, l and m of places."""
    rng = random.Random(seed)
    lines = ["-DOCSTART- O", ""] if tagged else []
    for _ in range(count):
        for _ in range(rng.randint(2, 6)):
            name = rng.choice(["", "", "PER", "LOC"])
            for position in range(rng.randint(1, 2)):
                first = {"": rng.choice("abc"), "PER": "pq"[position], "LOC": "lm"[position]}[name]
                word = first + "".join(rng.choices("abc", k=rng.randint(0, 2)))
                tag = f"{'BI'[position]}-{name}" if name else "O"
                lines.append(f"{word} {tag}" if tagged else word)
            lines.append(", O" if tagged else ",")
        lines.append("")
    return "\n".join(lines)


@pytest.fixture(scope="session")
def ner(script):
    return script("run_ner.py")


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A folder with three files, a vocabulary and a tiny configuration."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "train.txt").write_text(sentences(120, seed=1))
    (folder / "dev.txt").write_text(sentences(30, seed=2))
    (folder / "test.txt").write_text(sentences(20, seed=3, tagged=False))
    pieces = [*SPECIAL, *"abclmpq,", *(f"##{char}" for char in "abclmpq")]
    pieces += [f"[unused{number}]" for number in range(CONFIG["vocab_size"] - len(pieces))]
    (folder / "vocab.txt").write_text("\n".join(pieces))
    (folder / "bert_config.json").write_text(json.dumps(CONFIG))
    return folder


@pytest.fixture(scope="session")
def flags_for():
    """The flags of a short run on the data, into a folder, with changes by name."""

    def flags_for_run(data, output_dir, /, **changes):
        flags = {
            "data_dir": data,
            "vocab_file": data / "vocab.txt",
            "bert_config_file": data / "bert_config.json",
            "output_dir": output_dir,
            "tag_scheme": "IOB2",
            "max_seq_length": 24,
            "do_train": True,
            "train_batch_size": 8,
            "num_train_epochs": 10,
            "save_checkpoints_steps": 25,
            "learning_rate": 1e-2,
            "iterations_per_loop": 5,
            **changes,
        }
        return [f"--{name}={value}" for name, value in flags.items() if value is not None]

    return flags_for_run


@pytest.fixture(scope="session")
def finished(ner, flags_for, data, tmp_path_factory):
    """The output folder of a run that did everything, and what it printed."""
    folder = tmp_path_factory.mktemp("finished") / "out"
    flags = flags_for(data, folder, do_eval=True, do_predict=True, export_dir=folder.with_name("export"))
    status, out, last = ner.run(*flags)
    assert status == 0, last
    return folder, out
