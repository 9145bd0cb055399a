"""How many steps run at once, and what is said of them."""

from bert_tf.training.pace import Pace, described


def test_steps_fill_the_time_between_two_reports():
    pace = Pace(most=40)
    assert pace.count == 1
    pace.ran(1, 20.0)  # The first call's time is that of tracing.
    assert (pace.count, pace.steps_per_second) == (1, 0.05)
    pace.ran(1, 0.05)
    assert pace.count == 10
    pace.ran(10, 0.01)
    assert pace.count == 40
    pace.ran(40, 400.0)
    assert pace.count == 1


def test_what_the_progress_bar_says():
    figures = {"loss": 0.5, "learning rate": 2e-5, "examples/s": 12.34, "tokens/s": 1234.5}
    assert described(figures) == "loss 0.5000, learning rate 2.00e-05, 12.3 examples/s, 1,234 tokens/s"
