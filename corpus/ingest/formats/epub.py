"""Reader of electronic books, ``epub@1``: the chapters in the order of the spine, as one text."""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from corpus.ingest.encoding import declared_in_html, decode
from corpus.ingest.formats.flow import Flow, fragment
from corpus.ingest.formats.package import Package
from corpus.ingest.formats.prose import state, together, with_notes
from corpus.ingest.reading import Raw, Reader, Reading
from schemas.errors import MinberError

_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_NAMED = 5
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


def read(raw: Raw) -> Iterator[Reading]:
    """Read an EPUB 2 or 3.

    Parameters:
        raw: the file.

    Yields:
        one reading. Left out: tables of contents and what the book marks as navigation; chapters that the book names
        and does not hold, which its origin names.

    Raises:
        MinberError: MB104 no text in it, MB131 damaged, MB132 encrypted, MB134 a bomb, MB135 entities.
    """
    package = Package(raw.data, raw.place)
    where, book = _book(package)
    encrypted = _encrypted(package)
    blocks: list[str] = []
    notes: list[str] = []
    missing: list[str] = []
    for name in _spine(book, where):
        if name in encrypted:
            raise MinberError("MB132", raw.place)
        if name not in package.names:
            missing.append(posixpath.basename(name))  # a publisher forgot it: the others can be read
            continue
        data = package.read(name)
        if not data.strip():
            continue
        flow = Flow(fragment(decode(data, declared_in_html(data), raw.place).text))
        blocks += flow.blocks
        notes += flow.notes
    text, marks = with_notes(together(blocks), notes)
    if not text:
        raise MinberError("MB104", raw.place, what="no chapter of this book holds any")
    reading = Reading(text, marks=marks)
    if missing:
        listed = ", ".join(missing[:_NAMED]) + (", …" if len(missing) > _NAMED else "")
        reading.origins["text"] = f"left out: {len(missing)} chapter(s) that are missing from the book ({listed})"
    said = {name: _said(book, name) for name in ("title", "date", "language", "publisher", "creator")}
    reading.set("title", said["title"], "book metadata")
    reading.set("publisher", said["publisher"], "book metadata")
    try:
        day = dt.date.fromisoformat((said["date"] or "")[:10])
    except ValueError:
        day = None
    if day is not None and day.year > 1:
        reading.fallback["date"] = (day, "book metadata")
    state(reading, lang=said["language"], origin="book metadata", author=said["creator"])
    yield reading


def _book(package: Package) -> tuple[str, Any]:
    """The package document: where it lies, and its root."""
    for element in package.xml(_CONTAINER).iter("{*}rootfile"):
        name = element.get("full-path") or ""
        if name in package.names:
            return posixpath.dirname(name), package.xml(name)
    raise MinberError("MB131", package.place, problem="it does not say where its contents are")


def _spine(book: Any, where: str) -> Iterator[str]:
    """Names of the chapters in reading order; main text before what stands outside it (notes, answers)."""
    items = {item.get("id"): item for item in book.iter(f"{_OPF}item")}
    references = sorted(book.iter(f"{_OPF}itemref"), key=lambda reference: reference.get("linear") == "no")
    seen: set[str] = set()
    for reference in references:
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _PAGES or "nav" in (item.get("properties") or "").split():
            continue
        name = _member(where, item.get("href") or "")
        if name not in seen:
            seen.add(name)
            yield name


def _encrypted(package: Package) -> set[str]:
    """Members that only a licence opens; fonts may be scrambled in any book."""
    if _ENCRYPTION not in package.names:
        return set()
    return {_member("", element.get("URI") or "") for element in package.xml(_ENCRYPTION).iter("{*}CipherReference")}


def _member(folder: str, href: str) -> str:
    try:
        path = unquote(urlsplit(href).path)
    except ValueError:
        path = href
    return posixpath.normpath(posixpath.join(folder, path))


def _said(book: Any, name: str) -> str | None:
    return next((" ".join(element.text.split()) for element in book.iter(f"{_DC}{name}") if element.text), None)


READER = Reader(
    name="epub",
    version=1,
    suffixes=(".epub",),
    media_types=("application/epub+zip",),
    read=read,
    about="electronic books: all chapters in reading order, with title, publisher and language",
)
