"""What was fetched before, so that a page that did not change is not fetched again (RFC 9110: ETag, Last-Modified)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from schemas.errors import MinberError
from schemas.tables import UTC

if TYPE_CHECKING:
    from corpus.store import Corpus

TABLE = "fetched"
_TYPES: dict[str, Any] = {
    "url": pl.String,
    "etag": pl.String,
    "modified": pl.String,
    "sha256": pl.String,  # of the bytes, which the corpus keeps
    "media_type": pl.String,
    "charset": pl.String,
    "at": UTC,
}
SCHEMA = pl.Schema(_TYPES)
"""One row an address that answered with a page."""


class Page(NamedTuple):
    """An address that was fetched, and what its server said of the page."""

    url: str
    etag: str | None
    modified: str | None
    sha256: str
    media_type: str | None
    charset: str | None
    at: dt.datetime


class Memory:
    """The pages that a corpus has fetched.

    Parameters:
        pages: what is known.
        raw: gives the bytes with a SHA-256, or raises MB201.
    """

    def __init__(self, pages: dict[str, Page] | None = None, raw: Callable[[str], bytes] | None = None) -> None:
        self._pages = pages or {}
        self._raw = raw
        self._fresh: dict[str, Page] = {}

    @classmethod
    def of(cls, corpus: Corpus) -> Memory:
        """What a corpus remembers."""
        rows = corpus.table(TABLE, SCHEMA).select(SCHEMA.names()).collect().iter_rows()
        pages = (Page(*row) for row in rows)
        return cls({page.url: page for page in pages}, corpus.raw)

    def page(self, url: str) -> tuple[Page, bytes] | None:
        """What was fetched from an address, with its bytes; None where either is gone."""
        page = self._pages.get(url)
        if page is None or self._raw is None:
            return None
        try:
            return page, self._raw(page.sha256)
        except MinberError:
            return None

    def note(self, page: Page) -> None:
        """Remember a page that was fetched; it is stored by :meth:`store`."""
        self._pages[page.url] = self._fresh[page.url] = page

    def store(self, corpus: Corpus) -> None:
        """Write down what was fetched since the last call; to be called once its documents are stored."""
        if self._fresh:
            corpus.upsert(TABLE, pl.DataFrame(list(self._fresh.values()), schema=SCHEMA, orient="row"), ["url"], SCHEMA)
            self._fresh = {}
