"""Wrong command lines: each ends in one line or in the work done, and no input is touched."""

import shutil

import pytest
from campaign.mutations import wrong_flags
from campaign.toys import COMMANDS
from campaign.verdict import digests, faults, lost

SHORT = 30


@pytest.mark.parametrize("name", sorted(name for name, command in COMMANDS.items() if not command.again))
def test_the_right_command_line_is_right(server, trial_folder, name):
    folder, command = trial_folder(), COMMANDS[name]
    result = server.run(command.script, command.line(), folder)
    assert (result.status, faults(command.script, result)) == (0, []), result.err


def test_wrong_command_lines(server, trial_folder, num_trials, draws, log):
    names, bad = sorted(COMMANDS), []
    for number in range(num_trials(SHORT)):
        rng = draws("flags", number)
        command, folder = COMMANDS[names[number % len(names)]], trial_folder()
        wrong, before = wrong_flags(rng, command), digests(folder)
        result = server.run(command.script, [*command.line(), *wrong.flags], folder)
        found = faults(command.script, result, wrong.must_fail)
        found += [f"lost {path}" for path in lost(before, digests(folder))]
        log(f"{command.script} {' '.join(wrong.flags)[:200]}", number, result, found)
        if found:
            bad.append((number, command.script, wrong.flags, found, result.err[-500:]))
        else:
            shutil.rmtree(folder)
    assert not bad, "\n".join(map(str, bad))
