from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus.exchange import exporters, importers, registry
from tests.command import run
from tests.corpus.exchange.samples import fill

PLUGIN = """
from corpus.exchange import Format, Report
from corpus.exchange.reading import described_documents

def titles(corpus, where, out):
    report = Report()
    for described in described_documents(corpus, where):
        out.write(f"{described.document.title}\\n".encode())
        report.documents += 1
    return report

FORMAT = Format("titles", "titles only", export=titles)
BROKEN = "not a format"
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Put a package that adds a format where Python finds it."""

    def put(entry: str) -> None:
        (tmp_path / "their_formats.py").write_text(PLUGIN, encoding="utf-8")
        info = tmp_path / "their_formats-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-formats\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[minber.exchange]\ntitles = their_formats:{entry}\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        registry._formats.cache_clear()

    yield put
    registry._formats.cache_clear()
    sys.modules.pop("their_formats", None)


def test_built_in_formats() -> None:
    assert {"doccano", "jsonl"} <= set(exporters())
    assert {"doccano", "jsonl"} <= set(importers())


def test_help_lists_what_can_be_imported() -> None:
    told = " ".join(run("import", "--help").stdout.replace("│", " ").split())
    assert ", ".join(importers()) in told


def test_a_package_can_add_a_format(tmp_path: Path, install: Callable[[str], None]) -> None:
    opened = fill(tmp_path / "one")
    install("FORMAT")
    done = run("--corpus", opened.path, "export", "titles", "-")
    assert (done.code, done.stdout) == (0, "None\nТақырып\n")
    back = run("--corpus", opened.path, "import", "titles", "-")
    assert back.code == 2
    assert "MB601" in back.stderr


@pytest.mark.parametrize("entry", ["BROKEN", "MISSING"])
def test_a_broken_package_is_named(tmp_path: Path, install: Callable[[str], None], entry: str) -> None:
    opened = fill(tmp_path / "one")
    install(entry)
    done = run("--corpus", opened.path, "export", "jsonl", "-")
    assert done.code == 1
    assert f"MB602 their_formats:{entry}" in done.stderr
