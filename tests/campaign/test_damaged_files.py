"""Damaged files, given or left by an earlier run: each ends in one line or in the work done."""

import shutil

from campaign.mutations import damage
from campaign.toys import COMMANDS
from campaign.verdict import digests, faults, lost

SHORT = 20


def test_damaged_inputs(server, trial_folder, num_trials, draws, log):
    names, bad = sorted(COMMANDS), []
    for number in range(num_trials(SHORT)):
        rng = draws("damage", number)
        command, folder = COMMANDS[names[number % len(names)]], trial_folder()
        path = folder / rng.choice(command.reads)
        what, must_fail = damage(rng, path)
        before = digests(folder)
        result = server.run(command.script, command.line(), folder)
        found = faults(command.script, result, must_fail)
        found += [f"lost {path}" for path in lost(before, digests(folder))]
        log(f"{command.script} {path.relative_to(folder)}: {what}", number, result, found)
        if found:
            bad.append((number, command.script, path.name, what, found, result.err[-500:]))
        else:
            shutil.rmtree(folder)
    assert not bad, "\n".join(map(str, bad))


def test_damaged_output_folders(server, trial_folder, num_trials, draws, log):
    names, bad = sorted(name for name, command in COMMANDS.items() if command.again), []
    for number in range(num_trials(SHORT // 2)):
        rng = draws("outputs", number)
        command, folder = COMMANDS[names[number % len(names)]], trial_folder()
        begun = server.run(command.script, command.line(), folder)
        assert begun.status == 0, begun.err
        files = sorted(path for path in folder.joinpath(command.writes[0]).rglob("*") if path.is_file())
        path = rng.choice(files)
        what, _ = damage(rng, path)
        before = digests(folder)
        result = server.run(command.script, command.line(), folder)
        found = faults(command.script, result)
        # What was there and whole may be written anew, but no checkpoint of training may be.
        kept = {path: digest for path, digest in before.items() if ".ckpt-" in path or "/" not in path}
        found += [f"lost {path}" for path in lost(kept, digests(folder))]
        log(f"{command.script} {path.relative_to(folder)}: {what}", number, result, found)
        if found:
            bad.append(
                (number, command.script, str(path.relative_to(folder)), what, found, result.err[-500:])
            )
        else:
            shutil.rmtree(folder)
    assert not bad, "\n".join(map(str, bad))
