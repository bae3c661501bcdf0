"""Pages of the sites that Minber knows: text, furniture, metadata and language links, each with its origin."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpus.ingest.choices import Choices
from corpus.ingest.documents import Options, Read, read_documents
from corpus.ingest.reading import Mark, Raw
from corpus.ingest.registry import named
from corpus.ingest.sites import site_of
from schemas.document import Document
from schemas.errors import MinberErrors

HERE = Path(__file__).parent
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "expected.yaml").read_text(encoding="utf-8"))
NOW = dt.datetime(2025, 3, 20, 9, 0, tzinfo=dt.UTC)


def read(page: bytes, uri: str = "file:///saved/page.html", sites: str | None = None) -> tuple[Document, list[Mark]]:
    raw = Raw(uri, "page.html", page, NOW, choices=Choices(sites=sites))
    found = next(iter(read_documents(raw, "0" * 64, named("html"), Options(), ("kk", "ru", "en"))))
    assert isinstance(found, Read)
    return found.document, list(found.marks)


def page(site: str) -> str:
    return (HERE / "pages" / f"{site}.html").read_text(encoding="utf-8")


def test_every_site_has_a_page() -> None:
    from corpus.ingest import sites

    files = {file.stem for file in Path(sites.__file__).parent.glob("*.*.yaml")}
    assert files == set(EXPECTED) == {file.stem for file in (HERE / "pages").glob("*.html")}


@pytest.mark.parametrize("site", EXPECTED)
def test_pages(site: str) -> None:
    expected = EXPECTED[site]
    document, marks = read(page(site).encode())
    for name in ("lang", "kind", "title", "date", "speaker", "occasion", "place"):
        assert getattr(document, name) == expected.get(name), name
    assert (document.source.publisher, document.source.uri) == (expected["publisher"], expected["uri"])
    assert sorted(document.alternates) == expected.get("alternates", [])
    assert all(link.startswith("http") and link != document.source.uri for link in document.alternates.values())
    for segment in expected["must"]:
        assert segment in document.text
    found: dict[str, list[str]] = {}
    for mark in marks:
        assert mark.layer == "chrome"
        found.setdefault(mark.label, []).append(document.text[mark.start : mark.end])
    assert found == expected.get("marked", {})
    for words in expected["never"]:
        assert words not in document.text
    for name in ("title", "date", "speaker", "occasion", "place", "publisher", "kind", "lang"):
        value = document.source.publisher if name == "publisher" else getattr(document, name)
        assert (name in document.origins) is (value is not None and (name, value) != ("kind", "report"))
    assert document.origins.items() >= expected.get("origins", {}).items()


@pytest.mark.parametrize("site", ["stan.kz", "inform.kz", "akorda.kz", "gov.uk"])
def test_a_redesigned_page_is_left_to_trafilatura(site: str) -> None:
    """Class names of nobody: the text still comes, and does not say that site rules found it."""
    strange = page(site)
    for name in ("class=", "id=", "<article>", "</article>", "itemprop="):
        strange = strange.replace(name, "data-x=" if name.endswith("=") else "")
    filler = "<p>" + "Бұл форумда көптеген мәселе айтылды, оған жүздеген адам қатысты. " * 12 + "</p>"
    document, _ = read(strange.replace("</p>", "</p>" + filler, 1).encode())
    assert "text" not in document.origins
    assert "Бұл форумда" in document.text


def test_the_days_beside_a_speech_are_not_its_day() -> None:
    bare = page("akorda.kz").replace("1741924800_", "picture_")
    document, _ = read(bare.encode())
    assert document.date is None
    assert "date" not in document.origins


def test_a_header_without_a_year_counts_from_the_day_of_fetching() -> None:
    fetched = page("tengrinews.kz").replace(": 14 марта 2025, 18:05 - новости на", " - новости на")
    assert read(fetched.encode())[0].date is None
    url = "https://tengrinews.kz/kazakhstan_news/x-1/"
    assert read(fetched.encode(), url)[0].date == dt.date(2025, 3, 14)
    for words, day in (("Вчера, 18:05", 19), ("Сегодня, 09:00", 20), ("2 часа назад", 20)):
        changed = fetched.replace("14 марта, 18:05", words)
        assert read(changed.encode(), url)[0].date == dt.date(2025, 3, day)


def test_days_are_those_of_the_site_not_of_greenwich() -> None:
    late = page("stan.kz").replace("2025-03-13T19:40:00Z", "2025-03-13T18:59:00Z")
    assert read(late.encode())[0].date == dt.date(2025, 3, 13)


def test_a_speech_named_by_office_is_of_who_held_it() -> None:
    def address(day: str) -> str | None:
        changed = page("akorda.kz").replace("Мемлекет басшысы Қасым-Жомарт Тоқаевтың", "Мемлекет басшысының")
        changed = changed.replace("<hr/>", f'<p class="date_main_block">{day}</p>', 1)
        return read(changed.encode())[0].speaker

    assert address("2018 жылғы 5 қазан") == "Нұрсұлтан Назарбаев"
    assert address("2020 жылғы 1 қыркүйек") == "Қасым-Жомарт Тоқаев"


def test_the_name_of_a_section_is_no_title() -> None:
    head = '<h1 class="wp-block-whitehouse-topper__headline">'
    title = "Remarks by the President at the National Library Forum"
    changed = page("whitehouse.gov").replace(head + title, head + "Briefings &amp; Statements")
    assert read(changed.encode())[0].title == title
    suffixed = changed.replace(f'content="{title}"', f'content="{title} – The White House"')
    assert suffixed != changed
    assert read(suffixed.encode())[0].title == title


def test_a_president_of_two_terms_is_one_person() -> None:
    changed = page("presidency.ucsb.edu").replace("James K. Polk</a>", "Grover Cleveland (2nd Term)</a>")
    assert read(changed.encode())[0].speaker == "Grover Cleveland"


OWN = """
publisher: Example
country: KZ
timezone: Asia/Almaty
layouts:
  - body: "#story"
    title: ".name"
    date: {select: ".when", match: 'on (.+)$'}
    kind: {select: body, value: transcript}
    speaker: {label: Speaker}
