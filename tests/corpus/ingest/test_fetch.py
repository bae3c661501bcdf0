"""Pages from a real server on this machine."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest

from corpus.ingest import Options, Outcome, ingest
from corpus.ingest.fetch import Fetcher
from corpus.store import Corpus
from schemas.errors import MinberError

ARTICLE = """<!DOCTYPE html><html lang="ru"><head><title>Токаев выступил на курултае</title></head><body><article>
<p>Президент Казахстана Касым-Жомарт Токаев выступил на заседании Национального курултая. Он рассказал о реформах.</p>
<p>В заседании приняли участие депутаты, учёные и представители общественности, всего 117 человек.</p>
{more}</article></body></html>"""


class Site:
    """A web site whose pages a test writes: path → (status, headers, body) or a function that gives that."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes] | Callable[[], tuple[int, dict[str, str], bytes]]] = {}
        self.asked: list[tuple[str, float]] = []
        self.agents: set[str] = set()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, time.monotonic()))
                site.agents.add(self.headers.get("User-Agent", ""))
                page = site.pages.get(self.path, (404, {}, b"not found"))
                status, headers, body = page() if callable(page) else page
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(BrokenPipeError, ConnectionResetError):  # the client may have read enough
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def take(speeches: Corpus) -> Callable[..., list[Outcome]]:
    return lambda *urls: list(ingest(speeches, list(urls), Options(delay=0.0)))


@pytest.mark.slow
def test_a_page_is_ingested_and_revised(site: Site, speeches: Corpus, take: Callable[..., list[Outcome]]) -> None:
    headers = {"Content-Type": "text/html; charset=windows-1251"}
    site.pages["/news/1"] = (200, headers, ARTICLE.format(more="").encode("windows-1251"))
    [outcome] = take(f"{site.url}/news/1#comments")
    document = speeches.document(str(outcome.id))
    assert outcome.status == "added"
    assert document.source.uri == f"{site.url}/news/1"
    assert document.source.encoding == "cp1251"
    assert "Касым-Жомарт Токаев выступил на заседании" in document.text
    assert document.lang == "ru"
    assert all(agent.startswith("minber/") for agent in site.agents)
    assert [o.status for o in take(f"{site.url}/news/1")] == ["unchanged"]
    site.pages["/news/1"] = (200, headers, ARTICLE.format(more="<p>Добавлено позднее.</p>").encode("windows-1251"))
    [again] = take(f"{site.url}/news/1")
    assert (again.status, again.id) == ("revised", outcome.id)


def test_redirects_are_followed_and_give_the_identity(site: Site, take: Callable[..., list[Outcome]]) -> None:
    site.pages["/old"] = (301, {"Location": "/news/1"}, b"")
    site.pages["/news/1"] = (200, {"Content-Type": "text/html"}, ARTICLE.format(more="").encode())
    site.pages["/round"] = (302, {"Location": "/round"}, b"")
    site.pages["/away"] = (302, {"Location": "file:///etc/passwd"}, b"")
    outcomes = take(f"{site.url}/old", f"{site.url}/news/1", f"{site.url}/round", f"{site.url}/away")
    assert [outcome.status for outcome in outcomes] == ["added", "unchanged", "failed", "failed"]
    assert outcomes[0].uri == f"{site.url}/news/1"
    assert [outcome.error.code for outcome in outcomes if outcome.error] == ["MB111", "MB111"]


def test_robots_are_obeyed(site: Site, take: Callable[..., list[Outcome]]) -> None:
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private\n")
    site.pages["/private/1"] = site.pages["/open"] = (
        200,
        {"Content-Type": "text/html"},
        ARTICLE.format(more="").encode(),
    )
    site.pages["/door"] = (302, {"Location": "/private/1"}, b"")
    outcomes = take(f"{site.url}/private/1", f"{site.url}/open", f"{site.url}/door")
    assert [outcome.error and outcome.error.code for outcome in outcomes] == ["MB120", None, "MB120"]
    assert "/private/1" not in site.paths()
    assert site.paths().count("/robots.txt") == 1


def test_a_site_in_trouble_is_left_alone(
    site: Site, take: Callable[..., list[Outcome]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.ingest.fetch._LONGEST_WAIT", 0.05)
    site.pages["/robots.txt"] = (503, {}, b"")
    site.pages["/open"] = (200, {"Content-Type": "text/html"}, ARTICLE.format(more="").encode())
    [outcome] = take(f"{site.url}/open")
    assert outcome.error
    assert outcome.error.code == "MB120"


def test_busy_servers_are_asked_again(site: Site, take: Callable[..., list[Outcome]]) -> None:
    answers = [
        (503, {"Retry-After": "0.1"}, b""),
        (429, {"Retry-After": "0"}, b""),
        (200, {}, ARTICLE.format(more="").encode()),
    ]
    site.pages["/busy"] = lambda: answers.pop(0)
    assert [outcome.status for outcome in take(f"{site.url}/busy")] == ["added"]
    site.pages["/always"] = (503, {"Retry-After": "0"}, b"")
    [outcome] = take(f"{site.url}/always")
    assert "503" in str(outcome.error)
    assert site.paths().count("/always") == 3


def test_what_goes_wrong_is_told(site: Site, take: Callable[..., list[Outcome]]) -> None:
    site.pages["/pdf"] = (200, {"Content-Type": "application/pdf"}, b"%PDF-1.4 ...")
    site.pages["/empty"] = (200, {"Content-Type": "text/html"}, b"")
    urls = [
        f"{site.url}/gone",
        f"{site.url}/pdf",
        f"{site.url}/empty",
        "http://127.0.0.1:9/x",
        "http://host.invalid/x",
        "http:///x",
    ]
    outcomes = take(*urls)
    assert [outcome.error and outcome.error.code for outcome in outcomes] == [
        "MB111",
        "MB106",
        "MB104",
        "MB111",
        "MB111",
        "MB111",
    ]
    assert all(str(outcome.error).startswith("MB") and "Cure" in str(outcome.error) for outcome in outcomes)


def test_sizes_are_bounded_also_of_packed_pages(site: Site) -> None:
    bomb = gzip.compress(bytes(30_000_000))
    site.pages["/bomb"] = (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, bomb)
    with pytest.raises(MinberError) as caught:
        Fetcher(max_size=1_000_000, delay=0).fetch(f"{site.url}/bomb")
    assert caught.value.code == "MB112"


def test_requests_keep_their_distance(site: Site) -> None:
    for number in range(3):
        site.pages[f"/{number}"] = (200, {"Content-Type": "text/html"}, b"<p>x")
    fetcher = Fetcher(max_size=1000, delay=0.3)
    for number in range(3):
        fetcher.fetch(f"{site.url}/{number}")
    times = [moment for _, moment in site.asked]
    assert len(times) == 4
    assert all(later - earlier > 0.28 for earlier, later in pairwise(times))
