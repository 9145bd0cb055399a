"""Runs scripts in forks of a process that has TensorFlow loaded, which saves most of a short run's time.

As a program it takes trials as lines of JSON on standard input and answers each with a line; `ForkServer`
is the other end.
"""

import contextlib
import dataclasses
import json
import os
import pathlib
import runpy
import signal
import subprocess
import sys
import time
import traceback

ROOT = pathlib.Path(__file__).parents[2]
_TICK = 0.01


@dataclasses.dataclass(frozen=True)
class Result:
    """How a script ended.

    Args:
        status: Its exit status; minus the signal's number if a signal ended it.
        out: Its standard output.
        err: Its standard error.
        seconds: How long it ran.
        is_late: Whether it had to be ended because its time was over.
    """

    status: int
    out: str
    err: str
    seconds: float
    is_late: bool


class ForkServer(contextlib.AbstractContextManager):
    """A process that scripts are run in forks of."""

    def __init__(self):
        environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )

    def run(self, script, flags, folder, kill_after=None, limit=120):
        """Runs a script to its end.

        Args:
            script: The script's name.
            flags: Its command line.
            folder: The folder to run it in; what it says is kept below `.said` there.
            kill_after: Seconds after which it and its workers are killed, if given.
            limit: Seconds after which it counts as hung.

        Returns:
            A `Result`.
        """
        said = pathlib.Path(folder) / ".said"
        said.mkdir(exist_ok=True)
        for name in ("out", "err"):
            (said / name).write_text("")
        trial = {"script": script, "flags": list(map(str, flags)), "folder": str(folder)}
        trial |= {"kill_after": kill_after, "limit": limit}
        print(json.dumps(trial), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        out, err = ((said / name).read_text(encoding="utf-8", errors="replace") for name in ("out", "err"))
        return Result(out=out, err=err, **answer)

    def __exit__(self, *error):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def _serve():
    """Answers trials until standard input ends."""
    import tensorflow  # noqa: F401 - so that the forks need not.
    import tensorflow_text  # noqa: F401

    for line in sys.stdin:
        trial = json.loads(line)
        begun = time.monotonic()
        child = os.fork()
        if child == 0:
            _be_the_script(trial)
        status, is_late = _wait(child, begun, trial["kill_after"], trial["limit"])
        answer = {"status": status, "seconds": time.monotonic() - begun, "is_late": is_late}
        print(json.dumps(answer), flush=True)


def _wait(child, begun, kill_after, limit):
    """Waits for a script, or kills it; its status and whether it was late."""
    end = limit if kill_after is None else kill_after
    while time.monotonic() - begun < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status), False
        time.sleep(_TICK)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), kill_after is None


def _be_the_script(trial):
    """Goes on as the script, in a group of its own, as if started by a shell."""
    os.setsid()
    os.chdir(trial["folder"])
    for number, name, mode in (
        (0, os.devnull, os.O_RDONLY),
        (1, "out", os.O_WRONLY),
        (2, "err", os.O_WRONLY),
    ):
        path = name if name == os.devnull else f".said/{name}"
        os.dup2(os.open(path, mode if mode == os.O_RDONLY else mode | os.O_CREAT | os.O_TRUNC), number)
    script = str(ROOT / trial["script"])
    sys.argv = [script, *trial["flags"]]
    status = 1
    try:
        runpy.run_path(script, run_name="__main__")
        status = 0
    except SystemExit as ending:
        status = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve()
