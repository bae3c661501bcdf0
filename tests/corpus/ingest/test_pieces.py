"""Sources that are read piece by piece: killed and gone on with, in several processes, in bounded memory."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus.ingest import Options, Outcome, ingest
from corpus.ingest.opened import Left, Opened
from corpus.ingest.sources import Location, opened
from corpus.ingest.unpack import unpack
from corpus.store import Corpus, init_corpus, open_corpus
from tests.corpus.ingest.killed import MAIN, killed_then_finished

Take = Callable[..., list[Outcome]]


def rows(count: int) -> Iterator[str]:
    for n in range(count):
        text = f"Құрметті отандастар! Бұл {n}-сөз, әр ғасырдың өз һикаясы бар. " * 20
        yield json.dumps({"id": f"r{n}", "text": text}, ensure_ascii=False) + "\n"


def archive(path: Path, count: int) -> Path:
    """A ZIP file that holds a table, packed once more, and some texts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("table.jsonl.gz", gzip.compress("".join(rows(count)).encode()))
        for n in range(40):
            made.writestr(f"texts/{n:02}.txt", f"Құрметті ханымдар мен мырзалар! {n}-мәтін осы.\n" * 10)
    return path


@pytest.mark.slow
def test_killed_inside_an_archive_the_same_command_finishes(tmp_path: Path) -> None:
    source = archive(tmp_path / "all.zip", 1500)
    path = init_corpus(tmp_path / "corpus", name="x").path
    kills, seen = killed_then_finished(path, source, (1.0 + 0.2 * attempt for attempt in range(8)))
    assert kills >= 2
    assert seen == sorted(seen)
    finished = open_corpus(path)
    assert finished.revisions.collect().height == finished.documents.collect().height == 1540


@pytest.mark.slow
def test_several_processes_give_the_same_as_one(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    source = archive(tmp_path / "all.zip", 600)
    alone = [(one.uri, one.status, one.id) for one in take(source)]
    other = init_corpus(tmp_path / "other", name="x")
    together = [(one.uri, one.status, one.id) for one in ingest(other, [str(source)], Options(workers=2))]
    assert together == alone
    assert {status for _, status, _ in alone} == {"added"}


class Endless(io.RawIOBase):
    """A file of rows without end, which counts what was asked of it."""

    def __init__(self) -> None:
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray, /) -> int:  # type: ignore[override]
        line = b'{"text": "Thank you all, it is good to be here."}\n'
        data = (line * (len(buffer) // len(line) + 1))[: len(buffer)]
        # so that lines go on where the last piece ended
        data = (line * 2)[self.given % len(line) :][: len(line)] + data
        data = data[: len(buffer)]
        self.given += len(data)
        buffer[: len(data)] = data
        return len(data)


def test_a_table_is_read_no_further_than_its_rows_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "head.jsonl").write_bytes(b'{"text": "Thank you all, it is good to be here."}\n')
    with opened(Location((tmp_path / "head.jsonl").as_uri(), tmp_path / "head.jsonl")) as found:
        stream = Endless()
        endless = Opened(
            found.uri, found.name, io.BufferedReader(stream), found.head, found.retrieved, max_size=1024 * 1024
        )
        pieces = unpack(endless)
        for _ in range(150):
            assert not isinstance(next(pieces), Left)
    assert stream.given < 512 * 1024


def test_standard_input_may_be_an_archive(tmp_path: Path) -> None:
    source = archive(tmp_path / "all.zip", 3)
    path = init_corpus(tmp_path / "corpus", name="x").path
    command = [sys.executable, "-c", MAIN, "--corpus", str(path), "ingest", "-"]
    done = subprocess.run(command, input=source.read_bytes(), capture_output=True, timeout=60)
    assert (done.returncode, b"43 added" in done.stderr) == (0, True), done.stderr
