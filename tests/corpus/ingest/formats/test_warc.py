"""Web archives: pages are documents of their addresses, whatever stands between them."""

from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus.ingest import Outcome
from corpus.store import Corpus

Take = Callable[..., list[Outcome]]
PAGE = """<!DOCTYPE html><html lang="kk"><head><title>Құрылтай {n}</title></head>
<body><nav><a href="/">Басты бет</a></nav>
<article><h1>Құрылтай {n}</h1><p>Бүгін Бурабайда Ұлттық құрылтайдың отырысы өтті. Оған {n} адам қатысты.</p>
<p>Президент Қасым-Жомарт Тоқаев елдегі реформалар туралы айтты. Әр ғасырдың өз һикаясы бар, деді ол.</p></article>
</body></html>"""


def archive(path: Path, pages: list[tuple[str, bytes, str, str]], compressed: bool = True) -> Path:
    """Write responses: address, body, content type, status."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=compressed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "test"}))
        for address, body, kind, status in pages:
            headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    address,
                    "response",
                    payload=io.BytesIO(body),
                    http_headers=headers,
                    warc_headers_dict={"WARC-Date": "2025-03-14T08:00:00Z"},
                )
            )
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "stan.kz")], is_http_request=True)
            writer.write_record(writer.create_warc_record(address, "request", http_headers=asked))
    return path


PAGES = [
    ("https://stan.kz/news/1", PAGE.format(n=117).encode(), "text/html; charset=utf-8", "200 OK"),
    ("https://stan.kz/logo.png", b"\x89PNG\r\n", "image/png", "200 OK"),
    ("https://stan.kz/gone", b"<html>Not found</html>", "text/html", "404 Not Found"),
    ("https://stan.kz/menu", b"<!doctype html><html><nav><a href=/>1</a></nav></html>", "text/html", "200 OK"),
    ("https://stan.kz/ru/2", PAGE.format(n=118).encode("kz1048"), "text/html; charset=kz1048", "200 OK"),
]


@pytest.mark.parametrize("name", ["news.warc.gz", "news.warc"])
def test_pages_of_a_web_archive(take: Take, speeches: Corpus, tmp_path: Path, name: str) -> None:
    outcomes = take(archive(tmp_path / name, PAGES, compressed=name.endswith(".gz")))
    assert [(outcome.uri, outcome.status) for outcome in outcomes] == [
        ("https://stan.kz/news/1", "added"),
        ("https://stan.kz/menu", "failed"),
        ("https://stan.kz/ru/2", "added"),
    ]
    document = speeches.document(str(outcomes[0].id))
    assert "Басты бет" not in document.text
    assert "Қасым-Жомарт Тоқаев" in document.text
    assert document.source.retrieved == dt.datetime(2025, 3, 14, 8, tzinfo=dt.UTC)
    assert document.source.publisher == "Stan.kz"
    assert document.origins["uri"] == f"WARC-Target-URI in {name.removesuffix('.gz')}"
    assert speeches.raw(document.source.sha256) == PAGES[0][1]
    assert "һикаясы" in speeches.document(str(outcomes[2].id)).text
    assert [outcome.status for outcome in take(tmp_path / name)] == ["unchanged", "failed", "unchanged"]


def test_a_page_of_the_web_and_of_an_archive_is_one_document(take: Take, tmp_path: Path) -> None:
    page = PAGE.format(n=117).replace("<head>", '<head><link rel="canonical" href="https://stan.kz/news/1">')
    (tmp_path / "saved.html").write_text(page, encoding="utf-8")
    [saved] = take(tmp_path / "saved.html")
    [archived] = take(
        archive(tmp_path / "a.warc.gz", [("https://stan.kz/news/1", page.encode(), "text/html", "200 OK")])
    )
    assert (archived.status, archived.id) == ("unchanged", saved.id)


def test_what_is_broken_or_too_large_stops_nothing_before_it(take: Take, tmp_path: Path) -> None:
    large = (PAGES[0][0], b"<p>" + b"x" * 50_000, "text/html", "200 OK")
    path = archive(tmp_path / "a.warc.gz", [large, *PAGES])
    assert [outcome.status for outcome in take(path, max_size=20_000)] == ["failed", "added", "failed", "added"]
    noise = (PAGES[1][0], random.Random(1).randbytes(200_000), "image/png", "200 OK")
    path = archive(tmp_path / "cut.warc.gz", [PAGES[0], noise, PAGES[4]])
    path.write_bytes(path.read_bytes()[:-1500])
    outcomes = take(path)
    assert [(outcome.status, outcome.error and outcome.error.code) for outcome in outcomes] == [
        ("unchanged", None),
        ("failed", "MB141"),
    ]
    (tmp_path / "not.warc").write_bytes(b"WARC/1.0\r\n" + b"\xff" * 5000)
    assert [outcome.status for outcome in take(tmp_path / "not.warc")] == ["failed"]
