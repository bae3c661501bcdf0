"""Signing in: where the password comes from; and the commands around the local server."""

import subprocess
import sys
from pathlib import Path

import pytest

from corpus.doccano import access, server
from schemas.errors import MinberError
from tests.doccano.corpora import make_corpus

pytestmark = pytest.mark.server

MINBER = Path(sys.executable).with_name("minber")


@pytest.fixture
def speeches(doccano_server, tmp_path, monkeypatch):
    monkeypatch.delenv(access.PASSWORD_VARIABLE, raising=False)
    monkeypatch.setenv("MINBER_CACHE", str(tmp_path))  # no server of the user's is looked at
    return make_corpus(tmp_path / "c", doccano_server.url, {})


def test_from_the_environment(speeches, doccano_server, monkeypatch):
    monkeypatch.setenv(access.PASSWORD_VARIABLE, doccano_server.password)
    with access.connect(speeches) as client:
        assert client.user["username"] == "admin"


def test_asked_for(speeches, doccano_server):
    questions = []

    def ask(question):
        questions.append(question)
        return doccano_server.password

    with access.connect(speeches, ask):
        pass
    assert questions == [f"Password of admin at {doccano_server.url}"]


def test_of_our_own_server_it_is_known(speeches, doccano_server, monkeypatch):
    monkeypatch.setattr(server, "default_home", lambda: doccano_server.home)
    with access.connect(speeches) as client:
        assert client.user["username"] == "admin"


def test_nobody_can_be_asked(speeches):
    with pytest.raises(MinberError, match=r"MB409.*MINBER_DOCCANO_PASSWORD"):
        access.connect(speeches)


def test_commands_around_the_local_server(doccano_server):
    home = ["--home", str(doccano_server.home)]
    up = subprocess.run([MINBER, "doccano", "up", *home], capture_output=True, text=True, check=True)
    assert up.stdout.strip() == doccano_server.url
    assert f"cat {doccano_server.home}/password" in up.stderr
    assert doccano_server.password not in up.stdout + up.stderr
    shown = subprocess.run([MINBER, "doccano", "status", *home], capture_output=True, text=True, check=True).stdout
    assert doccano_server.url in shown
    assert shown.count("running") == 2
    assert doccano_server.password not in shown


def test_purging_a_folder_that_is_no_home_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("ten years")
    done = subprocess.run([MINBER, "doccano", "down", "--purge", "--home", tmp_path], capture_output=True, text=True)
    assert done.returncode == 2
    assert "MB424" in done.stderr
    assert (tmp_path / "thesis.txt").exists()
