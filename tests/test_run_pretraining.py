"""run_pretraining.py as a user runs it: the 2018 run reproduced, killed and continued runs, wrong input."""

import json
import pathlib
import random
import shutil
import time

import numpy as np
import pytest

from bert_tf import BertConfig, save_checkpoint
from bert_tf.checkpoints.google import CheckpointReader, latest_checkpoint
from bert_tf.data.pretraining.records import PretrainingRecords
from bert_tf.models.pretraining import bert_pretraining_model

ROOT = pathlib.Path(__file__).parent.parent
# What Google's script writes into eval_results.txt.
FIGURES = [
    "global_step",
    "loss",
    "masked_lm_accuracy",
    "masked_lm_loss",
    "next_sentence_accuracy",
    "next_sentence_loss",
]


@pytest.fixture(scope="module")
def pretraining(script):
    return script("run_pretraining.py")


def write_records(path, features, lengths):
    import tensorflow as tf

    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in PretrainingRecords(*lengths).serialize(features):
            writer.write(record)
    return path


@pytest.fixture(scope="module")
def golden_run(golden_dir, tmp_path_factory):
    """The golden batch as a record file, and the configuration without dropout that it was trained with."""
    folder = tmp_path_factory.mktemp("golden")
    golden = np.load(golden_dir / "golden.npz")
    features = {
        "input_ids": golden["ids"],
        "input_mask": golden["mask"],
        "segment_ids": golden["seg"],
        "masked_lm_positions": golden["pos"],
        "masked_lm_ids": golden["lab"],
        "masked_lm_weights": golden["wts"],
        "next_sentence_labels": golden["nsp"],
    }
    write_records(folder / "batch.tfrecord", features, (24, 5))
    config = json.loads((golden_dir / "bert_config.json").read_text())
    config.update(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    (folder / "bert_config.json").write_text(json.dumps(config))
    return folder


def golden_flags(golden_dir, folder, output_dir, /, **changes):
    return flags(
        input_file=folder / "batch.tfrecord",
        bert_config_file=folder / "bert_config.json",
        output_dir=output_dir,
        init_checkpoint=golden_dir / "bert_model.ckpt",
        max_seq_length=24,
        max_predictions_per_seq=5,
        do_train=True,
        train_batch_size=6,
        learning_rate=1e-2,
        num_warmup_steps=4,
        num_train_steps=12,
        save_checkpoints_steps=10,
        **changes,
    )


def flags(**values):
    return [f"--{name}={value}" for name, value in values.items() if value is not None]


@pytest.mark.parametrize("parts", [1, 3])
def test_ten_steps_of_the_2018_code(pretraining, golden_dir, golden_run, tmp_path, parts):
    changes = {
        "gradient_accumulation_steps": parts,
        "do_eval": True,
        "eval_batch_size": 6,
        "max_eval_steps": 1,
    }
    arguments = golden_flags(golden_dir, golden_run, tmp_path / "out", **changes)
    arguments[arguments.index("--train_batch_size=6")] = f"--train_batch_size={6 // parts}"
    status, out, last = pretraining.run(*arguments)
    assert status == 0, last
    ours, theirs = (
        CheckpointReader(tmp_path / "out" / "model.ckpt-10"),
        CheckpointReader(golden_dir / "trained.ckpt"),
    )
    assert ours.shapes == theirs.shapes
    for name in theirs.shapes:
        np.testing.assert_allclose(ours.read(name), theirs.read(name), rtol=0, atol=1e-3, err_msg=name)
    assert ours.read("global_step") == 10
    results = dict(
        line.split(" = ") for line in (tmp_path / "out" / "eval_results.txt").read_text().splitlines()
    )
    assert list(results) == FIGURES and results["global_step"] == "12"
    losses = [float(results[name]) for name in ("masked_lm_loss", "next_sentence_loss")]
    assert float(results["loss"]) == pytest.approx(sum(losses), rel=1e-4)


CONFIG = BertConfig(
    vocab_size=40,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=24,
    max_position_embeddings=16,
    type_vocab_size=2,
)
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(f"word{number}" for number in range(35))]


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """Two files of 60 records of 12 tokens, 3 of them masked, with a configuration and a vocabulary."""
    folder = tmp_path_factory.mktemp("toy")
    rng = np.random.default_rng(0)
    for number in range(2):
        ids = rng.integers(5, 40, size=(60, 12))
        ids[:, 0], ids[:, 5], ids[:, 11] = 2, 3, 3
        positions = np.tile([1, 4, 8], (60, 1))
        features = {
            "input_ids": np.where(np.isin(np.arange(12), [1, 4, 8]), 4, ids),
            "input_mask": np.ones_like(ids),
            "segment_ids": np.tile((np.arange(12) > 5).astype(int), (60, 1)),
            "masked_lm_positions": positions,
            "masked_lm_ids": ids[:, [1, 4, 8]],
            "masked_lm_weights": np.ones((60, 3), np.float32),
            "next_sentence_labels": rng.integers(0, 2, size=(60, 1)),
        }
        write_records(folder / f"part{number}.tfrecord", features, (12, 3))
    CONFIG.to_json_file(folder / "bert_config.json")
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
    return folder


