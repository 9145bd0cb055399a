"""Toy inputs for every script, a right command line for each, and what it leaves behind."""

import dataclasses
import json
import pathlib
import random

SAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "mrpc_sample"

_TRAINING = {
    "do_train": "true",
    "train_batch_size": 4,
    "save_checkpoints_steps": 2,
    "iterations_per_loop": 1,
    "learning_rate": 1e-3,
    "max_seq_length": 24,
    "bert_config_file": "model/bert_config.json",
}
_FINE_TUNING = {
    **_TRAINING,
    "vocab_file": "model/vocab.txt",
    "init_checkpoint": "model/bert_model.ckpt",
    "num_train_epochs": 1,
    "output_dir": "out",
}


@dataclasses.dataclass(frozen=True)
class Command:
    """A right command line, to be run in a folder that `make_inputs` filled.

    Args:
        script: The script.
        flags: Values by flag.
        reads: The files it reads, as paths in the folder.
        writes: The files and folders it writes.
        again: Whether run once more it reads what it has written.
    """

    script: str
    flags: dict
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    again: bool = False

    def line(self, **changes):
        """The command line, with changes by flag; None leaves one out."""
        flags = {**self.flags, **changes}
        return [f"--{name}={value}" for name, value in flags.items() if value is not None]


_MODEL = ("model/vocab.txt", "model/bert_config.json", "model/bert_model.ckpt.index")
_MODEL += ("model/bert_model.ckpt.data-00000-of-00001",)

COMMANDS = {
    "classifier": Command(
        "run_classifier.py",
        {**_FINE_TUNING, "task_name": "MRPC", "data_dir": "mrpc", "do_eval": "true", "do_predict": "true"},
        (*_MODEL, "mrpc/train.tsv", "mrpc/dev.tsv", "mrpc/test.tsv"),
        ("out",),
        again=True,
    ),
    "csv": Command(
        "run_classifier.py",
        {
            **_FINE_TUNING,
            "task_name": "table",
            "train_file": "tables/train.csv",
            "eval_file": "tables/train.csv",
            "predict_file": "tables/train.csv",
            "id_column": "id",
            "do_eval": "true",
            "do_predict": "true",
        },
        (*_MODEL, "tables/train.csv"),
        ("out",),
        again=True,
    ),
    "jsonl": Command(
        "run_classifier.py",
        {
            **_FINE_TUNING,
            "task_name": "table",
            "problem": "multi_label",
            "train_file": "tables/train.jsonl",
            "eval_file": "tables/train.jsonl",
            "do_eval": "true",
            "learning_curve": "true",
        },
        (*_MODEL, "tables/train.jsonl"),
        ("out",),
        again=True,
    ),
    "squad": Command(
        "run_squad.py",
        {
            **_FINE_TUNING,
            "train_file": "squad/train.json",
            "predict_file": "squad/dev.json",
            "do_predict": "true",
            "max_query_length": 8,
            "doc_stride": 8,
            "version_2_with_negative": "true",
        },
        (*_MODEL, "squad/train.json", "squad/dev.json"),
        ("out",),
        again=True,
    ),
    "ner": Command(
        "run_ner.py",
        {**_FINE_TUNING, "data_dir": "ner", "do_eval": "true", "do_predict": "true"},
        (*_MODEL, "ner/train.txt", "ner/dev.txt", "ner/test.txt"),
        ("out",),
        again=True,
    ),
    "pretraining": Command(
        "run_pretraining.py",
        {
            **_TRAINING,
            "input_file": "records/*.tfrecord",
            "do_eval": "true",
            "max_predictions_per_seq": 4,
            "num_train_steps": 6,
            "num_warmup_steps": 2,
            "max_eval_steps": 2,
            "eval_batch_size": 4,
            "init_checkpoint": "model/bert_model.ckpt",
            "output_dir": "out",
        },
        (*_MODEL[1:], "records/data.tfrecord"),
        ("out",),
        again=True,
    ),
    "pretraining_data": Command(
        "create_pretraining_data.py",
        {
            "input_file": "text/*.txt",
            "output_file": "made/data.tfrecord",
            "vocab_file": "model/vocab.txt",
            "max_seq_length": 24,
            "max_predictions_per_seq": 4,
            "dupe_factor": 2,
        },
        ("model/vocab.txt", "text/one.txt", "text/two.txt"),
        ("made",),
    ),
    "pretraining_data_in_shards": Command(
        "create_pretraining_data.py",
        {
            "input_file": "text/one.txt,text/two.txt",
            "output_file": "made/data.tfrecord",
            "vocab_file": "model/vocab.txt",
            "max_seq_length": 24,
            "max_predictions_per_seq": 4,
            "dupe_factor": 3,
            "num_shards": 3,
        },
        ("model/vocab.txt", "text/one.txt", "text/two.txt"),
        ("made",),
        again=True,
    ),
    "vocab": Command(
        "build_vocab.py",
        {
            "input_file": "text/one.txt,text/two.txt",
            "vocab_file": "made/vocab.txt",
            "vocab_size": 120,
            "num_unused": 2,
        },
        ("text/one.txt", "text/two.txt"),
        ("made",),
    ),
    "extended_vocab": Command(
        "extend_vocab.py",
        {
            "init_checkpoint": "model/bert_model.ckpt",
            "bert_config_file": "model/bert_config.json",
            "vocab_file": "model/vocab.txt",
            "new_words_file": "text/words.txt",
            "output_dir": "made/model",
            "append": "true",
        },
        (*_MODEL, "text/words.txt"),
        ("made",),
    ),
}


