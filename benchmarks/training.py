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
        __doc__,
        "data_dir",
        "vocab_file",
        "bert_config_file",
        "max_seq_length",
        "batch_size",
        "steps",
        "google_bert",
    )
    arguments = contest.parse(parser)
    shape = contest.config(arguments)
    with tempfile.TemporaryDirectory() as folder:
        data = contest.prepare_rows(arguments, shape, folder, "train", arguments.steps)
        settings = {"config": shape.to_dict(), "data": data}
        settings |= {"batch_size": arguments.batch_size, "steps": arguments.steps}
        compare(
            f"Fine-tuning, batches of {arguments.batch_size}, {contest.origin(arguments)}",
            contest.chosen(
                contestants(settings, arguments.max_seq_length, arguments.google_bert), arguments.only
            ),
            ["examples/s", "first step s", "peak MB"],
            arguments.rounds,
            ceiling="tensorflow",
        )


def contestants(settings, max_seq_length, google_bert):
    libraries = {
        "bert_tf": ("ours.py", ()),
        "keras-hub": ("keras_hub_peer.py", contest.KERAS_HUB),
        "PyTorch": ("torch_peer.py", contest.TORCH),
    }
    grouped = {"pad_to": None, "warm_up": settings["steps"]}
    padding = {"grouped": grouped, "padded": {"pad_to": max_seq_length}}
    made = []
    for padded, how in padding.items():
        how = {**how, **settings}
        for name, (worker, needs) in libraries.items():
            for precision in contest.PRECISIONS:
                title = f"{name} {precision} {padded}"
                made.append(contest.contestant(title, worker, "training", needs, precision=precision, **how))
        if google_bert:
            title = f"Google 2018 float32 {padded}"
            made.append(contest.contestant(title, "google_peer.py", "training", folder=google_bert, **how))
    return made


if __name__ == "__main__":
    main()
