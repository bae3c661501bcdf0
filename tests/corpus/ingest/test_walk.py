"""Feeds and sitemaps of a real server, walked through by the whole of ``minber ingest``."""

from __future__ import annotations

import datetime as dt
import gzip
import time
from collections.abc import Callable

import pytest

from corpus.ingest import Options, Outcome, ingest
from corpus.store import Corpus
from tests.fixtures_web import Site

pytestmark = pytest.mark.slow

XML = {"Content-Type": "application/xml"}
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def walk(speeches: Corpus) -> Callable[..., list[Outcome]]:
    def run(feed: str = "", sitemap: str = "", since: str = "", workers: int = 1) -> list[Outcome]:
        day = dt.date.fromisoformat(since) if since else None
        feeds, sitemaps = ((one,) if one else () for one in (feed, sitemap))
        options = Options(delay=0.0, feeds=feeds, sitemaps=sitemaps, since=day, workers=workers)
        return list(ingest(speeches, [], options))

    return run


def put(site: Site, path: str, day: str = "", name: str = "Құрылтай өтті") -> None:
    stated = f'<meta property="article:published_time" content="{day}">' if day else ""
    site.pages[path] = (
        200,
        {**HTML, "ETag": f'"{path}{day}"'},
        f"<!doctype html><html lang=kk><head><title>{name} {path}</title>{stated}</head><body><article>"
        f"<p>Бүгін Бурабайда Ұлттық құрылтайдың отырысы өтті, оған көптеген адам қатысты ({path}).</p>"
        "<p>Жиында білім, ғылым және мәдениет мәселелері талқыланды.</p></article></body></html>".encode(),
    )


def urlset(site: Site, *pages: tuple[str, str], extra: str = "") -> bytes:
    entries = "".join(
        f"<url><loc>{path if path.startswith('http') else site.url + path}</loc>"
        + (f"<lastmod>{changed}</lastmod>" if changed else "")
        + "</url>"
        for path, changed in pages
    )
    return (
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}{extra}</urlset>'
    ).encode()


