"""How fast is fine-tuning, from the first step on?

    python benchmarks/training.py --data_dir=glue/MRPC --vocab_file=vocab.txt

Steps of run_classifier.py: BERT-Base, at most 128 word pieces, batches of 32, dropout 0.1, gradients
clipped to 1.0, optimizer included; the same batches for all, in the same order. "grouped" pads each batch
to its longest example, as bert_tf does unless told otherwise; "padded" pads all to 128, which is what the
others do as shipped. Examples a second are those of the second time through the batches: whatever a
library sets up for each new shape is behind it then.
"""

import tempfile

import contest
from measure import compare


def main():
    parser = contest.parser(
        __doc__, "data_dir", "vocab_file", "bert_config_file", "max_seq_length", "batch_size", "steps"
    )
    arguments = contest.parse(parser)
    shape = contest.config(arguments)
    with tempfile.TemporaryDirectory() as folder:
        data = contest.prepare_rows(arguments, shape, folder, "train", arguments.steps)
        settings = {"config": shape.to_dict(), "data": data}
        settings |= {"batch_size": arguments.batch_size, "steps": arguments.steps}
        compare(
            f"Fine-tuning, batches of {arguments.batch_size}, {contest.origin(arguments)}",
            contest.chosen(contestants(settings, arguments.max_seq_length), arguments.only),
            ["examples/s", "first step s", "peak MB"],
            arguments.rounds,
            ceiling="tensorflow",
        )


def contestants(settings, max_seq_length):
    libraries = {
        "bert_tf": ("ours.py", ()),
        "keras-hub": ("keras_hub_peer.py", contest.KERAS_HUB),
        "PyTorch": ("torch_peer.py", contest.TORCH),
    }
    grouped = {"pad_to": None, "warm_up": settings["steps"]}
    padding = {"grouped": grouped, "padded": {"pad_to": max_seq_length}}
    return [
        contest.contestant(
            f"{name} {precision} {padded}",
            worker,
            "training",
            needs,
            precision=precision,
            **how,
            **settings,
        )
        for name, (worker, needs) in libraries.items()
        for padded, how in padding.items()
        for precision in contest.PRECISIONS
    ]


if __name__ == "__main__":
    main()
