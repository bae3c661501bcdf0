"""The command line as a whole: global options, command groups, errors and exit codes.

Only typer is imported here and at the top of the group files; what a command needs it imports when it runs, so that
``minber --help`` stays fast.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

app = typer.Typer(
    name="minber",
    help="Speech corpora: ingest, pre-annotate, label in Doccano, count.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"minber {version('minber')}")
        raise typer.Exit


def command_group(name: str, help: str) -> typer.Typer:  # noqa: A002 -- as typer calls it
    """Make a group of commands whose options are looked at only when one of its commands is asked for.

    Typer evaluates the annotations of every command at every start; of some sixty commands that takes as long as
    importing Typer itself.

    Parameters:
        name: of the group, on the command line.
        help: one line.

    Returns:
        where commands of the group are registered.
    """
    inner = typer.Typer(name=name, help=help, rich_markup_mode=None, pretty_exceptions_enable=False)

    @inner.callback()
    def _group() -> None:
        """Make it a group also while it has a single command."""

    class Late(TyperGroup):
        @property
        def commands(self) -> Any:
            if not hasattr(self, "_commands"):
                self._commands = typer.main.get_group(_share_options(inner)).commands
            return self._commands

        @commands.setter
        def commands(self, _: object) -> None:
            """Typer hands over the commands that it knows of, which are none."""

    app.add_typer(typer.Typer(cls=Late, help=help, no_args_is_help=True, rich_markup_mode=None), name=name)
    return inner


def late_command(name: str, epilog: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a command whose options are looked at only when it is asked for, as those of ``command_group``.

    Parameters:
        name: of the command.
        epilog: its example.

    Returns:
        a decorator for the function that the command runs.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        single = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
        single.command(epilog=epilog)(function)
        add_late(single, name, (function.__doc__ or "").strip(), epilog)
        return function

    return register


def add_late(inner: typer.Typer, name: str, text: str, epilog: str) -> None:
    """Register a command, or a group with options of its own, that is built only when it is asked for.

    Parameters:
        inner: holds it.
        name: of the command.
        text: its help.
        epilog: its example.
    """

    class Late(TyperGroup):
        def make_context(self, info_name: Any, args: Any, parent: Any = None, **extra: Any) -> Any:
            return typer.main.get_command(_share_options(inner)).make_context(info_name, args, parent, **extra)

    app.add_typer(typer.Typer(cls=Late, help=text, epilog=epilog, rich_markup_mode=None), name=name)


def _share_options(inner: typer.Typer) -> typer.Typer:
    """Give each command the options that it shares with others, once somebody asks for them."""
    from corpus.cli.signature import with_shared_options

    if inner.registered_callback is not None and inner.registered_callback.callback is not None:
        inner.registered_callback.callback = with_shared_options(inner.registered_callback.callback)
    for info in inner.registered_commands:
        if info.callback is not None:
            info.callback = with_shared_options(info.callback)
    return inner


@app.callback()
def _globals(
    context: typer.Context,
    corpus: Annotated[
        Path | None,
        typer.Option(
            "--corpus",
            envvar="MINBER_CORPUS",
            help="Folder of the corpus; default: searched upwards from here.",
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 -- acted on by its callback
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    context.obj = corpus


_INTERRUPTED = 130  # exit code that shells expect after SIGINT


def main() -> None:
    """Run the ``minber`` command; every foreseeable failure ends in a coded line on standard error and an exit code."""
    from corpus.garbage import collect_seldom

    collect_seldom()
    from corpus.cli import groups  # noqa: F401 -- registers the commands
    from schemas.errors import MinberError

    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal without Kazakh letters gets escapes, not a crash
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        app()
    except MinberError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(error.exit_code) from None
    except BrokenPipeError:  # the reader of our output went away (`minber … | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise
        full = MinberError("MB202", error.filename, problem=error.strerror)
        typer.echo(str(full), err=True)
        raise SystemExit(full.exit_code) from None
    except (KeyboardInterrupt, SystemExit) as end:
        if isinstance(end, SystemExit) and end.code != _INTERRUPTED:
            raise
        typer.echo("stopped; what is done is kept, the same command goes on", err=True)  # Typer says nothing
        raise SystemExit(_INTERRUPTED) from None
