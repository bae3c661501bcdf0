"""The pages of a site that its feeds and sitemaps list, newest knowledge first: what is old is left out unfetched."""

from __future__ import annotations

import calendar
import datetime as dt
import gzip
import io
import re
import time
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from corpus.ingest.identity import canonical_url
from corpus.ingest.opened import too_large
from corpus.ingest.sources import Location
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.ingest.fetch import Fetcher
    from corpus.ingest.reading import Raw

LARGEST = 50 * 1024 * 1024
"""Bytes of one unpacked sitemap or feed; the protocol of sitemaps sets the same limit."""
_DEEPEST = 4  # indexes in indexes
_MOST_FILES = 50_000  # sitemaps of a site
_START = 4096
_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_TAG = re.compile(rb"<!\[CDATA\[|<!--|<(/)?[A-Za-z_][^<>]*?(/)?>")
_CLOSED_BY = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}
_NESTED = 500  # elements in elements: feedparser takes a time quadratic in it


class Listed(NamedTuple):
    """A page that a feed or sitemap lists.

    Attributes:
        url: its address.
        day: of publication, where that is said.
        changed: when it last changed, where that is said.
        origin: ``feed`` or ``sitemap``.
        error: why it, or what lists it, is not read.
    """

    url: str
    day: dt.date | None = None
    changed: dt.datetime | None = None
    origin: str = "feed"
    error: MinberError | None = None

    def older_than(self, since: dt.date | None) -> bool:
        """Whether it surely appeared before a day: published before it, or not changed since."""
        if since is None:
            return False
        if self.day is not None:
            return self.day < since
        return self.changed is not None and self.changed.date() < since


def walk(feeds: Iterable[str], sitemaps: Iterable[str], since: dt.date | None, fetcher: Fetcher) -> Iterator[Location]:
    """Find the pages that feeds and sitemaps list, each once.

    Parameters:
        feeds, sitemaps: their addresses.
        since: pages that surely appeared before that day are skipped.
        fetcher: fetches the lists.

    Yields:
        locations, in the order of the lists; failures are locations with an error.
    """
    seen: set[str] = set()
    lists = [walk_feed(url, fetcher) for url in feeds] + [walk_sitemap(url, fetcher, since) for url in sitemaps]
    for listed in chain.from_iterable(lists):
        if listed.error is None and listed.url in seen:
            continue
        seen.add(listed.url)
        known = {"listed": (listed.day, listed.origin)} if listed.day else {}
        skipped = listed.error is None and listed.older_than(since)
        yield Location(listed.url, None, listed.error, skipped, listed.changed, known)


def walk_feed(url: str, fetcher: Fetcher) -> Iterator[Listed]:
    """List the pages of a feed: RSS, Atom, or a page that names its feed.

    Parameters:
        url: of the feed or page.
        fetcher: fetches it.

    Yields:
        its entries in their order; an entry with an error where the feed itself cannot be had (MB111, MB120) or is none
        (MB150).
    """
    try:
        raw = fetcher.fetch(url, most=LARGEST)
        if _is_page(raw) and (named := _feed_of(raw)):
            raw = fetcher.fetch(named, most=LARGEST)
        yield from _entries(raw, url)
    except MinberError as error:
        yield Listed(url, error=error)


def walk_sitemap(url: str, fetcher: Fetcher, since: dt.date | None = None) -> Iterator[Listed]:
    """List the pages of a sitemap, of an index of sitemaps, or of a site whose robots.txt names some.

    Pages of other sites are left out, as the protocol has it (https://www.sitemaps.org/protocol.html).

    Parameters:
        url: of the sitemap (XML, text, packed with gzip, or a feed), or of a site's front page.
        fetcher: fetches it.
        since: sitemaps that did not change since that day are not fetched.

    Yields:
        its pages in their order; one with an error where a sitemap cannot be had (MB111, MB112, MB120) or is none
        (MB151).
    """
    url, error = _address("", url)
    if error is not None:
        yield Listed(url, origin="sitemap", error=error)
        return
    parts = urlsplit(url)
    start = [url]
    if parts.path in ("", "/") and not parts.query:
        try:
            start = fetcher.robots_of(url).sitemaps or [urljoin(url, "/sitemap.xml")]
        except MinberError as problem:
            yield Listed(url, origin="sitemap", error=problem)
            return
    waiting = [(_address(url, place)[0], 0) for place in reversed(start)]
    seen: set[str] = set()
    while waiting:
        place, depth = waiting.pop()
        if place in seen or len(seen) >= _MOST_FILES:
            continue
        seen.add(place)
        try:
            further: list[str] = []
            for name, listed in _read_sitemap(place, fetcher):
                if listed.error is not None:
                    yield listed
                elif not _same_site(listed.url, url):
                    continue
                elif name == "url":
                    yield listed
                elif depth < _DEEPEST and not listed.older_than(since):
                    further.append(listed.url)
            waiting += [(inner, depth + 1) for inner in reversed(further)]
        except MinberError as problem:
            yield Listed(place, origin="sitemap", error=problem)


def _read_sitemap(place: str, fetcher: Fetcher) -> Iterator[tuple[str, Listed]]:
    """Pages (``url``) and further sitemaps (``sitemap``) of one file."""
    raw = fetcher.fetch(place, most=LARGEST)
    data = _unpacked(raw.data, place)
    start = data[:_START].lstrip(b"\xef\xbb\xbf \t\r\n")
    if _FEED.search(start):
        yield from (("url", listed._replace(origin="sitemap")) for listed in _entries(raw, place))
    elif start.startswith(b"<"):
        yield from _elements(data, place)
    else:
        lines = [line.strip() for line in data.decode("utf-8", errors="replace").splitlines() if line.strip()]
        if not lines or not all(re.match(r"https?://\S+$", line) for line in lines[:10]):
            raise MinberError("MB151", place, problem="it is neither XML nor a list of addresses")
        for line in lines:
            if line.startswith("http"):
                address, error = _address(place, line)
                yield "url", Listed(address, origin="sitemap", error=error)