def make_inputs(folder, server):
    """Fills a folder with everything that the `COMMANDS` read."""
    for name in ("model", "mrpc", "tables", "squad", "ner", "text", "records"):
        (folder / name).mkdir()
    _make_model(folder / "model")
    pairs = _make_mrpc(folder / "mrpc")
    _make_tables(folder / "tables", pairs)
    _make_squad(folder / "squad", pairs)
    _make_ner(folder / "ner", pairs)
    _make_text(folder / "text", pairs)
    _make_records(folder, server)


def _make_model(folder):
    (folder / "vocab.txt").write_bytes((SAMPLE / "vocab.txt").read_bytes())
    config = json.loads((SAMPLE / "bert_config.json").read_text())
    config.update(hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
    config.update(max_position_embeddings=32)
    (folder / "bert_config.json").write_text(json.dumps(config))


def _make_mrpc(folder):
    """Writes three tables; the first texts of the training table."""
    for name, count in (("train.tsv", 16), ("dev.tsv", 8), ("test.tsv", 6)):
        lines = (SAMPLE / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / name).write_text("".join(lines[: count + 1]), encoding="utf-8")
    rows = (SAMPLE / "train.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [row.split("\t") for row in rows[:40]]


def _make_tables(folder, pairs):
    rows = [
        f'{number},"{pair[3]}",{"yes" if int(pair[0]) else "no"}' for number, pair in enumerate(pairs[:16])
    ]
    (folder / "train.csv").write_text("\n".join(["id,text,label", *rows]) + "\n")
    names = ("news", "sport", "money")
    objects = [
        {"text": pair[3], "label": [name for bit, name in enumerate(names) if (number + 1) >> bit & 1]}
        for number, pair in enumerate(pairs[:16])
    ]
    (folder / "train.jsonl").write_text("\n".join(map(json.dumps, objects)) + "\n")


def _make_squad(folder, pairs):
    for name, part in (("train.json", pairs[:8]), ("dev.json", pairs[8:12])):
        paragraphs = []
        for number, (_, _, _, text, _) in enumerate(part):
            word = max(text.split(), key=len).strip(".,")
            answers = [{"text": word, "answer_start": text.index(word)}]
            qas = [{"id": f"{number}a", "question": "What?", "answers": answers, "is_impossible": False}]
            qas.append({"id": f"{number}b", "question": "Who?", "answers": [], "is_impossible": True})
            paragraphs.append({"context": text, "qas": qas})
        (folder / name).write_text(json.dumps({"version": "v2.0", "data": [{"paragraphs": paragraphs}]}))


def _make_ner(folder, pairs):
    for name, part in (("train.txt", pairs[:12]), ("dev.txt", pairs[12:18]), ("test.txt", pairs[18:22])):
        sentences = []
        for _, _, _, text, _ in part:
            words = text.rstrip(".").replace(",", "").split()
            tags = [" O" if word[0].islower() else " B-NAME" for word in words]
            has_tags = name != "test.txt"
            sentences.append("\n".join(word + tag * has_tags for word, tag in zip(words, tags)))
        (folder / name).write_text("\n\n".join(sentences) + "\n")


def _make_text(folder, pairs):
    rng = random.Random(0)
    for name, part in (("one.txt", pairs[:20]), ("two.txt", pairs[20:])):
        lines = []
        for _, _, _, first, second in part:
            lines += [first, second, *([""] if rng.random() < 0.4 else [])]
        (folder / name).write_text("\n".join(lines) + "\n")
    (folder / "words.txt").write_text("zebra\nquagga\nokapi\n")


def _make_records(folder, server):
    """The records, and a model pretrained on them for two steps, with the scripts themselves."""
    data, training = COMMANDS["pretraining_data"], COMMANDS["pretraining"]
    _run(server, folder, data.script, data.line(output_file="records/data.tfrecord"))
    flags = training.line(init_checkpoint=None, num_train_steps=2, output_dir="begun", do_eval=None)
    _run(server, folder, training.script, flags)
    for path in (folder / "begun").glob("model.ckpt-2.*"):
        path.rename(folder / "model" / path.name.replace("model.ckpt-2", "bert_model.ckpt"))
    for path in (folder / "begun").iterdir():
        path.unlink()
    (folder / "begun").rmdir()


def _run(server, folder, script, flags):
    result = server.run(script, flags, folder)
    assert result.status == 0, result.err
