"""Pages from a real server on this machine."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable

import pytest

from corpus.ingest import Options, Outcome, ingest
from corpus.ingest.fetch import Fetcher
from corpus.store import Corpus
from schemas.errors import MinberError
from tests.fixtures_web import Site

pytestmark = pytest.mark.slow

ARTICLE = """<!DOCTYPE html><html lang="ru"><head><title>Токаев выступил на курултае</title></head><body><article>
<p>Президент Казахстана Касым-Жомарт Токаев выступил на заседании Национального курултая. Он рассказал о реформах.</p>
<p>В заседании приняли участие депутаты, учёные и представители общественности, всего 117 человек.</p>
{more}</article></body></html>"""


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
        "MB131",
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
    assert times[-1] - times[0] > 0.6, "a busy machine may note single requests late"


def test_robots_rules_are_those_of_rfc_9309(site: Site, take: Callable[..., list[Outcome]]) -> None:
    """The longest rule decides, wildcards count, and a group for us goes before that for all."""
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /\n\nUser-agent: Minber\nDisallow: /*?print\n")
    page = (200, {"Content-Type": "text/html"}, ARTICLE.format(more="").encode())
    site.pages["/news/1"] = site.pages["/news/1?print=1"] = page
    outcomes = take(f"{site.url}/news/1?print=1", f"{site.url}/news/1")
    assert [outcome.error and outcome.error.code for outcome in outcomes] == ["MB120", None]
    assert "/news/1?print=1" not in site.paths()


def test_a_robots_file_that_lies_elsewhere_or_has_no_end_is_obeyed(
    site: Site, take: Callable[..., list[Outcome]]
) -> None:
    rules = b"User-agent: *\nDisallow: /private\n"
    site.pages["/private/1"] = (200, {"Content-Type": "text/html"}, ARTICLE.format(more="").encode())
    site.pages["/robots.txt"] = (301, {"Location": "/a"}, b"")
    site.pages["/a"] = (302, {"Location": "/b"}, b"")
    site.pages["/b"] = (200, {}, rules)
    [elsewhere] = take(f"{site.url}/private/1")
    site.pages["/robots.txt"] = (200, {}, rules + b"# \n" * 1_000_000)
    [endless] = take(f"{site.url}/private/1")
    assert [one.error and one.error.code for one in (elsewhere, endless)] == ["MB120", "MB120"]
    assert "/private/1" not in site.paths()


@pytest.mark.parametrize("place", ["/robots.txt", "file:///etc/hosts", "http://[x/", ""])
def test_a_robots_file_that_leads_nowhere_closes_nothing(
    site: Site, take: Callable[..., list[Outcome]], place: str
) -> None:
    site.pages["/robots.txt"] = (302, {"Location": place}, b"")
    site.pages["/open"] = (200, {"Content-Type": "text/html"}, ARTICLE.format(more="").encode())
    assert [outcome.status for outcome in take(f"{site.url}/open")] == ["added"]


def test_what_did_not_change_is_not_sent_again(
    site: Site, speeches: Corpus, take: Callable[..., list[Outcome]]
) -> None:
    def page(more: str, tag: str) -> None:
        headers = {"Content-Type": "text/html; charset=utf-8", "ETag": tag}
        site.pages["/news/1"] = (200, headers, ARTICLE.format(more=more).encode())

    page("", '"one"')
    [first] = take(f"{site.url}/news/1")
    assert [outcome.status for outcome in take(f"{site.url}/news/1")] == ["unchanged"]
    assert [status for path, status in site.answers if path == "/news/1"] == [200, 304]
    page("<p>Добавлено позднее.</p>", '"two"')
    [revised] = take(f"{site.url}/news/1")
    assert (revised.status, revised.id) == ("revised", first.id)
    assert site.answers[-1] == ("/news/1", 200)
    assert take(f"{site.url}/news/1")[0].status == "unchanged"
    assert site.answers[-1] == ("/news/1", 304)
    assert speeches.documents.collect().height == 1


def test_a_page_that_is_gone_from_the_corpus_is_fetched_whole(
    site: Site, speeches: Corpus, take: Callable[..., list[Outcome]]
) -> None:
    modified = {"Content-Type": "text/html", "Last-Modified": "Fri, 14 Mar 2025 10:00:00 GMT"}
    site.pages["/news/1"] = (200, modified, ARTICLE.format(more="").encode())
    take(f"{site.url}/news/1")
    for file in (speeches.path / "raw").rglob("*"):
        if file.is_file():
            file.unlink()
    [again] = take(f"{site.url}/news/1")
    assert again.status == "unchanged"
    assert [status for path, status in site.answers if path == "/news/1"] == [200, 200]


def test_broken_connections_are_tried_again(
    site: Site, take: Callable[..., list[Outcome]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.ingest.fetch._PAUSE", 0.01)
    whole = ARTICLE.format(more="").encode()
    answers = [
        (200, {"Content-Type": "text/html", "Content-Length": str(len(whole) + 500)}, whole[:50]),
        (200, {"Content-Type": "text/html", "Content-Length": str(len(whole))}, whole),
    ]
    site.pages["/cut"] = lambda: answers.pop(0)
    assert [outcome.status for outcome in take(f"{site.url}/cut")] == ["added"]
    assert site.paths().count("/cut") == 2


def test_a_site_that_cannot_be_reached_is_asked_once_a_run(
    take: Callable[..., list[Outcome]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.ingest.fetch._PAUSE", 0.01)
    tries: list[str] = []
    send = Fetcher._get
    monkeypatch.setattr(Fetcher, "_get", lambda self, place, *more: tries.append(place) or send(self, place, *more))
    outcomes = take(*(f"http://127.0.0.1:9/{number}" for number in range(5)))
    assert [outcome.error and outcome.error.code for outcome in outcomes] == ["MB111"] * 5
    assert tries == ["http://127.0.0.1:9/robots.txt"]


def test_waiting_until_a_moment_is_bounded(site: Site, take: Callable[..., list[Outcome]]) -> None:
    answers = [
        (503, {"Retry-After": "Fri, 14 Mar 2025 10:00:00 GMT"}, b""),
        (200, {"Content-Type": "text/html"}, ARTICLE.format(more="").encode()),
    ]
    site.pages["/busy"] = lambda: answers.pop(0)
    assert [outcome.status for outcome in take(f"{site.url}/busy")] == ["added"]


@pytest.mark.parametrize("url", ["http://[broken/news", "http://a:99999999/x", "http://127.0.0.1:notaport/"])
def test_what_is_no_address(url: str, take: Callable[..., list[Outcome]]) -> None:
    [outcome] = take(url)
    assert outcome.error
    assert outcome.error.code == "MB111"


def test_slow_answers_are_given_up(
    site: Site, take: Callable[..., list[Outcome]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that never begins is tried again, one that never ends is not."""
    monkeypatch.setattr("corpus.ingest.fetch._PAUSE", 0.01)
    monkeypatch.setattr("corpus.ingest.fetch._READ", 0.3)
    monkeypatch.setattr("corpus.ingest.fetch._WHOLE", 0.5)
    page = ARTICLE.format(more="").encode()

    def asleep() -> tuple[int, dict[str, str], bytes]:
        time.sleep(0.8)
        return 200, {"Content-Type": "text/html"}, page

    site.pages["/asleep"] = asleep
    site.pages["/drips"] = (200, {"Content-Type": "text/html"}, [page] + [b"<p>x</p>" * 9000] * 30)
    outcomes = take(f"{site.url}/asleep", f"{site.url}/drips")
    assert [outcome.error and outcome.error.code for outcome in outcomes] == ["MB111", "MB111"]
    assert "no answer in time" in str(outcomes[0].error)
    assert "still coming" in str(outcomes[1].error)
    assert site.paths().count("/asleep") == 3
    assert site.paths().count("/drips") == 1


def test_an_address_in_capitals_is_the_same(site: Site, take: Callable[..., list[Outcome]]) -> None:
    site.pages["/1"] = (200, {"Content-Type": "text/html"}, ARTICLE.format(more="").encode())
    outcomes = take(f"{site.url}/1", site.url.replace("http", "HTTP") + "/1#comments")
    assert [outcome.status for outcome in outcomes] == ["added", "unchanged"]
