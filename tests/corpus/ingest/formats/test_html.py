"""Web pages: real saved ones, with what people noted must be found in them."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path

import pytest

from corpus.ingest.documents import Options, read_documents
from corpus.ingest.encoding import declared_in_html, decode
from corpus.ingest.formats.html import is_address_of_page, read
from corpus.ingest.formats.markup import parse
from corpus.ingest.formats.page import published, without_site
from corpus.ingest.reading import Raw, Reading
from corpus.ingest.registry import choose, named
from schemas.document import Document
from schemas.errors import MinberError


def raw(data: bytes, name: str = "page.html", **more: str) -> Raw:
    return Raw(f"file:///pages/{name}", name, data, dt.datetime(2025, 3, 14, tzinfo=dt.UTC), **more)


def reading(page: str) -> Reading:
    return next(iter(read(raw(page.encode("utf-8")))))


def document(file: Path) -> Document:
    source = raw(file.read_bytes(), file.name)
    return next(read_documents(source, "0" * 64, named("html"), Options(), ("kk", "ru", "en")))[0]


def test_a_kazakh_address(shared: Path) -> None:
    """The page's own metadata only speaks of the site, and a clock shows another day than the article's."""
    page = document(shared / "data" / "akorda_speeches_kk" / "html" / "nazarbayev_sample.html")
    assert page.title == (
        "Қазақстан Республикасының Тұңғыш Президенті – Елбасы Нұрсұлтан Назарбаевтың Қазақстан халқына үндеуі"
    )
    assert (page.lang, page.kind, page.speaker) == ("kk", "transcript", "Нұрсұлтан Назарбаев")
    assert page.date == dt.date(2020, 3, 20)
    assert page.origins["date"] == "page header"
    assert page.source.publisher == "Nazarbayev.kz"  # the page calls itself by a slogan of nine words
    assert page.text.startswith("Қымбатты отандастар!\n")
    assert page.source.uri.startswith("file:")  # it names the front page as its canonical URL
    for menu in ("Тізімге оралу", "Основная навигация", "Сөйлеген сөздер, сұхбаттар"):
        assert menu not in page.text


@pytest.mark.slow
def test_articles_as_well_as_bare_trafilatura(shared: Path) -> None:
    import trafilatura

    folder = shared / "data" / "html_trafilatura_eval"
    cases = json.loads((folder / "evaldata.json").read_text(encoding="utf-8")).values()
    hits = {"ours": 0, "bare": 0}
    pages = 0
    for case in cases:
        file = folder / "html" / case["file"]
        if not file.exists():
            continue
        pages += 1
        data = file.read_bytes()
        bare = trafilatura.extract(data, include_comments=False) or ""
        try:
            ours = next(iter(read(raw(data)))).text
        except MinberError:
            ours = ""
        for name, text in (("ours", ours), ("bare", bare)):
            hits[name] += sum(part in text for part in case["with"]) - sum(part in text for part in case["without"])
    assert pages > 90
    assert hits["ours"] >= hits["bare"]


def test_days_of_publication(shared: Path) -> None:
    wrong, total = [], 0
    for file in sorted((shared / "data" / "html_goose3" / "publishdate").glob("*.json")):
        expected = json.loads(file.read_text(encoding="utf-8"))["expected"].get("publish_date")
        if (
            not expected or "config" in file.name or "parsely_page" in file.name
        ):  # settings and JSON of one vendor's own
            continue
        data = file.with_suffix(".html").read_bytes()
        found = published(parse(decode(data, declared_in_html(data)).text))
        total += 1
        if not found or found[0].isoformat() != expected[:10]:
            wrong.append((file.name, found))
    assert total >= 7
    assert wrong == []


BODY = "<article><p>Бүгін Бурабайда Ұлттық құрылтайдың отырысы өтті, оған көптеген адам қатысты.</p><p>{}</p></article>"


@pytest.mark.slow
def test_days_beside_the_heading() -> None:
    body = BODY.format("Келесі жиын 1 мамыр 2030 күні болады.")
    assert reading(
        f"<html><body><h1>Құрылтай</h1><div>14 наурыз 2025, 18:05</div>{body}</body></html>"
    ).date == dt.date(2025, 3, 14)
    assert reading(f"<html><body><div>14 марта 2025 года</div><h1>Құрылтай</h1>{body}</body></html>").date == dt.date(
        2025, 3, 14
    )
    meta = '<meta property="article:published_time" content="2025-03-13">'
    page = f"<html><head>{meta}</head><body><h1>К</h1><p>14.03.2025</p>{body}</body></html>"
    assert reading(page).date == dt.date(2025, 3, 13)


def test_json_ld_of_any_shape_is_survived() -> None:
    for data in (
        "[[[",
        '{"@type": ["NewsArticle"], "datePublished": "2025-03-14T01:02:03Z"}',
        '{"@graph": [{"@type": "WebPage", "datePublished": "2025-03-14"}]}',
        "[" * 5000,
        '{"@type": 5, "datePublished": []}',
        "null",
    ):
        script = f'<script type="application/ld+json">{data}</script>'
        page = f"<html><head>{script}</head><body>{BODY.format('x')}</body></html>"
        assert reading(page).date in ((dt.date(2025, 3, 14),) if "2025" in data else (None,))


@pytest.mark.parametrize(
    ("title", "site", "host", "bare"),
    [
        ("Құрылтай өтті | Stan.kz", "Stan.kz", None, "Құрылтай өтті"),
        ("Құрылтай өтті - STAN", None, "www.stan.kz", "Құрылтай өтті"),
        (
            "Tengrinews.kz: новости — Токаев прибыл",
            "Tengrinews",
            "tengrinews.kz",
            "Tengrinews.kz: новости — Токаев прибыл",
        ),
        ("Stan.kz | Құрылтай өтті", "Stan.kz", None, "Құрылтай өтті"),
        ("Нұр-Сұлтан – Астана – Нұр-Сұлтан", "Egemen", None, "Нұр-Сұлтан – Астана – Нұр-Сұлтан"),
        ("Stan.kz", "Stan.kz", None, "Stan.kz"),
    ],
)
def test_names_of_sites_in_titles(title: str, site: str | None, host: str | None, bare: str) -> None:
    assert without_site(title, site, host) == bare


@pytest.mark.parametrize(
    ("url", "one"),
    [
        ("https://stan.kz/news/1", True),
        ("https://stan.kz/?id=5", True),
        ("https://stan.kz", False),
        ("https://stan.kz/", False),
        ("http://localhost/news", False),
        ("ftp://stan.kz/news", False),
        ("/news/1", False),
        ("https://[broken/news", False),
        ("", False),
    ],
)
def test_addresses_of_pages(url: str, one: bool) -> None:
    assert is_address_of_page(url) is one


def test_browsers_note_of_where_a_page_was_saved_from() -> None:
    note = "<!-- saved from url=(0023)https://stan.kz/news/17 -->"
    page = f"<!DOCTYPE html>\n{note}\n<html><body>{BODY.format('y')}</body></html>"
    assert reading(page).url == "https://stan.kz/news/17"


LINKS = "".join(f'<li><a href="/n/{n}">Президент Тоқаев {n} жиын өткізді</a></li>' for n in range(30))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<h1>404 Not Found</h1>",
        f"<nav><ul>{LINKS}</ul></nav><footer>© 2025 Барлық құқықтар қорғалған, көшіріп басуға болмайды</footer>",
        f"<div class=list><ul>{LINKS}</ul></div>",
        "<div id=root></div><script>const text = 'Құрметті отандастар, бүгін ортақ мереке.';</script>",
        "<form><input name=q><button>Іздеу</button></form><a href=/>Басты бет</a> <a href=/n>Жаңалықтар мұрағаты</a>",
        "<!-- Құрметті отандастар, бүгін бізге ортақ мереке. -->",
    ],
)
def test_pages_without_an_article(body: str) -> None:
    with pytest.raises(MinberError) as caught:
        reading(f"<html><head><title>Басты бет</title></head><body>{body}</body></html>")
    assert caught.value.code == "MB105"


def test_short_articles_are_articles() -> None:
    assert reading("<p>Құрылтай 14 наурызда өтеді.</p>").text == "Құрылтай 14 наурызда өтеді."
    page = (
        f"<html><body><ul>{LINKS}</ul><h1>Құрылтай</h1><article><p>Отырыс ертең басталады.</p></article></body></html>"
    )
    assert "Отырыс ертең басталады." in reading(page).text


@pytest.mark.slow
def test_hostile_pages() -> None:
    """Depth and size that break naive parsers: the text, or a coded error where the parser would lose it; soon."""
    article = BODY.format("Соңы.")
    start = time.process_time()
    for page in (
        "<html><body>" + "<div>" * 100_000 + article,
        "<html><body><p title='" + "a" * 5_000_000 + f"'>{article}</body></html>",
        "<html><body>" + "<b><i>" * 20_000 + article,
        f"<!DOCTYPE html [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><html><body>{article}&b;</body></html>",
        "<html><body>" + "<table><tr><td>" * 3000 + article,
        f"<html><head><title>{'Құрылтай – ' * 200_000}</title></head><body>{article}</body></html>",
        "<html><body>" + "<nav>" * 2000 + "<a href=/>сілтеме</a>" * 20_000 + "</nav>" * 2000 + article,
        "<html><body>"
        + "".join(f"<a href=/{n}>сілтеме нөмірі {n}</a>\n<br>" for n in range(20_000))
        + "</body></html>",
    ):
        try:
            text = reading(page).text
        except MinberError as error:
            text = error.code
        assert "құрылтайдың" in text or text in ("MB105", "MB170")
    assert time.process_time() - start < 60


@pytest.mark.parametrize(
    ("data", "name", "more", "reader"),
    [
        (b"<!doctype html><p>", "page.txt", {}, "html"),
        (b"\xef\xbb\xbf <!-- note --> <HTML lang=kk>", "", {}, "html"),
        (b"Text with <html> in it", "a.txt", {}, "text"),
        (b"Plain", "index", {"media_type": "text/html; charset=utf-8"}, "html"),
        (b"Plain", "a.html", {}, "html"),
        (b"Plain", "README", {}, "text"),
        (b"Plain", "speech.2025", {}, "text"),
    ],
)
def test_which_reader(data: bytes, name: str, more: dict[str, str], reader: str) -> None:
    assert choose(raw(data, name, **more)).name == reader
