"""A full disk: a coded error, a corpus that opens, and the same command finishing once there is room."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
set -e
mount -t tmpfs -o size=2m tmpfs "$1"
minber() { "$2" -c 'from corpus.cli import main; main()' --corpus "$1/c" "$3" "$4"; }
count() { "$2" -c 'import corpus, sys; print(corpus.open(sys.argv[1]).revisions.collect().height)' "$1/c"; }
minber "$1" "$2" init "$1/c"
code=0; minber "$1" "$2" ingest "$3" || code=$?
echo $code
count "$1" "$2"
mount -o remount,size=40m "$1"
minber "$1" "$2" ingest "$3"
count "$1" "$2"
"""


@pytest.mark.slow
def test_full_disk(tmp_path: Path) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare, to mount a small disk")
    probe = subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", str(tmp_path)], capture_output=True, text=True
    )
    if probe.returncode:
        pytest.skip(f"no small disk can be mounted here: {probe.stderr.strip()}")
    texts, disk = tmp_path / "texts", tmp_path / "disk"
    texts.mkdir()
    disk.mkdir()
    for number in range(300):
        words = " ".join(f"сөз{(number * 7919 + place * 104729) % 1000003}" for place in range(600))
        (texts / f"{number}.txt").write_text(f"Мәтін {number}\n\nҚұрметті отандастар! Қазақстан халқы, {words}.\n")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", SCRIPT, "sh", str(disk), sys.executable, str(texts)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    code, before, after = done.stdout.splitlines()
    assert code == "1"
    assert "MB202" in done.stderr
    assert "No space left" in done.stderr
    assert "panicked" not in done.stderr
    assert "Traceback" not in done.stderr
    assert 0 < int(before) < 300
    assert after == "300"


def test_a_full_disk_behind_what_is_printed() -> None:
    with Path("/dev/full").open("w") as full:
        program = "from corpus.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", program, "schema", "annotation"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 1
    assert "MB202" in done.stderr
    assert "Traceback" not in done.stderr
