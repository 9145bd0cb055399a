"""The picture of a run."""

import pytest

from bert_tf.errors import UserError
from bert_tf.visualization.learning_curve import draw_learning_curve


def test_draws_every_group(tmp_path):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    path = tmp_path / "curve.svg"
    curves = {"loss": ([1, 2, 3], [3.0, 2.0, 1.0]), "eval_loss": ([3], [1.5])}
    groups = {"losses": curves, "nothing": {}, "rate": {"learning_rate": ([1, 2], [0.1, 0.0])}}
    draw_learning_curve(groups, path, best_step=3)
    picture = path.read_text()
    # The SVG says each text in a comment beside its outlines.
    for text in ("losses", "rate", "loss", "eval_loss", "step"):
        assert f"<!-- {text} -->" in picture
    assert "<!-- nothing -->" not in picture


def test_nothing_to_draw(tmp_path):
    with pytest.raises(UserError, match="curve.png: there are no figures to draw yet"):
        draw_learning_curve({"losses": {}}, tmp_path / "curve.png")
