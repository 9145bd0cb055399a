"""The file of a run's course, whatever interrupts it."""

import pytest

from bert_tf.errors import UserError
from bert_tf.training.learning_curve import LearningCurve


def train(curve, steps, losses, parts):
    """Reports some steps in parts of the given sizes, as a trainer does: never beyond a row."""
    step, last = steps
    for size in parts:
        while size and step < last:
            count = min(size, curve.next_row(step) - step, last - step)
            mean = sum(losses[step : step + count]) / count
            step, size = step + count, size - count
            curve.add(step, count, {"loss": mean}, rate=1 / step)


def test_rows_do_not_depend_on_the_parts_nor_on_interruptions(tmp_path):
    losses = [1 / (number + 1) for number in range(1000)]
    whole = LearningCurve(tmp_path, 1000)
    train(whole, (0, 1000), losses, [1000])
    whole.note(1000, {"eval_f1": 0.1 + 0.2})
    whole.save()
    content = (tmp_path / "learning_curve.tsv").read_bytes()
    lines = content.decode().splitlines()
    assert len(lines) == 201 and lines[0] == "step\tloss\tlearning_rate\teval_f1"
    assert lines[1] == f"5\t{sum(losses[:5]) / 5:.6g}\t0.2\t"
    assert lines[-1].endswith("\t0.001\t0.30000000000000004")

    interrupted = LearningCurve(tmp_path, 1000)
    train(interrupted, (0, 705), losses, [3, 7] * 100)
    interrupted.save()
    resumed = LearningCurve(tmp_path, 1000)
    resumed.resume(600)  # The checkpoint of step 705 was not written any more.
    assert list(resumed.rows)[-1] == 600
    train(resumed, (600, 1000), losses, [11] * 100)
    resumed.note(1000, {"eval_f1": 0.1 + 0.2})
    resumed.save()
    assert (tmp_path / "learning_curve.tsv").read_bytes() == content


def test_a_checkpoint_between_two_rows_makes_a_row(tmp_path):
    """Else the mean of the next one would be lost where the run is resumed."""
    curve = LearningCurve(tmp_path, 1000)
    train(curve, (0, 7), [1.0] * 5 + [3.0, 4.0], [7])
    curve.save()
    assert curve.series("loss") == ([5, 7], [1.0, 3.5])


def test_what_a_picture_shows(tmp_path):
    curve = LearningCurve(tmp_path, 3)
    train(curve, (0, 3), [3.0, 2.0, 1.0], [3])
    curve.note(2, {"eval_f1": 0.5, "eval_loss": 2.5, "eval_threshold": 0.3})
    groups = curve.groups(["eval_f1", "eval_recall"])
    assert groups["loss"] == {"loss": ([1, 2, 3], [3.0, 2.0, 1.0]), "eval_loss": ([2], [2.5])}
    assert groups["figures"] == {"eval_f1": ([2], [0.5])}
    assert groups["learning rate"]["learning_rate"][0] == [1, 2, 3]


@pytest.mark.parametrize("row", ["2\tx\t0.1", "2\t0.5", "\t0.5\t0.1", "two\t0.5\t0.1", "inf\t0.5\t0.1"])
def test_a_damaged_file(tmp_path, row):
    (tmp_path / "learning_curve.tsv").write_text(f"step\tloss\tlearning_rate\n1\t0.5\t0.1\n{row}\n")
    with pytest.raises(UserError, match="learning_curve.tsv:3: not a row of a learning curve: remove"):
        LearningCurve(tmp_path, 3).resume(3)


def test_a_file_that_is_something_else(tmp_path):
    (tmp_path / "learning_curve.tsv").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    with pytest.raises(
        UserError, match="learning_curve.tsv: no learning curve .*not UTF-8.*: remove the file"
    ):
        LearningCurve(tmp_path, 3).resume(3)
    (tmp_path / "learning_curve.tsv").unlink()
    (tmp_path / "learning_curve.tsv").mkdir()
    with pytest.raises(UserError, match="learning_curve.tsv: Is a directory: remove the file"):
        LearningCurve(tmp_path, 3).resume(3)
