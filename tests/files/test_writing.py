"""Files and folders that are there whole or not at all, and take the place of nothing that is not theirs."""

import os
import signal
import subprocess
import sys

import pytest

from bert_tf import UserError
from bert_tf.files import WholeFile, whole_folder, write_text
from bert_tf.files.writing import is_as_written


def fill(folder, text="new"):
    with open(os.path.join(folder, "file"), "w") as file:
        file.write(text)


def make_listed(path, text="before"):
    with whole_folder(path, lists_files=True) as partial:
        fill(partial, text)


def test_a_text_takes_the_place_of_one_before(tmp_path):
    for text in ("before", "after, é"):
        write_text(tmp_path / "a", text)
        assert (tmp_path / "a").read_text(encoding="utf-8") == text
    assert os.listdir(tmp_path) == ["a"]


def test_files_of_others_beside_it_stay(tmp_path):
    others = [f"{dot}a.{ending}" for dot in ("", ".") for ending in ("partial", "old", "tmp")]
    for name in others:
        (tmp_path / name).write_text("mine")
    write_text(tmp_path / "a", "")
    with whole_folder(tmp_path / "b"):
        pass
    assert sorted(os.listdir(tmp_path)) == sorted([*others, "a", "b"])
    assert all((tmp_path / name).read_text() == "mine" for name in others)


def test_a_link_is_written_through(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder/file")
    for text in ("new", "newer"):
        write_text(tmp_path / "link", text)
        assert (tmp_path / "link").is_symlink() and (tmp_path / "folder" / "file").read_text() == text
    assert os.listdir(tmp_path / "folder") == ["file"]


def make_fifo(path):
    os.mkfifo(path)


def make_device(path):
    try:
        os.mknod(path, 0o600 | 0o020000, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root makes devices")


@pytest.mark.parametrize("make", [os.mkdir, make_fifo, make_device])
def test_only_regular_files_are_replaced(tmp_path, make):
    make(tmp_path / "a")
    before = os.stat(tmp_path / "a")
    with pytest.raises(
        UserError, match=f"^{tmp_path}/a: cannot be written .(Is a directory|Not a regular file)"
    ):
        write_text(tmp_path / "a", "text")
    after = os.stat(tmp_path / "a")
    assert (before.st_ino, before.st_mode) == (after.st_ino, after.st_mode)
    assert os.listdir(tmp_path) == ["a"]


def test_a_path_that_ends_as_a_folder_is_no_file(tmp_path):
    with pytest.raises(UserError, match="cannot be written .Is a directory."):
        write_text(f"{tmp_path}/a/", "text")


def test_a_name_as_long_as_names_may_be(tmp_path):
    for name in ("x" * 255, "é" * 127):
        write_text(tmp_path / name, "text")
        assert (tmp_path / name).read_text() == "text"
    with pytest.raises(UserError, match="File name too long"):
        write_text(tmp_path / ("x" * 256), "text")


def test_what_a_killed_process_left_is_written_over(tmp_path):
    program = """
import os, signal, sys
from bert_tf.files import WholeFile
with WholeFile(sys.argv[1]) as whole:
    whole.write(b"x" * 5_000_000)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    (tmp_path / "a").write_text("before")
    code = subprocess.run([sys.executable, "-c", program, str(tmp_path / "a")]).returncode
    assert code == -signal.SIGKILL
    assert (tmp_path / "a").read_text() == "before" and len(os.listdir(tmp_path)) == 2
    write_text(tmp_path / "a", "after")
    assert (tmp_path / "a").read_text() == "after" and os.listdir(tmp_path) == ["a"]


def test_one_writer_at_a_time(tmp_path):
    with WholeFile(tmp_path / "a") as whole:
        whole.write(b"first")
        with pytest.raises(UserError, match="a: another process is writing it: wait until it has ended, or"):
            write_text(tmp_path / "a", "second")
    assert (tmp_path / "a").read_text() == "first"


def test_an_error_leaves_what_was_there(tmp_path):
    write_text(tmp_path / "a", "before")
    make_listed(tmp_path / "b")
    with pytest.raises(ZeroDivisionError):
        with WholeFile(tmp_path / "a") as whole, whole_folder(tmp_path / "b", is_as_written) as partial:
            whole.write(b"half")
            fill(partial)
            1 / 0
    assert (tmp_path / "a").read_text() == (tmp_path / "b" / "file").read_text() == "before"
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


def test_an_empty_folder_is_filled_and_one_of_others_is_left_alone(tmp_path):
    (tmp_path / "empty").mkdir()
    with whole_folder(tmp_path / "empty") as partial:
        fill(partial)
    assert os.listdir(tmp_path / "empty") == ["file"]
    with pytest.raises(OSError, match="It holds other files"):
        with whole_folder(tmp_path / "empty", is_as_written) as partial:
            fill(partial, "newer")
    assert (tmp_path / "empty" / "file").read_text() == "new"
    assert os.listdir(tmp_path) == ["empty"]


def test_a_folder_is_replaced_as_long_as_it_is_as_written(tmp_path):
    folder = tmp_path / "a"
    make_listed(folder)
    with whole_folder(folder, is_as_written, lists_files=True) as partial:
        fill(partial)
        os.mkdir(os.path.join(partial, "more"))
        fill(os.path.join(partial, "more"))
    assert (folder / "file").read_text() == (folder / "more" / "file").read_text() == "new"
    os.remove(folder / "more" / "file")
    assert is_as_written(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: fill(folder, "another text"),
        lambda folder: (folder / "thesis.txt").write_text(""),
        lambda folder: (folder / "new").mkdir() or fill(folder / "new"),
        lambda folder: (folder / "link").symlink_to(folder.parent),
        lambda folder: os.mkfifo(folder / "fifo"),
        lambda folder: (folder / ".bert_tf-files").unlink(),
        lambda folder: (folder / ".bert_tf-files").write_text("[" * 100_000),
        lambda folder: (folder / ".bert_tf-files").write_text("[]"),
    ],
)
def test_something_of_someone_else_is_seen(tmp_path, change):
    make_listed(tmp_path / "a")
    assert is_as_written(tmp_path / "a")
    change(tmp_path / "a")
    assert not is_as_written(tmp_path / "a")


@pytest.mark.parametrize("moment", range(2))
def test_killed_between_the_renames_loses_nothing(tmp_path, moment):
    program = """
import os, signal, sys
from bert_tf.files import whole_folder
from bert_tf.files.writing import is_as_written
moment, rename = int(sys.argv[2]), os.rename
def rename_or_die(source, target):
    global moment
    if moment == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    moment -= 1
    rename(source, target)
os.rename = rename_or_die
with whole_folder(sys.argv[1], is_as_written, lists_files=True) as partial:
    open(partial + "/file", "w").write("never complete")
"""
    make_listed(tmp_path / "a")
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "a"), str(moment)])
    with pytest.raises(ZeroDivisionError):
        with whole_folder(tmp_path / "a"):
            assert (tmp_path / "a" / "file").read_text() == "before"
            1 / 0
    assert os.listdir(tmp_path) == ["a"] and is_as_written(tmp_path / "a")
