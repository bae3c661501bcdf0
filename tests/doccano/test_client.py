"""The client against the real server, and against what stands in its place."""

import http.server
import pickle
import threading
import time

import pytest

from corpus.doccano import client as module
from corpus.doccano import server, transport
from corpus.doccano.client import Client
from corpus.doccano.layouts import LAYOUTS
from corpus.doccano.project import find_project
from schemas.errors import MinberError

pytestmark = pytest.mark.server

INTENT = {"project_type": "IntentDetectionAndSlotFilling", "resourcetype": "IntentDetectionAndSlotFillingProject"}
SEQUENCE = {"project_type": "SequenceLabeling", "resourcetype": "SequenceLabelingProject"}


@pytest.fixture
def project(doccano_client):
    made = doccano_client.create_project(name="trial", description="x", collaborative_annotation=True, **INTENT)
    yield made
    doccano_client.delete_project(made["id"])


@pytest.fixture
def place_of(request):
    """Starts a small web server that answers everything in one way; gives its URL."""
    running = []

    def start(status: int, headers: dict[str, str], body: bytes = b"", pause: float = 0.0) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                self.rfile.read(int(self.headers.get("content-length") or 0))
                time.sleep(pause)
                self.send_response(status)
                for name, value in {"content-length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer  # noqa: N815

            def log_message(self, *_):
                pass

        web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        running.append(web)
        return f"http://127.0.0.1:{web.server_port}"

    yield start
    for web in running:
        web.shutdown()
        web.server_close()


def test_a_wrong_password_is_said_and_not_shown(doccano_server):
    with pytest.raises(MinberError, match="MB402") as caught:
        Client(doccano_server.url, "admin", "hunter2-wrong")
    assert "hunter2" not in f"{caught.value!r} {caught.value}"


def test_the_password_is_not_kept(doccano_server, doccano_client):
    seen = repr(doccano_client) + repr(vars(doccano_client)) + repr(vars(doccano_client._doccano))
    seen += repr(vars(doccano_client._doccano.session)) + repr(doccano_client._doccano.session.headers)
    assert doccano_server.password not in seen
    assert doccano_server.password.encode() not in pickle.dumps(doccano_client)


def test_no_server_is_said_quickly():
    start = time.monotonic()
    with pytest.raises(MinberError, match=r"MB401.*refused"):
        Client("http://127.0.0.1:9", "admin", "x")
    assert time.monotonic() - start < 5


def test_an_unknown_name_is_no_server():
    with pytest.raises(MinberError, match="MB401"):
        Client("http://doccano.invalid", "admin", "x")


def test_a_page_instead_of_data_is_said(doccano_server, doccano_client):
    with pytest.raises(MinberError, match=r"MB405.*HTML page"):  # this server answers unknown paths with its own page
        doccano_client._get("v1/no/such/thing")


@pytest.mark.parametrize("tail", ["/projects", "/v1"])
def test_an_address_below_the_base_is_said(doccano_server, tail):
    with pytest.raises(MinberError, match=r"MB40[45]"):
        Client(doccano_server.url + tail, "admin", doccano_server.password)


def test_another_program_in_its_place(place_of):
    url = place_of(200, {"content-type": "text/html"}, b"<html>router</html>")
    with pytest.raises(MinberError, match=r"MB405.*HTML page"):
        Client(url, "admin", "x")


def test_a_redirect_to_a_login_page_is_not_followed(place_of):
    url = place_of(302, {"location": "https://sso.example.org/login?next=secret"})
    with pytest.raises(MinberError, match=r"MB406.*https://sso.example.org/login") as caught:
        Client(url, "admin", "x")
    assert "secret" not in str(caught.value)


def test_an_error_page_is_said(place_of):
    url = place_of(500, {"content-type": "text/html"}, b"<html>oops</html>")
    with pytest.raises(MinberError, match="MB405"):
        Client(url, "admin", "x")


def test_a_server_that_never_answers(place_of, monkeypatch):
    monkeypatch.setattr(transport, "READ_SECONDS", 0.5)
    url = place_of(200, {}, pause=5)
    with pytest.raises(MinberError, match="MB408"):
        Client(url, "admin", "x")


def test_a_proxy_of_the_environment_is_not_asked_for_loopback(doccano_server, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with doccano_server.client() as client:
        client.check_health()


def test_worker_down_is_said_within_ten_seconds(doccano_server, doccano_client, project):
    pid = int((doccano_server.home / "worker.pid").read_text())
    server._signal(pid, server.signal.SIGTERM)
    try:
        while server.status(doccano_server.home).worker:
            time.sleep(0.05)
        start = time.monotonic()
        with pytest.raises(MinberError, match=r"MB403.*Celery"):
            doccano_client.check_health()
        assert time.monotonic() - start < 10
    finally:
        server.up(doccano_server.home)  # starts the worker again, and only that
    doccano_client.check_health()


def test_an_answer_about_the_health_that_is_old_counts_no_more(doccano_server, doccano_client, project, monkeypatch):
    monkeypatch.setattr(module, "_HEALTHY_SECONDS", 0.5)
    pid = int((doccano_server.home / "worker.pid").read_text())
    doccano_client.begin_health_check()
    doccano_client._asked.result()  # all is well, and then something else takes its time
    server._signal(pid, server.signal.SIGTERM)
    try:
        while server.status(doccano_server.home).worker:
            time.sleep(0.05)
        time.sleep(0.5)
        with pytest.raises(MinberError, match=r"MB403.*Celery"):
            doccano_client.check_health()
    finally:
        server.up(doccano_server.home)


def test_who_is_no_admin_of_the_project_is_told(doccano_server, doccano_client, project):
    user = doccano_client.create_user("reader", "qwe!asd123")
    doccano_client.add_member(project["id"], user)
    with doccano_server.client("reader", "qwe!asd123") as reader:
        with pytest.raises(MinberError, match=r"MB407.*reader"):
            reader.download(project["id"])
        with pytest.raises(MinberError, match="MB407"):
            reader.create_project(name="mine", description="x", **INTENT)


def test_upload_and_download_keep_every_letter(doccano_client, project):
    texts = [
        "😀 Диалог және билік",
        "  бос орын \t",
        "бір\r\nекі\rүш",
        "\ufeffбелгі \u2028 \u2029 \x85 соңы",
        "\u0438\u0306 ыдыраған",
        '"тырнақша" \\ / \\n',
    ]
    rows = [{"text": text, "cats": [], "entities": [], "unit_id": str(number)} for number, text in enumerate(texts)]
    doccano_client.upload(project["id"], rows, "x.jsonl")
    there = doccano_client.download(project["id"])["all"]
    assert {row["unit_id"]: row["text"] for row in there} == {str(n): text for n, text in enumerate(texts)}
    listed = doccano_client.examples(project["id"])
    assert sorted(row["text"] for row in listed) == sorted(texts)
    assert doccano_client.count(project["id"]) == len(texts)


def test_a_repeated_upload_adds_nothing(doccano_client, project):
    rows = [
        {
            "text": "а",
            "cats": [],
            "entities": [],
            "unit_id": "1",
            "example_uuid": "0aa0aa0a-1111-4222-8333-444455556666",
        }
    ]
    doccano_client.upload(project["id"], rows, "x.jsonl")
    with pytest.raises(MinberError, match=r"MB413.*UNIQUE"):
        doccano_client.upload(project["id"], rows, "x.jsonl")
    assert doccano_client.count(project["id"]) == 1


def test_refused_rows_are_an_error(doccano_client, project):
    with pytest.raises(MinberError, match="MB413"):
        doccano_client.upload(project["id"], [{"text": "", "cats": [], "entities": []}], "x.jsonl")


def test_listing_goes_on_over_pages(doccano_client, project, monkeypatch):
    rows = [{"text": f"т {n}", "cats": [], "entities": [], "unit_id": str(n)} for n in range(25)]
    doccano_client.upload(project["id"], rows, "x.jsonl")
    monkeypatch.setattr(module, "PAGE", 4)
    assert sorted(int(row["meta"]["unit_id"]) for row in doccano_client.examples(project["id"])) == list(range(25))


def test_a_missing_project_is_none(doccano_client):
    assert doccano_client.project(10**6) is None
    assert doccano_client.projects("no such name") == []


def test_projects_that_cannot_be_used_are_refused(doccano_client):
    made = []

    def make(name, **fields):
        made.append(doccano_client.create_project(name=name, description="x", **fields)["id"])

    try:
        make("p type", collaborative_annotation=True, **INTENT)
        make("p grapheme", collaborative_annotation=True, grapheme_mode=True, allow_overlapping=True, **SEQUENCE)
        make("p alone", collaborative_annotation=False, allow_overlapping=True, **SEQUENCE)
        make("p twin", collaborative_annotation=True, **SEQUENCE)
        make("p twin", collaborative_annotation=True, **SEQUENCE)
        for name, code in (("p type", "MB411"), ("p grapheme", "MB410"), ("p alone", "MB417"), ("p twin", "MB416")):
            with pytest.raises(MinberError, match=code):
                find_project(doccano_client, name, LAYOUTS["voices"])
    finally:
        for project_id in made:
            doccano_client.delete_project(project_id)