def _elements(data: bytes, place: str) -> Iterator[tuple[str, Listed]]:
    """The entries of an XML sitemap, one by one; entities are not followed and nothing else is fetched."""
    from lxml import etree

    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    known = False
    try:
        for _, element in etree.iterparse(io.BytesIO(data), events=("end",), **options):
            name = _name(element)
            known = known or name in ("urlset", "sitemapindex", "url", "sitemap")
            if name not in ("url", "sitemap"):
                continue
            texts = {_name(inner): (inner.text or "").strip() for inner in element.iter() if isinstance(inner.tag, str)}
            if texts.get("loc"):
                changed = _moment(texts.get("lastmod", ""))
                published = _moment(texts.get("publication_date", ""))
                day = published.date() if published else None
                address, broken = _address(place, texts["loc"])
                yield name, Listed(address, day, changed, "sitemap", broken)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise MinberError("MB151", place, problem=f"it is broken: {str(error).splitlines()[0]}") from error
    if not known:
        raise MinberError("MB151", place, problem="it is XML or HTML of another kind")


def _name(element: object) -> str:
    tag = getattr(element, "tag", "")
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _entries(raw: Raw, url: str) -> Iterator[Listed]:
    import feedparser

    data = _unpacked(raw.data, url)
    if not _FEED.search(data[:_START]):
        raise MinberError("MB150", url, problem="it is XML, HTML or text of another kind")
    if _nesting(data) > _NESTED:
        raise MinberError("MB150", url, problem=f"its elements are nested more than {_NESTED} deep")
    headers = {"content-type": raw.media_type or "application/xml", "content-location": raw.uri}
    found = feedparser.parse(io.BytesIO(data), response_headers=headers)
    if not found.entries and (found.get("bozo") or not found.get("version")):
        problem = str(found.get("bozo_exception") or "it lists no entries").splitlines()[0][:200]
        raise MinberError("MB150", url, problem=problem)
    for entry in found.entries:
        if not entry.get("link"):
            continue
        address, error = _address(raw.uri, entry["link"])
        if error is not None:
            yield Listed(address, error=error)
            continue
        if urlsplit(address).scheme not in ("http", "https"):
            continue
        # dict.get, since an entry's own says of what was only published that it was updated then
        published, updated = (_point(dict.get(entry, name)) for name in ("published_parsed", "updated_parsed"))
        yield Listed(canonical_url(address), published.date() if published else None, updated)


def _address(base: str, link: str) -> tuple[str, MinberError | None]:
    """The whole address that a link means; what is none stays as it is, with the error."""
    try:
        address = urljoin(base, link)
        canonical_url(address)  # which looks at the port too
    except ValueError as error:
        return link, MinberError("MB111", link, problem=f"it is no address ({error})")
    return address, None


def _point(parsed: time.struct_time | None) -> dt.datetime | None:
    """A moment as feedparser gives it; None for a year that is none, such as 0."""
    try:
        return dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC) if parsed else None
    except (ValueError, OverflowError):
        return None


def _nesting(data: bytes) -> int:
    """How deep elements are nested at most."""
    depth = deepest = at = 0
    endless: set[bytes] = set()  # what nothing closes any more; to look for its end each time would be quadratic
    while tag := _TAG.search(data, at):
        at = tag.end()
        if tag[0] in _CLOSED_BY:
            end = -1 if tag[0] in endless else data.find(_CLOSED_BY[tag[0]], at)
            if end < 0:
                endless.add(tag[0])
            else:
                at = end + len(_CLOSED_BY[tag[0]])
            continue
        depth += -1 if tag[1] else 0 if tag[2] else 1
        deepest = max(deepest, depth)
        if deepest > _NESTED:
            break
    return deepest


def _is_page(raw: Raw) -> bool:
    return bool(re.search(rb"<(?:!doctype\s+html|html)[\s>]", raw.data[:_START], re.IGNORECASE))


def _feed_of(raw: Raw) -> str | None:
    """The feed that a page names as its own."""
    from lxml import etree

    parser = etree.HTMLParser(recover=True, no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(raw.data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    for link in tree.iter("link") if tree is not None else ():
        kind, rel = (link.get("type") or "").lower(), (link.get("rel") or "").lower().split()
        if "alternate" in rel and kind in ("application/rss+xml", "application/atom+xml") and link.get("href"):
            return _address(raw.uri, link.get("href"))[0]
    return None


def _unpacked(data: bytes, place: str) -> bytes:
    """Unpack gzip, whatever the name says; a small file may be an enormous one."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        out = gzip.GzipFile(fileobj=io.BytesIO(data)).read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:  # damaged, cut off, broken inside
        raise MinberError("MB151", place, problem="it is a damaged gzip file") from error
    if len(out) > LARGEST:
        raise too_large(place, None, LARGEST)
    return out


def _moment(text: str) -> dt.datetime | None:
    """A W3C date, in any precision from the day up; UTC where it says no zone."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _same_site(url: str, other: str) -> bool:
    """Whether two addresses are of one site, with or without «www»."""
    hosts = [(urlsplit(one).hostname or "").lower().removeprefix("www.") for one in (url, other)]
    return urlsplit(url).scheme in ("http", "https") and hosts[0] == hosts[1]
