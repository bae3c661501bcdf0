from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.exchange import exporters, importers
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


def install(folder: Path, entry: str) -> None:
    (folder / "their_formats.py").write_text(PLUGIN, encoding="utf-8")
    info = folder / "their_formats-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-formats\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[minber.exchange]\ntitles = their_formats:{entry}\n")


def minber(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from corpus.cli import main; main()", *arguments]
    environment = os.environ | {"PYTHONPATH": str(path)}
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, timeout=120)


def test_built_in_formats() -> None:
    assert {"doccano", "jsonl"} <= set(exporters())
    assert "jsonl" in importers()
    assert "doccano" not in importers()


@pytest.mark.slow
def test_a_package_can_add_a_format(tmp_path: Path) -> None:
    opened = fill(tmp_path / "one")
    install(tmp_path, "FORMAT")
    done = minber(tmp_path, "--corpus", str(opened.path), "export", "titles", "-")
    assert (done.returncode, done.stdout) == (0, "None\nТақырып\n")
    back = minber(tmp_path, "--corpus", str(opened.path), "import", "titles", "-")
    assert back.returncode == 2
    assert "MB601" in back.stderr


@pytest.mark.parametrize("entry", ["BROKEN", "MISSING"])
def test_a_broken_package_is_named(tmp_path: Path, entry: str) -> None:
    opened = fill(tmp_path / "one")
    install(tmp_path, entry)
    done = minber(tmp_path, "--corpus", str(opened.path), "export", "jsonl", "-")
    assert done.returncode == 1
    assert f"MB602 their_formats:{entry}" in done.stderr
    assert "Traceback" not in done.stderr
