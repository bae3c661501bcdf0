"""Parsers written in Rust: they panic at some damaged files, which is no Exception, and report it to the terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from corpus.ingest.opened import Opened
from schemas.errors import MinberError, problem_of

_OURS = (KeyboardInterrupt, GeneratorExit, SystemExit, MemoryError, MinberError)


@contextmanager
def parsed_natively(source: Opened) -> Iterator[None]:
    """Make a coded error of whatever a native parser fails with, and keep its report to itself.

    Parameters:
        source: what is parsed.

    Raises:
        MinberError: MB141.
    """
    try:
        with _silent():
            yield
    except _OURS:
        raise
    except BaseException as error:
        raise MinberError("MB141", source.place, problem=problem_of(error)) from error


@contextmanager
def _silent() -> Iterator[None]:
    """Send what is written to standard error past Python's own stream into nothing."""
    try:
        kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:  # there is no standard error
        yield
        return
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        with suppress(OSError):
            os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)