def toy_flags(toy, output_dir, /, **changes):
    return flags(
        **{
            "input_file": toy / "part*.tfrecord",
            "bert_config_file": toy / "bert_config.json",
            "output_dir": output_dir,
            "max_seq_length": 12,
            "max_predictions_per_seq": 3,
            "do_train": True,
            "train_batch_size": 8,
            "learning_rate": 1e-3,
            "num_warmup_steps": 5,
            "num_train_steps": 60,
            "save_checkpoints_steps": 7,
            "deterministic": True,
            **changes,
        }
    )


def assert_same(prefix, other):
    ours, theirs = CheckpointReader(prefix), CheckpointReader(other)
    assert ours.shapes == theirs.shapes
    for name in theirs.shapes:
        np.testing.assert_array_equal(ours.read(name), theirs.read(name), err_msg=name)


MODES = {
    "masks of the records": (3, {}),
    "dynamic masks, LAMB, parts": (
        1,
        {
            "dynamic_masking": True,
            "optimizer": "lamb",
            "gradient_accumulation_steps": 2,
            "train_batch_size": 4,
        },
    ),
}


@pytest.mark.parametrize("mode", MODES)
def test_killed_runs_end_like_an_uninterrupted_one(pretraining, toy, tmp_path, mode):
    kills, changes = MODES[mode]
    changes = {"vocab_file": toy / "vocab.txt", **changes}
    status, _, last = pretraining.run(*toy_flags(toy, tmp_path / "whole", **changes))
    assert status == 0, last
    rng = random.Random(mode)
    for _ in range(kills):
        process = pretraining.start(*toy_flags(toy, tmp_path / "killed", iterations_per_loop=1, **changes))
        kill_after(process, tmp_path / "killed", steps=rng.randrange(1, 20))
    status, out, last = pretraining.run(*toy_flags(toy, tmp_path / "killed", **changes))
    assert status == 0, last
    assert_same(tmp_path / "killed" / "model.ckpt-60", tmp_path / "whole" / "model.ckpt-60")


def kill_after(process, folder, steps):
    """Kills a run once it has come some steps further, or a little later, wherever it then is."""
    before = latest_step(folder)
    deadline = time.monotonic() + 120
    while process.poll() is None and latest_step(folder) < before + steps and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.communicate()


def latest_step(folder):
    prefix = latest_checkpoint(folder)
    return int(prefix.rsplit("-", 1)[1]) if prefix else 0


def test_goes_on_from_a_checkpoint_with_or_without_its_slots(pretraining, toy, tmp_path):
    pretraining.run(*toy_flags(toy, tmp_path / "first", num_train_steps=20))
    first = CheckpointReader(tmp_path / "first" / "model.ckpt-20")
    init = {"init_checkpoint": tmp_path / "first", "learning_rate": 0.0, "num_train_steps": 23}

    status, out, last = pretraining.run(
        *toy_flags(toy, tmp_path / "weights", **{**init, "num_train_steps": 3})
    )
    assert status == 0 and "loaded" in out, last
    weights = CheckpointReader(tmp_path / "weights" / "model.ckpt-3")
    slot = "bert/pooler/dense/kernel/adam_v"
    np.testing.assert_array_equal(weights.read(slot[:-7]), first.read(slot[:-7]))
    assert weights.read("global_step") == 3

    status, out, last = pretraining.run(*toy_flags(toy, tmp_path / "all", continue_training=True, **init))
    assert status == 0 and "slots and step 20 included" in out, last
    continued = CheckpointReader(tmp_path / "all" / "model.ckpt-23")
    assert continued.read("global_step") == 23
    # After three steps v holds 0.999³ of what it was at the start: there only if it was taken along.
    assert continued.read(slot).max() > 0.9 * first.read(slot).max()
    assert weights.read(slot).max() < 0.5 * first.read(slot).max()


