"""A page of a known site, read by the rules of its site file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from corpus.ingest.dates import find_dates
from corpus.ingest.formats.page import web_address
from corpus.ingest.reading import Mark, Reading
from corpus.ingest.sites.prose import text_of
from corpus.ingest.titles import is_speech
from schemas.selectors import xpath_of
from schemas.site import Layout, Rule, Site

_LEAST = 40  # letters of a text: fewer are an empty frame, and the page is read as any other
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:Z|[+-]\d\d:?\d\d)")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")


@dataclass(slots=True)
class Laid:
    """What the rules of a site find on a page.

    Attributes:
        text: canonical.
        marks: furniture inside it.
        values: metadata field → value and origin.
        alternates: language → address.
    """

    text: str
    marks: list[Mark]
    values: dict[str, tuple[Any, str]] = field(default_factory=dict)
    alternates: dict[str, str] = field(default_factory=dict)

    def give(self, reading: Reading) -> None:
        """Put the values into a reading; a speaker only where one person's words are the whole text."""
        for name, (value, origin) in self.values.items():
            if name != "speaker" or self._one_voice():
                reading.set(name, value, origin)
        reading.alternates = dict(self.alternates)
        reading.marks = list(self.marks)
        reading.origins["text"] = "site rules"

    def _one_voice(self) -> bool:
        kind, title = self.values.get("kind", ("", ""))[0], self.values.get("title", ("", ""))[0]
        return kind == "transcript" or (kind == "" and is_speech(title))


def lay_out(tree: Any, site: Site, url: str | None, now: dt.datetime | None) -> Laid | None:
    """Read a page by the rules of its site.

    Parameters:
        tree: lxml tree of the page; it is not changed.
        site: of the page.
        url: its address, for links; may be unknown.
        now: when it was fetched, for «Бүгін, 18:05»; None for a saved page.

    Returns:
        what was found, or None where no layout of the site fits the page.
    """
    for layout in site.layouts:
        bodies = next((some for selector in layout.body if (some := _select(tree, selector))), [])
        outer = [one for one in bodies if not any(above in bodies for above in one.iterancestors())]
        if not outer:
            continue
        drop = frozenset(element for selector in layout.drop for one in outer for element in _select(one, selector))
        chrome = {
            element: label
            for label, selectors in layout.chrome.items()
            for selector in selectors
            for one in outer
            for element in _select(one, selector)
        }
        text, marks = text_of(outer, drop, chrome)
        furniture = sum(mark.end - mark.start for mark in marks)
        if sum(map(str.isalpha, text)) - furniture < _LEAST:
            continue
        laid = Laid(text, marks, alternates=_alternates(tree, layout, site, url))
        zone = ZoneInfo(site.timezone)
        for name in ("title", "speaker", "kind", "occasion", "place"):
            if found := next(_values(tree, getattr(layout, name)), None):
                laid.values[name] = found
        for words, origin in _values(tree, layout.date):
            if day := day_of(words, zone, now):
                laid.values["date"] = day, origin
                break
        return laid
    return None


def day_of(value: str, zone: dt.tzinfo, now: dt.datetime | None = None) -> dt.date | None:
    """Read a day as markup or people write it.

    Parameters:
        value: ISO 8601 with a time (counted in the site's zone), seconds since 1970, or a date in words.
        zone: of the site.
        now: the time by which relative days are resolved.

    Returns:
        the day at the site, or None.

    Example:
        >>> day_of("2025-03-13T20:30:00Z", ZoneInfo("Asia/Almaty"))
        datetime.date(2025, 3, 14)
        >>> day_of("2025 жылғы 14 наурыз, 18:05", ZoneInfo("Asia/Almaty"))
        datetime.date(2025, 3, 14)
    """
    if found := _MOMENT.search(value):
        try:
            return dt.datetime.fromisoformat(re.sub(r"\s+(?=[Z+-])", "", found.group())).astimezone(zone).date()
        except (ValueError, OverflowError):
            return None
    if _EPOCH.fullmatch(value.strip()):
        return dt.datetime.fromtimestamp(int(value.strip()[:10]), zone).date()
    dates = find_dates(value[:300], now.astimezone(zone) if now else None)
    return dates[0].day if dates else None


def _select(element: Any, selector: str) -> list[Any]:
    return list(element.xpath(xpath_of(selector)))


def _values(tree: Any, rules: tuple[Rule, ...]) -> Iterator[tuple[str, str]]:
    """The values that rules find, with their origins, in the order of the rules."""
    for rule in rules:
        for element in _elements(tree, rule):
            raw = element.get(rule.attribute) if rule.attribute else element.text_content()
            value = " ".join((raw or "").split())
            if rule.match:
                found = re.search(rule.match, value)
                if not found:
                    continue
                value = next(filter(None, found.groups()), found.group()).strip()
            if value:
                yield rule.value or value, rule.origin


def _elements(tree: Any, rule: Rule) -> Iterator[Any]:
    if rule.label is None:
        yield from _select(tree, rule.select or "*")
        return
    wanted = rule.label.casefold()
    for term in tree.iter("dt", "th", "strong", "b", "span", "div", "p", "h2", "h3", "h4", "label"):
        if len(term) > 2 or " ".join(term.text_content().split()).strip(" :").casefold() != wanted:
            continue
        following = term.getnext()
        if following is not None:
            yield from _select(following, rule.select) if rule.select else (following,)


def _alternates(tree: Any, layout: Layout, site: Site, url: str | None) -> dict[str, str]:
    names = {name.casefold(): code for name, code in site.languages.items()}
    found: dict[str, str] = {}
    for selector in layout.alternates:
        for link in _select(tree, selector):
            address = web_address(link.get("href") or "", url) or ""
            code = names.get((link.get("hreflang") or "").casefold()) or names.get(
                " ".join(link.text_content().split()).casefold()
            )
            code = code or _language_of(address, names)
            if code and _is_page(address, names) and address.split("#")[0] != (url or "").split("#")[0]:
                found.setdefault(code, address.split("#")[0])
    return found


def _language_of(address: str, names: dict[str, str]) -> str | None:
    """The language that an address names: in its first part, its parameters, or its host name."""
    parts = urlsplit(address)
    first = parts.path.strip("/").split("/")[0].casefold()
    asked = [value.casefold() for key in ("lang", "language", "l") for value in parse_qs(parts.query).get(key, ())]
    host = (parts.hostname or "").split(".")[0]
    return next((names[name] for name in (first, *asked, host) if name in names), None)


def _is_page(address: str, names: dict[str, str]) -> bool:
    """Whether an address is one of a text, not of a front page in some language."""
    parts = urlsplit(address)
    path = parts.path.strip("/").casefold()
    return parts.scheme in ("http", "https") and bool(path) and path not in names
