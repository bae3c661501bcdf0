"""The recommender as users run it: a process of its own, on a free port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

TOKEN = "a-token-of-these-tests"
MINBER = [sys.executable, "-c", "from corpus.cli import main; main()"]


class RunningService:
    """A service with its address; what it wrote to standard error is in ``log``."""

    def __init__(self, process: subprocess.Popen[str], url: str, lines: list[str]) -> None:
        self.process, self.url, self._lines = process, url, lines

    @property
    def log(self) -> str:
        return "".join(self._lines)

    def ask(self, text: object, token: str | None = TOKEN, **question: object) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        return requests.post(f"{self.url}/label", json={"text": text}, params=question, headers=headers, timeout=60)

    def post(self, body: bytes, kind: str = "application/json", **headers: str) -> requests.Response:
        given = {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind, **headers}
        return requests.post(f"{self.url}/label", data=body, headers=given, timeout=60)

    def health(self) -> requests.Response:
        return requests.get(f"{self.url}/health", timeout=10)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


def environment(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINBER_SERVICE")}
    return {**kept, "PYTHONUNBUFFERED": "1", **changes}


@contextmanager
def running_service(folder: Path, *options: str, token: str = TOKEN) -> Iterator[RunningService]:
    """``minber serve`` on the corpus of a folder."""
    process = subprocess.Popen(
        [*MINBER, "--corpus", str(folder), "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(MINBER_SERVICE_TOKEN=token),
    )
    assert process.stdout is not None
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(process.stderr or ()), daemon=True)
    reader.start()
    try:
        url = process.stdout.readline().strip()
        assert url.startswith("http://"), "".join(lines)
        yield RunningService(process, url, lines)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(20)
        reader.join(10)
        process.stdout.close()
