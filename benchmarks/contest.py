"""What the programs share: their flags, the model's shapes, and contestants that run a worker's function."""

import argparse
import dataclasses
import fnmatch
import json
import pathlib
import sys

from measure import Contestant, run

from bert_tf.config import BertConfig
from bert_tf.errors import UserError

HERE = pathlib.Path(__file__).parent
BASE = BertConfig(vocab_size=30522, type_vocab_size=2)
LARGE = dataclasses.replace(
    BASE, hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096
)
SMALL = dataclasses.replace(
    BASE, hidden_size=128, num_hidden_layers=2, num_attention_heads=2, intermediate_size=512
)
PRECISIONS = ("float32", "bfloat16")
# What the peers' workers import.
KERAS_HUB = ("keras_hub",)
TORCH = ("torch", "transformers")

_FLAGS = {
    "data_dir": {"help": "MRPC's folder; without it, random ids of like lengths"},
    "vocab_file": {"help": "vocab.txt, uncased; needed with --data_dir"},
    "bert_config_file": {"help": "the model's shape; BERT-Base by default"},
    "max_seq_length": {"type": int, "default": 128},
    "batch_size": {"type": int, "default": 32},
    "steps": {"type": int, "default": 8, "help": "steps to time, after those to warm up"},
    "google_bert": {"help": "a clone of google-research/bert, whose code of 2018 takes part then"},
}


def parser(description, *names):
    """A parser with the flags of these names (see `_FLAGS`) and those that every program has."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawTextHelpFormatter)
    for name in names:
        made.add_argument(f"--{name}", **_FLAGS[name])
    made.add_argument("--rounds", type=int, default=3, help="how often each contestant runs")
    made.add_argument("--only", default="*", help="names of contestants, with * as wildcard, by comma")
    return made


def parse(made):
    """The arguments; says in one line if those on the data do not go together."""
    arguments = made.parse_args()
    if getattr(arguments, "data_dir", None) and not arguments.vocab_file:
        made.error("--data_dir needs --vocab_file")
    clone = getattr(arguments, "google_bert", None)
    if clone and not (pathlib.Path(clone) / "modeling.py").exists():
        made.error(f"--google_bert={clone}: has no modeling.py: give a clone of google-research/bert")
    return arguments


def config(arguments, default=BASE):
    """The model's shape: that of --bert_config_file, where given."""
    if not arguments.bert_config_file:
        return default
    try:
        return BertConfig.from_json_file(arguments.bert_config_file)
    except UserError as error:
        sys.exit(f"error: {error}")


def contestant(name, worker, function, needs=(), environment=None, **settings):
    """A contestant that calls a function of a worker file with these settings; see `worker.answer`."""
    command = [sys.executable, str(HERE / worker), function, json.dumps(settings)]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    return Contestant(name, command, {**quiet, **(environment or {})}, tuple(needs))


def chosen(contestants, only):
    """Those contestants whose names match one of the patterns, in any case."""
    patterns = [pattern.strip().lower() for pattern in only.split(",")]
    names = [one.name for one in contestants]
    kept = [one for one in contestants if any(fnmatch.fnmatch(one.name.lower(), p) for p in patterns)]
    if not kept:
        sys.exit(f"error: --only={only}: matches none of: {'; '.join(names)}")
    return kept


def prepare(worker, function, **settings):
    """Calls a function of a worker file, in a process of its own, for the files that it writes."""
    print(f"preparing: {function}", file=sys.stderr, flush=True)
    run(contestant(f"preparing {function}", worker, function, **settings))


def prepare_rows(arguments, shape, folder, split, num_steps=None, limit=None):
    """Writes MRPC's rows, or random ones, for all contestants; see `rows.py`.

    Args:
        arguments: The program's.
        shape: The `BertConfig`.
        folder: Where to write.
        split: "train" or "test".
        num_steps: Number of training batches; None for each row once, sorted by length.
        limit: How many rows to take; all by default.

    Returns:
        The file's path.
    """
    path = str(pathlib.Path(folder) / f"{split}.npz")
    order = {"batch_size": arguments.batch_size, "num_steps": num_steps, "limit": limit}
    order["max_seq_length"] = arguments.max_seq_length
    if arguments.data_dir:
        files = {"data_dir": arguments.data_dir, "vocab_file": arguments.vocab_file}
        prepare("rows.py", "mrpc", path=path, split=split, **files, **order)
    else:
        prepare("rows.py", "random", path=path, vocab_size=shape.vocab_size, **order)
    return path


def vocab_file(arguments, shape, folder):
    """The vocabulary given, else one made up for random ids."""
    if arguments.vocab_file:
        return arguments.vocab_file
    path = pathlib.Path(folder) / "vocab.txt"
    words = (f"word{number}" for number in range(shape.vocab_size - 5))
    path.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]) + "\n")
    return str(path)


def origin(arguments):
    """What the rows are, for a title."""
    return "MRPC" if arguments.data_dir else "random ids as long as MRPC's"
