from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from corpus.report.pages import page_name
from corpus.report.view import document_page, index_entry, index_page
from schemas import MinberError, Source, load_codebook
from tests.corpus.report.samples import EVIL, QUOTE, TEXT, document, row, rows

BOOK = load_codebook("reforms")


class Reader(HTMLParser):
    """Reads a page back: elements with their attributes, and the text of the article without our additions."""

    void = ("meta", "link", "input", "br", "img")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.stack: list[tuple[str, dict[str, str | None]]] = []
        self.article: list[str] = []
        self.quoted: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.void:
            self.stack.append((tag, dict(attrs)))
        if tag == "p":
            self.article.append("\n")

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        classes = {name for _, attributes in self.stack for name in (attributes.get("class") or "").split()}
        tags = [tag for tag, _ in self.stack]
        if "main" in tags and not classes & {"num", "who", "chip", "tag"}:
            self.article.append(data)
            if "q" in classes:
                self.quoted.append(data)


def page(**options: object) -> str:
    return document_page(document(), rows(), codebook=BOOK, **options)  # type: ignore[arg-type]


def test_text_is_whole() -> None:
    read = Reader(page())
    lines = [line for line in TEXT.split("\n") if line]
    assert [line for line in "".join(read.article).split("\n") if line.strip()] == lines
    quoted = "".join(read.quoted).replace(" ", "")  # the gap between two sentences has no colour
    assert quoted.startswith(QUOTE.replace(" ", ""))


def test_hostile_text_stays_text() -> None:
    source = Source(
        uri="javascript:alert(1)", publisher=EVIL, retrieved="2025-03-14T00:00:00Z", sha256="0" * 64, reader="text@1"
    )
    hostile = document(
        f"{EVIL}\n{EVIL} сөз.", title=EVIL, source=source, speaker=EVIL, kind="transcript", version_of=EVIL
    )
    end = len(hostile.text)
    marks = [
        row("sentence", "sentence", 0, end),
        row("quote", EVIL, 3, 30, speaker=EVIL, speaker_id=EVIL, mention=[31, 35], cue=[36, 39]),
        row("theme", EVIL, 0, end, evidence=[[2, 9]], origin="machine"),
        row("theme", EVIL, 0, end, origin="human", annotator=EVIL, decision="added"),
        row("quantity", EVIL, 5, 12),
    ]
    for drawn in (
        document_page(hostile, marks, codebook=BOOK, corpus_name=EVIL),
        index_page([index_entry(hostile, marks, "x.html", BOOK)], EVIL),
    ):
        read = Reader(drawn)
        tags = {tag for tag, _ in read.elements}
        assert not tags & {"script", "img", "iframe", "object", "embed", "link", "form", "svg", "base"}
        for tag, attributes in read.elements:
            assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
            assert not (attributes.get("href") or "").lower().startswith(("javascript", "data"))
        assert drawn.count("</style>") == 1
    assert "".join(Reader(document_page(hostile, marks)).article).replace("\n", "").count(EVIL) == 2


def test_docvars_are_shown() -> None:
    told = document().model_copy(update={"docvars": {"party": "Аманат", "role": "<b>chair</b>"}})
    made = document_page(told, rows(), codebook=BOOK)
    assert "Аманат" in made
    assert "&lt;b&gt;chair&lt;/b&gt;" in made
    assert "<b>chair</b>" not in made


def test_needs_nothing_from_elsewhere() -> None:
    drawn = page()
    read = Reader(drawn)
    for _, attributes in read.elements:
        assert "src" not in attributes
    assert [a["href"] for tag, a in read.elements if tag == "a" and (a["href"] or "").startswith("http")] == [
        "https://example.org/news?a=1&b=2"
    ]
    assert "url(" not in drawn
    assert "@import" not in drawn
    assert any("default-src 'none'" in (a.get("content") or "") for tag, a in read.elements if tag == "meta")


def test_languages_are_marked() -> None:
    read = Reader(page(language="ru"))
    languages = {tag: attributes.get("lang") for tag, attributes in read.elements if tag in ("html", "main", "h1")}
    assert languages == {"html": "ru", "main": "kk", "h1": "kk"}
    chips = [a for _, a in read.elements if "chip" in (a.get("class") or "").split() and a.get("title")]
    assert chips
    assert {chip["lang"] for chip in chips} == {"ru"}
    with pytest.raises(MinberError) as error:
        page(language="xx")
    assert error.value.code == "MB002"


def test_interface_words_are_complete() -> None:
    strings = yaml.safe_load((files("corpus.report") / "strings.yaml").read_text(encoding="utf-8"))
    keys = {language: set(words) for language, words in strings.items()}
    assert keys["kk"] == keys["ru"] == keys["en"]
    assert all(str(word).strip() for words in strings.values() for word in words.values())


def luminance(color: str) -> float:
    digits = color.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_contrast_of_text(dark: bool) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text."""
    css = (files("corpus.report") / "templates" / "page.css").read_text(encoding="utf-8")
    light, night = re.findall(r":root\{([^}]*)\}", css)[:2]
    colors = dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})", light))
    if dark:
        colors |= dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})", night))
    for shade in range(1, 9):
        assert contrast(colors["fg"], colors[f"v{shade}"]) >= 4.5
        assert contrast(colors[f"b{shade}"], colors[f"v{shade}"]) >= 4.5
        assert contrast(colors[f"b{shade}"], colors["bg"]) >= 4.5
    assert contrast(colors["soft"], colors["bg"]) >= 4.5
    assert contrast(colors["soft"], colors["card"]) >= 4.5
    assert contrast(colors["evidence"], colors["bg"]) >= 3


def test_names_of_pages() -> None:
    names = [page_name(doc_id) for doc_id in ("a", "a/b", "a-b", "index", "a..b", "report-kk-5e85ca2e77")]
    assert len(set(names)) == len(names)
    assert names[-1] == "report-kk-5e85ca2e77.html"
    assert "index.html" not in names
    assert all("/" not in name for name in names)


@pytest.mark.browser
def test_in_a_browser(browser, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "page.html"
    path.write_text(page(language="kk"), encoding="utf-8")
    asked: list[str] = []
    for width in (360, 1280):
        shown = browser.new_page(viewport={"width": width, "height": 800})
        shown.on("request", lambda request: asked.append(request.url))
        shown.goto(path.as_uri())
        assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
        assert shown.locator("main u.ev").all_inner_texts() == ["диалог"]
        chip = shown.locator("main .chip.agreed").first
        assert "Қоғамдық диалог" in chip.inner_text()
        assert chip.is_visible()
        shown.locator("#t-themes").uncheck()
        assert not chip.is_visible()
        shown.locator("#t-themes").check()
        shown.locator("#t-rest").uncheck()
        assert not shown.get_by_text("Еске салайық").is_visible()
        shown.close()
    assert asked == [path.as_uri()] * 2
