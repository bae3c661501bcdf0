"""The text of HTML in which every word counts: chapters of books, Markdown. (Web pages go to ``html``.)"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from corpus.ingest.formats.prose import table

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "section",
        "summary",
        "ul",
    ]
)
"""Elements that begin and end a line of their own, whatever the page."""
_BLOCKS = BLOCKS | {"body", "hgroup", "html", "menu"}  # tables, pre and br are written in ways of their own
_SILENT = frozenset(
    [
        "script",
        "style",
        "head",
        "nav",
        "template",
        "noscript",
        "iframe",
        "svg",
        "audio",
        "video",
        "rt",
        "rp",
        "button",
        "select",
    ]
)
_NOTES = frozenset(("footnote", "endnote", "rearnote", "doc-footnote", "doc-endnote"))
_REFERENCES = frozenset(("noteref", "backlink", "doc-noteref", "doc-backlink"))
_TYPE = "{http://www.idpf.org/2007/ops}type"
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def fragment(markup: str) -> Any:
    """Parse HTML or XHTML, errors and all.

    Parameters:
        markup: decoded; a whole page or a part of one.

    Returns:
        lxml element, or None where there is nothing.
    """
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(_DECLARED.sub("", markup).encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


class Flow:
    """The blocks of a parsed page, and its footnotes apart.

    Parameters:
        root: from :func:`fragment`.

    Attributes:
        blocks: paragraphs, headings, items, tables.
        notes: footnotes that are marked as such.
        headings: the texts of ``h1`` to ``h3``.

    Example:
        >>> page = Flow(fragment("<h1>Құрылтай</h1><p>Бірінші<br>жол <b>қалың</b>.</p><ul><li>бір<li>екі</ul>"))
        >>> page.blocks
        ['Құрылтай', 'Бірінші\\nжол қалың.', 'бір', 'екі']
    """

    def __init__(self, root: Any) -> None:
        self.blocks: list[str] = []
        self.notes: list[str] = []
        self.headings: list[str] = []
        self._line: list[str] = []
        if root is not None:
            self._inside(root)
            self._end()

    def _inside(self, element: Any) -> None:
        self._say(element.text)
        for child in element:
            self._element(child)
            self._say(child.tail)

    def _element(self, element: Any) -> None:
        tag = element.tag
        kinds = set(f"{element.get('epub:type', '')} {element.get(_TYPE, '')} {element.get('role', '')}".split())
        if tag in _SILENT or not isinstance(tag, str) or kinds & _REFERENCES:
            return
        if tag == "br":
            self._line.append("\n")
        elif kinds & _NOTES:
            note = Flow(element)
            self.notes += [" ".join(note.blocks), *note.notes]
        elif tag == "table":
            self._end()
            self.blocks += table(list(self._rows(element)))
        elif tag == "pre":
            self._end()
            self.blocks.append(element.text_content())
        elif tag in _BLOCKS:
            self._end()
            self._inside(element)
            self._end(heading=tag in ("h1", "h2", "h3"))
        else:
            self._inside(element)

    def _say(self, text: str | None) -> None:
        if text:
            self._line.append(_BLANKS.sub(" ", text))

    def _end(self, heading: bool = False) -> None:
        block = "".join(self._line).strip()
        self._line.clear()
        if block:
            self.blocks.append(block)
            if heading:
                self.headings.append(" ".join(block.split()))

    def _rows(self, element: Any) -> Iterator[list[list[str]]]:
        for row in element.iter("tr"):
            if next(row.iterancestors("table"), None) is element:
                cells = [Flow(cell) for cell in row if cell.tag in ("td", "th")]
                self.notes += [note for cell in cells for note in cell.notes]
                yield [cell.blocks for cell in cells]
