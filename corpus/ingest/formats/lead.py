"""The lead of a news page: the paragraph between heading and body that says in short what happened.

Pages set it apart by a class of its own, and trafilatura takes it for a caption; a quotation often stands in it.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from corpus.ingest.formats.page import conventions, letters_of

_SHORTEST, _LONGEST = 35, 1200  # characters
_LOOK = 60  # letters by which the beginning of the body is known
_FURTHEST = 250  # elements after the heading
_OUTSIDE = frozenset(
    ("nav", "aside", "footer", "figure", "figcaption", "form", "button", "script", "style", "noscript")
)
_BLOCKS = frozenset(("p", "div", "h2", "h3", "h4", "section", "strong", "span", "blockquote"))
_BESIDE = re.compile(
    r"(?:\w+[-_]+)*(?:captions?|credits?|authors?|byline|meta|breadcrumbs?|related|share|social)", re.IGNORECASE
)
_STAMP = re.compile(r"\d{1,2}[:.]\d{2}(?!\d)|\d{1,2}[./]\d{1,2}[./]\d{4}")
_LONGEST_STAMP = 120  # characters of a line of author, day and hour


def with_lead(text: str, tree: Any) -> str:
    """Put the lead of a page before its text, where it was left out.

    A lead stands after the page's first ``<h1>`` and before the body, and its class says what it is, or the page's own
    description repeats its words.

    Parameters:
        text: what was extracted.
        tree: lxml tree of the page.

    Returns:
        the text with the lead as its first paragraph, or as its second where the text opens with the heading; the text
        as it was where the page has none or the text holds it already.

    Example:
        >>> from lxml.html import fromstring
        >>> body = "<p>Отырыс Бурабайда өтті, оған екі жүз адам қатысты.</p>"
        >>> lead = "<div class=lead>Тоқаев: Құрылтай халық пен биліктің сенімді көпіріне айналды</div>"
        >>> page = fromstring(f"<html><body><h1>Жиын өтті</h1>{lead}{body}</body></html>")
        >>> with_lead("Отырыс Бурабайда өтті, оған екі жүз адам қатысты.", page).split("\\n")[0][:14]
        'Тоқаев: Құрылт'
    """
    lines = [line for line in text.split("\n") if line.strip()]
    heading = next(tree.iter("h1"), None)
    if heading is None or not lines:
        return text
    title = letters_of(heading.text_content())
    opens_with_title = len(lines) > 1 and letters_of(lines[0]) == title
    body = letters_of(lines[1 if opens_with_title else 0])[:_LOOK]
    if not body:
        return text
    lead = _lead(heading, tree, title, body)
    if lead is None or lead in text or letters_of(lead) in letters_of(text):
        return text
    if opens_with_title:
        first, _, rest = text.partition("\n")
        return f"{first}\n{lead}\n{rest}"
    return f"{lead}\n{text}"


def _lead(heading: Any, tree: Any, title: str, body: str) -> str | None:
    descriptions: list[str] | None = None
    for count, element in enumerate(_after(heading)):
        if count > _FURTHEST:
            return None
        if element.tag not in _BLOCKS:
            continue
        named = _names_a_lead(element.get("class") or "") or _names_a_lead(element.get("itemprop") or "")
        if not named and any(child.tag in _BLOCKS for child in element):
            continue  # a frame of the page
        words = " ".join(element.text_content().split())
        if len(words) < min(_SHORTEST, len(body)):
            continue
        plain = letters_of(words)
        if body and plain.startswith(body):
            return None  # the body begins
        if not _SHORTEST <= len(words) <= _LONGEST or body in plain or title in plain:
            continue
        if len(words) <= _LONGEST_STAMP and _STAMP.search(words):
            continue
        if descriptions is None:
            descriptions = _descriptions(tree)
        if (named or any(plain.startswith(other) for other in descriptions)) and not _linked(element, words):
            return words
    return None


def _after(heading: Any) -> Any:
    """The elements after the heading in reading order, without what is surely no text."""
    parent, place = heading.getparent(), heading
    while parent is not None:
        if place.tag != "h1" and place.tag in _OUTSIDE:
            return
        sibling = place.getnext()
        while sibling is not None:
            yield from _inside(sibling)
            sibling = sibling.getnext()
        parent, place = parent.getparent(), parent


def _inside(element: Any) -> Any:
    waiting = [element]
    while waiting:
        found = waiting.pop()
        if isinstance(found.tag, str) and found.tag not in _OUTSIDE and not _beside(found.get("class") or ""):
            yield found
            waiting += reversed(found)


@lru_cache(maxsize=4096)
def _beside(classes: str) -> bool:
    """Whether the class of an element says that it is a caption, a byline or the like."""
    return any(_BESIDE.fullmatch(name) for name in classes.split())


def _descriptions(tree: Any) -> list[str]:
    """What the page says of itself, in letters only; cut ones stay useful as beginnings."""
    found = []
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or "").lower()
        if name in ("description", "og:description", "twitter:description"):
            words = letters_of((element.get("content") or "").rstrip(" .…"))
            if len(words) >= _SHORTEST:
                found.append(words[: 4 * _LOOK])
    return found


def _linked(element: Any, words: str) -> bool:
    """Whether most of a block is links: a list of other articles."""
    return sum(len(link.text_content()) for link in element.iter("a")) > 0.5 * len(words)


@cache
def _lead_class() -> re.Pattern[str]:
    return re.compile(conventions()["lead_class"], re.IGNORECASE)


@lru_cache(maxsize=4096)
def _names_a_lead(classes: str) -> bool:
    return any(_lead_class().fullmatch(name) for name in classes.split())
