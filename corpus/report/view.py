"""A document as one self-contained web page, and an index of such pages.

The page needs no network and runs no script: what can be switched is switched by style sheets alone, and its content
security policy forbids everything else. All text is escaped by the template engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from corpus.report.layout import Chip, Layout, Piece, Row, Segment, lay_out
from corpus.report.words import words_in

if TYPE_CHECKING:
    from jinja2 import Environment

    from schemas import Codebook, Document

SHADES = 8
"""How many speakers have a colour of their own; further ones share, their names tell them apart."""

_TOGGLES = (("quotes", True), ("themes", True), ("evidence", True), ("entities", False), ("rest", True))
_HEADING_LETTERS = 120


def document_page(
    document: Document,
    rows: Iterable[Row],
    *,
    codebook: Codebook | None = None,
    language: str = "en",
    corpus_name: str | None = None,
    index_href: str | None = None,
) -> str:
    """Draw a document with its annotations as an HTML page.

    Parameters:
        document: the document; offsets of the rows are code points into its ``text``.
        rows: its annotations, machine and human.
        codebook: gives names and colours of themes.
        language: of the interface and of the themes' names: ``en``, ``kk``, ``ru``.
        corpus_name: named at the foot of the page.
        index_href: relative address of the index page, if there is one.

    Returns:
        the page, UTF-8 text with nothing outside it.

    Raises:
        MinberError: MB002 unknown interface language.
    """
    words = words_in(language)
    layout = lay_out(document, rows, codebook, language)
    renderer = _Renderer(layout, words, language)
    most = max((theme.count for theme in layout.themes), default=1)
    page = templates().get_template("document.html")
    return page.render(
        ui=language,
        words=words,
        css=_css(),
        theme_css=renderer.theme_css(),
        document=document,
        heading=heading(document),
        meta=_meta(document, words, layout),
        paragraphs=renderer.paragraphs(),
        toggles=[
            (name, on) for name, on in _TOGGLES if name != "entities" or {"institution", "quantity"} & layout.layers
        ],
        voices=[
            {
                "number": voice.number,
                "shade": _shade(voice.number),
                "name": voice.name or words["unknown_speaker"],
                "quotes": voice.quotes,
            }
            for voice in layout.voices
        ],
        themes=[
            {
                "name": theme.name,
                "color": theme.color,
                "count": theme.count,
                "width": max(2, round(100 * theme.count / most)),
                "sentences": theme.sentences,
            }
            for theme in layout.themes
        ],
        provenance=_provenance(document, words),
        corpus_name=corpus_name,
        index_href=index_href,
    )


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A document as the index shows it."""

    href: str
    lang: str
    heading: str
    meta: tuple[str, ...]
    sentences: int
    quotes: int
    themes: tuple[Any, ...]


def index_entry(
    document: Document,
    rows: Iterable[Row],
    href: str,
    codebook: Codebook | None = None,
    language: str = "en",
    top: int = 5,
) -> IndexEntry:
    """Sum a document up for the index page.

    Parameters:
        document: the document.
        rows: its annotations.
        href: relative address of its page.
        codebook: gives names and colours of themes.
        language: of the interface.
        top: how many of its themes are shown.

    Returns:
        the entry.
    """
    layout = lay_out(document, rows, codebook, language)
    meta = tuple(_meta(document, words_in(language), None))
    return IndexEntry(
        href, document.lang, heading(document), meta, layout.sentences, layout.quotes, layout.themes[:top]
    )


def index_page(entries: Sequence[IndexEntry], corpus_name: str, language: str = "en") -> str:
    """Draw the list of documents that have pages.

    Parameters:
        entries: the documents, in the order to show them.
        corpus_name: the heading.
        language: of the interface.

    Returns:
        the page.
    """
    page = templates().get_template("index.html")
    return page.render(ui=language, words=words_in(language), css=_css(), heading=corpus_name, entries=entries)


def heading(document: Document) -> str:
    """A document's title, or the beginning of its text where it has none."""
    if document.title:
        return document.title
    first = next((line.strip() for line in document.text.split("\n") if line.strip()), document.id)
    return first if len(first) <= _HEADING_LETTERS else first[: _HEADING_LETTERS - 1].rstrip() + "…"


