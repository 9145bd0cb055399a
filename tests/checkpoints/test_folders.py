"""What a folder's `checkpoint` file lists, and which files of checkpoints are there."""

import os
import shutil

import pytest
import tensorflow as tf

from bert_tf.checkpoints.folders import missing_part, numbered_prefixes, prefix_of, prefixes_in, read_state


def test_state_files_as_tensorflow_writes_them(tmp_path):
    folder = tmp_path / "mödel 文"
    folder.mkdir()
    paths = [str(folder / f"{name}") for name in ("a.ckpt-1", 'b "quoted".ckpt-2', "ç.ckpt-3")]
    tf.compat.v1.train.update_checkpoint_state(str(folder), paths[-1], paths)
    assert read_state(folder).prefixes == tuple(paths)
    assert not read_state(folder).problem


def test_of_a_copied_folder_its_own_files_are_meant(run_folder, tmp_path):
    folder = run_folder(5)
    (folder / "checkpoint").write_text(f'model_checkpoint_path: "{folder}/model.ckpt-5"\n')
    copy = shutil.copytree(folder, tmp_path / "copy")
    assert read_state(copy).prefixes == (str(copy / "model.ckpt-5"),)
    for file in copy.glob("model.ckpt-5.*"):
        file.unlink()
    assert read_state(copy).prefixes == (str(folder / "model.ckpt-5"),)


def test_prefixes(run_folder, monkeypatch):
    folder = run_folder(100, 9, 20, state=False)
    (folder / "bert_model.ckpt.index").write_text("")
    names = ["model.ckpt-9", "model.ckpt-20", "model.ckpt-100"]
    assert [os.path.basename(prefix) for prefix in numbered_prefixes(folder)] == names
    assert len(prefixes_in(folder)) == 4
    monkeypatch.chdir(folder)
    assert numbered_prefixes("") == names and prefixes_in("none") == []
    assert prefix_of("a/b.ckpt.data-00001-of-00002") == prefix_of("a/b.ckpt.meta") == "a/b.ckpt"
    assert prefix_of("a/b.ckpt") == "a/b.ckpt"


@pytest.mark.parametrize(
    ("files", "missing"),
    [
        ([".index", ".data-00000-of-00001"], ""),
        ([".index", ".data-00000-of-00002", ".data-00001-of-00002"], ""),
        ([".index", ".data-00000-of-00001", ".data-00001-of-00002"], ""),
        ([".index", ".data-00000-of-00002"], "its .data-00001-of-00002 file is missing"),
        ([".index", ".meta"], "its .data-00000-of-00001 file is missing"),
        ([".data-00000-of-00001"], "its .index file is missing"),
    ],
)
def test_missing_parts(tmp_path, files, missing):
    prefix = tmp_path / "a[1].ckpt"
    for file in files:
        (tmp_path / f"a[1].ckpt{file}").write_text("x")
    (tmp_path / "a[1].ckpt-2.data-00000-of-00001").write_text("x")
    assert missing_part(str(prefix)) == missing
