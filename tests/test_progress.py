"""The progress bar in a log file."""

from bert_tf.progress import progress_bar


def test_says_title_unit_and_where_it_started(capsys):
    with progress_bar("Training", 10, "step", done=4) as bar:
        bar.update(6)
    err = capsys.readouterr().err
    assert err.splitlines()[-1].startswith("Training: 100%") and "10/10" in err and "step/s" in err


def test_is_quiet_where_nobody_watches(capsys):
    with progress_bar("Training", 1000, "step") as bar:
        for _ in range(1000):
            bar.update(1)
    assert capsys.readouterr().err.count("\r") <= 3
