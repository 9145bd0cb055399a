"""Runs contestants in turn, each in a process of its own, and prints one table of what they reached."""

import dataclasses
import importlib.util
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

# Name of the variable that tells a contestant when its process was started, in seconds since the epoch.
STARTED = "BENCHMARK_STARTED"


@dataclasses.dataclass(frozen=True)
class Contestant:
    """One row of a table.

    Args:
        name: What the table calls it.
        command: A command line. If its last line of output is a JSON object of numbers, these are
            figures too, beside `seconds` and `peak MB`.
        environment: Variables set for it.
        needs: Modules without which it is left out.
    """

    name: str
    command: list[str]
    environment: dict = dataclasses.field(default_factory=dict)
    needs: tuple = ()

    @property
    def missing(self):
        """Those of the modules it needs that are not installed."""
        return [module for module in self.needs if importlib.util.find_spec(module) is None]


def compare(title, contestants, columns, rounds=3, reference=None, ceiling=None, derive=None):
    """Runs every contestant once a round, the rounds one after the other, and prints the medians.

    A machine that is slower for a while so slows all alike. Contestants of which a module is not
    installed are left out, and named below the table.

    Args:
        title: First line of the table.
        contestants: The `Contestant`s.
        columns: Names of the figures to show; the first one gets spread and ratio.
        rounds: How often each runs.
        reference: Name of the contestant that ratios are to; the first by default.
        ceiling: The library to measure the machine's matrix products with, once a round; see `ceiling.py`.
        derive: From a contestant's figures and those of `matrix_products` to further figures, by name.

    Raises:
        SystemExit: If a contestant fails, or none is left.
    """
    notes = [
        f"Left out: {one.name} (not installed: {', '.join(one.missing)}; pip install -e '.[benchmarks]')"
        for one in contestants
        if one.missing
    ]
    print("\n".join(notes), file=sys.stderr, end="\n" if notes else "")
    contestants = [one for one in contestants if not one.missing]
    if not contestants:
        sys.exit(f"{title}: no contestant is left to measure")
    results = {contestant.name: [] for contestant in contestants}
    products = []
    for number in range(rounds):
        products.append(matrix_products(ceiling) if ceiling else {})
        for contestant in contestants:
            print(f"round {number + 1} of {rounds}: {contestant.name}", file=sys.stderr, flush=True)
            figures = run(contestant)
            further = derive(figures, products[-1]) if derive else {}
            results[contestant.name].append({**figures, **further})
    if ceiling:
        notes.insert(0, _described(products))
    print(table(title, results, columns, reference or contestants[0].name, notes), flush=True)


def run(contestant):
    """Runs it once; returns its figures by name, with wall-clock `seconds` and `peak MB` of memory.

    Raises:
        SystemExit: If it fails; the end of what it printed is shown.
    """
    environment = {**os.environ, **contestant.environment, STARTED: repr(time.time())}
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


def matrix_products(library):
    """The machine's speed at matrix products by precision, in GFLOP/s, measured with a library."""
    script = pathlib.Path(__file__).parent / "ceiling.py"
    figures = run(Contestant("matrix products", [sys.executable, str(script), f"--library={library}"]))
    return {name: value for name, value in figures.items() if name not in ("seconds", "peak MB")}


def _described(products):
    medians = {name: statistics.median(one[name] for one in products) for name in products[0]}
    return "Matrix products: " + ", ".join(f"{name} {value:,.0f} GFLOP/s" for name, value in medians.items())


def table(title, results, columns, reference, notes=()):
    """The Markdown table of the medians of `results`, a list of figures for each contestant."""
    first = columns[0]
    base = statistics.median(row[first] for row in results[reference])
    lines = [title, "", f"| | {' | '.join(columns)} | {first}: lowest to highest | ratio |"]
    lines.append("|---" * (len(columns) + 3) + "|")
    for name, rows in results.items():
        medians = [statistics.median(row[column] for row in rows) for column in columns]
        values = [row[first] for row in rows]
        spread = f"{_shown(min(values))} to {_shown(max(values))}"
        ratio = f"{medians[0] / base:.2f}" if base else "-"
        lines.append(f"| {' | '.join([name, *map(_shown, medians), spread, ratio])} |")
    return "\n\n".join(["\n".join(lines), *notes, machine(), ""])


def machine():
    """One line on the machine."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    name = models[0] if models else platform.processor()
    return f"{name}, {os.cpu_count()} CPUs, Python {platform.python_version()}"


def _shown(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
