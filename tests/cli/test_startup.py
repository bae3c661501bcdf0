"""``minber --help`` stays fast: nothing heavy is imported before a command needs it."""

import subprocess
import sys

HEAVY = (
    "polars",
    "spacy",
    "pydantic",
    "rich",
    "numpy",
    "requests",
    "trafilatura",
    "deltalake",
    "yaml",
    "altair",
    "lxml",
    "starlette",
    "uvicorn",
)
HELP = "import sys; sys.argv = ['minber', '--help']; from corpus.cli import main; main()"


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)


def test_help_imports_nothing_heavy():
    tell = f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    done = run(f"import atexit, sys; atexit.register(lambda: {tell}); {HELP}")
    assert "Usage: minber" in done.stdout
    assert done.stderr.strip() == "[]"


def test_every_command_has_help_with_an_example():
    import typer.main

    from corpus.cli import groups  # noqa: F401 -- registers the commands
    from corpus.cli.app import app

    def leaves(command, path):
        children = getattr(command, "commands", None)
        if not children:
            yield path, command
        for name, child in (children or {}).items():
            yield from leaves(child, [*path, name])

    found = list(leaves(typer.main.get_command(app), []))
    assert len(found) > 10
    for path, command in found:
        assert command.help, path
        assert "minber" in (command.epilog or ""), f"{path}: the epilog gives no example"
