"""What a path may be, and when two are the same."""

import os

import pytest

from bert_tf import UserError
from bert_tf.files.paths import beside, check_path, contains, identities


@pytest.mark.parametrize(
    "path",
    [
        "gs://b/x",
        "s3://b",
        "GS://b",
        "hdfs:/x",
        "hdfs://n/x",
        "file:///x",
        "http://x",
        "abfss://c@a/x",
        "s3a://b",
    ]
    + [" gs://b/x", "dbfs:/x"],
)
def test_urls_are_no_paths(path):
    with pytest.raises(UserError, match="not a path of this machine's files: copy the files here"):
        check_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "x",
        "./gs://b",
        "/tmp/gs:/b",
        "a:b",
        "run-12:30/x",
        "C:x",
        "a[1]",
        "a b",
        "k=v",
        "%d",
        "l\nm",
        "é",
        "..",
        "",
        "~",
    ],
)
def test_local_paths_are(path):
    check_path(path)


def test_what_no_file_system_or_tensorflow_takes():
    with pytest.raises(UserError, match="zero byte"):
        check_path("a\0b")
    with pytest.raises(UserError, match="not UTF-8"):
        check_path(os.fsdecode(b"a\xff"))


def test_in_a_folder_that_was_removed(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    (tmp_path / "a").rmdir()
    with pytest.raises(UserError, match="current folder is there no more"):
        check_path("x")
    monkeypatch.chdir(tmp_path)


def test_the_same_by_any_spelling(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_text("")
    os.link("a", "hard")
    os.symlink("a", "soft")
    os.symlink(".", "here")
    (tmp_path / "b").write_text("")
    for path in ("a", "./a", tmp_path / "a", "here/a", "hard", "soft", "here/../" + tmp_path.name + "/a"):
        assert identities(path) & identities("a"), path
    assert not identities("b") & identities("a") and not identities("none") & identities("a")
    assert identities("none") & identities("./none")


def test_a_folder_contains_itself_and_what_is_below(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a" / "b").mkdir(parents=True)
    os.symlink("a/b", "link")
    for folder, path in (
        ("a", "a"),
        ("a", "a/new/x"),
        ("a", "link"),
        (".", "a"),
        ("/", "new"),
        ("link", "a/b/c"),
    ):
        assert contains(folder, path), (folder, path)
    for folder, path in (("a/b", "a"), ("link", "a"), ("a", "ab"), ("new", "a"), ("a/b", "a/c")):
        assert not contains(folder, path), (folder, path)


def test_names_beside(tmp_path):
    assert beside("/x/y", ".mark") == "/x/.y.mark"
    for name in ("x" * 255, "é" * 127):
        assert len(os.fsencode(os.path.basename(beside(f"/{name}", ".mark")))) < 200
        assert beside(f"/{name}", ".mark") != beside(f"/{name[:-1]}", ".mark")
