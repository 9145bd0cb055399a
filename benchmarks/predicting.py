"""How fast is prediction, once all is loaded?

    python benchmarks/predicting.py --data_dir=glue/MRPC --vocab_file=vocab.txt

MRPC's test set, or as many of its rows as --examples says, sorted by length and padded to the longest of
each batch, for all contestants alike. Random weights. "run_compiled" is what run_classifier.py does; as
there, its figure includes the tracing of the graph. "SavedModel" is what --export_dir writes, "bert_tf
ONNX" what --export_onnx and --quantize=int8 add to it; "ONNX Runtime" is PyTorch's model there, int8 with
dynamic quantization.
"""

import tempfile

import contest
import exported
from measure import compare


def main():
    parser = contest.parser(
        __doc__, "data_dir", "vocab_file", "bert_config_file", "max_seq_length", "batch_size"
    )
    parser.add_argument("--examples", type=int, default=512, help="how many rows; 0 for all")
    arguments = contest.parse(parser)
    shape = contest.config(arguments)
    with tempfile.TemporaryDirectory() as folder:
        data = contest.prepare_rows(arguments, shape, folder, "test", limit=arguments.examples or None)
        chosen = contest.chosen(contestants(shape, folder, data, arguments.batch_size), arguments.only)
        exported.export(chosen, shape, folder, contest.vocab_file(arguments, shape, folder))
        compare(
            f"Prediction, batches of {arguments.batch_size}, {contest.origin(arguments)}",
            chosen,
            ["examples/s", "first batch s", "peak MB"],
            arguments.rounds,
            ceiling="tensorflow",
        )


def contestants(shape, folder, data, batch_size):
    rows = {"data": data, "batch_size": batch_size}
    made = []
    for precision in contest.PRECISIONS:
        path = exported.saved_model(folder, precision)
        settings = {"config": shape.to_dict(), "precision": precision, **rows}
        made += [
            contest.contestant(
                f"bert_tf SavedModel {precision}", "ours.py", "saved_model", path=path, **rows
            ),
            contest.contestant(f"bert_tf run_compiled {precision}", "ours.py", "predicting", **settings),
            contest.contestant(
                f"keras-hub {precision}", "keras_hub_peer.py", "predicting", contest.KERAS_HUB, **settings
            ),
            contest.contestant(
                f"PyTorch {precision}", "torch_peer.py", "predicting", contest.TORCH, **settings
            ),
        ]
    for precision in ("float32", "int8"):
        for name, worker, needs, path in (
            ("bert_tf ONNX", "ours_on_onnx.py", exported.OWN_ONNX, exported.own_onnx(folder, precision)),
            ("ONNX Runtime", "onnx_peer.py", exported.ONNX, exported.onnx(folder, precision)),
        ):
            made.append(
                contest.contestant(f"{name} {precision}", worker, "predicting", needs, path=path, **rows)
            )
    return made


if __name__ == "__main__":
    main()
