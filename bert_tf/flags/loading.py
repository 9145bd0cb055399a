"""Imported before all else by a script: has Ctrl-C end it without a traceback while its modules load."""

import signal

if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Until `run` answers it.
