"""How long does it take until something happens?

    python benchmarks/start.py --data_dir=glue/MRPC --vocab_file=vocab.txt

Two tables: seconds from the start of the process to the end of the first training step (BERT-Base, float32,
batches of 32, MRPC's rows encoded beforehand; with --data_dir also with reading and encoding them, as
run_classifier.py does), and seconds of importing a package or asking run_classifier.py for --help.
"""

import sys
import tempfile

import contest
from measure import Contestant, compare


def main():
    parser = contest.parser(
        __doc__, "data_dir", "vocab_file", "bert_config_file", "max_seq_length", "batch_size", "google_bert"
    )
    arguments = contest.parse(parser)
    shape = contest.config(arguments)
    with tempfile.TemporaryDirectory() as folder:
        data = contest.prepare_rows(arguments, shape, folder, "train", num_steps=1)
        compare(
            f"From process start to the first training step's end, {contest.origin(arguments)}",
            contest.chosen(first_steps(arguments, shape, data), arguments.only),
            ["start s", "first step s", "peak MB"],
            arguments.rounds,
            ceiling="tensorflow",
        )
    compare("Process start to end", commands(), ["seconds", "peak MB"], arguments.rounds)


def first_steps(arguments, shape, data):
    settings = {"config": shape.to_dict(), "batch_size": arguments.batch_size}
    given = {"data": data, "steps": 1, **settings}
    made = [contest.contestant("bert_tf", "ours.py", "training", **given)]
    if arguments.data_dir:
        names = ("data_dir", "vocab_file", "max_seq_length")
        files = {name: getattr(arguments, name) for name in names}
        name = "bert_tf with reading and encoding"
        made.append(contest.contestant(name, "ours.py", "fine_tuning", **files, **settings))
    if arguments.google_bert:
        folder = arguments.google_bert
        made.append(contest.contestant("Google 2018", "google_peer.py", "training", folder=folder, **given))
    return [
        *made,
        contest.contestant("keras-hub", "keras_hub_peer.py", "training", contest.KERAS_HUB, **given),
        contest.contestant("PyTorch", "torch_peer.py", "training", contest.TORCH, **given),
    ]


def commands():
    imports = {
        "import tensorflow": (),
        "import bert_tf": (),
        "from bert_tf import bert_encoder": (),
        "import keras_hub": contest.KERAS_HUB,
        "from transformers import BertModel": contest.TORCH,
    }
    script = str(contest.HERE.parent / "run_classifier.py")
    return [
        *(Contestant(line, [sys.executable, "-c", line], needs=needs) for line, needs in imports.items()),
        Contestant("run_classifier.py --help", [sys.executable, "-c", _HELP, script]),
    ]


# absl ends --help with status 1.
_HELP = "import subprocess, sys; subprocess.run([sys.executable, sys.argv[1], '--help'], check=False)"


if __name__ == "__main__":
    main()
