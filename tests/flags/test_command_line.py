"""Flag files, read line by line, and values that no flag may have."""

import pytest
from absl import flags as absl_flags

from bert_tf.errors import UserError
from bert_tf.flags.command_line import check_values, expanded


def test_flag_files_are_read_as_absl_reads_them(tmp_path):
    inner, outer = tmp_path / "inner.txt", tmp_path / "outer.txt"
    inner.write_bytes(b"--b=1\r\n  --c\n  two words\n")
    outer.write_bytes(f"\ufeff# a comment\n// another\n\n--a=x y\n--flagfile={inner}\n".encode())
    values = ["--a=x y", "--b=1", "--c", "two words"]
    for given in ([f"--flagfile={outer}"], ["--flagfile", str(outer)], [f"-flagfile={outer}"]):
        assert expanded(["--z", *given, "--last=1"]) == ["--z", *values, "--last=1"]
    assert expanded(["--a=1", "--", f"--flagfile={outer}"]) == ["--a=1", "--", f"--flagfile={outer}"]
    assert expanded(["--flagfile="]) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"--a=1\n\ntask_name=MRPC\n", r"flags.txt:3: 'task_name=MRPC' is no flag: write --name=value"),
        (b"--a=1\nMRPC\n", r"flags.txt:2: 'MRPC' is no flag"),
        (b"--flagfile\n", r"flags.txt:1: '--flagfile' is no flag"),
        (b"\x89PNG\r\n\0\0", "is no text file of flags"),
        (b"#" * (1 << 21), "is no text file of flags"),
        (b"--a=1\n--b=\xff\n", "flags.txt:2: not UTF-8"),
        ("--a=1\n".encode("utf-16"), "is no text file of flags"),
        (b"--a=1\n--flagfile=FILE\n", "flags.txt: includes itself: remove that line from"),
        (b"--flagfile=/nowhere/flags\n", "--flagfile=/nowhere/flags: No such file or directory: give a text"),
    ],
)
def test_a_wrong_flag_file_is_one_line(tmp_path, content, message):
    path = tmp_path / "flags.txt"
    path.write_bytes(content.replace(b"FILE", str(path).encode()))
    with pytest.raises(UserError, match=message):
        expanded([f"--flagfile={path}"])


def test_a_folder_is_no_flag_file_and_a_name_is_needed(tmp_path):
    with pytest.raises(UserError, match="Is a directory: give a text file of flags"):
        expanded([f"--flagfile={tmp_path}"])
    with pytest.raises(absl_flags.Error, match="--flagfile with no argument"):
        expanded(["--flagfile"])


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400"])
def test_no_flag_is_infinite_or_no_number(value):
    values = absl_flags.FlagValues()
    absl_flags.DEFINE_float("rate", 1.0, "", lower_bound=None, flag_values=values)
    values(["script", f"--rate={value}"])
    with pytest.raises(UserError, match="flag --rate=.*: is no finite number: give one"):
        check_values(values)


def test_paths_that_tensorflow_cannot_open():
    values = absl_flags.FlagValues()
    absl_flags.DEFINE_string("output_dir", None, "", flag_values=values)
    values(["script", "--output_dir=café"])
    check_values(values)
    values(["script", "--output_dir=caf\udce9"])
    with pytest.raises(UserError, match="flag --output_dir=.*is not UTF-8"):
        check_values(values)
