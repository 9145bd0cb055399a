"""When to evaluate, what is the best, and when it is enough."""

from fractions import Fraction

import pytest

from bert_tf.training.best_checkpoint import Evaluations, evaluation_steps
from bert_tf.training.learning_curve import LearningCurve


def test_steps():
    assert evaluation_steps(10, every_steps=3) == [3, 6, 9, 10]
    assert evaluation_steps(10, every_steps=20) == [10]
    # An epoch of 3 1/3 steps is over after 4, 7 and 10.
    assert evaluation_steps(10, steps_per_epoch=Fraction(10, 3)) == [4, 7, 10]
    assert evaluation_steps(9, steps_per_epoch=Fraction(10, 3)) == [4, 7, 9]
    assert evaluation_steps(8, 5, Fraction(4)) == [4, 5, 8]
    # More epochs than steps.
    assert evaluation_steps(2, steps_per_epoch=Fraction(1, 2)) == [1, 2]


@pytest.mark.parametrize(
    ("metric", "values", "best", "enough_after"),
    [
        ("f1", [0.5, 0.7, 0.7, 0.6], 2, 4),
        ("loss", [0.5, 0.7, 0.3, 0.3, 0.4], 3, 5),
        ("f1", [float("nan"), 0.0, 0.1, 0.2], 4, None),
        ("f1", [0.1, 0.0, float("nan"), 0.2], 1, 3),
    ],
)
def test_best_and_enough(tmp_path, metric, values, best, enough_after):
    curve = LearningCurve(tmp_path, 10)
    evaluations = Evaluations(range(1, 11), metric, 2, curve, tmp_path, None, None, None)
    assert evaluations.best_step is None and not evaluations.is_enough
    for step, value in enumerate(values, start=1):
        curve.note(step, {f"eval_{metric}": value})
        assert evaluations.is_enough == (step == enough_after)
        if evaluations.is_enough:
            break
    assert evaluations.best_step == best


def test_next_step(tmp_path):
    evaluations = Evaluations([4, 7], "f1", None, LearningCurve(tmp_path, 10), tmp_path, None, None, None)
    assert [evaluations.next_step(step) for step in (0, 3, 4, 7)] == [4, 4, 7, None]
