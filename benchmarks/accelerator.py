"""What share of an accelerator's speed does BERT reach?

    python benchmarks/accelerator.py
    python benchmarks/accelerator.py --bert_config_file=examples/mrpc_sample/bert_config.json \\
        --lengths=128 --steps=2

A table for each shape (BERT-Base, BERT-Large), length (128, 512) and kind of work: fine-tuning, pretraining
(20 or 77 masked positions) and prediction, all in bfloat16 on random ids without padding. bert_tf runs on
Keras's JAX backend, the whole step compiled; Hugging Face's BERT on PyTorch, with its fused attention, as it
is and through torch.compile. The share is that of the machine's own bfloat16 matrix products, measured in
each round, that the model's matrix products would take (additions, softmax and dropout not counted).
Nothing here needs TensorFlow. Without an accelerator it runs too, on the CPU: the second line tries it out.
"""

import importlib.util
import pathlib
import tempfile

import contest
from measure import compare

SHAPES = {"base": contest.BASE, "large": contest.LARGE}
WORK = ("training", "pretraining", "inference")
# From length to masked positions.
MASKED = {128: 20, 512: 77}
_JAX = {"KERAS_BACKEND": "jax"}


def main():
    parser = contest.parser(__doc__, "bert_config_file")
    parser.add_argument("--steps", type=int, default=50, help="steps to time, after two to warm up")
    parser.add_argument("--shapes", default="base,large", help="base, large or both, by comma")
    parser.add_argument("--lengths", default="128,512", help="128, 512 or both, by comma")
    parser.add_argument("--work", default=",".join(WORK), help="kinds of work, by comma")
    parser.add_argument("--tokens", type=int, default=16384, help="of a batch")
    arguments = contest.parse(parser)
    shapes = {name: SHAPES[name] for name in arguments.shapes.split(",")}
    if arguments.bert_config_file:
        shapes = {arguments.bert_config_file: contest.config(arguments)}
    for name, shape in shapes.items():
        for length in map(int, arguments.lengths.split(",")):
            for work in arguments.work.split(","):
                measure(arguments, name, shape, length, work)


def measure(arguments, name, shape, length, work):
    """Prints the table of a shape, a length and a kind of work."""
    batch_size = max(1, arguments.tokens // length)
    num_masked = MASKED[length] if work == "pretraining" else 0
    with tempfile.TemporaryDirectory() as folder:
        data = str(pathlib.Path(folder) / "rows.npz")
        size = {"vocab_size": shape.vocab_size, "length": length, "num_rows": 4 * batch_size}
        if num_masked:
            contest.prepare("rows.py", "masked", path=data, num_masked=num_masked, **size)
        else:
            contest.prepare("rows.py", "full", path=data, **size)
        settings = {"config": shape.to_dict(), "data": data}
        settings |= {"batch_size": batch_size, "steps": arguments.steps}
        compare(
            f"{work.capitalize()}, {name}, batches of {batch_size} x {length}, bfloat16",
            contest.chosen(contestants(work, settings), arguments.only),
            ["sequences/s", "TFLOP/s", "% of ceiling", "first step s", "device MB"],
            arguments.rounds,
            ceiling="jax" if importlib.util.find_spec("jax") else "torch",
            derive=shares(flops(shape, length, num_masked) * (1 if work == "inference" else 3)),
        )


def contestants(work, settings):
    torch = {"precision": "bfloat16", **settings}
    return [
        contest.contestant("bert_tf on JAX", "ours_on_jax.py", work, ("jax",), _JAX, **settings),
        contest.contestant("PyTorch", "torch_peer.py", work, contest.TORCH, **torch),
        contest.contestant("PyTorch compiled", "torch_peer.py", work, contest.TORCH, compiled=True, **torch),
    ]


def flops(shape, length, num_masked):
    """Operations of the matrix products for one sequence, forward only: 2 a product and sum.

    Counted for all positions in every layer, also where a model gets by without some of the last.
    """
    hidden = shape.hidden_size
    weights = 4 * hidden**2 + 2 * hidden * shape.intermediate_size  # of a layer
    attention = 2 * length * hidden  # products a token: scores and context
    encoder = shape.num_hidden_layers * length * (weights + attention)
    heads = hidden**2 + num_masked * (hidden**2 + hidden * shape.vocab_size)
    return 2 * (encoder + heads)


def shares(flops_per_sequence):
    """From a contestant's figures and the machine's matrix products to the figures of the table."""

    def derive(figures, products):
        tflops = figures["examples/s"] * flops_per_sequence / 1e12
        percent = 100 * tflops / (products["bfloat16"] / 1000)
        return {"sequences/s": figures["examples/s"], "TFLOP/s": tflops, "% of ceiling": percent}

    return derive


if __name__ == "__main__":
    main()
