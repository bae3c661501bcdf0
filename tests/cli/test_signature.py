"""Options that commands share: each field of a dataclass in a signature is an option, and none is there twice."""

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from corpus.cli.signature import with_shared_options


@dataclass(frozen=True)
class Size:
    context: typer.Context
    width: Annotated[int, typer.Option("--wide", min=1, help="In cells.")] = 80


@dataclass(frozen=True)
class Colour(Size):
    dark: Annotated[bool, typer.Option("--dark")] = False


def invoked(command, *arguments):
    app = typer.Typer()
    app.command()(with_shared_options(command))
    return CliRunner().invoke(app, list(arguments))


def test_fields_become_options_and_come_back_as_an_object():
    def show(look: Colour, words: Annotated[list[str], typer.Argument()], loud: bool = False) -> None:
        typer.echo(f"{words} {loud} {look.width} {look.dark} {look.context.info_name}")

    assert invoked(show, "a", "--wide", "3", "b", "--dark").stdout == "['a', 'b'] False 3 True show\n"
    assert invoked(show, "a").stdout == "['a'] False 80 False show\n"
    assert invoked(show, "a", "--wide", "0").exit_code == 2
    shown = invoked(show, "--help").stdout
    assert shown.index("--loud") < shown.index("--wide") < shown.index("--dark"), "a command's own options come first"


def test_an_option_that_is_there_twice_is_found_when_the_command_is_built():
    def show(look: Colour, size: Size) -> None:
        """Never run."""

    with pytest.raises(TypeError, match="width"):
        with_shared_options(show)


def test_a_command_without_shared_options_stays_as_it_is():
    def show(width: int = 80) -> None:
        """Never run."""

    assert with_shared_options(show) is show
