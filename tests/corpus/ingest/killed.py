"""An ingest that is killed, and killed again, and goes on each time where it stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from corpus.store import open_corpus

MAIN = "from corpus.cli import main; main()"


def killed_then_finished(path: Path, source: Path, seconds: Iterable[float]) -> tuple[int, list[int]]:
    """Ingest with the same command again and again, the last time to the end; no document may be there twice.

    Parameters:
        path: of the corpus.
        source: what is ingested.
        seconds: after which each process is killed, where it is not done before.

    Returns:
        how many were killed; how many documents there were after each.
    """
    command = [sys.executable, "-c", MAIN, "--corpus", str(path), "ingest", str(source)]
    kills, seen = 0, []
    for wait in seconds:
        process = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
        time.sleep(wait)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            kills += 1
        process.communicate()
        ids = open_corpus(path).documents.select("id").collect()["id"]
        assert ids.is_unique().all()
        seen.append(len(ids))
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return kills, seen
