"""The progress bar, in a log file and on a terminal."""

from bert_tf.progress import progress_bar, say


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


def test_what_is_said_meanwhile_stands_on_a_line_of_its_own(capsys):
    with progress_bar("Training", 10, "step"):
        capsys.readouterr()
        say("Step 5: well")
        said = capsys.readouterr()
    assert said.out == "Step 5: well\n"
    _, cleared, *_, again = said.err.split("\r")
    assert cleared.isspace() and again.startswith("Training:")
