"""What the markup of a web page states about its article: title, day, site, address, language."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from corpus.ingest.dates import date_line
from schemas.datafile import read_data

_NEAR = 25  # lines after the heading in which a date may stand, and half as many before it
_LONG_LINK = 200  # letters: a longer link is a paragraph
_NO_ACCIDENT = 4  # letters: shorter links occur inside any word
_LEAST_PROSE = 15  # letters
_SURELY_PROSE = 1000  # letters and digits
_HOLDERS = frozenset(("div", "span", "p", "time", "li", "a", "td"))
_UNSEEN = frozenset(("script", "style", "noscript", "template"))
_DEEPEST = 8  # levels of JSON-LD
_SIGNS = re.compile(r"[\W_]+")


@cache
def conventions() -> dict[str, Any]:
    """The names of ``pages.yaml``."""
    data: dict[str, Any] = read_data(files("corpus.ingest.formats") / "pages.yaml")
    return data


def heading(tree: Any) -> str | None:
    """The page's only ``<h1>``; where there are none or several, none is known to be the title.

    Parameters:
        tree: lxml tree of the page.

    Returns:
        its text on one line.
    """
    texts = {text for element in tree.iter("h1") if (text := " ".join(element.text_content().split()))}
    return texts.pop() if len(texts) == 1 else None


def letters_of(words: str) -> str:
    """The letters and digits of a text, small: by them texts are compared whatever signs and spaces stand in them.

    Example:
        >>> letters_of("Ақорда.kz – 2025"), letters_of("İstanbul")  # its small form has a dot of its own
        ('ақордаkz2025', 'istanbul')
    """
    return _SIGNS.sub("", words.lower())


def not_prose(tree: Any) -> frozenset[str]:
    """Collect what a page says outside paragraphs: links, buttons, headings, navigation, footers.

    Parameters:
        tree: lxml tree of the page.

    Returns:
        the texts, each in its letters and digits only.
    """
    found = set()
    for element in tree.iter("a", "button", "label", "option", "h1", "h2", "h3", "h4", "h5", "h6", "title"):
        found.add(element.text_content())
    for element in tree.iter("nav", "footer", "menu"):
        found.update(element.itertext())
        found.add(element.text_content())
    return frozenset(text for text in map(letters_of, found) if 0 < len(text) < _LONG_LINK)  # many links say the same


def surely_prose(text: str) -> bool:
    """Whether a text has so many long paragraphs that it is an article whatever else the page says.

    Spares most pages :func:`not_prose`, which knows no text as long as these paragraphs.

    Example:
        >>> surely_prose("Құрылтай өтті. " * 100), surely_prose("Құрылтай өтті.\\n" * 100)
        (True, False)
    """
    long = 0
    for line in text.split("\n"):
        if len(line) >= _LONG_LINK and (letters := len(letters_of(line))) >= _LONG_LINK:
            long += letters
            if long >= _SURELY_PROSE:
                return True
    return False


def has_prose(text: str, aside: frozenset[str]) -> bool:
    """Whether an extracted text is an article, not just links and headings that were taken for one.

    Parameters:
        text: what was extracted.
        aside: from :func:`not_prose`.

    Returns:
        true where a line of some 15 letters is left that is mostly none of them.

    Example:
        >>> has_prose("Басты бет\\nЖаңалықтар\\n404", frozenset({"бастыбет", "жаңалықтар"}))
        False
        >>> has_prose("Құрылтай\\nБүгін құрылтай өтті.", frozenset({"құрылтай"}))
        True
    """
    rest = [line for line in map(letters_of, text.split("\n")) if line and line not in aside]
    if sum(map(len, rest)) >= _SURELY_PROSE:
        return True
    # Several links may stand in one line.
    longest_first = sorted((other for other in aside if len(other) >= _NO_ACCIDENT), key=len, reverse=True)
    for line in rest:
        if len(line) < _LEAST_PROSE:
            continue
        left = line
        for other in longest_first:
            left = left.replace(other, "")
        letters = sum(map(str.isalpha, left))
        if letters >= _LEAST_PROSE or letters > 0.5 * len(line):
            return True
    return False


def without_site(title: str, site: str | None, host: str | None) -> str:
    """Take the name of the site off the end or beginning of a title.

    Parameters:
        title: as ``<title>`` or Open Graph give it.
        site: name of the site.
        host: host name of the page.

    Returns:
        the bare title; the title itself where it is nothing but the site's name.

    Example:
        >>> without_site("Құрылтай өтті | Stan.kz", "Stan.kz", None)
        'Құрылтай өтті'
        >>> without_site("Астана - новая столица", "Tengrinews", "tengrinews.kz")
        'Астана - новая столица'
    """
    names = {
        letters_of(name) for name in (site, host, (host or "").removeprefix("www.").rpartition(".")[0]) if name
    } - {""}
    signs = "|".join(re.escape(sign) for sign in conventions()["separators"])
    for found in re.finditer(rf"\s(?:{signs})\s", title):
        if letters_of(title[found.end() :]) in names:
            return title[: found.start()].strip() or title
    first = re.search(rf"\s(?:{signs})\s", title)
    if first and letters_of(title[: first.start()]) in names:
        return title[first.end() :].strip() or title
    return title


def is_site(title: str, site: str | None) -> bool:
    """Whether a title is nothing but the name of the site, as pages of careless sites have it.

    Example:
        >>> is_site("Ақорда", "АҚОРДА"), is_site("Ақордада", "Ақорда")
        (True, False)
    """
    return bool(site) and letters_of(title) == letters_of(site or "")


def published(tree: Any) -> tuple[dt.date, str] | None:
    """Find the day of publication.

    Parameters:
        tree: lxml tree of the page.

    Returns:
        the day and where it was found: the page's metadata, or a line beside its heading.
    """
    places = (
        (_from_meta, "page metadata"),
        (_from_json, "page metadata"),
        (_labelled, "page header"),
        (_beside, "page header"),
    )
    return next(((day, origin) for find, origin in places if (day := find(tree))), None)


def from_metadata(tree: Any) -> tuple[dt.date, str] | None:
    """The day of publication by metadata alone, for sites whose pages show the days of other texts."""
    day = _from_meta(tree) or _from_json(tree)
    return (day, "page metadata") if day else None


def day_in_address(url: str | None) -> dt.date | None:
    """The day that an address names, as those of many newspapers do.

    Example:
        >>> day_in_address("https://example.org/2025/03/14/kurultai"), day_in_address("https://example.org/2025/3")
        (datetime.date(2025, 3, 14), None)
    """
    found = re.search(r"^https?://[^/]+/(?:.*/)?((?:19|20)\d\d)([/-])(\d{1,2})\2(\d{1,2})(?!\d)", url or "")
    try:
        return dt.date(int(found[1]), int(found[3]), int(found[4])) if found else None
    except ValueError:
        return None


def web_address(address: str, base: str | None = None) -> str | None:
    """Make a link of a page absolute.

    Parameters:
        address: as the page writes it.
        base: what it counts from.

    Returns:
        an http address; None for any other and for nonsense, which pages are full of.

    Example:
        >>> web_address("/kz/1", "https://akorda.kz/ru/1"), web_address("http://[kz/"), web_address("mailto:a@b")
        ('https://akorda.kz/kz/1', None, None)
    """
    try:
        whole = urljoin(base or "", address.strip())
        parts = urlsplit(whole)
        _ = parts.port  # looked at only when asked for
    except ValueError:
        return None
    return whole if parts.scheme in ("http", "https") and parts.hostname else None


def host_of(url: str | None) -> str | None:
    """Host name of a URL, None for nonsense."""
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None


def _day(value: object) -> dt.date | None:
    """Read a machine date: ISO 8601 in any precision from the day up, or digits of a day, or a line in words."""
    text = str(value).strip()
    found = re.match(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)", text)
    if found:
        try:
            return dt.date(*map(int, found.groups()))
        except ValueError:
            return None
    if re.fullmatch(r"1\d{9}(?:\d{3})?", text):  # seconds or milliseconds since 1970
        return dt.datetime.fromtimestamp(int(text[:10]), dt.UTC).date()
    return date_line(text)


def _from_meta(tree: Any) -> dt.date | None:
    ranks = {name: rank for rank, name in enumerate(conventions()["published"])}
    best: tuple[int, dt.date] | None = None
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        day = _day(element.get("content", "")) if name in ranks else None
        if day and (best is None or ranks[name] < best[0]):
            best = ranks[name], day
    if best:
        return best[1]
    for element in tree.iter("time"):
        if (element.get("itemprop") or "").lower() == "datepublished" or element.get("pubdate") is not None:
            return _day(element.get("datetime") or element.text_content())
    return None


def _from_json(tree: Any) -> dt.date | None:
    for element in tree.iter("script"):
        if (element.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            data = json.loads(element.text_content(), strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _objects(data, _DEEPEST):
            kinds = item.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(str(kind).lower() in conventions()["articles"] for kind in kinds) and (
                day := _day(item.get("datePublished"))
            ):
                return day
    return None


def _objects(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth and isinstance(data, dict):
        yield data
        for value in data.values():
            yield from _objects(value, depth - 1)
    elif depth and isinstance(data, list):
        for value in data[:100]:
            yield from _objects(value, depth - 1)


def _labelled(tree: Any) -> dt.date | None:
    """The date in an element whose class says so."""
    if not any(map(_of_dates, set(_all_classes()(tree)))):
        return None
    for element in tree.iter(*_HOLDERS):
        classes = element.get("class")
        if classes and _of_dates(classes):
            day = _day(element.get("datetime") or element.text_content()[:100])
            if day:
                return day
    return None


@cache
def _all_classes() -> Any:
    from lxml.etree import XPath

    return XPath("//@class", smart_strings=False)


@lru_cache(maxsize=4096)
def _of_dates(classes: str) -> bool:
    """Whether one of the classes of an element says that it holds the day of publication."""
    return any(_date_class().fullmatch(name) for name in classes.split())


@cache
def _date_class() -> re.Pattern[str]:
    return re.compile(conventions()["date_class"], re.IGNORECASE)


def _beside(tree: Any) -> dt.date | None:
    """The date that stands alone in its line nearest after the heading, else nearest before it."""
    heading = next(tree.iter("h1"), None)
    if heading is None:
        return None
    after: list[str] = []
    for element in _onwards(heading):
        if element.tag == "time" and (day := _day(element.get("datetime") or "")):
            after.append(str(day))
        after += _own_lines(element)
        if len(after) > _NEAR:
            break
    before = (line for element in _backwards(heading) for line in reversed(_own_lines(element)))
    return next((day for line in chain(after, islice(before, _NEAR // 2)) if (day := date_line(line))), None)


def _own_lines(element: Any) -> list[str]:
    """The lines that an element begins with, before any element inside it."""
    if element.tag in _UNSEEN:
        return []
    return [line for line in (element.text or "").split("\n") if line.strip()]


def _onwards(element: Any) -> Iterator[Any]:
    """The element, all inside it and all after it, in reading order."""
    yield from element.iter("*")
    place = element
    while place is not None:
        for sibling in place.itersiblings("*"):
            yield from sibling.iter("*")
        place = place.getparent()


def _backwards(element: Any) -> Iterator[Any]:
    """All elements that begin before this one, the nearest first."""
    place = element
    while place is not None:
        for sibling in place.itersiblings("*", preceding=True):
            yield from _from_the_end(sibling)
        place = place.getparent()
        if place is not None:
            yield place


def _from_the_end(element: Any) -> Iterator[Any]:
    waiting = [(element, False)]
    while waiting:
        found, open_ = waiting.pop()
        if open_ or not len(found):
            yield found
        else:
            waiting.append((found, True))
            waiting += [(child, False) for child in found if isinstance(child.tag, str)]
