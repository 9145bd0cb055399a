"""run_pretraining.py killed, continued and stopped in time."""

import random
import time
from importlib.util import find_spec

import numpy as np
import pytest

from bert_tf.checkpoints.google import CheckpointReader, latest_checkpoint


def assert_same(prefix, other):
    ours, theirs = CheckpointReader(prefix), CheckpointReader(other)
    assert ours.shapes == theirs.shapes
    for name in theirs.shapes:
        np.testing.assert_array_equal(ours.read(name), theirs.read(name), err_msg=name)


MODES = {
    "masks of the records": (3, {"learning_curve": find_spec("matplotlib") is not None}),
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
def test_killed_runs_end_like_an_uninterrupted_one(toy_flags, pretraining, toy, tmp_path, mode):
    kills, changes = MODES[mode]
    changes = {"vocab_file": toy / "vocab.txt", **changes}
    status, _, last = pretraining.run(*toy_flags(tmp_path / "whole", **changes))
    assert status == 0, last
    rng = random.Random(mode)
    for _ in range(kills):
        process = pretraining.start(*toy_flags(tmp_path / "killed", iterations_per_loop=1, **changes))
        kill_after(process, tmp_path / "killed", steps=rng.randrange(1, 20))
    status, out, last = pretraining.run(*toy_flags(tmp_path / "killed", **changes))
    assert status == 0, last
    assert_same(tmp_path / "killed" / "model.ckpt-60", tmp_path / "whole" / "model.ckpt-60")
    if changes.get("learning_curve"):
        curves = [(tmp_path / run / "learning_curve.tsv").read_text() for run in ("killed", "whole")]
        assert curves[0] == curves[1] and len(curves[0].splitlines()) == 61
        assert curves[0].startswith("step\tloss\tmasked_lm_loss\tnext_sentence_loss\tmasked_lm_accuracy\t")
        assert (tmp_path / "killed" / "learning_curve.png").exists()


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


def test_goes_on_from_a_checkpoint_with_or_without_its_slots(toy_flags, pretraining, tmp_path):
    pretraining.run(*toy_flags(tmp_path / "first", num_train_steps=20))
    first = CheckpointReader(tmp_path / "first" / "model.ckpt-20")
    init = {"init_checkpoint": tmp_path / "first", "learning_rate": 0.0, "num_train_steps": 23}

    status, out, last = pretraining.run(*toy_flags(tmp_path / "weights", **{**init, "num_train_steps": 3}))
    assert status == 0 and "loaded" in out, last
    weights = CheckpointReader(tmp_path / "weights" / "model.ckpt-3")
    slot = "bert/pooler/dense/kernel/adam_v"
    np.testing.assert_array_equal(weights.read(slot[:-7]), first.read(slot[:-7]))
    assert weights.read("global_step") == 3

    status, out, last = pretraining.run(*toy_flags(tmp_path / "all", continue_training=True, **init))
    assert status == 0 and "slots and step 20 included" in out, last
    continued = CheckpointReader(tmp_path / "all" / "model.ckpt-23")
    assert continued.read("global_step") == 23
    # After three steps v holds 0.999³ of what it was at the start: there only if it was taken along.
    assert continued.read(slot).max() > 0.9 * first.read(slot).max()
    assert weights.read(slot).max() < 0.5 * first.read(slot).max()


def test_stops_at_the_time_limit_with_a_checkpoint(toy_flags, pretraining, tmp_path):
    limited = {"num_train_steps": 10**6, "num_train_seconds": 6, "save_checkpoints_steps": 10**6}
    status, out, last = pretraining.run(
        *toy_flags(tmp_path / "out", do_eval=True, max_eval_steps=3, **limited)
    )
    assert status == 0, last
    step = latest_step(tmp_path / "out")
    assert 0 < step < 10**6 and f"Time is over; stopped at step {step} of 1000000; wrote" in out
    assert f"global_step = {step}" in out
