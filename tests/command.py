"""The whole ``minber`` command, errors and exit codes included, in this process: a new one takes a second to start."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from corpus.cli import main


@dataclass
class Done:
    """What a command left behind: its exit code, what it printed, and the bytes of its standard output."""

    code: int
    stdout: str
    stderr: str
    data: bytes


def run(*arguments: object, folder: Path | None = None, given: bytes = b"", encoding: str = "utf-8") -> Done:
    """Run the command, whatever becomes of it.

    Parameters:
        arguments: its words.
        folder: where it runs; default: here.
        given: on standard input.
        encoding: of its standard output.

    Returns:
        what it did.
    """
    out, err = io.TextIOWrapper(io.BytesIO(), encoding=encoding), io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    ended = 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        if folder is not None:
            patch.chdir(folder)
        patch.setattr(sys, "argv", ["minber", *map(str, arguments)])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
        try:
            main()
        except SystemExit as leave:
            ended = int(leave.code or 0)
    printed = []
    for stream in (out, err):
        stream.flush()
        printed.append(stream.buffer.getvalue())  # type: ignore[attr-defined]
    return Done(ended, printed[0].decode(encoding, "replace"), printed[1].decode("utf-8"), printed[0])


def minber(folder: Path, *arguments: object, code: int = 0) -> Done:
    """Run the command in a folder and see to it that it ends as expected.

    Parameters:
        folder: where it runs.
        arguments: its words.
        code: the exit code that it must have.

    Returns:
        what it did.
    """
    done = run(*arguments, folder=folder)
    assert done.code == code, done.stderr
    return done
