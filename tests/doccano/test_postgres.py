"""Push, edit, pull with PostgreSQL under the server, and the same with SQLite: the same labels come back."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from corpus.doccano import server
from corpus.doccano.client import Client
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from tests.doccano.corpora import add, emoji_document, make_corpus, sentences, speech_document
from tests.doccano.people import NAME, Person, kk, project_of, unit_with
from tests.fixtures_doccano import RunningServer

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(600)]

LINE = "Жаңа сөйлем 😀 диалог туралы."


@pytest.fixture(scope="module")
def cluster():
    """A PostgreSQL of our own in a folder of its own, on loopback, as a user without rights; gives a database's URL."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not programs:
        pytest.skip("no PostgreSQL (Debian: apt install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="minber-postgres-"))  # pytest's own folders are closed to other users
    user = None
    if os.geteuid() == 0:  # which it refuses to run as
        user = "postgres"
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def run(name, *arguments):
        command = [programs[-1] / name, *map(str, arguments)]
        subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, timeout=120)

    data = folder / "data"
    run("initdb", "-D", data, "-U", "doccano", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    run("pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
    try:
        run("createdb", "-h", "127.0.0.1", "-p", port, "-U", "doccano", "doccano")
        yield f"postgres://doccano@127.0.0.1:{port}/doccano?sslmode=disable"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def on_postgres(cluster, tmp_path_factory):
    home = tmp_path_factory.mktemp("doccano-postgres")
    url = server.up(home, port=0, database=cluster)
    yield RunningServer(url, home, server.ADMIN, server.password_file(home).read_text().strip())
    server.down(home, purge=True)


def history(running, folder):
    """What two people do, step by step, and what the corpus knows after each pull, without times and addresses."""
    made = make_corpus(folder, running.url, {"emoji": emoji_document(), "speech": speech_document()}, name="history")
    seen = []

    def note(report):
        columns = ["decision", "layer", "label", "start", "end", "annotator", "confirmed", "unit_id", "attributes"]
        seen.append((len(report.changed), report.confirmed, sorted(made.labels.select(columns).collect().iter_rows())))

    with Client(running.url, running.username, running.password) as admin:
        project = project_of(push(made, admin))
        aigul, berik = (Person(running, admin, project, name) for name in ("aigul", "berik"))
        emoji, rights, akims = (unit_with(made, word) for word in ("диалогтың", "Адам", "Жергілікті"))
        note(pull(made, admin))
        aigul.remove(emoji, "category", NAME)
        aigul.add(emoji, "category", kk("national_unity"))
        aigul.add(rights, "span", kk("parliament"), 16, 22)
        berik.confirm(akims)
        note(pull(made, admin))
        berik.confirm(akims)
        berik.confirm(rights)
        rows = sentences(LINE, [LINE])
        add(made, {"third": (LINE, rows)})
        report = push(made, admin)
        assert (report.sent, report.present) == (1, 5)
        note(pull(made, admin))
        assert push(made, admin).sent == 0
        voices = project_of(push(made, admin, "voices", relations=True))
        assert pull(made, admin, "voices").changed == []
        counts = {kind: admin.label_counts(voices, kind) for kind in ("span", "relation")}
        texts = sorted(row["text"] for row in admin.download(project)["all"])
    return seen, counts, texts


def test_postgresql_gives_the_labels_that_sqlite_gives(on_postgres, doccano_server, tmp_path):
    there = history(on_postgres, tmp_path / "postgres")
    here = history(doccano_server, tmp_path / "sqlite")
    assert there[0] == here[0]
    assert len(there[0][-1][2]) >= 4
    assert there[1:] == here[1:]
    assert (on_postgres.home / "db.sqlite3").exists() is False, "nothing went into a file of SQLite"


def test_a_home_on_postgresql_starts_again_with_its_labels(on_postgres, tmp_path):
    made = make_corpus(tmp_path / "c", on_postgres.url, {"emoji": emoji_document()}, name="again")
    with on_postgres.client() as admin:
        project = project_of(push(made, admin))
    server.down(on_postgres.home)
    assert server.up(on_postgres.home) == on_postgres.url
    with on_postgres.client() as admin:
        assert admin.count(project) == 2
        assert push(made, admin).sent == 0
