"""Ctrl-C while a command waits for a person or a pipe."""

from __future__ import annotations

import signal
import threading


def end_waits_at_ctrl_c() -> None:
    """Let Ctrl-C end the system call that the program waits in.

    Loading polars changes that: its handler asks the system to go on waiting, and Ctrl-C would do nothing until the
    next line or the next key. To be called before each such wait; without effect outside the main thread and on
    Windows, where it is not needed.
    """
    if hasattr(signal, "siginterrupt") and threading.current_thread() is threading.main_thread():
        signal.siginterrupt(signal.SIGINT, True)
