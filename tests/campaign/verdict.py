"""What a script may do about something wrong: say so in one line, or do its work. Nothing else."""

import hashlib
import os
import pathlib


def faults(script, result, must_fail=False):
    """What is wrong about how a script ended.

    Args:
        script: The script's name, with which its last line begins where it failed.
        result: The `Result`.
        must_fail: Whether what it was given cannot be right, so that status 0 is silence.

    Returns:
        A list of words: "traceback", "hung", "crashed", "no line", "silent", "half said".
    """
    found = []
    if "Traceback (most recent call last)" in result.err + result.out:
        found.append("traceback")
    if result.is_late:
        found.append("hung")
    elif result.status < 0 or result.status > 128:
        found.append("crashed")
    lines = result.err.strip().splitlines()
    last = lines[-1] if lines else ""
    if result.status > 0 and not last.startswith(f"{script}: "):
        found.append("no line")
    if result.status == 0 and must_fail:
        found.append("silent")
    if "{{function_node" in result.err or "{{node" in result.err:
        found.append("half said")
    return found


def digests(folder):
    """The digest of each file below a folder, by its path there, whatever the folder itself is called."""
    folder = pathlib.Path(folder)
    own_name = os.fsencode(folder.resolve())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes().replace(own_name, b"")).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] != ".said"
    }


def lost(before, after):
    """The files that are gone or changed."""
    return sorted(path for path, digest in before.items() if after.get(path) != digest)
