"""What happens to a server while a push or a pull talks to it: the error says what, and the next one repairs."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus.doccano import client as client_module
from corpus.doccano import server
from corpus.doccano.client import Client
from corpus.doccano.layouts import unit_of
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from corpus.store import open_corpus
from schemas.errors import MinberError
from tests.doccano.corpora import add, emoji_document, make_corpus, sentences, speech_document
from tests.doccano.front import Front, doing
from tests.doccano.people import Administrator, Person, decisions, project_of, unit_with

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]

DOCUMENTS = {"emoji": emoji_document(), "speech": speech_document()}
LINE = "Тағы бір сөйлем."
CONFIRMED = {("confirmed", "human_rights", "theme", "aigul"), ("confirmed", "human_rights", "evidence", "aigul")}


@pytest.fixture
def front(doccano_server):
    proxy = Front(doccano_server.url)
    yield proxy
    proxy.close()


@pytest.fixture
def through(front, doccano_server):
    """The administrator, signed in through the proxy."""
    with Client(front.url, "admin", doccano_server.password) as client:
        yield client


@pytest.fixture
def worked_on(front, through, doccano_server, doccano_client, tmp_path, request):
    """A corpus that was pushed and in which a person then confirmed a text; one more document waits to be sent."""
    made = make_corpus(tmp_path / "c", front.url, DOCUMENTS, name=request.node.name[:60])
    project = project_of(push(made, through))
    Person(doccano_server, doccano_client, project, "aigul").confirm(unit_with(made, "Адам"))
    add(made, {"third": (LINE, sentences(LINE, [LINE]))})
    front.heal()
    return made


def project_in(made):
    return made.units.collect()["project_id"].max()


def found(made):
    return {(decision, label, layer, who) for decision, layer, label, _, who in decisions(made)}


def names_of(client, project):
    rows = client.download(project)["all"]
    names = [unit_of(row) for row in rows]
    assert len(names) == len(set(names)), "nothing is doubled"
    return names


def kill_web(running):
    """The web process and its children, as the kernel does when memory is short."""
    pid = int((running.home / "web.pid").read_text())
    family = [pid]
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = entry.read_text().rsplit(")", 1)[1].split()[1]
        except OSError:
            continue
        if int(parent) == pid:
            family.append(int(entry.parent.name))
    for one in family:
        os.kill(one, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize(("act", "path"), [(push, "/upload"), (pull, "/download")])
def test_a_web_process_that_is_killed_midway(worked_on, front, through, doccano_server, doccano_client, act, path):
    dead = []

    def rule(_, method, asked):
        if asked.endswith(path) and not dead:
            dead.append(path)
            kill_web(doccano_server)

    front.rule = rule
    started = time.monotonic()
    try:
        with pytest.raises(MinberError, match="MB401"):
            act(worked_on, through)
        assert time.monotonic() - started < 20
    finally:
        front.heal()
        time.sleep(0.3)
        server.up(doccano_server.home)
    push(worked_on, through)
    assert len(names_of(doccano_client, project_in(worked_on))) == 6
    pull(worked_on, through)
    assert found(worked_on) == CONFIRMED


@pytest.mark.parametrize(("act", "at", "code"), [(push, "/upload", "MB413"), (pull, "/download", "MB419")])
def test_a_worker_that_hangs_midway(
    worked_on, front, through, doccano_server, doccano_client, monkeypatch, act, at, code
):
    """It is there, and does nothing: the health page was fine a moment ago."""
    worker = int((doccano_server.home / "worker.pid").read_text())

    def rule(_, method, path):
        if method == "POST" and path.endswith(at):
            os.kill(worker, signal.SIGSTOP)

    front.rule = rule
    try:
        with monkeypatch.context() as patch:
            patch.setattr(client_module, "STALL_SECONDS", 2.0)
            with pytest.raises(MinberError, match=rf"{code}.*said nothing"):
                act(worked_on, through)
        front.heal()
        with pytest.raises(MinberError, match="MB403"):
            act(worked_on, through)
    finally:
        os.kill(worker, signal.SIGCONT)
    push(worked_on, through)  # while the worker may be at the file that was left to it
    assert len(names_of(doccano_client, project_in(worked_on))) == 6
    pull(worked_on, through)
    assert found(worked_on) == CONFIRMED


@pytest.mark.parametrize(("act", "number"), [(push, 8), (pull, 3)])
def test_a_session_that_ends_midway(worked_on, front, doccano_server, doccano_client, act, number):
    def forget_sessions():
        with sqlite3.connect(doccano_server.home / "db.sqlite3", timeout=30) as database:
            database.execute("DELETE FROM django_session")

    with Client(front.url, "admin", doccano_server.password) as through:
        front.heal()
        front.rule = doing(number, forget_sessions)
        with pytest.raises(MinberError, match="MB445"):
            act(worked_on, through)
        assert len(front.seen) >= number
        front.heal()
    with Client(front.url, "admin", doccano_server.password) as through:
        push(worked_on, through)
        assert len(names_of(through, project_in(worked_on))) == 6
        pull(worked_on, through)
    assert found(worked_on) == CONFIRMED


@pytest.mark.parametrize(("act", "number"), [(push, 3), (push, 10), (pull, 6), (pull, 9)])
def test_a_project_that_is_deleted_between_two_calls(worked_on, front, through, doccano_client, act, number):
    pull(worked_on, through)
    assert found(worked_on) == CONFIRMED
    project = project_in(worked_on)
    Administrator(doccano_client, project).add(unit_with(worked_on, "диалогтың"), "category", "Парламент")
    front.heal()
    front.rule = doing(number, lambda: doccano_client.delete_project(project))
    with pytest.raises(MinberError, match=r"MB40[45]|MB41[3489]"):
        act(worked_on, through)
    front.heal()
    assert found(worked_on) >= CONFIRMED, "what was pulled before stays"
    with pytest.raises(MinberError, match="MB418"):
        pull(worked_on, through)
    report = push(worked_on, through)
    assert report.sent == 6
    assert any("gone" in note for note in report.notes)
    assert len(names_of(doccano_client, project_of(report))) == 6
    assert pull(worked_on, through).units == 6
    assert {row[:3] for row in found(worked_on)} >= {row[:3] for row in CONFIRMED}


def test_a_proxy_that_drops_the_port(doccano_server, doccano_client, tmp_path, monkeypatch):
    """The server then writes links to its next page that lead nowhere."""
    monkeypatch.setattr(client_module, "PAGE", 2)
    proxy = Front(doccano_server.url, keep_host=False)
    try:
        made = make_corpus(tmp_path / "c", proxy.url, DOCUMENTS, name="no port")
        with Client(proxy.url, "admin", doccano_server.password) as client:
            first = client._get("v1/users")
            assert first
            report = push(made, client)
            project = project_of(report)
            assert report.sent == 5
            page = client._get(f"v1/projects/{project}/examples", limit=2, offset=0)
            assert page["next"].startswith("http://127.0.0.1/"), "the links do go astray here"
            assert len(client.examples(project)) == 5
            Administrator(client, project).confirm(unit_with(made, "Адам"))
            pull(made, client)
            assert len(found(made)) == 2
            assert push(made, client).sent == 0
    finally:
        proxy.close()


def start_minber(folder, running, *arguments):
    program = Path(sys.executable).with_name("minber")
    environment = os.environ | {"MINBER_DOCCANO_PASSWORD": running.password}
    return subprocess.Popen(
        [program, "--corpus", folder, *arguments], env=environment, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("copies", ["the same corpus", "copies of it"])
def test_two_minbers_at_once(doccano_server, doccano_client, tmp_path, request, copies):
    """Both push into a project that is not there yet, then both pull."""
    name = request.node.name[:60]
    folder = make_corpus(tmp_path / "c", doccano_server.url, DOCUMENTS, name=name).path
    folders = [folder, folder]
    if copies != "the same corpus":
        folders[1] = tmp_path / "copy"
        shutil.copytree(folder, folders[1])
    for command in ("push", "push", "pull"):
        running = [start_minber(place, doccano_server, command) for place in folders]
        for process in running:
            _, said = process.communicate(timeout=200)
            assert "Traceback" not in said
            assert process.returncode == 0, said
        [project] = [row["id"] for row in doccano_client.projects(f"{name} · themes")]
        assert len(names_of(doccano_client, project)) == 5
        types = [row["text"] for row in doccano_client.label_types(project, "category")]
        assert len(types) == len(set(types))
        if command == "push":
            admin = Administrator(doccano_client, project)
            if not doccano_client.count(project, confirmed="true"):
                admin.confirm(unit_with(open_corpus(folder), "Адам"))
    for place in folders:
        assert {row[:3] for row in found(open_corpus(place))} == {row[:3] for row in CONFIRMED}
        assert open_corpus(place).units.collect()["unit_id"].n_unique() == 5
        assert open_corpus(place).units.collect().height == 5
