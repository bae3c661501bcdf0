"""Ctrl-C ends a command at once, with a word of what is to be done, and without a traceback."""

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.store import Corpus, init_corpus

PROGRAM = str(Path(sys.executable).with_name("minber"))


@pytest.fixture
def stopped(tmp_path: Path) -> Corpus:
    return init_corpus(tmp_path / "c", name="Stopped")


def test_while_standard_input_is_waited_for(stopped):
    command = [PROGRAM, "--corpus", stopped.path, "ingest", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdin is not None
        running.stdin.write("сөз ".encode() * 200_000)
        running.stdin.flush()
        wait_until_asleep(running.pid, lambda: fcntl.ioctl(running.stdin, termios.FIONREAD, b"\0" * 4) == b"\0" * 4)
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 130
        assert running.stderr is not None
        said = running.stderr.read().decode()
    assert said.strip() == "stopped; what is done is kept, the same command goes on"


def wait_until_asleep(pid: int, ready: Callable[[], bool] = lambda: True) -> None:
    """Until a process does nothing but wait, and what it waits for is not there."""
    deadline = time.monotonic() + 60
    asleep = 0
    while asleep < 5 and time.monotonic() < deadline:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
        asleep = asleep + 1 if state == "S" and ready() else 0
        time.sleep(0.02)


def test_while_a_password_is_asked_for(stopped):
    settings = stopped.path / "minber.toml"
    settings.write_text(settings.read_text() + '\n[doccano]\nurl = "http://127.0.0.1:9"\nusername = "admin"\n')
    environment = {name: value for name, value in os.environ.items() if name != "MINBER_DOCCANO_PASSWORD"}
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(PROGRAM, [PROGRAM, "--corpus", str(stopped.path), "push"], environment)
    said = read_until(terminal, "assword")
    wait_until_asleep(child)
    os.write(terminal, b"\x03")
    deadline = time.monotonic() + 30
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < deadline:
        time.sleep(0.05)
    if ended == (0, 0):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    os.close(terminal)
    assert ended != (0, 0), said
    assert os.waitstatus_to_exitcode(ended[1]) in (1, 130)
    assert "Traceback" not in said


def read_until(terminal: int, words: str) -> str:
    said = ""
    while words not in said:
        try:
            said += os.read(terminal, 4096).decode("utf-8", "replace")
        except OSError:  # the command has ended
            pytest.fail(f"it never asked: {said}")
    return said
