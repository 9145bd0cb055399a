"""How a script runs: its command line, its errors, its interruption."""

import gc
import os
import signal
import sys

from absl import app, flags, logging

from bert_tf.errors import UserError

FLAGS = flags.FLAGS


def require(*names):
    """Raises UserError for the first of these flags that was not given."""
    for name in names:
        if not FLAGS[name].value:
            raise UserError(f"flag --{name} is missing: {FLAGS[name].help}")


def run(main):
    """Parses the command line and runs `main()`.

    What the user has to put right ends the program with one line and status 1, an
    interruption with one line and status 130; neither shows a traceback.
    """
    for module, module_flags in FLAGS.flags_by_module_dict().items():
        if module.startswith("bert_tf."):  # So that --help shows them as the script's own.
            for flag in module_flags:
                FLAGS.register_key_flag_for_module(sys.argv[0], flag)
    collect_garbage_less_often()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Each line is seen when it is said, also in a file or a pipe.
    sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app.run(lambda _: _guarded(main), flags_parser=_parse)
    except KeyboardInterrupt as interruption:
        _exit(str(interruption) or "interrupted", status=130)
    except BrokenPipeError:
        # As after `--help | head`. What is left to print would meet the same end when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _exit("stopped: nothing reads its output any more")


def collect_garbage_less_often():
    """Has Python look for garbage after 10,000 new objects, not 700.

    Importing TensorFlow makes a million that stay, and to look through them again and again took a seventh
    of its time.
    """
    gc.set_threshold(10_000)


def _parse(arguments):
    try:
        rest = FLAGS(arguments)
    except flags.Error as error:
        _exit(f"error: {error} (--help lists the flags)")
    if rest[1:]:
        _exit(f"error: {rest[1]!r} is no flag: write --name=value")
    if FLAGS["verbosity"].using_default_value:
        logging.set_verbosity(logging.WARNING)
    return rest


def _guarded(main):
    try:
        main()
    except UserError as error:
        _exit(f"error: {error}")
    except OSError as error:
        if error.filename is None:
            raise
        _exit(f"error: {error.filename}: {error.strerror}")


def _exit(message, status=1):
    one_line = " ".join(message.split())
    print(f"{os.path.basename(sys.argv[0])}: {one_line}", file=sys.stderr)
    sys.exit(status)


def _interrupt(signal_number, frame):
    raise KeyboardInterrupt
