"""The report of an ingest: a row for each source and part, true whenever it stands there."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from corpus.ingest import Options, ingest
from corpus.store import Corpus, init_corpus, open_corpus

MAIN = "from corpus.cli import main; main()"
GOOD = "Құрметті отандастар!\n\nБүгін – бізге ортақ мереке.\n"


def command(corpus: Path, *given: object) -> list[str]:
    return [sys.executable, "-c", MAIN, "--corpus", str(corpus), "ingest", *map(str, given)]


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_row_for_each_source_and_part(tmp_path: Path) -> None:
    corpus = init_corpus(tmp_path / "corpus", name="Report").path
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a, «b».txt").write_bytes(GOOD.encode("utf-16"))
    (folder / "empty.txt").write_bytes(b"")
    (folder / "logo.xyz").write_bytes(b"x")
    with zipfile.ZipFile(folder / "two.zip", "w") as file:
        file.writestr("c.txt", GOOD + "1")
        file.writestr("d.txt", b"\0\1\2" * 50)
    report = tmp_path / "out.csv"
    done = subprocess.run(command(corpus, folder, "--report", report), capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    found = {row["uri"].rpartition("/")[2]: row for row in rows(report)}
    assert {name: (row["status"], row["code"]) for name, row in found.items()} == {
        "a%2C%20%C2%ABb%C2%BB.txt": ("added", ""),
        "empty.txt": ("failed", "MB104"),
        "logo.xyz": ("skipped", ""),
        "c.txt": ("added", ""),
        "d.txt": ("failed", "MB106"),
    }
    first = found["a%2C%20%C2%ABb%C2%BB.txt"]
    document = open_corpus(corpus).document(first["document"])
    assert (first["reader"], first["encoding"], int(first["letters"])) == ("text@1", "utf-16-le", len(document.text))
    assert 0 <= float(first["seconds"]) < 60
    assert found["d.txt"]["reader"] == "text@1"
    assert "text" in found["d.txt"]["message"]
    again = subprocess.run(command(corpus, folder, "--report", report), capture_output=True, text=True, timeout=120)
    assert again.returncode == 1
    assert [row["status"] for row in rows(report)].count("unchanged") == 2
    assert {row["reader"] for row in rows(report) if row["status"] == "unchanged"} == {"text@1"}


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    corpus = init_corpus(tmp_path / "corpus", name="Report").path
    (tmp_path / "a.txt").write_text(GOOD, encoding="utf-8")
    wrong = command(corpus, tmp_path / "a.txt", "--report", tmp_path / "no" / "out.csv")
    done = subprocess.run(wrong, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr[:5]) == (2, "MB171")
    assert open_corpus(corpus).documents.collect().is_empty()


def test_errors_do_not_keep_the_bytes_of_their_sources(speeches: Corpus, tmp_path: Path) -> None:
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 400)
    [outcome] = ingest(speeches, [str(tmp_path / "noise.txt")], Options())
    assert outcome.error is not None
    assert outcome.error.__traceback__ is None
    assert outcome.error.__context__ is None


@pytest.mark.slow
def test_what_the_report_says_after_a_kill_is_true_and_the_next_run_finishes(tmp_path: Path) -> None:
    corpus = init_corpus(tmp_path / "corpus", name="Report").path
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(1500):
        (folder / f"{number:04}.txt").write_text(f"{GOOD}{number}\n" * 20, encoding="utf-8")
    report = tmp_path / "out.csv"
    process = subprocess.Popen(command(corpus, folder, "--report", report, "--quiet"), start_new_session=True)
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if report.exists() and report.read_bytes().count(b"\n") > 100:
            os.killpg(process.pid, signal.SIGKILL)
        time.sleep(0.005)
    assert process.wait() == -signal.SIGKILL
    whole = report.read_text(encoding="utf-8").splitlines(keepends=True)
    said = [line.split(",")[4] for line in whole[1:] if line.endswith("\n")]
    stored = set(open_corpus(corpus).documents.select("id").collect()["id"])
    assert 100 <= len(said) < 1500
    assert set(said) <= stored
    done = subprocess.run(command(corpus, folder, "--report", report), capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    statuses = [row["status"] for row in rows(report)]
    assert (len(statuses), statuses.count("unchanged") + statuses.count("added")) == (1500, 1500)
    assert statuses.count("unchanged") >= len(said)
    assert open_corpus(corpus).documents.collect().height == 1500
