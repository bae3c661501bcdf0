"""What every command shares: finding the corpus, reporting, progress, exit codes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from schemas.errors import MinberError

Item = TypeVar("Item")
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]

_PROGRESS_AFTER = 2.0  # seconds


def say(message: str, quiet: bool = False) -> None:
    """Print a line for the user on standard error; data goes to standard output."""
    if not quiet:
        typer.echo(message, err=True)


def finish(failures: Iterable[MinberError]) -> None:
    """Name every failed input on standard error and end with exit code 1 where there was one."""
    count = 0
    for error in failures:
        typer.echo(str(error), err=True)
        count += 1
    if count:
        raise typer.Exit(1)


def progress(items: Iterable[Item], total: int | None, what: str, quiet: bool = False) -> Iterator[Item]:
    """Pass items on, with a progress bar on a terminal once the work has taken two seconds.

    Parameters:
        items: what is worked through.
        total: how many there are, None if unknown.
        what: a word for the bar.
        quiet: no bar.

    Yields:
        the items.
    """
    if quiet or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import Progress

    start = time.monotonic()
    bar: Progress | None = None
    try:
        for done, item in enumerate(items):
            if bar is None and time.monotonic() - start > _PROGRESS_AFTER:
                bar = Progress(console=Console(stderr=True), transient=True)
                task = bar.add_task(what, total=total, completed=done)
                bar.start()
            yield item
            if bar is not None:
                bar.update(task, completed=done + 1)
    finally:
        if bar is not None:
            bar.stop()