def rss(*items: tuple[str, str]) -> bytes:
    entries = "".join(
        f"<item><title>t</title><link>{link}</link>{f'<pubDate>{day}</pubDate>' if day else ''}</item>"
        for link, day in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{entries}</channel></rss>'.encode()


def test_a_feed_is_walked(site: Site, speeches: Corpus, walk: Callable[..., list[Outcome]]) -> None:
    put(site, "/1", "2025-03-14")
    put(site, "/2")
    items = [("/1", "Fri, 14 Mar 2025 10:00:00 GMT"), (f"{site.url}/2", "Sat, 15 Mar 2025 10:00:00 GMT")]
    site.pages["/rss"] = (200, XML, rss(*items, ("/2", ""), ("mailto:a@b.kz", ""), ("/gone", "")))
    outcomes = walk(feed=f"{site.url}/rss")
    assert [outcome.status for outcome in outcomes] == ["added", "added", "failed"]
    assert outcomes[2].error is not None
    assert outcomes[2].error.code == "MB111"
    first, second = (speeches.document(str(outcome.id)) for outcome in outcomes[:2])
    assert (first.date, first.origins["date"]) == (dt.date(2025, 3, 14), "page metadata")
    assert (second.date, second.origins["date"]) == (dt.date(2025, 3, 15), "feed"), "the page itself states none"
    assert [outcome.status for outcome in walk(feed=f"{site.url}/rss")] == ["unchanged", "unchanged", "failed"]
    assert [status for path, status in site.answers if path == "/1"] == [200, 304]


def test_an_atom_feed_that_a_page_names(site: Site, walk: Callable[..., list[Outcome]]) -> None:
    put(site, "/1")
    site.pages["/"] = (
        200,
        HTML,
        b"<html><head><link rel=alternate type='application/atom+xml' href='/atom'></head></html>",
    )
    entry = f"<entry><title>t</title><link href='{site.url}/1'/><updated>2025-03-14T10:00:00Z</updated></entry>"
    atom = f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>n</title>{entry}</feed>"
    site.pages["/atom"] = (200, {"Content-Type": "application/atom+xml"}, atom.encode())
    assert [outcome.status for outcome in walk(feed=f"{site.url}/")] == ["added"]


def test_since_leaves_out_what_is_older_without_fetching_it(
    site: Site, speeches: Corpus, walk: Callable[..., list[Outcome]]
) -> None:
    for number, day in (("1", "2025-03-13"), ("2", "2025-03-14"), ("3", "2025-01-01"), ("4", "")):
        put(site, f"/{number}", day)
    items = [("/1", "Thu, 13 Mar 2025 23:00:00 GMT"), ("/2", "Fri, 14 Mar 2025 10:00:00 GMT"), ("/3", ""), ("/4", "")]
    site.pages["/rss"] = (200, XML, rss(*items))
    outcomes = walk(feed=f"{site.url}/rss", since="2025-03-14")
    assert [outcome.status for outcome in outcomes] == ["skipped", "added", "skipped", "added"]
    assert "/1" not in site.paths()
    assert "/3" in site.paths(), "only the page tells its day"
    assert speeches.documents.collect().height == 2


def test_an_index_of_packed_sitemaps(site: Site, walk: Callable[..., list[Outcome]]) -> None:
    for number in range(1, 6):
        put(site, f"/{number}", "2025-03-14")
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /5\nSitemap: /index.xml\n")
    inner = "".join(
        f"<sitemap><loc>{site.url}/{name}</loc>{changed}</sitemap>"
        for name, changed in (
            ("a.xml.gz", "<lastmod>2025-03-15</lastmod>"),
            ("b.txt", ""),
            ("old.xml", "<lastmod>2024-01-01</lastmod>"),
            ("index.xml", ""),
            ("gone.xml", ""),
        )
    )
    site.pages["/index.xml"] = (200, XML, f"<sitemapindex>{inner}</sitemapindex>".encode())
    news = f"<url><loc>{site.url}/3</loc><news:news xmlns:news='n'><news:publication_date>2025-03-01T10:00:00+05:00"
    news += "</news:publication_date></news:news></url>"
    pages = urlset(
        site, ("/1", "2025-03-14T10:00:00+05:00"), ("/2", "2025-03-13"), ("http://other.kz/1", ""), extra=news
    )
    site.pages["/a.xml.gz"] = (200, {"Content-Type": "application/gzip"}, gzip.compress(pages))
    site.pages["/b.txt"] = (200, {"Content-Type": "text/plain"}, f"{site.url}/4\n{site.url}/5\n".encode())
    outcomes = walk(sitemap=site.url, since="2025-03-14")
    said = [(outcome.uri.removeprefix(site.url), outcome.status) for outcome in outcomes]
    assert said == [
        ("/1", "added"),
        ("/2", "skipped"),
        ("/3", "skipped"),
        ("/4", "added"),
        ("/5", "failed"),
        ("/gone.xml", "failed"),
    ]
    assert [outcome.error.code for outcome in outcomes if outcome.error] == ["MB120", "MB111"]
    assert "/old.xml" not in site.paths()
    assert site.paths().count("/index.xml") == 1


def test_a_page_fetched_since_it_changed_is_not_asked_for(site: Site, walk: Callable[..., list[Outcome]]) -> None:
    put(site, "/1", "2025-03-14")
    put(site, "/2", "2025-03-14")
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).isoformat(timespec="seconds")
    site.pages["/sitemap.xml"] = (200, XML, urlset(site, ("/1", "2025-03-14T10:00:00Z"), ("/2", tomorrow)))
    assert [outcome.status for outcome in walk(sitemap=f"{site.url}/sitemap.xml")] == ["added", "added"]
    assert [outcome.status for outcome in walk(sitemap=f"{site.url}/sitemap.xml")] == ["unchanged", "unchanged"]
    assert site.paths().count("/1") == 1
    assert site.paths().count("/2") == 2


def test_sources_feeds_and_sitemaps_together(site: Site, speeches: Corpus) -> None:
    for number in range(3):
        put(site, f"/{number}", "2025-03-14")
    site.pages["/rss"] = (200, XML, rss(("/1", "")))
    site.pages["/sitemap.xml"] = (200, XML, urlset(site, ("/1", ""), ("/2", "")))
    options = Options(delay=0.0, feeds=(f"{site.url}/rss",), sitemaps=(f"{site.url}/sitemap.xml",), workers=2)
    outcomes = list(ingest(speeches, [f"{site.url}/0"], options))
    assert [(outcome.uri[-2:], outcome.status) for outcome in outcomes] == [
        ("/0", "added"),
        ("/1", "added"),
        ("/2", "added"),
    ]


BOMB = b"<!DOCTYPE x [<!ENTITY a0 'aaaaaaaaaa'>" + b"".join(
    b"<!ENTITY a%d '%s'>" % (n + 1, b"&a%d;" % n * 10) for n in range(12)
)


def test_a_packed_list_is_read_whole_or_not_at_all(site: Site, walk: Callable[..., list[Outcome]]) -> None:
    """A file may be of several packed pieces; one that was cut off would lack addresses without a word."""
    site.pages["/two.txt.gz"] = (
        200,
        {"Content-Type": "application/gzip"},
        gzip.compress(f"{site.url}/1\n".encode()) + gzip.compress(f"{site.url}/2\n".encode()),
    )
    said = [outcome.uri.removeprefix(site.url) for outcome in walk(sitemap=f"{site.url}/two.txt.gz")]
    assert said == ["/1", "/2"]
    lines = "".join(f"{site.url}/{n * 2654435761 % 2**32}\n" for n in range(500)).encode()
    site.pages["/cut.txt.gz"] = (200, {"Content-Type": "application/gzip"}, gzip.compress(lines)[:-500])
    [outcome] = walk(sitemap=f"{site.url}/cut.txt.gz")
    assert outcome.error is not None
    assert outcome.error.code == "MB151"


