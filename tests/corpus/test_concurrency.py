"""Several real processes write to one corpus at once: nothing is lost, nothing is there twice."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import polars as pl
import pytest

import corpus
from schemas.document import Document, Source

COMMAND = [sys.executable, "-c", "from corpus.cli import main; main()"]
SENTENCE = "«Қоғамдық диалогтың жаңа үлгісі қалыптасты», – деді Қасым-Жомарт Тоқаев."


def together(*commands: list[str]) -> list[str]:
    running = [
        subprocess.Popen([*COMMAND, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for words in commands
    ]
    said = [process.communicate(timeout=120)[1] for process in running]
    assert [process.returncode for process in running] == [0] * len(running), said
    return said


def counted(said: str, word: str) -> int:
    return sum(int(part.split()[0]) for part in said.split(", ") if part.strip().endswith(word))


def add(folder: str, writer: int) -> list[str]:
    """In a process of its own: add documents that the other writers add too, in another order, and some of its own."""
    opened = corpus.open(folder)
    names = [f"shared{number}" for number in range(20)] + [f"own{writer}-{number}" for number in range(5)]
    statuses = []
    for name in sorted(names, key=lambda name: hashlib.sha256(f"{writer}{name}".encode()).digest()):
        data = name.encode()
        source = Source(
            uri=f"file:///{name}",
            retrieved=dt.datetime.now(dt.UTC),
            sha256=hashlib.sha256(data).hexdigest(),
            reader="text@1",
        )
        document = Document(id=name, lang="kk", text=f"Мәтін {name}", source=source)
        statuses += [stored.status for stored in opened.add_documents([(document, data)])]
        opened.upsert("units", pl.DataFrame({"unit_id": [name], "doc_id": [name]}), ["unit_id"])
    return statuses


@pytest.mark.slow
def test_four_writers_of_the_same_documents_and_units(tmp_path: Path) -> None:
    opened = corpus.init(tmp_path / "corpus")
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        statuses = list(pool.map(add, [str(opened.path)] * 4, range(4)))
    flat = [status for one in statuses for status in one]
    assert flat.count("added") == 20 + 4 * 5
    assert flat.count("unchanged") == 3 * 20
    rows = opened.revisions.collect()
    assert rows.height == rows["id"].n_unique() == 40
    units = opened.units.collect()
    assert units.height == units["unit_id"].n_unique() == 40


@pytest.mark.slow
def test_two_ingests_and_two_annotations_of_the_same_folder_at_once(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    for number in range(300):
        (texts / f"{number}.txt").write_text(f"Мәтін {number}\n\n{SENTENCE} Бұл – {number}-мәтін.\n", encoding="utf-8")
    opened = corpus.init(tmp_path / "corpus")
    here = ["--corpus", str(opened.path)]

    said = together([*here, "ingest", str(texts)], [*here, "ingest", str(texts)])
    assert sum(counted(one, "added") for one in said) == 300
    assert sum(counted(one, "unchanged") for one in said) == 300
    rows = opened.revisions.collect()
    assert rows.height == rows["id"].n_unique() == 300

    together([*here, "annotate"], [*here, "annotate"], [*here, "ingest", str(texts)])
    found = opened.annotations.collect()
    place = ["doc_id", "layer", "label", "start", "end"]
    assert found.select(pl.struct(place).is_duplicated().any()).item() is False
    quotes = found.filter(pl.col("layer") == "quote").group_by("doc_id").len()
    assert quotes.height == 300
    assert set(quotes["len"]) == {1}
    for name in ("documents", "annotations"):  # no version in between showed anything twice
        for version in range(opened.version(name) + 1):
            state = opened.table(name, version=version)
            keys = ["id", "sequence"] if name == "documents" else ["doc_id", "revision", *place[1:], "annotator"]
            assert state.select(pl.struct(keys).is_duplicated().any()).collect().item() is not True
