"""How a script runs: its command line, its errors, its interruption."""

import gc
import os
import re
import signal
import sys
import time

from absl import app, flags, logging

from bert_tf.errors import UserError, is_out_of_memory, reason
from bert_tf.flags.command_line import check_values, expanded
from bert_tf.flags.start_up_lines import StartUpLines
from bert_tf.flags.streams import lost_output, open_streams
from bert_tf.training.interruption import BY_HAND, INTERRUPTIONS

FLAGS = flags.FLAGS

INTERRUPTED = 130
# What absl says of --do_train=maybe.
_NO_BOOLEAN = re.compile(r"\('Non-boolean argument to boolean flag', .*\)")
_LONGEST_MESSAGE = 2000
# Signals that arrive within so many seconds are one interruption: a closed terminal sends several.
_ONE_INTERRUPTION = 5

# What takes memory, of whichever script: those that it has are named where there is not enough.
_MEMORY_FLAGS = (
    "train_batch_size",
    "eval_batch_size",
    "predict_batch_size",
    "max_seq_length",
    "num_processes",
    "vocab_size",
)


def require(*names):
    """Raises UserError for the first of these flags that was not given."""
    for name in names:
        if not FLAGS[name].value:
            raise UserError(f"flag --{name} is missing: {FLAGS[name].help}")


def run(main):
    """Parses the command line and runs `main()`.

    What the user has to put right ends the program with one line and status 1, an
    interruption with one line and status 130; neither shows a traceback. What cannot be
    printed does not end the work, but makes its status 1.
    """
    open_streams()
    for module, module_flags in FLAGS.flags_by_module_dict().items():
        if module.startswith("bert_tf."):  # So that --help shows them as the script's own.
            for flag in module_flags:
                FLAGS.register_key_flag_for_module(sys.argv[0], flag)
    collect_garbage_less_often()
    script = _Script()
    script.catch_interruptions()
    status = script.run(main)
    lost = lost_output()
    if lost:
        _say(lost)
    sys.exit(status or int(bool(lost)))


def collect_garbage_less_often():
    """Has Python look for garbage after 10,000 new objects, not 700.

    Importing TensorFlow makes a million that stay, and to look through them again and again took a seventh
    of its time.
    """
    gc.set_threshold(10_000)


class _Script:
    """One run of a script."""

    def __init__(self):
        self._start_up_lines = StartUpLines()
        self._interrupted_at = None

    def catch_interruptions(self):
        """Has every signal that would end the script interrupt it; what is ignored, as by nohup, stays so."""
        for number in INTERRUPTIONS:
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._interrupt)

    def _interrupt(self, signal_number, frame):
        now = time.monotonic()
        is_the_same = self._interrupted_at is not None and now - self._interrupted_at < _ONE_INTERRUPTION
        if signal_number in BY_HAND or not is_the_same:
            self._interrupted_at = now
            raise KeyboardInterrupt

    def run(self, main):
        """The status that the script ends with. What is the code's own fault is raised."""
        try:
            app.run(lambda _: main(), flags_parser=_parse)
        except SystemExit as end:
            status, message = end.code or 0, None
        except KeyboardInterrupt as interruption:
            status, message = INTERRUPTED, str(interruption) or "interrupted"
        except Exception as error:
            status, message = self._judged(error)
            if message is None:
                self._start_up_lines.end(well=False)
                raise
        for number in INTERRUPTIONS:  # All is done; nothing is left to interrupt but Python's own end.
            signal.signal(number, signal.SIG_IGN)
        self._start_up_lines.end(well=True)
        if message:
            _say(message)
        return status

    def _judged(self, error):
        """Status and message of an error; no message where it is the code's fault."""
        if self._interrupted_at is not None and not isinstance(error, (UserError, OSError)):
            # Called back from TensorFlow, an interruption comes out as some other error.
            return INTERRUPTED, "interrupted"
        message = _described(error)
        return 1, message and f"error: {message}"


def _parse(arguments):
    try:
        rest = FLAGS([arguments[0], *expanded(arguments[1:])])
        check_values(FLAGS)
    except flags.Error as error:
        message = _NO_BOOLEAN.sub("is neither true nor false", str(error))
        raise UserError(f"{message} (--help lists the flags)") from None
    if rest[1:]:
        raise UserError(f"{rest[1]!r} is no flag: write {_with_value(arguments, rest[1])}")
    if FLAGS["verbosity"].using_default_value:
        logging.set_verbosity(logging.WARNING)
    return rest


def _with_value(arguments, value):
    """How to write an argument that belongs to no flag: as the value of the flag before it, if any."""
    before = arguments[arguments.index(value) - 1] if value in arguments else ""
    return f"{before}={value}" if before.startswith("--") and "=" not in before else "--name=value"


def _described(error):
    """What the user has to put right about an error; None where it is the code's fault."""
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    if is_out_of_memory(error):
        present = [f"--{name}" for name in _MEMORY_FLAGS if name in FLAGS]
        return "out of memory: lower " + (", ".join(present) or "the size of the input")
    if isinstance(error, RecursionError):
        return "what it read is nested too deeply: correct the input"
    if isinstance(error, UnicodeEncodeError):
        return f"{error.object!a}: is not UTF-8: write or name it in UTF-8"
    return _described_by_tensorflow(error)


def _described_by_tensorflow(error):
    tf = sys.modules.get("tensorflow")
    if not hasattr(tf, "errors"):
        return None
    of_files = (
        tf.errors.ResourceExhaustedError,
        tf.errors.NotFoundError,
        tf.errors.PermissionDeniedError,
        tf.errors.FailedPreconditionError,
        tf.errors.UnavailableError,
    )
    return reason(error) if isinstance(error, of_files) else None


def _say(message):
    line = " ".join(message.split())
    if len(line) > _LONGEST_MESSAGE:  # As with a value of a million digits: what to do stands at the end.
        line = f"{line[: _LONGEST_MESSAGE // 2]} … {line[-_LONGEST_MESSAGE // 2 :]}"
    print(f"{os.path.basename(sys.argv[0])}: {line}", file=sys.stderr)
