"""The picture of a confusion matrix."""

import builtins

import numpy as np
import pytest

from bert_tf.errors import UserError
from bert_tf.visualization.confusion import draw_confusion_matrix


def test_draws_labels_and_counts(tmp_path):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    path = tmp_path / "matrix.svg"
    draw_confusion_matrix(["cat", "$dog$"], np.array([[31, 7], [0, 0]]), path)
    picture = path.read_text()
    # The SVG says each text in a comment beside its outlines.
    for text in ("cat", "$dog$", "31", "7", "predicted", "true"):
        assert f"<!-- {text} -->" in picture


def test_many_labels_are_drawn_without_counts(tmp_path):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    path = tmp_path / "matrix.svg"
    draw_confusion_matrix([f"label {n}" for n in range(30)], np.full([30, 30], 77), path)
    assert "<!-- label 29 -->" in path.read_text() and "<!-- 77 -->" not in path.read_text()


def size_of(png):
    """Width and height in pixels, which a PNG file has in its header."""
    header = png.read_bytes()[16:24]
    return int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big")


@pytest.mark.parametrize("number", [81, 2500])
def test_a_picture_of_very_many_labels_is_of_bounded_size(tmp_path, number):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    path = tmp_path / "matrix.png"
    remark = draw_confusion_matrix([f"label {n}" for n in range(number)], np.eye(number, dtype=int), path)
    assert remark == f"without the names, as there are {number} labels"
    assert max(size_of(path)) < 3000


def test_a_picture_of_long_names_is_of_bounded_size(tmp_path):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    path = tmp_path / "matrix.png"
    draw_confusion_matrix(["x" * 100_000, "a\n" * 1000, "\0\u200b"], np.eye(3, dtype=int), path)
    assert max(size_of(path)) < 1500


def test_too_many_labels_for_a_picture(tmp_path):
    with pytest.raises(
        UserError, match="matrix.png: 2 labels are too many for a picture: see confusion_pairs"
    ):
        draw_confusion_matrix(["a", "b"], None, tmp_path / "matrix.png")


def test_unwritable(tmp_path):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    (tmp_path / "matrix.png").mkdir()
    with pytest.raises(UserError, match="matrix.png: cannot be written .Is a directory."):
        draw_confusion_matrix(["a", "b"], np.eye(2, dtype=int), tmp_path / "matrix.png")


def test_names_the_extra_where_matplotlib_is_missing(tmp_path, monkeypatch):
    def without_matplotlib(name, *arguments):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real_import(name, *arguments)

    real_import = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", without_matplotlib)
    path = tmp_path / "matrix.png"
    with pytest.raises(
        UserError, match=r"matrix.png needs the package matplotlib: pip install -e '.\[plots\]'"
    ):
        draw_confusion_matrix(["a", "b"], np.eye(2, dtype=int), path)
    assert not path.exists()
