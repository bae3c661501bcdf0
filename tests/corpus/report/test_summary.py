"""The report of a corpus: what it tells, that it stands alone, and that its tables sort in a real browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus
from corpus.agreement import agreement, read_codings
from corpus.report.findings import place_of
from corpus.report.inline import inline
from corpus.report.tables import Numbers, count_cell, share_cell
from corpus.report.words import interface_languages, words_in
from tests.cli.test_stats import TEXT
from tests.command import minber
from tests.corpus.agreement.teams import tables

pytestmark = pytest.mark.slow

SECTIONS = ["coverage", "voices", "themes", "over_time", "agreement", "keyness", "frequent", "provenance", "manifest"]
VOID = {"meta", "link", "br", "input", "img", "hr"}


class Page(HTMLParser):
    """Reads a page: every address, every section, and whether each element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.sections: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        self.addresses += [str(named[name]) for name in ("src", "href", "action", "data", "srcset") if named.get(name)]
        if named.get("id"):
            self.ids.append(str(named["id"]))
        if tag == "section":
            self.sections.append(str(named["id"]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two dated Kazakh reports and a Russian one with a tag in its title."""
    root = tmp_path_factory.mktemp("report")
    minber(root, "init", "speeches", "--country", "KZ")
    at = root / "speeches"
    reports = (
        ("one", TEXT, "kk", "2022-03-15"),
        ("two", TEXT.replace("Жиынға әкімдер қатысты.", "Конституция мен сайлау туралы айтылды."), "kk", "2024-03-15"),
        ("three", "<script>alert(1)</script> & реформа\n\nПрезидент заявил о реформе экономики.\n", "ru", "2023-05-01"),
    )
    for name, text, lang, date in reports:
        (root / f"{name}.txt").write_text(text, encoding="utf-8")
        minber(at, "ingest", str(root / f"{name}.txt"), "--lang", lang, "--date", date)
    minber(at, "annotate")
    return at


def written(folder: Path, *options: str, name: str = "page.html") -> str:
    dest = folder.parent / name
    minber(folder, "report", str(dest), *options)
    return dest.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def english(folder: Path) -> str:
    return written(folder, "--language", "en")


def test_the_page_is_whole_and_asks_nobody_for_anything(english: str) -> None:
    page = Page(english)
    assert page.open == []
    assert page.sections == SECTIONS
    assert len(page.ids) == len(set(page.ids))
    assert all(address.startswith(("#", "data:")) for address in page.addresses), page.addresses
    assert "url(http" not in english
    assert not re.search(r"<(?:script|img|iframe|link)[^>]+https?:", english)


def test_its_script_is_the_only_one_that_may_run(english: str) -> None:
    allowed = re.search(r"script-src '(sha256-[^']+)'", english)
    scripts = re.findall(r"<script>(.*?)</script>", english, re.DOTALL)
    assert allowed is not None
    assert len(scripts) == 1  # that of the title is text
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert allowed[1] == f"sha256-{digest}"
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in english


def test_what_it_tells(english: str, folder: Path) -> None:
    text = re.sub(r"<[^>]+>", " ", english)
    assert "Тоқаев" in text
    assert "Political reform and democracy" in text
    for said in ("text@", "reforms", "minber_quotes@", "one.txt", "2022-03-15", "nobody has confirmed a unit"):
        assert said in text, said
    assert str(folder.parent) not in english  # whose folder the texts lay in is nobody's business
    themes = json.loads(minber(folder, "stats", "themes", "--format", "json").stdout)
    best = max(themes, key=lambda row: row["count"])
    assert f"{100 * best['share']:.1f}%" in text
    assert english.count("<figure>") > 1


def test_the_same_corpus_gives_the_same_bytes(english: str, folder: Path) -> None:
    assert written(folder, "--language", "en", name="elsewhere.html") == english


def test_the_manifest_names_the_page_and_rerun_makes_it_again(folder: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "page.json"
    first = written(folder, "--language", "ru", "--where", 'lang == "kk"', "--manifest", str(manifest))
    kept = json.loads(manifest.read_text(encoding="utf-8"))
    assert kept["sha256"] == hashlib.sha256(first.encode()).hexdigest()
    (tmp_path / "more.txt").write_text("Жаңа хабар келді. Реформа.", encoding="utf-8")
    minber(folder, "ingest", str(tmp_path / "more.txt"), "--lang", "kk", "--date", "2025-01-01")
    try:
        again = tmp_path / "again.html"
        minber(folder, "rerun", str(manifest), "--out", str(again))
        assert again.read_text(encoding="utf-8") == first
        assert written(folder, "--language", "ru", "--where", 'lang == "kk"') != first
    finally:
        minber(folder, "annotate")


@pytest.mark.parametrize("language", interface_languages())
def test_every_interface_language(folder: Path, language: str) -> None:
    page = written(folder, "--language", language, "--title", "Құрылтай")
    words = words_in(language, "summary")
    assert f'<html lang="{language}">' in page
    assert "<h1>Құрылтай</h1>" in page
    for key in ("coverage", "voices", "themes", "agreement", "keyness", "frequent", "provenance", "manifest"):
        assert f">{words[key]}</h2>" in page
    assert "{n}" not in re.sub(r"<body[^>]*>|<script>.*?</script>", "", page, flags=re.DOTALL)


def test_words_have_the_same_keys_in_every_language() -> None:
    keys = list(words_in("en", "summary"))
    for language in interface_languages():
        words = words_in(language, "summary")
        assert list(words) == keys
        for key, text in words.items():
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", words_in("en", "summary")[key]))


def test_a_part_of_the_corpus_by_another_field(folder: Path) -> None:
    page = written(folder, "--language", "en", "--where", 'lang == "ru"', "--by", "publisher")
    assert "lang == &#34;ru&#34;" in page
    assert "Themes by publisher" in page or "no theme was found" in page
    assert "Тоқаев" not in page
    minber(folder, "report", str(folder / "x.html"), "--by", "nothing", code=2)
    minber(folder, "report", str(folder / "x.html"), "--where", 'lang == "fi"', code=1)
    minber(folder, "report", str(folder / "x.html"), "--language", "fi", code=2)
    minber(folder, "report", str(folder / "x.pdf"), code=2)
    assert not (folder / "x.html").exists()


def test_an_empty_corpus_and_one_not_annotated_say_what_to_do(tmp_path: Path) -> None:
    minber(tmp_path, "init", "bare")
    bare = tmp_path / "bare"
    empty = written(bare, "--language", "en")
    assert "the corpus holds no documents" in empty
    assert "<code>minber ingest SOURCE</code>" in empty
    assert Page(empty).open == []
    (tmp_path / "a.txt").write_text("Біз реформаны бастадық. Реформа жүріп жатыр.", encoding="utf-8")
    minber(bare, "ingest", str(tmp_path / "a.txt"), "--lang", "kk")
    plain = written(bare, "--language", "en")
    assert plain.count("<code>minber annotate</code>") >= 3
    assert "the documents have no dates" in plain
    assert "реформаны" in plain  # words are counted all the same


def test_agreement_of_people_who_coded_the_same_units(tmp_path: Path) -> None:
    minber(tmp_path, "init", "coded")
    at = tmp_path / "coded"
    (tmp_path / "a.txt").write_text("Бірінші сөйлем осы. Екінші сөйлем осы. Үшінші сөйлем осы.", encoding="utf-8")
    minber(at, "ingest", str(tmp_path / "a.txt"), "--lang", "kk")
    minber(at, "annotate")
    opened = corpus.open(at)
    doc_id, revision = opened.documents.select("id", "revision").collect().row(0)
    given = {"aigul": [["economy"], [], ["elections"]], "berik": [["economy"], [], ["parliament"]]}
    units, labels = tables(given, revision=revision)
    mine = {"doc_id": pl.lit(doc_id)}
    shrunk = units.with_columns(
        start=pl.col("start") // 5, end=pl.col("start") // 5 + 19, **mine
    )  # each in its sentence
    opened.append("units", shrunk)
    opened.append("labels", labels)
    codings = read_codings(opened)
    value = agreement(codings, measures=["alpha_masi"])["value"][0]
    page = re.sub(r"<[^>]+>", " ", written(at, "--language", "en"))
    assert "alpha_masi" in page
    assert f" {value:.2f} " in page
    assert re.search(r"confirmed units\s+3\s", page)
    assert re.search(r"by two people or more\s+3\s", page)
    opened.replace("units", shrunk.filter(pl.col("annotator") == "aigul"), None)
    assert "no unit was confirmed by two people" in written(at, "--language", "en")


def test_numbers_and_cells() -> None:
    english, kazakh = Numbers("en"), Numbers("kk")
    assert (english.count(1234567), kazakh.count(1234567)) == ("1,234,567", "1\u00a0234\u00a0567")
    assert (english.share(0.0512), kazakh.share(0.0512)) == ("5.1%", "5,1\u00a0%")
    assert english.decimal(None) == english.decimal(float("inf")) == english.share(float("nan")) == ""
    cell = share_cell(english, 0.2, 0.4, 0.1, 0.5)
    assert (cell.bar, cell.low, cell.high, cell.value) == (50.0, 25.0, 100.0, 0.2)
    assert share_cell(english, None, 0.4).text == ""
    assert count_cell(english, None).value < count_cell(english, 0).value


def test_pictures_in_a_page_have_names_of_their_own() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><clipPath id="clip7"/><g clip-path="url(#clip7)" role="x"/></svg>'
    assert inline(svg, "a b", 'say "x"') == (
        '<svg role="img" aria-label="say &#34;x&#34;"><clipPath id="a-b-0"/><g clip-path="url(#a-b-0)"/></svg>'
    )


def test_addresses_of_files_are_not_shown_whole() -> None:
    assert place_of("file:///home/me/a%20b.txt") == "a b.txt"
    assert place_of("stdin:0") == "stdin:0"


@pytest.mark.browser
def test_in_a_browser(browser: Any, english: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(english, encoding="utf-8")
    for width in (390, 1280):
        shown = browser.new_page(viewport={"width": width, "height": 900})
        said: list[str] = []
        asked: list[str] = []
        shown.on("console", lambda message, said=said: said.append(message.text))
        shown.on("pageerror", lambda error, said=said: said.append(str(error)))
        shown.on("request", lambda request, asked=asked: asked.append(request.url))
        shown.goto(path.as_uri())
        assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
        themes = shown.locator("#themes .table").first
        first = themes.locator("tbody tr:visible th").first
        by_share = first.inner_text()
        head = themes.locator("thead th").nth(1)
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == "descending"
        values = [
            float(v) for v in themes.locator("tbody tr").evaluate_all("rows => rows.map(r => r.cells[1].dataset.v)")
        ]
        assert values == sorted(values, reverse=True)
        assert first.inner_text() == by_share
        head.get_by_role("button").press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"
        assert first.inner_text() != by_share
        name = themes.locator("thead th").first
        name.get_by_role("button").click()
        assert (name.get_attribute("aria-sort"), head.get_attribute("aria-sort")) == ("ascending", None)
        themes.get_by_role("searchbox").fill("reform")
        assert themes.locator("tbody tr:visible").count() == 1
        assert themes.get_by_role("status").inner_text() == "rows: 1"
        for figure in shown.locator("figure svg").all():
            assert figure.bounding_box()["width"] <= width
        assert said == []
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        shown.close()


@pytest.mark.browser
def test_without_its_script_and_on_paper_all_rows_are_there(browser: Any, english: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(english, encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(path.as_uri())
    rows = english.count("<tr>")
    assert plain.locator("tr:visible").count() == rows
    context.close()
    paper = browser.new_page()
    paper.goto(path.as_uri())
    paper.emulate_media(media="print")
    assert paper.locator("tr:visible").count() == rows
    assert paper.locator(".tools:visible, .more:visible, nav:visible").count() == 0
    paper.close()
