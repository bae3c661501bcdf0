"""The launcher of a local server, with the real thing."""

import os
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from corpus.doccano import environment, server
from schemas.errors import MinberError

pytestmark = [pytest.mark.server, pytest.mark.timeout(900)]


def pids(home: Path) -> tuple[str, str]:
    return ((home / "web.pid").read_text().strip(), (home / "worker.pid").read_text().strip())


def test_up_again_finds_the_running_server(doccano_server):
    before = pids(doccano_server.home)
    assert server.up(doccano_server.home) == doccano_server.url
    assert pids(doccano_server.home) == before
    found = server.status(doccano_server.home)
    assert (found.url, found.web, found.worker) == (doccano_server.url, True, True)


def test_another_port_for_a_running_server_is_refused(doccano_server):
    with pytest.raises(MinberError, match="MB425"):
        server.up(doccano_server.home, port=1)


def test_two_starts_at_once_make_one_server(tmp_path):
    home = tmp_path / "home"
    program = (
        "import sys, pathlib; from corpus.doccano import server; print(server.up(pathlib.Path(sys.argv[1]), port=0))"
    )
    command = [sys.executable, "-c", program, str(home)]

    def start(_: int) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout.strip()

    try:
        with ThreadPoolExecutor(2) as pool:
            urls = set(pool.map(start, range(2)))
        assert len(urls) == 1
        assert server.status(home).web
        assert server.down(home)
        assert not server.status(home).web
        assert not server.status(home).worker
        assert not server.down(home), "stopping what does not run is no error"
        assert (home / "db.sqlite3").exists(), "labels stay"
    finally:
        server.down(home, purge=True)
    assert not home.exists()


def test_only_this_machine_can_reach_it(doccano_server):
    port = int(doccano_server.url.rsplit(":", 1)[1])
    table = Path("/proc/net/tcp").read_text().splitlines()[1:] + Path("/proc/net/tcp6").read_text().splitlines()[1:]
    listening = [row.split()[1] for row in table if row.split()[3] == "0A" and row.split()[1].endswith(f":{port:04X}")]
    assert listening == [f"0100007F:{port:04X}"]


def test_password_is_in_a_private_file_and_nowhere_else(doccano_server):
    home = doccano_server.home
    assert stat.S_IMODE((home / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "secret_key").stat().st_mode) == 0o600
    assert len(doccano_server.password) >= 20
    with doccano_server.client():  # leave traces of a login
        pass
    for path in home.rglob("*"):
        if path.is_file() and path.name != "password":
            assert doccano_server.password.encode() not in path.read_bytes(), path
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            shown = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        assert doccano_server.password.encode() not in shown, entry


def test_each_home_has_its_own_secrets(doccano_server, tmp_path):
    other = tmp_path / "password"
    assert server._secret(other, 15) != doccano_server.password
    assert server._secret(other, 15) == other.read_text().strip()


def test_a_taken_port_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(MinberError, match="MB422"):
            server.up(tmp_path / "home", port=taken.getsockname()[1])


def test_purge_leaves_other_folders_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("ten years")
    with pytest.raises(MinberError, match="MB424"):
        server.down(tmp_path, purge=True)
    assert (tmp_path / "thesis.txt").exists()


def test_a_pid_of_somebody_else_is_not_stopped(tmp_path):
    (tmp_path / "web.pid").write_text(f"{os.getpid()}\n")
    assert not server.status(tmp_path).web
    assert not server.down(tmp_path)


def test_password_of_our_own_server_is_found_for_its_address_only(doccano_server, monkeypatch):
    home = doccano_server.home
    assert server.local_password(doccano_server.url, "admin", home) == doccano_server.password
    port = doccano_server.url.rsplit(":", 1)[1]
    assert server.local_password(f"http://localhost:{port}/", "admin", home) == doccano_server.password
    assert server.local_password(doccano_server.url, "aigul", home) is None
    assert server.local_password("http://example.org:8000", "admin", home) is None


def test_no_suitable_python_is_said_with_a_cure(monkeypatch):
    monkeypatch.setattr(environment, "_python_version", lambda path: (3, 14))
    with pytest.raises(MinberError, match=r"MB420.*MINBER_DOCCANO_PYTHON"):
        environment.server_python()


def test_the_python_that_is_named_is_taken_if_it_runs(monkeypatch):
    found = environment.server_python()
    monkeypatch.setenv("MINBER_DOCCANO_PYTHON", str(found))
    assert environment.server_python() == found
    monkeypatch.setenv("MINBER_DOCCANO_PYTHON", "/bin/true")
    assert environment.server_python() == found, "a name that is no Python is passed over"


def test_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("MINBER_CACHE", str(tmp_path))
    assert environment.cache_folder() == tmp_path
    assert tmp_path in server.default_home().parents
    monkeypatch.delenv("MINBER_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert environment.cache_folder() == tmp_path / "cache" / "minber"
    assert tmp_path / "data" in server.default_home().parents, "labels are not kept in a cache"
