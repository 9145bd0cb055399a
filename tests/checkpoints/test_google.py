"""TF1 checkpoints: written whole, read back bit for bit."""

import glob
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest

from bert_tf import BertConfig, UserError, save_checkpoint
from bert_tf.checkpoints import google
from bert_tf.checkpoints.google import CheckpointReader, latest_checkpoint, list_checkpoints, write_tensors
from bert_tf.checkpoints.loading import restore_training
from bert_tf.models.pretraining import bert_pretraining_model
from bert_tf.optimization.adam_weight_decay import AdamWeightDecay


@pytest.fixture(scope="module")
def trained(golden_dir):
    """A model and an optimizer with the weights, slots and step of `trained.ckpt`."""
    model = bert_pretraining_model(BertConfig.from_json_file(golden_dir / "bert_config.json"))
    optimizer = AdamWeightDecay()
    optimizer.build(model.trainable_variables)
    step = restore_training(model, optimizer, golden_dir / "trained.ckpt")
    return model, optimizer, step


def test_written_back_bit_for_bit(trained, golden_dir, tmp_path):
    model, optimizer, step = trained
    assert step == 10
    save_checkpoint(model, tmp_path / "model.ckpt-10", optimizer, step)
    original, ours = CheckpointReader(golden_dir / "trained.ckpt"), CheckpointReader(tmp_path)
    assert ours.shapes == original.shapes
    for name in original.shapes:
        assert ours.read(name).dtype == original.read(name).dtype
        np.testing.assert_array_equal(ours.read(name), original.read(name), err_msg=name)


def test_without_slots_it_has_a_third_of_the_size(trained, tmp_path):
    model, optimizer, step = trained
    save_checkpoint(model, tmp_path / "whole" / "model.ckpt", optimizer, step)
    save_checkpoint(model, tmp_path / "weights" / "model.ckpt")
    sizes = [
        (tmp_path / folder / "model.ckpt.data-00000-of-00001").stat().st_size
        for folder in ("whole", "weights")
    ]
    assert sizes[1] < 0.34 * sizes[0]
    assert len(CheckpointReader(tmp_path / "weights").shapes) == 62


def test_keeps_the_newest(trained, tmp_path):
    for step in (1, 2, 10, 11):
        save_checkpoint(trained[0], tmp_path / f"model.ckpt-{step}", keep=2)
    assert sorted(path.name for path in tmp_path.glob("*.index")) == [
        "model.ckpt-10.index",
        "model.ckpt-11.index",
    ]
    assert [pathlib.Path(prefix).name for prefix in list_checkpoints(tmp_path)] == [
        "model.ckpt-10",
        "model.ckpt-11",
    ]
    assert not list(tmp_path.glob("*.partial*")) and not list(tmp_path.glob(".*.partial*"))


def test_googles_reader_finds_the_newest(trained, tmp_path):
    import tensorflow as tf

    save_checkpoint(trained[0], tmp_path / "model.ckpt-7")
    assert tf.train.latest_checkpoint(str(tmp_path)) == str(tmp_path / "model.ckpt-7")
    names = {name for name, _ in tf.train.list_variables(str(tmp_path))}
    assert "bert/encoder/layer_0/attention/self/query/kernel" in names


def test_killed_while_writing_leaves_the_former_checkpoint(tmp_path):
    """A process is killed at each of the moments between the files' renames."""
    program = """
import os, signal, sys
import numpy as np
from bert_tf.checkpoints import google
folder, moment = sys.argv[1], int(sys.argv[2])
count = 0
replace = os.replace
def replace_or_die(source, target):
    global count
    if count == moment:
        os.kill(os.getpid(), signal.SIGKILL)
    count += 1
    replace(source, target)
os.replace = replace_or_die
google.write_tensors(folder + "/model.ckpt-2", {"x": np.full(1000, 2.0)})
google._record(folder + "/model.ckpt-2", keep=1)
"""
    for moment in range(3):
        folder = tmp_path / str(moment)
        write_tensors(str(folder / "model.ckpt-1"), {"x": np.full(1000, 1.0)})
        (folder / "checkpoint").write_text(
            'model_checkpoint_path: "model.ckpt-1"\nall_model_checkpoint_paths: "model.ckpt-1"\n'
        )
        code = subprocess.run(
            [sys.executable, "-c", program, str(folder), str(moment)], stderr=subprocess.DEVNULL
        ).returncode
        assert code == -9
        reader = CheckpointReader(latest_checkpoint(folder))
        np.testing.assert_array_equal(reader.read("x"), np.full(1000, 1.0))
        # The next run writes over what was left.
        write_tensors(str(folder / "model.ckpt-2"), {"x": np.full(1000, 2.0)})
        np.testing.assert_array_equal(CheckpointReader(folder / "model.ckpt-2").read("x"), np.full(1000, 2.0))
        assert not list(folder.glob(".*.partial*"))


