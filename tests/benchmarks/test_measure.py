"""The tables, and who is in them."""

import sys

import pytest
from measure import STARTED, Contestant, compare, run, table


def python(name, code, **options):
    return Contestant(name, [sys.executable, "-c", code], **options)


def test_table_shows_medians_spread_and_ratio():
    results = {"ours": [{"speed": 2.0}, {"speed": 4.0}, {"speed": 90.0}], "theirs": [{"speed": 1000.0}]}

    lines = table("Title", results, ["speed"], "ours", ["A note"]).splitlines()

    assert lines[0] == "Title"
    assert "| ours | 4 | 2 to 90 | 1.00 |" in lines
    assert "| theirs | 1,000 | 1,000 to 1,000 | 250.00 |" in lines
    assert "A note" in lines


def test_run_takes_the_figures_of_the_last_line():
    code = f"import os; print('log'); print('{{\"started\": ' + os.environ['{STARTED}'] + '}}')"

    figures = run(python("one", code))

    assert figures["started"] > 1e9
    assert figures["seconds"] > 0 and figures["peak MB"] > 1


def test_compare_runs_in_turn_and_derives(capfd):
    ours, theirs = (python(name, "print('{\"n\": 3}')") for name in ("ours", "theirs"))

    compare(
        "Title", [ours, theirs], ["twice"], rounds=2, derive=lambda figures, _: {"twice": 2 * figures["n"]}
    )

    out, err = capfd.readouterr()
    assert "| theirs | 6 | 6 to 6 | 1.00 |" in out
    turns = [line.split(": ")[1] for line in err.splitlines() if line.startswith("round")]
    assert turns == ["ours", "theirs", "ours", "theirs"]


def test_compare_goes_on_without_what_is_not_installed(capfd):
    ours = python("ours", "print('{\"n\": 3}')")
    theirs = python("theirs", "raise SystemExit(1)", needs=("no_such_module",))

    compare("Title", [ours, theirs], ["n"], rounds=1)

    out, _ = capfd.readouterr()
    assert "| ours | 3 |" in out
    assert "| theirs" not in out
    assert "Left out: theirs (not installed: no_such_module; pip install -e '.[benchmarks]')" in out


def test_a_contestant_that_fails_ends_the_comparison():
    with pytest.raises(SystemExit, match="(?s)theirs failed.*because of this"):
        run(python("theirs", "raise SystemExit('because of this')"))