def test_stops_at_the_time_limit_with_a_checkpoint(pretraining, toy, tmp_path):
    limited = {"num_train_steps": 10**6, "num_train_seconds": 6, "save_checkpoints_steps": 10**6}
    status, out, last = pretraining.run(
        *toy_flags(toy, tmp_path / "out", do_eval=True, max_eval_steps=3, **limited)
    )
    assert status == 0, last
    step = latest_step(tmp_path / "out")
    assert 0 < step < 10**6 and f"Time is over; stopped at step {step} of 1000000; wrote" in out
    assert f"global_step = {step}" in out


def test_evaluation_alone(pretraining, golden_dir, golden_run, tmp_path):
    arguments = golden_flags(
        golden_dir, golden_run, tmp_path / "out", do_eval=True, eval_batch_size=6, max_eval_steps=2
    )
    arguments.remove("--do_train=True")
    status, out, last = pretraining.run(*arguments)
    assert status == 0, last
    golden = np.load(golden_dir / "golden.npz")
    results = dict(line.strip().split(" = ") for line in out.splitlines() if " = " in line)
    assert float(results["masked_lm_loss"]) == pytest.approx(float(golden["mlm_loss"]), abs=1e-4)
    assert float(results["next_sentence_loss"]) == pytest.approx(float(golden["nsp_loss"]), abs=1e-4)
    best = golden["mlm_logp"].argmax(axis=-1) == golden["lab"].ravel()
    expected = (best * golden["wts"].ravel()).sum() / golden["wts"].sum()
    assert float(results["masked_lm_accuracy"]) == pytest.approx(expected, abs=1e-5)
    expected = np.mean(golden["nsp_logp"].argmax(axis=-1) == golden["nsp"].ravel())
    assert float(results["next_sentence_accuracy"]) == pytest.approx(expected, abs=1e-5)


WRONG = {
    "missing flag": ({"input_file": None}, "flag --input_file is missing"),
    "no such files": ({"input_file": "none/*.tfrecord"}, "none/*.tfrecord: no file matches"),
    "no such checkpoint": ({"init_checkpoint": "none.ckpt"}, "none.ckpt: no checkpoint there"),
    "records of another length": (
        {"max_seq_length": 16},
        "records with 12 input_ids, but max_seq_length is 16",
    ),
    "records of other masks": (
        {"max_predictions_per_seq": 4},
        "records with 3 masked_lm_positions, but max_predictions",
    ),
    "no records": ({"input_file": str(ROOT / "README.md")}, "README.md: no TFRecord file of examples"),
    "too long for the model": ({"max_seq_length": 17}, "--max_seq_length=17: the model has 16 positions"),
    "slots of nothing": (
        {"continue_training": True},
        "takes slots and step from --init_checkpoint: give one",
    ),
    "no vocabulary": ({"dynamic_masking": True}, "flag --vocab_file is missing"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input(pretraining, toy, tmp_path, name):
    changes, message = WRONG[name]
    status, _, last = pretraining.run(*toy_flags(toy, tmp_path / "out", **changes))
    assert status == 1
    assert last.startswith("run_pretraining.py: error: ") and message in last


def test_records_of_a_larger_vocabulary(pretraining, toy, tmp_path):
    BertConfig(**{**CONFIG.to_dict(), "vocab_size": 20}).to_json_file(tmp_path / "bert_config.json")
    status, _, last = pretraining.run(
        *toy_flags(toy, tmp_path / "out", bert_config_file=tmp_path / "bert_config.json")
    )
    assert (
        status == 1
        and "part0.tfrecord: word piece ids beyond vocab_size 20: give the bert_config.json" in last
    )


def test_vocabulary_of_another_size(pretraining, toy, tmp_path):
    save_checkpoint(
        bert_pretraining_model(BertConfig(**{**CONFIG.to_dict(), "vocab_size": 41})), tmp_path / "m.ckpt"
    )
    status, _, last = pretraining.run(*toy_flags(toy, tmp_path / "out", init_checkpoint=tmp_path / "m.ckpt"))
    assert status == 1 and "word_embeddings is [41, 16] in the checkpoint but [40, 16]" in last
    shutil.copy(toy / "vocab.txt", tmp_path)
    with open(tmp_path / "vocab.txt", "a") as file:
        file.write("more\n")
    changes = {"dynamic_masking": True, "vocab_file": tmp_path / "vocab.txt"}
    status, _, last = pretraining.run(*toy_flags(toy, tmp_path / "out", **changes))
    assert status == 1 and "41 lines, but " in last
