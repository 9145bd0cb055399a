"""Kills at random moments: the same command once more ends as an undisturbed run does, byte for byte."""

import shutil

from campaign.toys import COMMANDS
from campaign.verdict import digests, faults, lost

SHORT = 6


def test_killed_runs(server, trial_folder, finished, num_trials, draws, log):
    names, bad = sorted(COMMANDS), []
    for number in range(num_trials(SHORT)):
        rng = draws("kills", number)
        name = names[number % len(names)]
        command, folder = COMMANDS[name], trial_folder()
        expected, seconds = finished(name)
        moments = [rng.uniform(0, seconds) for _ in range(rng.choice((1, 1, 2, 3)))]
        for moment in moments:
            server.run(command.script, command.line(), folder, kill_after=moment)
        result = server.run(command.script, command.line(), folder)
        after = digests(folder)
        # A script may refuse to do again what is done: all files are there then.
        found = faults(command.script, result) + [f"lost {path}" for path in lost(expected, after)]
        found += [f"left {path}" for path in after if path not in expected]
        log(f"{name} killed after {moments} of {seconds:.1f} s", number, result, found)
        if found:
            bad.append((number, name, moments, found, result.err[-500:]))
        else:
            shutil.rmtree(folder)
    assert not bad, "\n".join(map(str, bad))