XXE = b"<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml at all",
        b"<html><body>404</body></html>",
        b"<?xml version='1.0'?><note>x</note>",
        b"<urlset><url><loc>http://",
        BOMB + b"]><urlset><url><loc>&a12;</loc></url></urlset>",
        XXE + b"<urlset><url><loc>&f;</loc></url></urlset>",
        b"\x1f\x8b not gzip",
        b"<urlset>" + b"<url>" * 100_000,
        b"<rss><channel>" + b"<item>" * 100_000,
        BOMB + b"]><rss><channel><item><link>&a12;</link></item></channel></rss>",
    ],
)
@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_what_is_no_list_is_told_and_harms_nothing(
    body: bytes, kind: str, site: Site, walk: Callable[..., list[Outcome]]
) -> None:
    site.pages["/list"] = (200, XML, body)
    start = time.process_time()
    outcomes = walk(**{kind: f"{site.url}/list"})
    assert {outcome.status for outcome in outcomes} <= {"failed"}
    assert {outcome.error.code for outcome in outcomes if outcome.error} <= {"MB150", "MB151", "MB111"}
    assert "root:" not in str(outcomes)
    assert time.process_time() - start < 10
    if not body.startswith((b"<!DOCTYPE", b"<urlset>", b"<rss>")):
        assert outcomes


def test_an_enormous_packed_sitemap_is_refused(site: Site, walk: Callable[..., list[Outcome]]) -> None:
    site.pages["/s.xml.gz"] = (200, XML, gzip.compress(b"<urlset>" + bytes(60_000_000)))
    [outcome] = walk(sitemap=f"{site.url}/s.xml.gz")
    assert outcome.error
    assert outcome.error.code == "MB112"


def test_an_empty_feed_and_an_empty_sitemap_are_no_faults(site: Site, walk: Callable[..., list[Outcome]]) -> None:
    site.pages["/rss"] = (200, XML, rss())
    site.pages["/sitemap.xml"] = (200, XML, urlset(site))
    assert walk(feed=f"{site.url}/rss") == []
    assert walk(sitemap=f"{site.url}/sitemap.xml") == []


@pytest.mark.parametrize("link", ["http://[stan.kz/1", "https://stan.kz:99999/1", "https://stan.kz:http/1"])
def test_an_address_that_is_none_is_named_and_the_others_are_read(
    site: Site, walk: Callable[..., list[Outcome]], link: str
) -> None:
    put(site, "/news/1")
    site.pages["/robots.txt"] = (200, {}, f"Sitemap: {link}\nSitemap: /map.xml\nSitemap: /map.txt\n".encode())
    site.pages["/map.xml"] = (200, XML, urlset(site, (link, ""), ("/news/1", "")))
    site.pages["/map.txt"] = (200, {}, f"{site.url}/news/1\n{link}\n".encode())
    outcomes = walk(sitemap=site.url)
    assert [outcome.uri for outcome in outcomes if outcome.status == "added"] == [f"{site.url}/news/1"]
    assert [(o.uri, o.error.code) for o in outcomes if o.error] == [(link, "MB111")] * 3
    [outcome] = walk(sitemap=link)
    assert (outcome.uri, outcome.error and outcome.error.code) == (link, "MB111")


def test_a_feed_with_addresses_and_days_that_are_none(site: Site, walk: Callable[..., list[Outcome]]) -> None:
    put(site, "/news/1")
    put(site, "/news/2")
    bad = "https://stan.kz:99999/1"
    site.pages["/rss"] = (
        200,
        XML,
        rss((bad, ""), (f"{site.url}/news/1", "0000-01-01T00:00:00Z"), (f"{site.url}/news/2", "")),
    )
    outcomes = walk(feed=f"{site.url}/rss")
    assert [outcome.status for outcome in outcomes] == ["failed", "added", "added"]
    assert (outcomes[0].uri, outcomes[0].error and outcomes[0].error.code) == (bad, "MB111")


def test_comments_that_nothing_closes_cost_no_time(site: Site, walk: Callable[..., list[Outcome]]) -> None:
    page = b"<?xml version='1.0'?><rss version='2.0'><channel>"
    site.pages["/rss"] = (200, XML, page + b"<!--" * 100_000 + b"<![CDATA[" * 100_000)
    begin = time.monotonic()
    [outcome] = walk(feed=f"{site.url}/rss")
    assert outcome.error
    assert outcome.error.code == "MB150"
    assert time.monotonic() - begin < 30
