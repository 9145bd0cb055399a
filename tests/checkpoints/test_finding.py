"""Checkpoints are found by any name; of what is not there or damaged, one line says what there is instead."""

import shutil

import pytest

from bert_tf import UserError
from bert_tf.checkpoints.finding import find_checkpoint, latest_checkpoint, list_checkpoints
from bert_tf.checkpoints.google import CheckpointReader


@pytest.mark.parametrize("suffix", ["", ".index", ".data-00000-of-00001", ".meta"])
def test_found_by_prefix_and_by_file(golden_dir, suffix):
    assert find_checkpoint(golden_dir / f"trained.ckpt{suffix}") == str(golden_dir / "trained.ckpt")


def test_found_by_folder(run_folder, golden_dir, tmp_path):
    for part in (".index", ".data-00000-of-00001"):
        shutil.copy(golden_dir / f"bert_model.ckpt{part}", tmp_path)
    assert find_checkpoint(tmp_path) == str(tmp_path / "bert_model.ckpt")
    run_folder(3, folder=".")  # The `checkpoint` file now says which is newest.
    assert find_checkpoint(tmp_path) == str(tmp_path / "model.ckpt-3")
    moved = tmp_path.rename(tmp_path.with_name("moved [1] *?"))
    assert find_checkpoint(moved) == str(moved / "model.ckpt-3")


def test_not_found(golden_dir, tmp_path):
    with pytest.raises(
        UserError, match=r"none.ckpt: no checkpoint there .*none.ckpt.index is missing.*give its prefix"
    ):
        find_checkpoint(tmp_path / "none.ckpt")
    with pytest.raises(UserError, match="is missing; beside it: bert_model.ckpt, trained.ckpt"):
        find_checkpoint(golden_dir / "model.ckpt")
    with pytest.raises(UserError, match="no checkpoint in this folder .*: give another"):
        find_checkpoint(tmp_path)
    with pytest.raises(UserError, match="several checkpoints .bert_model.ckpt, trained.ckpt.: name one"):
        find_checkpoint(golden_dir)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (".index", "model.ckpt-5: its .index file is missing: copy it beside the others"),
        (".data-00000-of-00001", "model.ckpt-5: its .data-00000-of-00001 file is missing: copy it"),
    ],
)
def test_a_missing_part_is_named(run_folder, part, message):
    folder = run_folder(5, 10)
    (folder / f"model.ckpt-5{part}").unlink()
    with pytest.raises(UserError, match=message):
        find_checkpoint(folder / "model.ckpt-5")


def test_the_newest_is_the_one_that_the_state_file_says(run_folder):
    folder = run_folder(5, 10, 20)
    assert latest_checkpoint(folder) == str(folder / "model.ckpt-20")
    # Users of Google's code go back by editing the first line.
    text = (folder / "checkpoint").read_text()
    (folder / "checkpoint").write_text(text.replace("-20", "-10", 1))
    assert latest_checkpoint(folder) == str(folder / "model.ckpt-10")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "missing"),
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"\xff\xfe\0", "damaged (not UTF-8)"),
        (b"\0\0\0\0", "damaged"),
        (b"model_checkpoint_path", "damaged"),
        (b'model_checkpoint_path: "model.ck', "damaged"),
        (b'all_model_checkpoint_paths: "model.ckpt-5"\n', "damaged (it names no newest checkpoint)"),
        (b'model_checkpoint_path: "other.ckpt-7"\n', "names other.ckpt-7, which is not there"),
        (b'model_checkpoint_path: "/elsewhere/model.ckpt-7"\n', "names model.ckpt-7, which is not there"),
    ],
)
def test_without_a_good_state_file_the_highest_number_is_taken(run_folder, capsys, content, problem):
    folder = run_folder(5, 20, 10, state=False)
    if content is not None:
        (folder / "checkpoint").write_bytes(content)
    for _ in range(2):
        assert latest_checkpoint(folder) == find_checkpoint(folder) == str(folder / "model.ckpt-20")
    said = f"{folder}/checkpoint: {problem}: taking model.ckpt-20, the newest that is there\n"
    assert capsys.readouterr().out == said  # Once, however often it is asked.


