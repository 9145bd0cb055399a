"""How a script ends: with one line where the user, not the code, has to put something right."""

import signal
import subprocess
import sys

import pytest


def test_errors_are_one_line_without_traceback(in_a_process_of_its_own):
    for raised, message in (
        ('UserError("wrong:\\n  mend it")', "error: wrong: mend it"),
        ('FileNotFoundError(2, "No such file", "none.txt")', "error: none.txt: No such file"),
        ('KeyboardInterrupt("stopped after step 3")', "stopped after step 3"),
    ):
        program = f"from bert_tf.errors import UserError\ndef main():\n    raise {raised}\nflags.run(main)\n"
        result = in_a_process_of_its_own(program)
        assert result.stderr == f"-c: {message}\n"
        assert result.returncode == (130 if "Keyboard" in raised else 1)


def test_errors_of_the_code_keep_their_traceback(in_a_process_of_its_own):
    result = in_a_process_of_its_own("def main():\n    raise ZeroDivisionError\nflags.run(main)\n")
    assert "Traceback" in result.stderr


def test_what_is_no_flag(in_a_process_of_its_own):
    result = in_a_process_of_its_own("flags.run(lambda: None)", "MRPC")
    assert result.stderr == "-c: error: 'MRPC' is no flag: write --name=value\n" and result.returncode == 1
    program = "flags.running.flags.DEFINE_bool('do_train', False, '')\nflags.run(lambda: None)"
    result = in_a_process_of_its_own(program, "--do_train", "true")
    assert result.stderr == "-c: error: 'true' is no flag: write --do_train=true\n"


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        ("MemoryError", "error: out of memory: lower --train_batch_size, --max_seq_length"),
        ("RecursionError", "error: what it read is nested too deeply: correct the input"),
        (
            "UnicodeEncodeError('utf-8', 'caf\\udce9', 3, 4, 'surrogates')",
            "error: 'caf\\udce9': is not UTF-8: write or name it in UTF-8",
        ),
        (
            "ResourceExhaustedError('OOM when allocating tensor')",
            "error: out of memory: lower --train_batch_size, --max_s",
        ),
        (
            "ResourceExhaustedError('{{function_node f}} a; No space left on device')",
            "error: a; No space left on device",
        ),
    ],
)
def test_what_may_happen_anywhere_is_one_line(in_a_process_of_its_own, raised, message):
    program = f"""
import sys, types
class ResourceExhaustedError(Exception): pass
class Never(Exception): pass
names = ("NotFoundError", "PermissionDeniedError", "FailedPreconditionError", "UnavailableError")
errors = types.SimpleNamespace(ResourceExhaustedError=ResourceExhaustedError, **dict.fromkeys(names, Never))
sys.modules["tensorflow"] = types.SimpleNamespace(errors=errors)
flags.running.flags.DEFINE_integer("train_batch_size", 32, "")
flags.running.flags.DEFINE_integer("max_seq_length", 32, "")
def main():
    raise {raised}
flags.run(main)
"""
    result = in_a_process_of_its_own(program)
    assert result.stderr.startswith(f"-c: {message}") and result.stderr.count("\n") == 1, result.stderr
    assert result.returncode == 1


WAITING = """
import signal, time
from bert_tf import flags
from bert_tf.training.interruption import uninterrupted

def main():
    with uninterrupted():
        print("ready")
        time.sleep(0.3)
        print("whole")
    time.sleep(60)

flags.run(main)
"""


def not_in_the_background():
    """A shell has its background jobs, and nohup has all it starts, ignore some signals."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


def under_nohup():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def interrupted(*numbers, program=WAITING, before=None):
    """Status, output and errors of a program that gets signals when it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,
    )
    ready = process.stdout.readline()
    for number in numbers:
        process.send_signal(number)
    out, err = process.communicate(timeout=30)
    return process.returncode, ready + out, err


@pytest.mark.parametrize("name", ["INT", "TERM", "HUP", "QUIT", "XCPU", "USR1", "USR2", "ALRM"])
def test_whatever_ends_a_script_lets_it_finish_what_must_stay_whole(name):
    signal_number = getattr(signal, f"SIG{name}")
    assert interrupted(signal_number, before=not_in_the_background) == (
        130,
        "ready\nwhole\n",
        "-c: interrupted\n",
    )


def test_a_closed_terminal_says_so_more_than_once():
    numbers = (signal.SIGHUP, signal.SIGHUP, signal.SIGTERM, signal.SIGHUP)
    assert interrupted(*numbers) == (130, "ready\nwhole\n", "-c: interrupted\n")


def test_what_nohup_has_ignored_stays_ignored():
    short = WAITING.replace("time.sleep(60)", "print('end')")
    assert interrupted(signal.SIGHUP, program=short, before=under_nohup) == (0, "ready\nwhole\nend\n", "")


def test_an_interruption_that_came_out_as_another_error_is_none():
    program = WAITING.replace(
        "    time.sleep(60)",
        """
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        raise ZeroDivisionError
""",
    )
    assert interrupted(signal.SIGTERM, program=program) == (130, "ready\nwhole\n", "-c: interrupted\n")


def test_an_interruption_while_modules_load_is_no_traceback():
    program = "from bert_tf import flags\nimport time\nprint('ready', flush=True)\ntime.sleep(60)"
    assert interrupted(signal.SIGINT, program=program, before=not_in_the_background) == (
        -signal.SIGINT,
        "ready\n",
        "",
    )
