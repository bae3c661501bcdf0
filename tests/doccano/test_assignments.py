"""Servers that show annotators only what is assigned to them (1.8.5), which no package index has: their documented
interface, spoken by a real HTTP server that passes everything else on to the real Doccano."""

import http.server
import json
import threading
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from corpus.doccano.client import Client
from corpus.doccano.members import set_up_team
from corpus.doccano.push import push
from corpus.doccano.teams import team_of
from schemas.errors import MinberError
from tests.doccano.corpora import add, make_corpus
from tests.doccano.people import PASSWORD, Person, project_of
from tests.doccano.team import push_all, settle, themed

pytestmark = pytest.mark.server

STRATEGIES = {"weighted_sequential", "weighted_random", "sampling_without_replacement"}


class Newer(http.server.ThreadingHTTPServer):
    """Doccano with assignments: annotators see assigned documents only."""

    def __init__(self, upstream):
        super().__init__(("127.0.0.1", 0), Handler)
        self.upstream = upstream
        self.assigned = {}  # (project, example) → user
        self.bodies = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    def ask(self, path, method="GET", body=None):
        names = ("cookie", "x-csrftoken", "content-type", "authorization")
        headers = {name: self.headers[name] for name in names if self.headers[name]}
        return requests.request(
            method, self.server.upstream + path, data=body, headers=headers, timeout=60, allow_redirects=False
        )

    def tell(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle_any(self):
        size = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(size)
        parts = urlsplit(self.path)
        steps = parts.path.strip("/").split("/")
        if len(steps) >= 4 and steps[3] == "assignments":
            return self.assignments(steps, json.loads(body or b"{}"))
        if steps[:2] == ["v1", "projects"] and steps[3:] == ["examples"] and self.command == "GET":
            return self.examples(steps[2], parse_qs(parts.query))
        answer = self.ask(self.path, self.command, body)
        self.send_response(answer.status_code)
        for name, value in answer.raw.headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "content-encoding"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)
        return None

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = handle_any  # noqa: N815

    def listed(self, project):
        return self.ask(f"/v1/projects/{project}/examples?limit=100000").json()["results"]

    def examples(self, project, query):
        rows = self.listed(project)
        me = self.ask("/v1/me").json()
        members = self.ask(f"/v1/projects/{project}/members").json()
        names = {row["user"]: row["username"] for row in members} if isinstance(members, list) else {}
        for row in rows:
            user = self.server.assigned.get((project, row["id"]))
            row["assignments"] = [{"id": 1, "assignee": names.get(user), "assignee_id": user}] if user else []
        if not me["is_superuser"]:
            rows = [row for row in rows if self.server.assigned.get((project, row["id"])) == me["id"]]
        if "assignee" in query:
            rows = [row for row in rows if any(found["assignee"] in query["assignee"] for found in row["assignments"])]
        start, limit = int(query.get("offset", ["0"])[0]), int(query.get("limit", ["5"])[0])
        return self.tell(200, {"count": len(rows), "results": rows[start : start + limit]})

    def assignments(self, steps, body):
        project = steps[2]
        if self.command == "GET":
            mine = [(example, user) for (number, example), user in self.server.assigned.items() if number == project]
            return self.tell(200, [{"example": example, "assignee": user} for example, user in mine])
        if steps[4:] != ["bulk_assign"] or self.command != "POST":
            return self.tell(404, {"detail": "not part of this server"})
        self.server.bodies.append(body)
        members = {row["id"]: row["user"] for row in self.ask(f"/v1/projects/{project}/members").json()}
        loads = body["workloads"]
        if body["strategy_name"] not in STRATEGIES or sum(load["weight"] for load in loads) != 100:
            return self.tell(400, {"detail": "weights must sum to 100"})
        if not all(load["member_id"] in members for load in loads):
            return self.tell(400, {"detail": "no such member"})
        for row in self.listed(project):
            self.server.assigned.setdefault((project, row["id"]), members[loads[0]["member_id"]])
        return self.tell(201, {})

    def log_message(self, *_):
        pass


@pytest.fixture
def newer(doccano_server):
    with Newer(doccano_server.url) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield web
        web.shutdown()


@pytest.fixture
def admin(newer, doccano_server):
    with Client(newer.url, "admin", doccano_server.password) as client:
        yield client


@pytest.fixture
def made(newer, tmp_path, admin):
    users = admin.users().values()
    for name in ("aigul", "berik"):
        if name not in users:
            admin.create_user(name, PASSWORD)
    corpus = make_corpus(tmp_path / "c", newer.url, {"one": themed(12)}, name=f"newer {tmp_path.name}")
    return settle(corpus, annotators=["aigul", "berik"])


def test_everybody_is_assigned_all_of_their_project(newer, admin, made):
    made = settle(made, overlap=0.5)
    reports = push_all(made, admin)
    assert all(any("assigned to" in note for note in report.notes) for report in reports.values())
    for name, report in reports.items():
        with Client(newer.url, name, PASSWORD) as person:
            assert person.count(project_of(report)) == report.sent > 0, "who is not assigned sees nothing"
        members = {row["id"]: row["username"] for row in admin.members(project_of(report))}
        body = newer.bodies.pop(0)
        assert (body["strategy_name"], [load["weight"] for load in body["workloads"]]) == ("weighted_sequential", [100])
        assert [members[load["member_id"]] for load in body["workloads"]] == [name]
    again = push_all(made, admin)
    assert (newer.bodies, [report.notes for report in again.values()]) == ([], [[], []])
    add(made, {"two": themed(6, "кеңес")})
    push_all(made, admin)
    assert len(newer.bodies) == 2
    assert len(newer.assigned) == sum(admin.count(project_of(report)) for report in reports.values())


def test_an_assignment_that_was_cut_short_is_made_up_for(newer, admin, made, monkeypatch):
    made = settle(made, annotators=["aigul"])

    def refuse(*_):
        raise MinberError("MB404", method="POST", path="bulk_assign", status=500, detail="")

    with monkeypatch.context() as patch:
        patch.setattr(Client, "assign_all", refuse)
        with pytest.raises(MinberError, match="MB404"):
            push_all(made, admin)
    assert newer.assigned == {}
    [report] = push_all(made, admin).values()
    assert (report.sent, len(newer.assigned)) == (0, 12)


def test_the_team_command_assigns_too(newer, admin, made):
    made = settle(made, annotators=["aigul"])
    [report] = push_all(made, admin).values()
    newer.assigned.clear()
    [place], _ = set_up_team(made, admin, team_of(made))
    assert "assigned to aigul" in place.notes[0]
    assert len(newer.assigned) == admin.count(project_of(report))


def test_members_of_a_shared_project_are_told_that_they_see_nothing_yet(newer, admin, made, doccano_server):
    made = settle(made, annotators=[])
    report = push(made, admin)
    assert not any("assign" in note for note in report.notes), "nobody else is there"
    Person(doccano_server, admin, project_of(report), "aigul")
    add(made, {"two": themed(2, "кеңес")})
    assert any("assign the documents" in note for note in push(made, admin).notes)
