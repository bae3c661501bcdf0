"""Readers of other packages, and readers that fail."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.ingest import Options, ingest
from corpus.ingest.registry import named, readers
from corpus.store import Corpus, init_corpus
from schemas.errors import MinberError

PACKAGE = """
import os
from corpus.ingest.reading import Reader, Reading

def verses(raw):
    if b"crash" in raw.data:
        raise KeyError("no such verse")
    if b"die" in raw.data:
        os._exit(11)
    for number, verse in enumerate(raw.data.decode("utf-8").split("%"), 1):
        yield Reading(verse, "utf-8", title=f"Verse {number}", part=str(number), origins={"title": "verse number"})

READER = Reader("verses", 3, (".verses",), ("text/x-verses",), verses, about="one document a verse")
"""


def install(folder: Path, entry: str) -> Path:
    """Put a package on disk as pip would."""
    info = folder / "site" / "verses-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "site" / "verses_reader.py").write_text(PACKAGE, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: verses\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[minber.readers]\nverses = {entry}\n", encoding="utf-8")
    return folder / "site"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    site = install(tmp_path, "verses_reader:READER")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("PYTHONPATH", str(site))
    importlib.invalidate_caches()
    readers.cache_clear()
    yield tmp_path
    readers.cache_clear()


def test_a_packages_reader_is_used(installed: Path, speeches: Corpus) -> None:
    assert named("verses").id == "verses@3"
    file = installed / "two.verses"
    file.write_text("Құрметті отандастар! Бірінші.%Құрметті отандастар! Екінші.", encoding="utf-8")
    first = list(ingest(speeches, [str(file)]))
    assert [outcome.status for outcome in first] == ["added", "added"]
    assert [outcome.uri.rpartition("#")[2] for outcome in first] == ["1", "2"]
    assert len({outcome.id for outcome in first}) == 2
    rows = speeches.documents.sort("title").collect()
    assert rows["title"].to_list() == ["Verse 1", "Verse 2"]
    assert rows["sha256"].n_unique() == 1
    assert {outcome.status for outcome in ingest(speeches, [str(file)])} == {"unchanged"}
    (installed / "copy.verses").write_bytes(file.read_bytes())
    assert {outcome.status for outcome in ingest(speeches, [str(installed / "copy.verses")])} == {"duplicate"}
    file.write_text("Құрметті отандастар! Бірінші.%Құрметті отандастар! Басқа.", encoding="utf-8")
    assert [outcome.status for outcome in ingest(speeches, [str(file)])] == ["unchanged", "revised"]


@pytest.mark.slow
def test_a_reader_that_fails_or_dies_costs_only_its_file(installed: Path, speeches: Corpus) -> None:
    folder = installed / "texts"
    folder.mkdir()
    for name, text in (("a", "Құрметті отандастар!"), ("b", "crash"), ("c", "die"), ("d", "Құрметті ханымдар!")):
        (folder / f"{name}.verses").write_text(text, encoding="utf-8")
    outcomes = list(ingest(speeches, [str(folder)], Options(workers=2)))
    assert [(outcome.status, outcome.error and outcome.error.code) for outcome in outcomes] == [
        ("added", None),
        ("failed", "MB114"),
        ("failed", "MB210"),
        ("added", None),
    ]
    assert "no such verse" in str(outcomes[1].error)
    assert str(folder / "c.verses") in str(outcomes[2].error)


def test_a_package_that_is_broken_is_named(tmp_path: Path) -> None:
    site = install(tmp_path, "verses_reader:ABSENT")
    init_corpus(tmp_path / "corpus", name="x")
    code = f"import sys; sys.path.insert(0, {str(site)!r}); from corpus.cli import main; main()"
    command = [sys.executable, "-c", code, "ingest", "--list-readers"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("MB116 verses_reader:ABSENT: reader verses")


def test_an_unknown_reader() -> None:
    with pytest.raises(MinberError) as caught:
        named("docx-of-tomorrow")
    assert (caught.value.code, caught.value.exit_code) == ("MB109", 2)
