"""Pictures come last, and what befalls them ends no run."""

import pytest

from bert_tf.errors import UserError
from bert_tf.visualization.figures import draw_last, new_figure, save_figure


def raising(error):
    def draw(path):
        raise error

    return draw


def test_a_picture_that_fails_costs_a_line(capsys):
    draw_last(
        [
            ("a.png", raising(UserError("a.png needs the package"))),
            ("b.png", raising(MemoryError())),
            ("c.png", raising(ValueError("Image size\nis too large"))),
            ("d.png", lambda path: None),
            ("e.png", lambda path: "without the names"),
        ]
    )
    assert capsys.readouterr().out.splitlines() == [
        "Not drawn: a.png needs the package",
        "Not drawn: b.png: MemoryError:",
        "Not drawn: c.png: ValueError: Image size is too large",
        "Wrote d.png",
        "Wrote e.png, without the names",
    ]


def test_an_interruption_is_none(capsys):
    with pytest.raises(KeyboardInterrupt):
        draw_last([("a.png", raising(KeyboardInterrupt()))])


def test_letters_without_a_font_are_no_warnings(tmp_path, recwarn):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")

    def draw(path):
        figure = new_figure((2, 2), path)
        figure.subplots().set_xlabel("\u597d\U0001f600")
        save_figure(figure, path)

    draw_last([(tmp_path / "picture.png", draw)])
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"] and not len(recwarn)


def test_a_picture_that_fails_leaves_no_part(tmp_path):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    figure = new_figure((2, 2), "picture.png")
    with pytest.raises(ValueError, match="not supported"):
        save_figure(figure, tmp_path / "picture.nothing")
    assert not list(tmp_path.iterdir())
