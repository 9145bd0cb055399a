"""How much memory does fine-tuning take, and what fits into so and so much?

    python benchmarks/memory.py
    python benchmarks/memory.py --limit_gb=12
    python benchmarks/memory.py --limit_gb=24 --estimate

The first prints the peak of the process that fine-tunes BERT-Base on batches of 32, padded to 128.
"recompute" keeps only the layers' outputs for the backward pass (PyTorch: gradient checkpointing).

The second searches the largest batch for each sequence length whose process stays below the limit, with
and without recomputation, as in the table of Google's README on out-of-memory issues. Each attempt is a
process of its own that is ended as soon as it holds more; memory is the main one's, not an accelerator's.
The third does not try the batches themselves, which for long sequences takes hours: it draws the line through
the peaks of two batches of a few thousand tokens.
"""

import functools
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import contest
from measure import STARTED, compare, machine
from worker import WARM_UP

# The search's first attempt, and the batch beyond which it does not look.
FIRST, LARGEST = 8, 2048
# Tokens of the smaller of the two batches that an estimate goes by, without and with recomputation. What that
# keeps is little: with few tokens the peak comes at the end, when the gradients of all weights are there.
SAMPLE_TOKENS = {False: 2048, True: 8192}
_LOOK_SECONDS = 0.02


def main():
    parser = contest.parser(__doc__, "bert_config_file", "max_seq_length", "batch_size")
    parser.add_argument("--limit_gb", type=float, help="search what fits into so many GB")
    parser.add_argument("--estimate", action="store_true", help="estimate rather than try")
    parser.add_argument("--lengths", default="64,128,256,320,384,512", help="those of the search, by comma")
    parser.add_argument("--precision", default="float32", choices=contest.PRECISIONS, help="the search's")
    arguments = contest.parse(parser)
    arguments.data_dir = None
    shape = contest.config(arguments)
    with tempfile.TemporaryDirectory() as folder:
        if arguments.limit_gb:
            search(arguments, shape, folder)
        else:
            measure(arguments, shape, folder)


def measure(arguments, shape, folder):
    """Prints the table of peaks."""
    steps = 2
    data = contest.prepare_rows(arguments, shape, folder, "train", num_steps=steps + WARM_UP)
    settings = {"config": shape.to_dict(), "data": data, "steps": steps}
    settings |= {"batch_size": arguments.batch_size, "pad_to": arguments.max_seq_length}
    compare(
        f"Memory of fine-tuning, batches of {arguments.batch_size} x {arguments.max_seq_length}",
        contest.chosen(contestants(settings), arguments.only),
        ["peak MB", "examples/s"],
        arguments.rounds,
        ceiling="tensorflow",
    )


def contestants(settings):
    made = []
    for precision in contest.PRECISIONS:
        settings = {**settings, "precision": precision}
        again = {**settings, "recompute": True}
        made += [
            contest.contestant(f"bert_tf {precision}", "ours.py", "training", **settings),
            contest.contestant(f"bert_tf {precision} recompute", "ours.py", "training", **again),
            contest.contestant(
                f"keras-hub {precision}", "keras_hub_peer.py", "training", contest.KERAS_HUB, **settings
            ),
            contest.contestant(
                f"PyTorch {precision}", "torch_peer.py", "training", contest.TORCH, **settings
            ),
            contest.contestant(
                f"PyTorch {precision} recompute", "torch_peer.py", "training", contest.TORCH, **again
            ),
        ]
    return made