class _Renderer:
    """Turns pieces and segments into escaped markup."""

    def __init__(self, layout: Layout, words: dict[str, str], language: str) -> None:
        self.layout = layout
        self.words = words
        self.language = language
        self._seen: set[int] = set()  # numbers of the sentences that have begun
        chips = (chip.theme for paragraph in layout.paragraphs for piece in paragraph for chip in piece.chips)
        self.theme_class = {theme: f"t{number}" for number, theme in enumerate(dict.fromkeys(chips))}

    def theme_css(self) -> Markup:
        """Rules that show, for the chip under the pointer, the words that caused it."""
        rules = (
            f".s:has(.chip.{name}:hover) u.ev.{name}{{background:var(--fg);color:var(--bg)}}"
            for name in self.theme_class.values()
        )
        return Markup("".join(rules))  # noqa: S704 -- class names are numbered by us

    def paragraphs(self) -> list[dict[str, str]]:
        drawn: list[dict[str, str]] = []
        for pieces in self.layout.paragraphs:
            if not any(segment.text.strip() for piece in pieces for segment in piece.segments):
                continue
            parts = {piece.part for piece in pieces if any(segment.text.strip() for segment in piece.segments)}
            part = parts.pop() if len(parts) == 1 else "body"
            drawn.append({"part": part, "html": Markup().join(self._piece(piece, part) for piece in pieces)})
        return drawn

    def _piece(self, piece: Piece, paragraph_part: str) -> Markup:
        if not piece.number and not piece.chips and not any(segment.text.strip() for segment in piece.segments):
            return escape("".join(segment.text for segment in piece.segments))  # a gap has no colour of its own
        inner = Markup().join(self._segment(segment) for segment in piece.segments)
        if piece.part not in ("body", paragraph_part):
            label = escape(self.words[piece.part])
            inner = Markup('<span class="rest"><span class="tag" lang="{}">{}</span>{}</span>').format(
                self.language, label, inner
            )
        chips = Markup().join(self._chip(chip) for chip in piece.chips)
        if not piece.number:
            return inner + chips
        first = piece.number not in self._seen
        self._seen.add(piece.number)
        number = Markup('<a class="num" href="#s{0}" aria-label="{1} {0}">{0}</a>').format(
            piece.number, self.words["sentence"]
        )
        at = Markup(' id="s{}"').format(piece.number) if first else Markup()
        return Markup('<span class="s"{}>{}{}{}</span>').format(at, number if first else "", inner, chips)

    def _segment(self, segment: Segment) -> Markup:
        badges = Markup().join(self._badge(quote) for quote in segment.opens if quote.kind == "quote")
        classes, hints = [], []
        if segment.quote is not None:
            shade = _shade(segment.quote.voice.number)
            reported = segment.quote.kind == "reported"
            classes += ["q", f"v{shade}"] + (["rep", f"w{shade}"] if reported else [])
            name = segment.quote.voice.name or self.words["unknown_speaker"]
            hints.append(f"{self.words['reported' if reported else 'quotation']}: {name}")
        if segment.cue:
            classes.append("cue")
        if segment.mention:
            classes.append("mention")
        if segment.entity is not None:
            classes.append("ent")
            hints.append(segment.entity[1])
        body = escape(segment.text)
        if segment.evidence:
            names = " ".join(self.theme_class.get(theme, "") for theme in segment.evidence)
            body = Markup('<u class="ev {}">{}</u>').format(names.strip(), body)
        if classes:
            hint = Markup(' title="{}"').format("; ".join(hints)) if hints else Markup()
            body = Markup('<span class="{}"{}>{}</span>').format(" ".join(classes), hint, body)
        return badges + body

    def _badge(self, quote: Any) -> Markup:
        shade = _shade(quote.voice.number)
        name = quote.voice.name or self.words["unknown_speaker"]
        return Markup('<span class="who w{0} v{0}">{1}</span>').format(shade, name)

    def _chip(self, chip: Chip) -> Markup:
        mark = {"machine": "", "agreed": "✓ ", "human": "✓ ", "rejected": "✗ "}[chip.state]
        if chip.state == "machine":
            hint = f"{self.words['machine']}; {self.words['score']} {chip.score:.2f}"
        else:
            hint = f"{self.words[chip.state]} {', '.join(dict.fromkeys(chip.people))}"
        if chip.words:
            hint += f"; {self.words['because']} {', '.join(dict.fromkeys(chip.words))}"
        name = self.theme_class[chip.theme]
        return Markup('<span class="chip {} {}" lang="{}" title="{}"><i style="background:{}"></i>{}{}</span>').format(
            chip.state, name, self.language, hint, chip.color, mark, chip.name
        )


def _shade(number: int) -> int:
    return (number - 1) % SHADES + 1


def _meta(document: Document, words: dict[str, str], layout: Layout | None) -> list[str]:
    items = [document.date.isoformat() if document.date else "", document.lang, words[document.kind]]
    items += [document.speaker or "", document.source.publisher or ""]
    if layout is not None:
        items += [f"{words['sentences']}: {layout.sentences}", f"{words['quotations']}: {layout.quotes}"]
    return [item for item in items if item]


def _provenance(document: Document, words: dict[str, str]) -> list[tuple[str, str, str | None]]:
    """Name, value and, for web addresses only, a link: another scheme could run something."""
    source = document.source
    web = source.uri if urlsplit(source.uri).scheme in ("http", "https") else None
    rows = [
        (words["document"], document.id, None),
        (words["revision"], document.revision, None),
        (words["occasion"], document.occasion, None),
        (words["place"], document.place, None),
        (words["version_of"], document.version_of, None),
        (words["publisher"], source.publisher, None),
        (words["source"], source.uri, web),
        (words["retrieved"], source.retrieved.isoformat(sep=" ", timespec="seconds"), None),
        (words["checksum"], source.sha256, None),
        (words["reader"], source.reader, None),
        *((name, str(value), None) for name, value in sorted(document.docvars.items())),
    ]
    return [(name, value, href) for name, value, href in rows if value]


@cache
def templates() -> Environment:
    """The page templates; everything put into one is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("corpus.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _css() -> Markup:
    source = (files("corpus.report") / "templates" / "page.css").read_text(encoding="utf-8")
    return Markup(source)  # noqa: S704 -- our own file
