"""The same run with several seeds, and how much its figures differ."""

import math
import os
import statistics

from bert_tf.errors import UserError
from bert_tf.files import write_text
from bert_tf.training.output_dir import RESULTS_FILE

SUMMARY_FILE = "seed_results.tsv"
# NumPy takes no larger one.
LARGEST_SEED = 2**32 - 1


def check_seeds(seeds):
    """The seeds as numbers.

    Args:
        seeds: Texts, as the user gave them.

    Returns:
        A tuple of ints, empty for no seeds.

    Raises:
        UserError: If one is no whole number from 0 to `LARGEST_SEED`, there twice or alone.
    """
    for seed in seeds:
        # The length first: Python refuses to read numbers of thousands of digits.
        if not seed.strip().isdecimal() or len(seed.strip()) > 10 or int(seed) > LARGEST_SEED:
            raise UserError(
                f"--seeds: {seed[:20]!r} is no seed: give whole numbers from 0 to {LARGEST_SEED}, as in "
                "--seeds=1,2,3"
            )
    numbers = tuple(int(seed) for seed in seeds)
    if len(set(numbers)) < len(numbers) or len(numbers) == 1:
        raise UserError(
            f"--seeds={','.join(seeds)}: give at least two different ones, or --seed for a single one"
        )
    return numbers


def seed_folder(folder, seed):
    """Where a seed's run puts what goes into `folder` otherwise; None for None."""
    return folder and os.path.join(folder, f"seed_{seed}")


def have_results(output_dir, seeds):
    """Whether any of the seeds' runs was evaluated."""
    return any(os.path.lexists(os.path.join(seed_folder(output_dir, seed), RESULTS_FILE)) for seed in seeds)


def summarize_seeds(output_dir, seeds):
    """Writes `seed_results.tsv`: mean, standard deviation (of a sample, n − 1) and each seed's figures.

    Args:
        output_dir: The folder that the seeds' folders lie in, each with an `eval_results.txt`.
        seeds: Their seeds, at least two.

    Returns:
        The file's path, and mean and standard deviation by figure.

    Raises:
        UserError: If the results of a seed are missing or something else.
    """
    results = [_results(seed_folder(output_dir, seed)) for seed in seeds]
    names = [name for name in results[0] if all(name in others for others in results)]
    lines, summary = ["\t".join(("figure", "mean", "std", *(f"seed_{seed}" for seed in seeds)))], {}
    for name in names:
        values = [figures[name] for figures in results]
        is_finite = all(map(math.isfinite, values))
        summary[name] = statistics.fmean(values), statistics.stdev(values) if is_finite else math.nan
        lines.append("\t".join((name, *(f"{value:.6g}" for value in (*summary[name], *values)))))
    path = os.path.join(output_dir, SUMMARY_FILE)
    write_text(path, "\n".join(lines) + "\n")
    return path, summary


def _results(folder):
    path = os.path.join(folder, RESULTS_FILE)
    try:
        with open(path, encoding="utf-8") as file:
            pairs = [line.rstrip("\n").split(" = ") for line in file]
        return {name: float(value) for name, value in pairs}
    except OSError as error:
        why = error.strerror
    except ValueError:
        why = "not lines of NAME = NUMBER, as an evaluation writes them"
    raise UserError(f"{path}: {why}: evaluate with each of the seeds again")
