"""The text of some elements of a page, line by line, and which lines are furniture."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from corpus.ingest.canonical import canonical
from corpus.ingest.formats.flow import BLOCKS
from corpus.ingest.reading import Mark

# A row of a table is a line here, and so is what stands before a break; menus are silent.
_BLOCKS = BLOCKS | {"br", "pre", "table", "tbody", "tfoot", "thead", "tr"}
_SILENT = frozenset(
    (
        *("audio", "button", "canvas", "embed", "iframe", "input", "link", "map", "menu", "meta", "nav", "noscript"),
        *("object", "option", "script", "select", "style", "svg", "template", "textarea", "title", "video"),
    )
)
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def text_of(elements: Iterable[Any], drop: frozenset[Any], chrome: Mapping[Any, str]) -> tuple[str, list[Mark]]:
    """Read elements as a browser shows them: one line a block, without scripts, buttons and menus.

    Parameters:
        elements: lxml elements, none inside another.
        drop: elements below them that are left out.
        chrome: elements below them that are furniture → their label; a caption is ``photo_credit`` unasked.

    Returns:
        canonical text, and a mark for each line of furniture.

    Example:
        >>> from lxml.html import fromstring
        >>> body = fromstring("<div><p>Құрылтай  өтті.<br>Бурабай<ul><li>бір<li>екі</ul><p class=x>Фото: Ақорда</div>")
        >>> text, marks = text_of([body], frozenset(), {body.find_class("x")[0]: "photo_credit"})
        >>> text.split("\\n"), marks[0].label
        (['Құрылтай өтті.', 'Бурабай', '- бір', '- екі', 'Фото: Ақорда'], 'photo_credit')
    """
    lines: list[tuple[str, str | None]] = []
    for element in elements:
        lines += _lines(element, drop, chrome)
    text, marks = "", []
    for line, label in lines:
        if text:
            text += "\n"
        if label:
            marks.append(Mark("chrome", label, len(text), len(text) + len(line)))
        text += line
    return text, marks


def _lines(root: Any, drop: frozenset[Any], chrome: Mapping[Any, str]) -> list[tuple[str, str | None]]:
    from lxml import etree

    found: list[tuple[str, str | None]] = []
    pieces: list[str] = []
    labels: list[tuple[Any, str]] = []
    silent: Any = None

    def flush() -> None:
        line = canonical(_BLANKS.sub(" ", "".join(pieces))).strip()
        pieces.clear()
        line = " ".join(line.split("\n"))  # of U+2028 and the like
        if line.strip(" |-"):
            found.append((line, labels[-1][1] if labels else None))

    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            if silent is not None:
                continue
            if element in drop or element.tag in _SILENT:
                silent = element
                continue
            label = chrome.get(element) or ("photo_credit" if element.tag == "figcaption" else None)
            if label or element.tag in _BLOCKS:
                flush()
            if label:
                labels.append((element, label))
            if labels and element.tag == "a":
                pieces.append(" ")  # tags and links in a row are held apart by their looks only
            if element.tag == "li":
                pieces.append("- ")
            elif element.tag in ("td", "th") and element.getprevious() is not None:
                pieces.append(" | ")
            pieces.append(element.text or "")
            continue
        if event == "end" and silent is None:
            if labels and labels[-1][0] is element:
                flush()
                labels.pop()
            elif element.tag in _BLOCKS:
                flush()
        if silent is element:
            silent = None
        if silent is None and element is not root:
            pieces.append(element.tail or "")
    flush()
    return found