def search(arguments, shape, folder):
    """Prints the table of the largest batches."""
    how = "estimated" if arguments.estimate else "tried"
    lines = [
        f"Largest batch of fine-tuning below {arguments.limit_gb:g} GB, {arguments.precision}, {how}",
        "",
        "| sequence length | batch | batch with recomputation |",
        "|---|---|---|",
    ]
    # Padded rows are alike for every length, so one file of very short ones does for all attempts.
    data = str(pathlib.Path(folder) / "rows.npz")
    size = {"max_seq_length": 16, "batch_size": 1, "num_steps": LARGEST}
    contest.prepare("rows.py", "random", path=data, vocab_size=shape.vocab_size, **size)
    for length in map(int, arguments.lengths.split(",")):
        found = []
        for recompute in (False, True):
            settings = {"config": shape.to_dict(), "precision": arguments.precision, "data": data}
            settings |= {"steps": 1, "recompute": recompute, "pad_to": length}
            limit_mb = 1000 * arguments.limit_gb
            attempt = functools.partial(peak_mb, settings=settings, limit_mb=limit_mb)
            if arguments.estimate:
                found.append(estimated_batch(attempt, max(1, SAMPLE_TOKENS[recompute] // length), limit_mb))
            else:
                found.append(largest_batch(attempt, limit_mb))
        lines.append(f"| {length} | {found[0]} | {found[1]} |")
        print(lines[-1], file=sys.stderr, flush=True)
    print("\n".join([*lines, "", machine()]))


def peak_mb(batch_size, settings, limit_mb):
    """The peak of one step's process in MB, and whether it stayed below the limit."""
    one = contest.contestant("", "ours.py", "training", batch_size=batch_size, **settings)
    peak, is_below = watched(one, limit_mb)
    said = f"length {settings['pad_to']}, recompute {settings['recompute']}, batch {batch_size}: "
    print(f"{said}{peak:,.0f} MB{'' if is_below else ', ended'}", file=sys.stderr, flush=True)
    return peak, is_below


def watched(contestant, limit_mb):
    """Runs it, and ends it as soon as it has held more than the limit; gives its peak, and whether it ran.

    Raises:
        SystemExit: If it fails for another reason.
    """
    with tempfile.TemporaryFile("w+") as err:
        environment = {**os.environ, **contestant.environment, STARTED: repr(time.time())}
        command = contestant.command
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=err, env=environment)
        peak = 0
        while process.poll() is None:
            peak = max(peak, _peak_so_far_mb(process.pid))
            if peak > limit_mb:
                process.kill()
                process.wait()
                return peak, False
            time.sleep(_LOOK_SECONDS)
        if process.returncode:
            err.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{err.read()[-3000:]}")
    return peak, True


def _peak_so_far_mb(pid):
    """The most memory that a process has held; 0 where it is gone."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(lines[0].split()[1]) * 1024 / 1e6 if lines else 0


def largest_batch(attempt, limit_mb):
    """The largest batch that fits, exact to a sixteenth; 0 if none does.

    Args:
        attempt: From a batch size to its peak in MB and whether it fits.
        limit_mb: What it must fit into.
    """
    low, high, peaks = 0, LARGEST + 1, {}
    while high - low > max(1, low // 16):
        size = _next_size(low, high, peaks, limit_mb)
        peak, fits = attempt(size)
        if fits:
            low, peaks[size] = size, peak
        else:
            high = size
    return low


def estimated_batch(attempt, size, limit_mb):
    """The batch that fits if a peak grows with the batch as it does from `size` to twice that.

    Args:
        attempt: As for `largest_batch`.
        size: A small batch.
        limit_mb: What it must fit into.
    """
    (peak, fits), (larger, larger_fits) = attempt(size), attempt(2 * size)
    if not (fits and larger_fits):
        return largest_batch(attempt, limit_mb)
    return int(size + (limit_mb - peak) / max((larger - peak) / size, 1e-3))


def _next_size(low, high, peaks, limit_mb):
    """Where to look next, between low and high: a peak grows about linearly with the batch."""
    if len(peaks) < 2:
        guess = 2 * low or min(FIRST, high // 2)
    else:
        (size, peak), (_, largest) = sorted(peaks.items())[-2:]
        growth = max((largest - peak) / (low - size), 1e-3)
        guess = low + int((limit_mb - largest) / growth)
    return min(max(guess, low + 1), high - 1)


if __name__ == "__main__":
    main()
