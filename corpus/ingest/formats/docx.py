"""Reader of Word documents, ``docx@1``: text, tables, boxes and notes, as an accepted and printed copy shows them."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any

from corpus.ingest.formats.package import OLE2, Package, as_damage, xml_root
from corpus.ingest.formats.prose import state, table, written
from corpus.ingest.reading import Raw, Reader, Reading
from schemas.errors import MinberError, problem_of

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# Templates, files with macros, and ISO "strict" files differ from common ones in these names alone.
_RENAMED = (
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
    (b"application/vnd.ms-word.document.macroEnabled.main+xml", _MAIN),
    (b"application/vnd.ms-word.template.macroEnabledTemplate.main+xml", _MAIN),
    (b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml", _MAIN),
)
_ENTITY = (b"<!ENTITY", "<!ENTITY".encode("utf-16-le"), "<!ENTITY".encode("utf-16-be"))
# What holds runs, or other paragraphs and tables, and adds nothing of its own.
_THROUGH = {
    f"{_W}{name}" for name in ("hyperlink", "ins", "moveTo", "smartTag", "fldSimple", "customXml", "dir", "bdo")
}
_SIGNS = {f"{_W}tab": "\t", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-", f"{_W}ptab": "\t"}
_BLANK_PNG = b"\x89PNG\r\n\x1a\n"


def read(raw: Raw) -> Iterator[Reading]:
    """Read a Word document (.docx, .docm, .dotx).

    Parameters:
        raw: the file.

    Yields:
        one reading. Left out: headers, footers, comments, deleted and hidden text, tables of contents, pictures.

    Raises:
        MinberError: MB104 no text in it, MB131 damaged, MB132 encrypted, MB134 a bomb, MB135 entities.
    """
    if raw.data.startswith(OLE2):
        raise MinberError("MB132", raw.place)
    with as_damage(raw.place):
        document = _open(raw)
        body = _Body(document)
        reading = written(body.blocks(document.element.body), body.notes, raw.place)
        reading.set("title", body.title, "title style")
        properties = document.core_properties
        state(reading, properties.title, properties.created, author=properties.author, keywords=properties.keywords)
    if body.left_out:
        reading.origins["text"] = f"left out: {', '.join(sorted(body.left_out))}"
    yield reading


def _open(raw: Raw) -> Any:
    """Open a document with python-docx, after its package was unpacked within bounds."""
    from docx import Document

    package = Package(raw.data, raw.place)
    bounded = io.BytesIO()
    with zipfile.ZipFile(bounded, "w") as copy:
        for name in sorted(package.names):
            if name.endswith((".xml", ".rels")):
                part = package.read(name)
                if any(mark in part for mark in _ENTITY):
                    raise MinberError("MB135", raw.place)
                for old, new in _RENAMED:
                    part = part.replace(old, new)
                if name.endswith(".rels"):
                    part = _without_dead_ends(part, name, package)
            else:
                part = _BLANK_PNG  # a picture, a font: it has to be there
            copy.writestr(name, part)
    try:
        return Document(bounded)
    except Exception as error:  # python-docx lets through whatever its parsers raise
        raise MinberError("MB131", raw.place, problem=problem_of(error)) from error


def _without_dead_ends(relations: bytes, name: str, package: Package) -> bytes:
    """Take out relations to parts that the package does not hold: careless programs leave them, python-docx stops."""
    from lxml import etree

    root = xml_root(relations, package.place, name)
    base = posixpath.dirname(posixpath.dirname(name))
    for relation in list(root):
        target = relation.get("Target") or ""
        path = posixpath.normpath(posixpath.join("/", base, target)).lstrip("/")
        if relation.get("TargetMode") != "External" and path not in package.names:
            root.remove(relation)
    return bytes(etree.tostring(root))


class _Body:
    """A walk through a document's body, collecting its notes and its title."""

    def __init__(self, document: Any) -> None:
        self.notes: list[str] = []
        self.title: str | None = None
        self.left_out: set[str] = set()
        self._notes: dict[str, dict[str | None, Any]] = {}
        for kind in ("footnote", "endnote"):
            try:
                self._notes[kind] = _notes(document, kind)
            except (SyntaxError, ValueError):  # lxml's errors are SyntaxErrors
                self._notes[kind] = {}
                self.left_out.add(f"damaged {kind}s")
        self._styles = {style.style_id: (style.name or "").lower() for style in document.styles}

    def blocks(self, parent: Any) -> Iterator[str]:
        """Paragraphs and tables below an element, in reading order."""
        for child in parent:
            tag = child.tag
            if tag == f"{_W}p":
                yield from self._paragraph(child)
            elif tag == f"{_W}tbl":
                yield from table([[list(self.blocks(cell)) for cell in row] for row in self._rows(child)])
            elif tag == f"{_W}sdt":
                if child.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery[@{_W}val='Table of Contents']") is not None:
                    self.left_out.add("table of contents")
                else:
                    yield from self.blocks(_content(child))
            elif tag in _THROUGH:
                yield from self.blocks(child)
            elif tag == f"{_MC}AlternateContent":
                yield from self.blocks(_choice(child))

    def _rows(self, element: Any) -> Iterator[list[Any]]:
        for row in element.iter(f"{_W}tr"):
            if next(row.iterancestors(f"{_W}tbl")) is element and row.find(f"{_W}trPr/{_W}del") is None:
                yield [cell for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row]

    def _paragraph(self, element: Any) -> Iterator[str]:
        style = element.find(f"{_W}pPr/{_W}pStyle")
        name = self._styles.get(style.get(f"{_W}val"), "") if style is not None else ""
        if name.startswith("toc "):
            self.left_out.add("table of contents")
            return
        boxes: list[Any] = []
        text = "".join(self._inline(element, boxes))
        if self.title is None and name == "title" and text.strip():
            self.title = " ".join(text.split())
        yield text
        for box in boxes:
            yield from self.blocks(box)

    def _inline(self, parent: Any, boxes: list[Any]) -> Iterator[str]:
        for child in parent:
            tag = child.tag
            if tag == f"{_W}t":
                yield child.text or ""
            elif tag == f"{_W}r":
                if _hidden(child):
                    self.left_out.add("hidden text")
                else:
                    yield from self._inline(child, boxes)
            elif tag in _SIGNS:
                yield _SIGNS[tag]
            elif tag == f"{_W}br":
                yield "\n"
            elif tag == f"{_W}sym":
                yield _symbol(child)
            elif tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
                kind = tag.removeprefix(_W).removesuffix("Reference")
                note = self._notes[kind].pop(child.get(f"{_W}id"), None)
                if note is not None:  # a second reference to a note does not say it again
                    self.notes.append(" ".join(self.blocks(note)))
            elif tag in _THROUGH:
                yield from self._inline(child, boxes)
            elif tag == f"{_W}sdt":
                yield from self._inline(_content(child), boxes)
            elif tag == f"{_MC}AlternateContent":
                yield from self._inline(_choice(child), boxes)
            elif tag in (f"{_W}drawing", f"{_W}pict", f"{_W}object"):
                boxes += [
                    box
                    for box in child.iter(f"{_W}txbxContent")
                    if next(box.iterancestors(f"{_W}txbxContent"), None) is None
                    and next(box.iterancestors(f"{_MC}Fallback"), None) is None
                ]
            elif tag in (f"{_MATH}oMath", f"{_MATH}oMathPara"):
                yield "".join(part.text or "" for part in child.iter(f"{_MATH}t"))
            elif tag in (f"{_W}del", f"{_W}moveFrom"):
                self.left_out.add("deleted text")