def test_a_full_disk_is_one_line_and_leaves_the_former_checkpoint(tmp_path):
    program = """
import resource, signal, sys
import numpy as np
from bert_tf import UserError
from bert_tf.checkpoints.google import write_tensors
write_tensors(sys.argv[1] + "/model.ckpt-1", {"x": np.zeros(10)})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    write_tensors(sys.argv[1] + "/model.ckpt-2", {"x": np.zeros(100_000)})
except UserError as error:
    print(error)
"""
    result = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True)
    assert f"{tmp_path}/model.ckpt-2: the checkpoint could not be written (" in result.stdout
    assert result.stdout.count("\n") == 1 and "free space" in result.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "model.ckpt-1.data-00000-of-00001",
        "model.ckpt-1.index",
    ]


def test_damaged_files(golden_dir, tmp_path):
    for part in (".index", ".data-00000-of-00001"):
        shutil.copy(golden_dir / f"trained.ckpt{part}", tmp_path)
    data, index = tmp_path / "trained.ckpt.data-00000-of-00001", tmp_path / "trained.ckpt.index"
    whole = data.read_bytes()

    def read_all():
        reader = CheckpointReader(tmp_path / "trained.ckpt")
        for name in reader.shapes:
            reader.read(name)

    flipped = bytearray(whole)
    flipped[1000] ^= 1
    for content in (whole[: len(whole) // 2], bytes(flipped)):
        data.write_bytes(content)
        with pytest.raises(
            UserError, match="trained.ckpt: variable .* the checkpoint is damaged or incomplete"
        ):
            read_all()
    index.write_bytes(b"not an index")
    with pytest.raises(UserError, match="damaged or incomplete"):
        read_all()


def test_object_based_checkpoint(tmp_path):
    import tensorflow as tf

    prefix = tf.train.Checkpoint(x=tf.Variable(1.0)).save(str(tmp_path / "ckpt"))
    with pytest.raises(UserError, match="object-based checkpoint of TensorFlow 2"):
        CheckpointReader(prefix)


@pytest.mark.parametrize("name", ["a[1]", "a*", "[", "back\\slash", "new\nline", " = %s ", "é{}'\""])
def test_names_are_no_patterns(tmp_path, name):
    """Neither of folders nor of checkpoints, nor do those that look alike lose anything."""
    for folder, checkpoint in ((name, "model.ckpt-1"), ("plain", name)):
        others = [tmp_path / "a1" / "model.ckpt-1.index", tmp_path / "plain" / "a1.index"]
        for other in others:
            other.parent.mkdir(exist_ok=True)
            other.write_text("of someone else")
        (tmp_path / "plain" / "checkpoint").unlink(missing_ok=True)
        prefix = str(tmp_path / folder / checkpoint)
        write_tensors(prefix, {"x": np.ones(2)})
        google._record(prefix, keep=1)
        np.testing.assert_array_equal(CheckpointReader(tmp_path / folder).read("x"), np.ones(2))
        write_tensors(prefix + "b", {"x": np.ones(2)})
        google._record(prefix + "b", keep=1)
        assert not list((tmp_path / folder).glob(f"{glob.escape(checkpoint)}.*"))
        assert all(other.read_text() == "of someone else" for other in others)


def test_writes_beside_what_others_are_writing(tmp_path):
    """What is not this checkpoint's is left alone, whatever it is called."""
    others = [
        ".notes.partial",
        ".model.ckpt-2.partial.index",
        ".model.ckpt-11.bert_tf-partial.index",
        "x.partial",
    ]
    for name in others:
        (tmp_path / name).write_text("mine")
    (tmp_path / ".model.ckpt-1.bert_tf-partial.index").write_text("left by a killed run")
    write_tensors(str(tmp_path / "model.ckpt-1"), {"x": np.zeros(1)})
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*others, "model.ckpt-1.index", "model.ckpt-1.data-00000-of-00001"]
    )


def test_only_files_are_replaced(tmp_path):
    (tmp_path / "elsewhere").write_text("mine")
    (tmp_path / "model.ckpt-1.index").symlink_to("elsewhere")
    os.mkfifo(tmp_path / "model.ckpt-2.data-00000-of-00001")
    before = sorted(tmp_path.iterdir())
    for step in (1, 2):
        with pytest.raises(UserError, match="the checkpoint could not be written .Not a regular file.: "):
            write_tensors(str(tmp_path / f"model.ckpt-{step}"), {"x": np.zeros(1)})
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "model.ckpt-1.index").is_symlink() and (tmp_path / "elsewhere").read_text() == "mine"
