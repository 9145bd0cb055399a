"""What is known of an output before the work begins."""

import os

import pytest

from bert_tf import UserError
from bert_tf.files.outputs import (
    check_apart,
    check_file,
    check_folder,
    check_not_read,
    check_whole_folder,
    make_folder,
    reserved,
)

CHECKS = (check_file, check_folder, check_whole_folder)


@pytest.mark.parametrize("check", CHECKS)
def test_what_can_be_made_is_let_through_and_not_made(tmp_path, check):
    check(tmp_path / "new" / "x", "x", "y")
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    "path, reason",
    [
        ("/dev/null", "No place for files that stay"),
        ("/dev/stdout", "No place for files that stay"),
        ("/dev/fd/1", "No place for files that stay"),
        ("/proc/self/x", "No place for files that stay"),
        ("/sys/x/y", "No place for files that stay"),
        ("file/x", "Not a directory"),
        (256 * "x", "File name too long"),
        (3000 * "x/", "File name too long"),
    ],
)
def test_what_cannot_is_one_line(tmp_path, monkeypatch, check, path, reason):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=f"^--flag: cannot be written .{reason}.*: go away$"):
        check(path, "--flag", "go away")


def test_only_a_regular_file_is_replaced(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    for name in ("fifo", "folder", "folder/new/"):
        with pytest.raises(UserError, match="cannot be written .(Not a regular file|Is a directory)"):
            check_file(f"{tmp_path}/{name}", "x", "y")
    for check in (check_folder, check_whole_folder):
        with pytest.raises(UserError, match="is no folder"):
            check(tmp_path / "file", "x", "y")
    check_file(tmp_path / "file", "x", "y")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_write_protected(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "file").chmod(0o400)
    with pytest.raises(UserError, match="Write-protected"):
        check_file(tmp_path / "file", "x", "y")
    tmp_path.chmod(0o500)
    for check in CHECKS:
        with pytest.raises(UserError, match="cannot be written"):
            check(tmp_path / "new", "x", "y")
    tmp_path.chmod(0o700)


def test_no_whole_folder_in_the_place_of_the_current_one(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    for folder in (".", "..", "/", tmp_path):
        with pytest.raises(UserError, match="holds the current folder"):
            check_whole_folder(folder, "x", "y")
    check_whole_folder("b", "x", "y")


def test_a_mounted_file_system_cannot_be_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(os.path, "ismount", lambda path: path == str(tmp_path))
    with pytest.raises(UserError, match="a file system of its own is mounted there: name a folder in it"):
        check_whole_folder(tmp_path, "x", "y")


def test_a_reserved_place_is_left_as_it_was(tmp_path):
    with reserved(tmp_path / "a" / "b", "x", "y"):
        assert len(os.listdir(tmp_path / "a")) == 1
    assert not os.listdir(tmp_path / "a")
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="^--flag: cannot be written"):
        with reserved(tmp_path / "file" / "b", "--flag", "y"):
            pass


def test_a_folder_is_made_and_tried(tmp_path):
    make_folder(tmp_path / "a" / "b", "x", "y")
    assert os.listdir(tmp_path / "a") == ["b"] and not os.listdir(tmp_path / "a" / "b")
    with pytest.raises(UserError, match="^--flag: cannot be written"):
        make_folder("/proc/self", "--flag", "y")


def test_an_output_that_is_an_input(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_text("")
    os.link("a", "hard")
    os.symlink("a", "soft")
    for path in ("a", "./a", str(tmp_path / "a"), "hard", "soft"):
        with pytest.raises(UserError, match="to be written, but this run reads it.*: go away$"):
            check_not_read(["new", path], ["other", "a"], "go away")
    check_not_read(["new", "b"], ["other", "a"], "go away")


def test_outputs_named_twice(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.symlink("a", "soft")
    for paths in (["a", "a"], ["a", "b", "./a"], ["soft", "a"]):
        with pytest.raises(UserError, match="named twice"):
            check_apart(paths, "go away")
    check_apart(["a", "b"], "go away")
