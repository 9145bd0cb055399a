"""A campaign against the scripts: how many trials, from which seed, and where they run."""

import json
import os
import pathlib
import random
import shutil

import pytest
from campaign.fork_server import ForkServer
from campaign.toys import COMMANDS, make_inputs
from campaign.verdict import digests


@pytest.fixture(scope="session")
def num_trials():
    """From the number of trials of a short run to that of this one."""
    return lambda short: int(os.environ.get("BERT_TF_CAMPAIGN", short))


@pytest.fixture(scope="session")
def draws():
    """From the number of a trial to its random numbers."""
    seed = os.environ.get("BERT_TF_CAMPAIGN_SEED", "2018")
    return lambda kind, number: random.Random(f"{seed} {kind} {number}")


@pytest.fixture(scope="session")
def log():
    """Notes how a trial ended in the file that BERT_TF_CAMPAIGN_LOG names, if it does."""
    path = os.environ.get("BERT_TF_CAMPAIGN_LOG")

    def note(what, number, result, found):
        last = (result.err.strip().splitlines() or [""])[-1]
        line = {"what": what, "number": number, "status": result.status, "found": found, "last": last}
        if path:
            with pathlib.Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    return note


@pytest.fixture(scope="module")
def server():
    with ForkServer() as server:
        yield server


@pytest.fixture(scope="module")
def inputs(server, tmp_path_factory):
    """A folder of everything that the scripts read."""
    folder = tmp_path_factory.mktemp("inputs")
    make_inputs(folder, server)
    return folder


@pytest.fixture(scope="module")
def trial_folder(inputs, tmp_path_factory):
    """Makes a copy of the inputs, to be deleted where all went well."""

    def make():
        folder = tmp_path_factory.mktemp("trial") / "inputs"
        shutil.copytree(inputs, folder, ignore=shutil.ignore_patterns(".said"))
        return folder

    return make


@pytest.fixture(scope="module")
def finished(server, trial_folder):
    """From a command's name to what its undisturbed run leaves (see `digests`) and its seconds, made once."""
    known = {}

    def run_of(name):
        if name not in known:
            folder, command = trial_folder(), COMMANDS[name]
            result = server.run(command.script, command.line(), folder)
            assert result.status == 0, result.err
            known[name] = digests(folder), result.seconds
            shutil.rmtree(folder)
        return known[name]

    return run_of
