"""Reader of web pages, ``html@2``: by the rules of sites that Minber knows; else trafilatura finds the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from corpus.ingest.encoding import declared_in_html, decode
from corpus.ingest.formats.head import guessed_day, head
from corpus.ingest.formats.lead import with_lead
from corpus.ingest.formats.limits import refuse_cut_tree, refuse_endless_tags
from corpus.ingest.formats.markup import parse
from corpus.ingest.formats.page import (
    day_in_address,
    from_metadata,
    has_prose,
    heading,
    host_of,
    is_site,
    not_prose,
    published,
    surely_prose,
    web_address,
    without_site,
)
from corpus.ingest.formats.site_page import alternates, by_site_rules, known_site, saved_from, stated_language
from corpus.ingest.reading import Raw, Reader, Reading
from corpus.ingest.sites import publisher_of
from schemas.errors import MinberError

_LONGEST_TITLE = 1000  # characters: longer ones are mistakes of markup
_START = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)


def read(raw: Raw) -> Iterator[Reading]:
    """Read a saved or fetched web page.

    Parameters:
        raw: the page.

    Yields:
        one reading: the article's text without menus and comments, and what the page states about it.

    Raises:
        MinberError: MB104 empty, MB105 a page without an article, MB106 to MB108 not a text, MB170 built to do harm.
    """
    if not raw.data.strip():
        raise MinberError(
            "MB104", raw.place, what="the file is empty" if not raw.data else "the file holds only blanks"
        )
    decoded = decode(raw.data, raw.charset or declared_in_html(raw.data), raw.place)
    refuse_endless_tags(decoded.text, raw.place)
    tree = parse(decoded.text)
    refuse_cut_tree(decoded.text, tree, raw.place)
    if tree is None:
        raise MinberError("MB105", raw.place)
    known = known_site(tree, raw, decoded.text)
    address = known.address if known else None
    reading = by_site_rules(tree, known, raw) if known else None
    if reading is None:
        reading, address = _by_trafilatura(tree, raw, guess=known is None or known.site.guess_date)
    reading.country = known.site.country if known else None
    reading.encoding, reading.origins["encoding"] = decoded.encoding, decoded.origin
    for url, origin in ((address, "page"), (saved_from(decoded.text), "browser's note in the page")):
        if url and url != raw.uri and is_address_of_page(url) and web_address(url):
            reading.set("url", url, origin)
    for lang, link in alternates(tree, reading.url or (raw.uri if raw.uri.startswith("http") else None)).items():
        reading.alternates.setdefault(lang, link)
    reading.set("lang", stated_language(decoded.text), "page")
    yield reading


def _by_trafilatura(tree: Any, raw: Raw, guess: bool) -> tuple[Reading, str | None]:
    """The article that trafilatura finds, what the page states about it, and its canonical address."""
    stated = published(tree) if guess else from_metadata(tree)
    h1 = heading(tree)
    found = extract(tree, raw.uri if raw.uri.startswith("http") else None)
    text = (found.text or "").strip() if found is not None else ""
    if found is None or not (surely_prose(text) or has_prose(text, not_prose(tree))):
        raise MinberError("MB105", raw.place)
    reading = Reading(with_lead(text, tree))
    site, host = found.sitename, host_of(found.url or raw.uri)
    title = " ".join((found.title or "").split())
    title, h1 = (words if words and len(words) <= _LONGEST_TITLE else "" for words in (title, h1))
    if h1 and (not title or is_site(title, site)):
        reading.set("title", h1, "page heading")
    elif title:
        reading.set("title", without_site(title, site, host), "page")
    reading.set("publisher", publisher_of(host), "list of sites")
    reading.set("publisher", site, "page")
    if stated:
        reading.set("date", *stated)
    elif day := day_in_address(found.url or raw.uri):
        reading.set("date", day, "address")
    elif guess and (day := guessed_day(tree, found.url)):
        reading.fallback["date"] = day, "page, guessed"
    return reading, found.url


def extract(tree: Any, url: str | None = None) -> Any:
    """Run trafilatura on a page; of its metadata only what a document has a place for, which is a third of their cost.

    Parameters:
        tree: from :func:`parse`; it is not changed.
        url: where the page came from, if known.

    Returns:
        trafilatura's Document (``text``, ``title``, ``sitename``, ``url``), None where it finds no article.
    """
    from trafilatura import bare_extraction

    found: Any = bare_extraction(tree, url=url, include_comments=False, include_tables=True)
    if found is not None:
        stated = head(tree, url)
        found.title, found.sitename, found.url = stated.title, stated.sitename, stated.url
    return found


def is_address_of_page(url: str) -> bool:
    """Whether a canonical URL names one page; a site that states its front page everywhere would be one document.

    Example:
        >>> is_address_of_page("https://stan.kz/news/1"), is_address_of_page("https://stan.kz/")
        (True, False)
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https") and "." in parts.netloc and (parts.path.strip("/") != "" or bool(parts.query))
    )


READER = Reader(
    name="html",
    version=2,
    suffixes=(".html", ".htm", ".xhtml"),
    media_types=("text/html", "application/xhtml+xml"),
    read=read,
    sniff=lambda head: bool(_START.match(head)),
    about="web pages: the article, without menus and comments",
)
