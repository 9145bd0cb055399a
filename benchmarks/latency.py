"""How long does one short request take?

    python benchmarks/latency.py

One example a call, of 20 and of 128 tokens, random ids and weights: median and 99th percentile of the calls
after ten to warm up. "SavedModel" is what --export_dir writes, "bert_tf ONNX" what --export_onnx and
--quantize=int8 add to it; "ONNX Runtime" is PyTorch's model there, int8 with dynamic quantization.
"""

import tempfile

import contest
import exported
from measure import compare


def main():
    parser = contest.parser(__doc__, "vocab_file", "bert_config_file")
    parser.add_argument("--lengths", default="20,128", help="numbers of tokens, by comma")
    parser.add_argument("--calls", type=int, default=200)
    arguments = contest.parse(parser)
    shape = contest.config(arguments)
    lengths = [int(length) for length in arguments.lengths.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        made = contestants(shape, folder, {"lengths": lengths, "calls": arguments.calls})
        chosen = contest.chosen(made, arguments.only)
        exported.export(chosen, shape, folder, contest.vocab_file(arguments, shape, folder))
        compare(
            f"Latency of one example, {arguments.calls} calls",
            chosen,
            [f"{length} tokens: {figure} ms" for length in lengths for figure in ("median", "99%")],
            arguments.rounds,
            ceiling="tensorflow",
        )


def contestants(shape, folder, calls):
    served = {"vocab_size": shape.vocab_size, **calls}
    ours = [
        contest.contestant(
            f"bert_tf SavedModel {precision}",
            "ours.py",
            "saved_model_latency",
            path=exported.saved_model(folder, precision),
            **served,
        )
        for precision in contest.PRECISIONS
    ]
    ours += [
        contest.contestant(
            f"bert_tf ONNX {precision}",
            "ours_on_onnx.py",
            "latency",
            exported.OWN_ONNX,
            path=exported.own_onnx(folder, precision),
            **served,
        )
        for precision in ("float32", "int8")
    ]
    onnx = [
        contest.contestant(
            f"ONNX Runtime {precision}",
            "onnx_peer.py",
            "latency",
            exported.ONNX,
            path=exported.onnx(folder, precision),
            **served,
        )
        for precision in ("float32", "int8")
    ]
    config = {"config": shape.to_dict(), **calls}
    torch = [
        contest.contestant(
            f"PyTorch {precision}", "torch_peer.py", "latency", contest.TORCH, precision=precision, **config
        )
        for precision in contest.PRECISIONS
    ]
    return ours + onnx + torch


if __name__ == "__main__":
    main()
