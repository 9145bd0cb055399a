"""Instances per second and peak memory of making pretraining data, in memory and streaming.

    python benchmarks/pretraining_data.py --input_file=books.txt --vocab_file=vocab.txt

`--megabytes=6` takes only so much of the text. Memory is that of the largest process.
"""

import argparse
import json
import lzma
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from measure import Contestant, compare

SCRIPT = pathlib.Path(__file__).parents[1] / "create_pretraining_data.py"
MODES = {
    "in memory, one process (Google's instances)": [],
    "streaming, one process": ["--num_processes=1", "--num_shards=4"],
    "streaming, two processes": ["--num_processes=2", "--num_shards=4"],
}


def main():
    arguments = parsed_arguments()
    with tempfile.TemporaryDirectory() as folder:
        text = beginning(arguments.input_file, arguments.megabytes, folder)
        common = [f"--input_file={text}", f"--vocab_file={arguments.vocab_file}"]
        common.append(f"--dupe_factor={arguments.dupe_factor}")
        modes = {name: flags for name, flags in MODES.items() if not (arguments.streaming_only and not flags)}
        contestants = [
            Contestant(name, [sys.executable, __file__, "--once", folder, *common, *flags])
            for name, flags in modes.items()
        ]
        title = (
            f"Making pretraining data, {arguments.megabytes or 'all'} MB, dupe_factor {arguments.dupe_factor}"
        )
        compare(title, contestants, ["instances/s", "seconds", "peak MB", "instances"], arguments.rounds)


def parsed_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--input_file", required=True, help="text, a sentence a line, or .xz of it")
    parser.add_argument("--vocab_file", required=True)
    parser.add_argument("--megabytes", type=float, default=0, help="how much of the text; 0 for all")
    parser.add_argument("--dupe_factor", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--streaming_only", action="store_true", help="for text that memory cannot hold")
    return parser.parse_args()


def beginning(path, megabytes, folder):
    """The first megabytes of a text, up to the end of a line, as a file of their own."""
    if not megabytes:
        return path
    with lzma.open(path) if path.endswith(".xz") else open(path, "rb") as file:
        data = file.read(int(megabytes * 1e6)).rpartition(b"\n")[0]
    part = pathlib.Path(folder) / "text.txt"
    part.write_bytes(data + b"\n")
    return part


def once(folder, flags):
    """Makes the data and prints the speed from process start to the last file."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=folder) as out:
        command = [sys.executable, str(SCRIPT), f"--output_file={out}/data.tfrecord", *flags]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    instances = int(re.search(r"Wrote ([\d,]+) instances", done.stdout)[1].replace(",", ""))
    print(json.dumps({"instances": instances, "instances/s": instances / seconds}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        once(sys.argv[2], sys.argv[3:])
    else:
        main()