def _choice(element: Any) -> Any:
    """Of one thing written in two ways, the newer."""
    found = element.find(f"{_MC}Choice")
    if found is None:
        found = element.find(f"{_MC}Fallback")
    return () if found is None else found


def _content(control: Any) -> Any:
    found = control.find(f"{_W}sdtContent")
    return () if found is None else found


def _hidden(run: Any) -> bool:
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(f"{_W}val", "1").lower() not in ("0", "false", "off")


def _symbol(element: Any) -> str:
    """A letter of a symbol font: only those with a code outside the private area mean something."""
    try:
        code = int(element.get(f"{_W}char") or "", 16)
    except ValueError:
        return ""
    return "" if 0xE000 <= code < 0xF900 or not 0 < code < 0xD800 else chr(code)


def _notes(document: Any, kind: str) -> dict[str | None, Any]:
    """The notes of a document by their ids, without the lines that separate them from the text."""
    from docx.oxml import parse_xml

    for relation in document.part.rels.values():
        if relation.reltype.endswith(f"/{kind}s") and not relation.is_external:
            root = parse_xml(relation.target_part.blob)
            return {
                note.get(f"{_W}id"): note
                for note in root.iter(f"{_W}{kind}")
                if note.get(f"{_W}type") in (None, "normal")
            }
    return {}


READER = Reader(
    name="docx",
    version=1,
    suffixes=(".docx", ".docm", ".dotx", ".dotm"),
    media_types=(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
        "application/vnd.ms-word.document.macroenabled.12",
        "application/x-encrypted-office",
    ),
    read=read,
    about="Word documents: text, tables, text boxes, notes; without headers, comments and deleted text",
)
