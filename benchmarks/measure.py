"""Runs contestants in turn, each in a process of its own, and prints one table of what they reached."""

import dataclasses
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time


@dataclasses.dataclass(frozen=True)
class Contestant:
    """One row of a table.

    Args:
        name: What the table calls it.
        command: A command line. If its last line of output is a JSON object of numbers, these are
            figures too, beside `seconds` and `peak MB`.
        environment: Variables set for it.
    """

    name: str
    command: list[str]
    environment: dict = dataclasses.field(default_factory=dict)


def compare(title, contestants, columns, rounds=3, reference=None):
    """Runs every contestant once a round, the rounds one after the other, and prints the medians.

    A machine that is slower for a while so slows all alike.

    Args:
        title: First line of the table.
        contestants: The `Contestant`s.
        columns: Names of the figures to show; the first one gets spread and ratio.
        rounds: How often each runs.
        reference: Name of the contestant that ratios are to; the first by default.
    """
    results = {contestant.name: [] for contestant in contestants}
    for number in range(rounds):
        for contestant in contestants:
            print(f"round {number + 1} of {rounds}: {contestant.name}", file=sys.stderr, flush=True)
            results[contestant.name].append(run(contestant))
    print(table(title, results, columns, reference or contestants[0].name))


def run(contestant):
    """Runs it once; returns its figures by name, with wall-clock `seconds` and `peak MB` of memory.

    Raises:
        SystemExit: If it fails; the end of what it printed is shown.
    """
    environment = {**os.environ, **contestant.environment}
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        started = time.perf_counter()
        process = subprocess.Popen(contestant.command, stdout=out, stderr=err, env=environment)
        # Of all that wait for a process, only wait4 tells the memory of this one.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        out.seek(0)
        err.seek(0)
        if status:
            sys.exit(f"{contestant.name} failed:\n{err.read()[-3000:]}")
        last = (out.read().strip().splitlines() or [""])[-1]
    own = json.loads(last) if last.startswith("{") else {}
    return {"seconds": seconds, "peak MB": usage.ru_maxrss / 1024, **own}


def table(title, results, columns, reference):
    """The Markdown table of the medians of `results`, a list of figures for each contestant."""
    first = columns[0]
    base = statistics.median(row[first] for row in results[reference])
    lines = [title, "", f"| | {' | '.join(columns)} | {first}: lowest to highest | ratio |"]
    lines.append("|---" * (len(columns) + 3) + "|")
    for name, rows in results.items():
        medians = [statistics.median(row[column] for row in rows) for column in columns]
        values = [row[first] for row in rows]
        spread = f"{_shown(min(values))} to {_shown(max(values))}"
        cells = [name, *map(_shown, medians), spread, f"{medians[0] / base:.2f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", machine()])


def machine():
    """One line on the machine."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    name = models[0] if models else platform.processor()
    return f"{name}, {os.cpu_count()} CPUs, Python {platform.python_version()}"


def _shown(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
