"""How fast is tokenization, and how many sentences get ids that Google's code would not give?

    python benchmarks/tokenization.py --data_dir=glue/MRPC --vocab_file=vocab.txt

Both sentences of MRPC's training pairs, or the lines of --input_file, in batches, again and again for
--seconds. The yardstick of the ids is the tokenizer in plain Python, which follows Google's.
"""

import pathlib
import tempfile

import contest
from measure import compare

TOKENIZERS = {
    "bert_tf in graph": ("in graph", ()),
    "bert_tf reference in Python": ("reference", ()),
    "TensorFlow Text BertTokenizer": ("BertTokenizer", ()),
    "TensorFlow Text FastBertTokenizer": ("FastBertTokenizer", ()),
    "Hugging Face tokenizers": ("Hugging Face", ("tokenizers",)),
}


def main():
    parser = contest.parser(__doc__)
    parser.add_argument("--data_dir", help="MRPC's folder")
    parser.add_argument("--input_file", help="a sentence a line, instead of MRPC")
    parser.add_argument("--vocab_file", required=True, help="vocab.txt, uncased")
    parser.add_argument("--batch_size", type=int, default=1024)
    parser.add_argument("--seconds", type=float, default=5, help="how long each runs")
    arguments = contest.parse(parser)
    if not (arguments.data_dir or arguments.input_file):
        parser.error("give --data_dir or --input_file")
    sentences = read(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "sentences.txt"
        path.write_text("\n".join(sentences), encoding="utf-8")
        settings = {"sentences": str(path), "vocab_file": arguments.vocab_file}
        settings |= {"batch_size": arguments.batch_size, "seconds": arguments.seconds}
        contestants = [
            contest.contestant(name, "tokenizers_compared.py", "measured", needs, kind=kind, **settings)
            for name, (kind, needs) in TOKENIZERS.items()
        ]
        compare(
            f"Tokenization of {len(sentences):,} sentences, batches of {arguments.batch_size:,}",
            contest.chosen(contestants, arguments.only),
            ["sentences/s", "sentences with other ids", "peak MB"],
            arguments.rounds,
        )


def read(arguments):
    """The sentences, without those characters that would end a line of the file they go into."""
    if arguments.input_file:
        return pathlib.Path(arguments.input_file).read_text(encoding="utf-8").rstrip("\n").split("\n")
    from bert_tf.tasks.glue import Mrpc

    examples = Mrpc().examples("train", arguments.data_dir)
    return [text.replace("\r", " ").replace("\n", " ") for text in [*examples.text_a, *examples.text_b]]


if __name__ == "__main__":
    main()
