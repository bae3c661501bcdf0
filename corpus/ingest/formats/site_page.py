"""A page of a site that Minber knows: its text by the site's rules, the rest by what any page states."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from corpus.ingest.formats.page import (
    conventions,
    day_in_address,
    from_metadata,
    heading,
    host_of,
    is_site,
    published,
    web_address,
    without_site,
)
from corpus.ingest.reading import Raw, Reading
from corpus.ingest.sites import publisher_of, site_of

if TYPE_CHECKING:
    from schemas.site import Site

_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)")
_HEAD = 4096  # characters in which browsers note where they saved a page from
_HTML_LANG = re.compile(r"<html[^>]*?\blang\s*=\s*[\"']?([A-Za-z]{2,3})\b", re.IGNORECASE)


class Known(NamedTuple):
    """A site that Minber knows, and the address of one of its pages (the canonical one, where the page states it)."""

    site: Site
    address: str


def known_site(tree: Any, raw: Raw, page: str) -> Known | None:
    """Tell whether a page is of a known site: by the address it states, where it was fetched or saved from.

    Parameters:
        tree: lxml tree of the page.
        raw: the page.
        page: its characters.

    Returns:
        the site and the page's address, None for any other site.

    Raises:
        MinberError: MB003, MB004 a site file of the user's cannot be read.
        MinberErrors: MB011 it is not valid.
    """
    fetched = raw.uri if raw.uri.startswith("http") else None
    places = [place for place in (stated_address(tree, fetched), fetched, saved_from(page)) if place]
    for place in places:
        if site := site_of(host_of(place), raw.choices.sites):
            whole = (other for other in places if urlsplit(other).path.strip("/"))
            return Known(site, next(whole, place))
    return None


def by_site_rules(tree: Any, known: Known, raw: Raw) -> Reading | None:
    """Read a page by the rules of its site.

    Parameters:
        tree: lxml tree of the page; it is not changed.
        known: its site.
        raw: the page.

    Returns:
        a reading, or None where no layout of the site fits.
    """
    from corpus.ingest.sites.layout import lay_out

    site, address = known
    laid = lay_out(tree, site, address, raw.retrieved if raw.uri.startswith("http") else None)
    if laid is None:
        return None
    reading = Reading(laid.text)
    laid.give(reading)
    name, host = _meta(tree, "og:site_name"), host_of(address)
    for words, origin in ((heading(tree), "page heading"), (_meta(tree, "og:title"), "page"), (_titled(tree), "page")):
        if words and not is_site(words, name):
            reading.set("title", without_site(words, name, host), origin)
    reading.set("publisher", publisher_of(host) or site.publisher, "list of sites")
    if reading.date is None and (stated := published(tree) if site.guess_date else from_metadata(tree)):
        reading.set("date", *stated)
    reading.set("date", day_in_address(address), "address")
    return reading


def stated_address(tree: Any, base: str | None = None) -> str | None:
    """The address that a page states as its own: a canonical link, else Open Graph's.

    Parameters:
        tree: lxml tree of the page.
        base: where it was fetched from.

    Returns:
        an absolute http address, None where there is none.
    """
    links = (link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    stated = (web_address(address, base) for address in (*links, _meta(tree, "og:url")) if address)
    return next(filter(None, stated), None)


def saved_from(page: str) -> str | None:
    """Where a browser says that it saved a page from."""
    found = _SAVED_FROM.search(page[:_HEAD])
    return web_address(found[1]) if found else None


def stated_language(page: str) -> str | None:
    """The language that ``<html lang>`` names, as ISO 639 has it: many Kazakh sites write «kz».

    Example:
        >>> stated_language('<html lang="kz">'), stated_language("<html lang=en-GB>"), stated_language("<p>")
        ('kk', 'en', None)
    """
    found = _HTML_LANG.search(page[:20_000])
    lang = found[1].lower() if found else None
    return conventions()["languages"].get(lang, lang) if lang else None


def alternates(tree: Any, address: str | None) -> dict[str, str]:
    """The addresses of a page's language versions, as ``<link rel="alternate" hreflang>`` states them.

    Parameters:
        tree: lxml tree of the page.
        address: of the page itself, which is left out; relative links count from it.

    Returns:
        ISO 639 code → address.
    """
    found: dict[str, str] = {}
    head = tree.find("head")
    for link in (tree if head is None else head).iter("link"):
        lang = (link.get("hreflang") or "").lower().split("-")[0]
        if "alternate" not in (link.get("rel") or "").lower().split() or not re.fullmatch("[a-z]{2,3}", lang):
            continue
        place = (web_address(link.get("href") or "", address) or "").split("#")[0]
        parts = urlsplit(place)
        if place and (parts.path.strip("/") or parts.query) and place != address:
            found.setdefault(conventions()["languages"].get(lang, lang), place)
    return found


def _meta(tree: Any, name: str) -> str | None:
    for element in tree.iter("meta"):
        if name in (element.get("property"), element.get("name")) and (content := element.get("content")):
            return " ".join(str(content).split())
    return None


def _titled(tree: Any) -> str | None:
    return next((" ".join(element.text_content().split()) for element in tree.iter("title")), None)
