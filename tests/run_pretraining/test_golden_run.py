"""run_pretraining.py against what the 2018 code made of the same batch."""

import json

import numpy as np
import pytest

from bert_tf.checkpoints.google import CheckpointReader
from bert_tf.checkpoints.loading import is_slot

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
def golden_run(golden_dir, write_records, tmp_path_factory):
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


@pytest.fixture(scope="module")
def golden_flags(flags, golden_dir, golden_run):
    """The flags of the 2018 run, with changes by name."""

    def golden_flags_for(output_dir, /, **changes):
        return flags(
            input_file=golden_run / "batch.tfrecord",
            bert_config_file=golden_run / "bert_config.json",
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

    return golden_flags_for


@pytest.mark.parametrize("parts", [1, 3])
def test_ten_steps_of_the_2018_code(golden_flags, pretraining, golden_dir, tmp_path, parts):
    changes = {
        "gradient_accumulation_steps": parts,
        "do_eval": True,
        "eval_batch_size": 6,
        "max_eval_steps": 1,
    }
    arguments = golden_flags(tmp_path / "out", **changes)
    arguments[arguments.index("--train_batch_size=6")] = f"--train_batch_size={6 // parts}"
    status, out, last = pretraining.run(*arguments)
    assert status == 0, last
    ours, theirs = (
        CheckpointReader(tmp_path / "out" / "model.ckpt-10"),
        CheckpointReader(golden_dir / "trained.ckpt"),
    )
    assert ours.shapes == theirs.shapes
    for name in theirs.shapes:
        difference = np.linalg.norm(ours.read(name) - theirs.read(name))
        scale = 1.0 if is_slot(name) else np.linalg.norm(theirs.read(name))
        assert difference <= 5e-5 * scale, name
    assert ours.read("global_step") == 10
    results = dict(
        line.split(" = ") for line in (tmp_path / "out" / "eval_results.txt").read_text().splitlines()
    )
    assert list(results) == FIGURES and results["global_step"] == "12"
    losses = [float(results[name]) for name in ("masked_lm_loss", "next_sentence_loss")]
    assert float(results["loss"]) == pytest.approx(sum(losses), rel=1e-4)


def test_evaluation_alone(golden_flags, pretraining, golden_dir, tmp_path):
    arguments = golden_flags(tmp_path / "out", do_eval=True, eval_batch_size=6, max_eval_steps=2)
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