def test_an_unreadable_state_file_without_checkpoints_means_none(tmp_path):
    (tmp_path / "checkpoint").write_bytes(b"")
    assert latest_checkpoint(tmp_path) is None
    (tmp_path / "checkpoint").unlink()
    (tmp_path / "checkpoint").mkdir()
    assert latest_checkpoint(tmp_path) is None


def test_released_checkpoints_are_no_run_to_go_on_from(golden_dir):
    assert latest_checkpoint(golden_dir) is None


def test_the_newest_removed_by_hand_gives_way_to_the_one_before(run_folder, capsys):
    folder = run_folder(5, 10, 20)
    for file in folder.glob("model.ckpt-20.*"):
        file.unlink()
    assert latest_checkpoint(folder) == str(folder / "model.ckpt-10")
    assert "names model.ckpt-20, which is not there: taking model.ckpt-10" in capsys.readouterr().out
    assert list_checkpoints(folder) == [str(folder / "model.ckpt-5"), str(folder / "model.ckpt-10")]


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def empty(path):
    path.write_bytes(b"")


def remove(path):
    path.unlink()


@pytest.mark.parametrize("part", [".index", ".data-00000-of-00001"])
@pytest.mark.parametrize("damage", [cut, flip, empty, remove])
def test_of_a_damaged_newest_checkpoint_whole_older_ones_are_named(run_folder, part, damage):
    folder = run_folder(5, 10, 20, 30)
    damage(folder / f"model.ckpt-30{part}")
    flip(folder / "model.ckpt-20.data-00000-of-00001")
    with pytest.raises(UserError) as error:
        CheckpointReader(latest_checkpoint(folder)).read("x")
    message = str(error.value)
    assert message.startswith(f"{folder}/model.ckpt-30: ") and "\n" not in message
    assert message.endswith(
        "whole beside it are model.ckpt-5, model.ckpt-10: to go on from the newest of them, remove the files "
        "of model.ckpt-20, model.ckpt-30"
    )
    for file in (*folder.glob("model.ckpt-20.*"), *folder.glob("model.ckpt-30.*")):
        file.unlink()
    assert CheckpointReader(latest_checkpoint(folder)).read("x")[0] == 10


def test_a_damaged_best_checkpoint_gives_way_to_the_newest(run_folder):
    folder = run_folder(5, 10)
    best = run_folder(5, folder="out/best")
    flip(best / "model.ckpt-5.data-00000-of-00001")
    with pytest.raises(UserError, match=f"remove {best} to use {folder}/model.ckpt-10 in its place"):
        CheckpointReader(latest_checkpoint(best)).read("x")


def test_damaged_without_another(run_folder):
    folder = run_folder(5)
    cut(folder / "model.ckpt-5.index")
    with pytest.raises(UserError, match="copy its .index and .data files again, or begin anew in another"):
        CheckpointReader(latest_checkpoint(folder))


def test_whole_ones_are_named_though_the_state_file_does_not_list_them(run_folder):
    folder = run_folder(5, 10, 20, 30)
    (folder / "checkpoint").write_text(
        'model_checkpoint_path: "model.ckpt-30"\nall_model_checkpoint_paths: "model.ckpt-5"\n'
    )
    for step in (5, 20, 30):
        flip(folder / f"model.ckpt-{step}.data-00000-of-00001")
    with pytest.raises(UserError) as error:
        CheckpointReader(latest_checkpoint(folder)).read("x")
    assert "whole beside it are model.ckpt-10: " in str(error.value)
    assert str(error.value).endswith("remove the files of model.ckpt-20, model.ckpt-30, model.ckpt-5")
    for step in (5, 20, 30):
        for file in folder.glob(f"model.ckpt-{step}.*"):
            file.unlink()
    assert CheckpointReader(latest_checkpoint(folder)).read("x")[0] == 10
