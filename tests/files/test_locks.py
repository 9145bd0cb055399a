"""Locks that die with their process."""

import errno
import fcntl
import os
import subprocess
import sys

import pytest

from bert_tf import UserError
from bert_tf.files.locks import locked

HOLDER = """
import sys, time
from bert_tf.files.locks import locked
with locked(sys.argv[1], "x", "y"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """A process that has a lock."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "lock")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_process_is_told_who_has_it(holder, tmp_path):
    message = (
        rf"^--output_dir=o: in use by another run \(process {holder.pid} on .+\): wait until .+, or go away$"
    )
    with pytest.raises(UserError, match=message):
        with locked(tmp_path / "lock", "--output_dir=o", "go away"):
            pass
    holder.kill()
    holder.wait()
    assert (tmp_path / "lock").exists()
    with locked(tmp_path / "lock", "--output_dir=o", "go away"):
        pass
    assert not os.listdir(tmp_path)


def test_a_part_of_the_work_may_ask_again(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    with locked(tmp_path / "lock", "x", "y"):
        with locked(tmp_path / "link" / "lock", "x", "y"):
            pass
        assert (tmp_path / "lock").exists()
    assert os.listdir(tmp_path) == ["link"]


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.EPERM])
def test_a_file_system_without_locks_does_not_keep_from_working(tmp_path, monkeypatch, number):
    def without_locks(descriptor, operation):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", without_locks)
    with locked(tmp_path / "lock", "x", "y"):
        pass
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda path: os.symlink(f"{path}ed", path)])
def test_something_else_of_that_name_is_an_error_and_stays(tmp_path, make):
    (tmp_path / "locked").write_text("mine")
    make(tmp_path / "lock")
    before = os.lstat(tmp_path / "lock")
    with pytest.raises(OSError):
        with locked(tmp_path / "lock", "x", "y"):
            pass
    assert os.lstat(tmp_path / "lock").st_ino == before.st_ino
    assert (tmp_path / "locked").read_text() == "mine"


def test_a_file_is_not_emptied_through_a_hard_link(tmp_path):
    (tmp_path / "mine").write_text("mine")
    os.link(tmp_path / "mine", tmp_path / "lock")
    with locked(tmp_path / "lock", "x", "y"):
        pass
    assert os.listdir(tmp_path) == ["mine"] and (tmp_path / "mine").read_text() == "mine"
