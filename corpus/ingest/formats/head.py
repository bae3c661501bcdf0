"""What the head of a web page states of its article, by trafilatura's rules: title, site, address, day."""

from __future__ import annotations

import datetime as dt
import json
from html import unescape
from typing import Any, NamedTuple

_LONGEST = 10_000  # characters


class Head(NamedTuple):
    """Title of the article, name of the site, canonical address; None for what a page does not state."""

    title: str | None
    sitename: str | None
    url: str | None


def head(tree: Any, url: str | None = None) -> Head:
    """Read what ``<meta>``, Open Graph, JSON-LD, ``<link>`` and headings state.

    trafilatura's own collection also looks for authors, tags, licences and the day, each through the whole page, which
    costs as much as finding the article; no document has a place for the first three.

    Parameters:
        tree: lxml tree of the page; it is not changed.
        url: where the page came from, if known.

    Returns:
        what was found.

    Example:
        >>> from lxml.html import fromstring
        >>> head(fromstring("<html><head><title>Құрылтай | Stan.kz</title></head><body><p>Сөз</p></body></html>"))
        Head(title='Құрылтай', sitename='Stan.kz', url=None)
    """
    from trafilatura import metadata as rules

    found = rules.examine_meta(tree)
    for script in tree.iter("script"):
        if script.get("type") in ("application/ld+json", "application/settings+json") and script.text:
            found = _with_json(script.text, found)
    title = found.title or rules.extract_title(tree)
    address = found.url or rules.extract_url(tree, url)
    site = found.sitename or rules.extract_sitename(tree)
    if site:
        site = site.lstrip("@")
        if site and "." not in site and not site[0].isupper():
            site = site.title()
    elif address and (host := rules.META_URL.match(address)):
        site = host[1]
    return Head(_clean(title), _clean(site), address)


def guessed_day(tree: Any, url: str | None) -> dt.date | None:
    """Guess the day of a page that does not state one where we look: from its address and its markup.

    htmldate can also search the small print; what it finds there is as often the first of January of a copyright notice
    as the day of the article, at the price of a tenth of all reading. No day is better than a wrong one.

    Parameters:
        tree: lxml tree of the page.
        url: its address, if known.

    Returns:
        htmldate's answer.
    """
    from htmldate import find_date

    found = find_date(tree, url=url, original_date=True, extensive_search=False)
    return dt.date.fromisoformat(found[:10]) if found else None


def _with_json(text: str, found: Any) -> Any:
    from trafilatura.json_metadata import extract_json, extract_json_parse_error, normalize_json

    try:
        return extract_json(json.loads(text, strict=False), found)
    except ValueError:  # not JSON, or not quite
        return extract_json_parse_error(normalize_json(text), found)
    except (AttributeError, TypeError, KeyError, RecursionError):  # JSON of another shape than schema.org's
        return found


def _clean(value: object) -> str | None:
    from trafilatura.json_metadata import normalize_json
    from trafilatura.utils import line_processing

    return line_processing(unescape(normalize_json(value[:_LONGEST]))) if isinstance(value, str) and value else None
