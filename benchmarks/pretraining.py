"""How fast is pretraining?

    python benchmarks/pretraining.py

A table for each shape (BERT-Base and a small one, 2 layers of 128) at 128 positions, 20 of them masked, and
at 512 with 77: steps of run_pretraining.py on random instances without padding, optimizer and clipping
included. keras-hub trains the masked LM alone, since it has no next sentence head.
"""

import pathlib
import tempfile

import contest
from measure import compare

SHAPES = {"base": contest.BASE, "small": contest.SMALL}
# From length to masked positions and sequences a batch.
LENGTHS = {128: (20, 32), 512: (77, 8)}


def main():
    parser = contest.parser(__doc__, "bert_config_file", "steps")
    parser.add_argument("--shapes", default="base,small", help="base, small or both, by comma")
    parser.add_argument("--lengths", default="128,512", help="128, 512 or both, by comma")
    parser.add_argument("--batch_size", type=int, help="32 at 128 positions, 8 at 512 by default")
    arguments = contest.parse(parser)
    shapes = {name: SHAPES[name] for name in arguments.shapes.split(",")}
    if arguments.bert_config_file:
        shapes = {arguments.bert_config_file: contest.config(arguments)}
    for name, shape in shapes.items():
        for length in map(int, arguments.lengths.split(",")):
            measure(arguments, name, shape, length)


def measure(arguments, name, shape, length):
    """Prints the table of a shape and a length."""
    num_masked, batch_size = LENGTHS[length]
    batch_size = arguments.batch_size or batch_size
    with tempfile.TemporaryDirectory() as folder:
        data = str(pathlib.Path(folder) / "instances.npz")
        size = {"length": length, "num_masked": num_masked, "num_rows": 4 * batch_size}
        contest.prepare("rows.py", "masked", path=data, vocab_size=shape.vocab_size, **size)
        settings = {"config": shape.to_dict(), "data": data}
        settings |= {"batch_size": batch_size, "steps": arguments.steps}
        compare(
            f"Pretraining, {name}, {length} positions, {num_masked} masked, batches of {batch_size}",
            contest.chosen(contestants(settings), arguments.only),
            ["sequences/s", "first step s", "peak MB"],
            arguments.rounds,
            ceiling="tensorflow",
            derive=lambda figures, _: {"sequences/s": figures["examples/s"]},
        )


def contestants(settings):
    libraries = {
        "bert_tf": ("ours.py", ()),
        "keras-hub (masked LM alone)": ("keras_hub_peer.py", contest.KERAS_HUB),
        "PyTorch": ("torch_peer.py", contest.TORCH),
    }
    return [
        contest.contestant(
            f"{name} {precision}", worker, "pretraining", needs, precision=precision, **settings
        )
        for name, (worker, needs) in libraries.items()
        for precision in contest.PRECISIONS
    ]


if __name__ == "__main__":
    main()