"""
PAGE = """<html><head><link rel=canonical href="https://news.example.org/1"></head><body><div class=name>A title</div>
<b class=when>Printed on 14 March 2025</b><b>Speaker:</b> <i>Ada Lovelace</i>
<div id=story><p>The story that is told here has more than forty letters.</div><div>Menu</div></body></html>"""


def test_sites_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "example.org.yaml").write_text(OWN, encoding="utf-8")
    document, _ = read(PAGE.encode(), sites=str(tmp_path))
    assert document.text == "The story that is told here has more than forty letters."
    assert (document.title, document.date, document.speaker) == ("A title", dt.date(2025, 3, 14), "Ada Lovelace")
    assert (document.kind, document.source.publisher) == ("transcript", "Example")


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("layouts: [{body: 'p >'}]", "layouts.0.body.0"),
        ("layouts: [{body: p, date: {match: x}}]", "layouts.0.date.0"),
        ("layouts: [{body: p, date: {select: p, match: '('}}]", "layouts.0.date.0.match"),
        ("timezone: Mars/Olympus\nlayouts: [{body: p}]", "timezone"),
        ("layouts: []", "a site needs at least one layout"),
        ("layouts: [{body: p}]\nhosts: [a]", "hosts"),
    ],
)
def test_a_wrong_site_file_names_its_line_and_field(tmp_path: Path, line: str, field: str) -> None:
    (tmp_path / "example.org.yaml").write_text(line, encoding="utf-8")
    with pytest.raises(MinberErrors) as caught:
        site_of("www.example.org", str(tmp_path))
    assert caught.value.code == "MB011"
    assert [error.code for error in caught.value.errors] == ["MB010"]
    assert field in str(caught.value.errors[0])


def test_subdomains_belong_to_their_site() -> None:
    assert site_of("kaz.tengrinews.kz") is site_of("tengrinews.kz") is not None
    assert site_of("nottengrinews.kz") is site_of("kz") is site_of("") is site_of(None) is None
