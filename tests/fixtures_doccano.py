"""A real Doccano server, started by the project's own launcher, and a real browser on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from corpus.doccano import server
from corpus.doccano.client import Client


@dataclass(frozen=True)
class RunningServer:
    url: str
    home: Path
    username: str
    password: str = field(repr=False)

    def client(self, username: str | None = None, password: str | None = None) -> Client:
        return Client(self.url, username or self.username, password or self.password)


@pytest.fixture(scope="session")
def doccano_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A healthy server on a free port with an empty database; the first run on a machine installs Doccano."""
    home = tmp_path_factory.mktemp("doccano-home")
    url = server.up(home, port=0)
    yield RunningServer(url, home, server.ADMIN, server.password_file(home).read_text().strip())
    server.down(home, purge=True)


@pytest.fixture
def doccano_client(doccano_server: RunningServer) -> Iterator[Client]:
    """The administrator, signed in."""
    with doccano_server.client() as client:
        yield client


def chromium() -> str | None:
    """Path of Debian's Chromium or of the browser in MINBER_CHROMIUM."""
    return os.environ.get("MINBER_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser():
    """A real browser without a window."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        pytest.skip("no Chromium (apt install chromium, or set MINBER_CHROMIUM)")
    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=[*switches, "--disable-sync"])
        yield running
        running.close()
