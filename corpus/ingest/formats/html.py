"""Reader of web pages, ``html@1``: trafilatura finds the article and its metadata."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from corpus.ingest.encoding import declared_in_html, decode
from corpus.ingest.formats.head import guessed_day, head
from corpus.ingest.formats.page import (
    has_prose,
    heading,
    host_of,
    is_site,
    not_prose,
    published,
    surely_prose,
    without_site,
)
from corpus.ingest.reading import Raw, Reader, Reading
from corpus.ingest.sites import publisher_of
from schemas.errors import MinberError

_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)")
_LONGEST_TITLE = 1000  # characters: longer ones are mistakes of markup
_TAG = re.compile(r"<(?:p|div|span|h\d|article|section|b|i|br|a|ul|ol|table)\b", re.IGNORECASE)
_HTML_LANG = re.compile(r"<html[^>]*?\blang\s*=\s*[\"']?([A-Za-z]{2,3})\b", re.IGNORECASE)
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
        MinberError: MB104 empty, MB105 a page without an article, MB106 to MB108 not a text.
    """
    if not raw.data.strip():
        raise MinberError(
            "MB104", raw.place, what="the file is empty" if not raw.data else "the file holds only blanks"
        )
    decoded = decode(raw.data, raw.charset or declared_in_html(raw.data), raw.place)
    tree = parse(decoded.text)
    stated = published(tree) if tree is not None else None
    h1 = heading(tree) if tree is not None else None
    found = extract(tree, raw.uri if raw.uri.startswith("http") else None) if tree is not None else None
    text = (found.text or "").strip() if found is not None else ""
    if found is None or not (surely_prose(text) or has_prose(text, not_prose(tree))):
        raise MinberError("MB105", raw.place)
    reading = Reading(text, decoded.encoding)
    reading.origins["encoding"] = decoded.origin
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
    else:
        reading.set("date", guessed_day(tree, found.url), "page, guessed")
    saved = _SAVED_FROM.search(decoded.text[:4096])
    for url, origin in ((found.url, "page"), (saved.group(1) if saved else None, "browser's note in the page")):
        if url and is_address_of_page(url):
            reading.set("url", url, origin)
    lang = _HTML_LANG.search(decoded.text[:20_000])
    if lang:
        reading.set("lang", lang.group(1).lower(), "page")
    yield reading


def parse(page: str) -> Any:
    """Parse a page as browsers do, errors and all.

    Parameters:
        page: decoded HTML.

    Returns:
        lxml tree, or None where there is nothing like HTML.
    """
    from trafilatura import load_html

    for name in ("trafilatura", "htmldate"):  # their complaints about pages are ours to word
        logging.getLogger(name).setLevel(logging.CRITICAL)
    tree = load_html(page)
    if tree is None and _TAG.search(page):  # a fragment, without <html> around it
        tree = load_html(f"<html><body><div>{page}</div></body></html>")
    return tree


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
    version=1,
    suffixes=(".html", ".htm", ".xhtml"),
    media_types=("text/html", "application/xhtml+xml"),
    read=read,
    sniff=lambda head: bool(_START.match(head)),
    about="web pages: the article, without menus and comments",
)
