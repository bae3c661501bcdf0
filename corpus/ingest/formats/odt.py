"""Reader of OpenDocument texts, ``odt@1``: LibreOffice Writer's files, zipped or flat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from corpus.ingest.formats.package import ZIP, Package, xml_root
from corpus.ingest.formats.prose import state, table, written
from corpus.ingest.reading import Raw, Reader, Reading
from schemas.errors import MinberError

_NS = "{urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TEXT, _TABLE, _DRAW = (f"{_NS}{name}:1.0}}" for name in ("office", "text", "table", "drawing"))
_STYLE, _META = f"{_NS}style:1.0}}", f"{_NS}meta:1.0}}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_INDEXES = {
    f"{_TEXT}{name}"
    for name in ("table-of-content", "illustration-index", "table-index", "alphabetical-index", "user-index")
}
_SILENT = {
    f"{_TEXT}tracked-changes": "deleted text",
    f"{_OFFICE}annotation": "comments",
    f"{_TEXT}ruby-text": "glosses",
    f"{_TEXT}hidden-text": "hidden text",
    f"{_TEXT}hidden-paragraph": "hidden text",
}
_MOST_SPACES = 1000


def read(raw: Raw) -> Iterator[Reading]:
    """Read an OpenDocument text (.odt, .ott, .fodt).

    Parameters:
        raw: the file.

    Yields:
        one reading. Left out: headers, footers, comments, deleted text, tables of contents, pictures.

    Raises:
        MinberError: MB104 no text in it, MB131 damaged, MB132 encrypted, MB134 a bomb, MB135 entities.
    """
    if raw.data.startswith(ZIP):
        package = Package(raw.data, raw.place)
        manifest = package.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in package.names else b""
        if b"encryption-data" in manifest:
            raise MinberError("MB132", raw.place)
        content = package.xml("content.xml")
        meta = package.xml("meta.xml") if "meta.xml" in package.names else content
    else:
        content = meta = xml_root(raw.data, raw.place)
    body = content.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise MinberError("MB131", raw.place, problem="it holds no text document")
    walk = _Walk(content)
    reading = written(walk.blocks(body), walk.notes, raw.place)
    reading.set("title", walk.title, "title style")
    author = _said(meta, f"{_META}initial-creator") or _said(meta, f"{_DC}creator")
    made = _said(meta, f"{_META}creation-date") or _said(meta, f"{_DC}date")
    try:
        day = dt.date.fromisoformat(made[:10]) if made else None
    except ValueError:
        day = None
    state(reading, _said(meta, f"{_DC}title"), day, _said(meta, f"{_DC}language"), author=author)
    if walk.left_out:
        reading.origins["text"] = f"left out: {', '.join(sorted(walk.left_out))}"
    yield reading


def _said(meta: Any, tag: str) -> str | None:
    return next((element.text for element in meta.iter(tag) if element.text), None)


class _Walk:
    """A walk through a document's body, collecting its notes and its title."""

    def __init__(self, content: Any) -> None:
        self.notes: list[str] = []
        self.title: str | None = None
        self.left_out: set[str] = set()
        self._titles = {"Title"} | {
            style.get(f"{_STYLE}name")
            for style in content.iter(f"{_STYLE}style")
            if style.get(f"{_STYLE}parent-style-name") == "Title"
        }

    def blocks(self, parent: Any) -> Iterator[str]:
        """Paragraphs and tables below an element, in reading order."""
        for child in parent:
            tag = child.tag
            if tag in (f"{_TEXT}p", f"{_TEXT}h"):
                boxes: list[Any] = []
                text = "".join(self._inline(child, boxes))
                if self.title is None and child.get(f"{_TEXT}style-name") in self._titles and text.strip():
                    self.title = " ".join(text.split())
                yield text
                for box in boxes:
                    yield from self.blocks(box)
            elif tag == f"{_TABLE}table":
                yield from table([[list(self.blocks(cell)) for cell in row] for row in _rows(child)])
            elif tag in _INDEXES:
                self.left_out.add("table of contents")
            elif tag in _SILENT:
                self.left_out.add(_SILENT[tag])
            elif isinstance(tag, str):  # lists, sections, frames on a page
                yield from self.blocks(child)

    def _inline(self, parent: Any, boxes: list[Any]) -> Iterator[str]:
        yield parent.text or ""
        for child in parent:
            tag = child.tag
            if tag == f"{_TEXT}s":
                count = child.get(f"{_TEXT}c", "1")
                yield " " * min(int(count), _MOST_SPACES) if count.isdecimal() else " "
            elif tag == f"{_TEXT}tab":
                yield "\t"
            elif tag == f"{_TEXT}line-break":
                yield "\n"
            elif tag == f"{_TEXT}note":
                body = child.find(f"{_TEXT}note-body")
                if body is not None:
                    self.notes.append(" ".join(self.blocks(body)))
            elif tag in (f"{_DRAW}frame", f"{_DRAW}text-box"):
                boxes.append(child)
            elif tag in _SILENT:
                self.left_out.add(_SILENT[tag])
            elif isinstance(tag, str):
                yield from self._inline(child, boxes)
            yield child.tail or ""


def _rows(element: Any) -> Iterator[list[Any]]:
    for row in element.iter(f"{_TABLE}table-row"):
        if next(row.iterancestors(f"{_TABLE}table")) is element:
            yield [cell for cell in row if cell.tag == f"{_TABLE}table-cell"]


READER = Reader(
    name="odt",
    version=1,
    suffixes=(".odt", ".ott", ".fodt"),
    media_types=(
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.text-template",
        "application/vnd.oasis.opendocument.text-master",
        "application/vnd.oasis.opendocument.text-flat-xml",
    ),
    read=read,
    sniff=lambda head: b"<office:document" in head and b"opendocument.text" in head,
    about="OpenDocument texts: text, tables, notes; without headers, comments and deleted text",
)
