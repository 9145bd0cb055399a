"""Short runs of run_squad.py for its tests."""

import json
import random

import pytest

NAMES = "anna bert carl dora emil frida gustav hilda".split()
PLACES = "rome paris oslo cairo lima delhi quito bern".split()
WORDS = [*NAMES, *PLACES, *"the ##s lives in works , . ? where does live who and".split()]


def paragraph(rng, number):
    """Who lives where; a question on someone it does not mention has no answer."""
    names, places = rng.sample(NAMES, 4), rng.sample(PLACES, 4)
    context = "  ".join(f"{name.title()} lives in {place.title()}." for name, place in zip(names, places))
    questions = [(f"Where does {name} live?", place) for name, place in zip(names[:2], places)]
    questions.append((f"Where does {next(n for n in NAMES if n not in names)} live?", None))
    qas = []
    for index, (question, answer) in enumerate(questions):
        answers = (
            []
            if answer is None
            else [{"text": answer.title(), "answer_start": context.index(answer.title())}]
        )
        qas.append(
            {
                "id": f"{number}-{index}",
                "question": question,
                "answers": answers,
                "is_impossible": answer is None,
            }
        )
    return {"context": context, "qas": qas}


@pytest.fixture(scope="session")
def squad(script):
    return script("run_squad.py")


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A folder with a training file, a file to predict, a vocabulary and a tiny configuration."""
    folder, rng = tmp_path_factory.mktemp("data"), random.Random(1)
    for name, count in (("train.json", 20), ("dev.json", 6)):
        paragraphs = [paragraph(rng, number) for number in range(count)]
        (folder / name).write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}, indent=1))
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = {"vocab_size": len(vocabulary), "max_position_embeddings": 64, "type_vocab_size": 2, **sizes}
    (folder / "bert_config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture(scope="session")
def flags_for():
    """The flags of a short run on the data, into a folder, with changes by name."""

    def flags_for_run(data, output_dir, /, **changes):
        flags = {
            "train_file": data / "train.json",
            "predict_file": data / "dev.json",
            "vocab_file": data / "vocab.txt",
            "bert_config_file": data / "bert_config.json",
            "output_dir": output_dir,
            "version_2_with_negative": True,
            "max_seq_length": 24,
            "max_query_length": 8,
            "doc_stride": 6,
            "do_train": True,
            "train_batch_size": 4,
            "num_train_epochs": 2,
            "save_checkpoints_steps": 10,
            "learning_rate": 1e-2,
            "iterations_per_loop": 2,
            **changes,
        }
        return [f"--{name}={value}" for name, value in flags.items() if value is not None]

    return flags_for_run


@pytest.fixture(scope="session")
def finished(squad, flags_for, data, tmp_path_factory):
    """The output folder of a run that did everything, and what it printed."""
    folder = tmp_path_factory.mktemp("finished") / "out"
    flags = flags_for(data, folder, do_predict=True, export_dir=folder.with_name("export"))
    status, out, last = squad.run(*flags)
    assert status == 0, last
    return folder, out
