"""The stable id of a document, and what the corpus already knows."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from schemas.datafile import read_data

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

_SLUG = 48


@cache
def _romanization() -> dict[int, str]:
    listed = read_data(files("corpus.ingest") / "romanization.yaml")
    return {ord(letter): latin for letter, latin in listed.items()}


def slug(name: str) -> str:
    """Write a name in ASCII letters, digits and hyphens, for people to recognise a document by.

    Parameters:
        name: file stem, title, host and path.

    Returns:
        at most 48 characters, may be empty.

    Example:
        >>> slug("Қасым-Жомарт Тоқаевтың сөзі"), slug("1789-Washington")
        ('qasym-zhomart-toqaevtyn-sozi', '1789-washington')
    """
    latin = unicodedata.normalize("NFC", name).lower().translate(_romanization())
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode("ascii")
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(words) > _SLUG:
        words = words[: _SLUG + 1].rpartition("-")[0] or words[:_SLUG]
    return words[:_SLUG].strip("-")


def canonical_url(url: str) -> str:
    """Write a URL in one way: lower-case host, no default port, no fragment.

    Example:
        >>> canonical_url("HTTPS://Stan.KZ:443/news/1#comments")
        'https://stan.kz/news/1'
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    port = {("http", 80): None, ("https", 443): None}.get((parts.scheme, parts.port or 0), parts.port)
    return urlunsplit((parts.scheme.lower(), f"{host}:{port}" if port else host, parts.path or "/", parts.query, ""))


def new_id(url: str | None, name: str, title: str | None, sha256: str, part: str | None = None) -> str:
    """Make the id of a document that the corpus does not know yet.

    It depends on the canonical URL, or on the raw bytes at first ingest; never on where a file lies.

    Parameters:
        url: canonical URL, if the document has one.
        name: file name; may be empty.
        title: title, used where there is no name.
        sha256: of the raw bytes.
        part: which document of a source that holds several.

    Returns:
        a readable part and ten hexadecimal digits.

    Example:
        >>> new_id(None, "1789-Washington.txt", None, "ab" * 32)
        '1789-washington-ababababab'
    """
    if url:
        parts = urlsplit(url)
        readable = f"{(parts.hostname or '').removeprefix('www.')} {PurePosixPath(parts.path).stem}"
    else:
        readable = PurePosixPath(name).stem or title or ""
    digits = hashlib.sha256(url.encode("utf-8")).hexdigest() if url else sha256
    if part is not None:
        digits = hashlib.sha256(f"{digits}#{part}".encode()).hexdigest()
    return f"{slug(readable) or 'document'}-{digits[:10]}"


FIELDS = ("lang", "title", "date", "kind", "speaker", "occasion", "place", "version_of", "publisher")
"""Metadata that the user may state, and that is compared with what the corpus has."""


class Known(NamedTuple):
    """What the corpus knows of a document: its id, its newest revision's raw bytes and reader, and how it was read.

    Attributes:
        values: of `FIELDS`, in their order; there may be millions of them in memory.
        how: the choices by which it was read.
        docvars: as the table has them; looked up only where a sidecar may state some.
    """

    id: str
    uri: str
    sha256: str
    reader: str
    values: tuple[object, ...]
    how: str = ""
    docvars: str | None = None

    def says(self, fields: Mapping[str, object], docvars: Mapping[str, object]) -> bool:
        """Whether the document has these values of `FIELDS` and these docvars already."""
        own = dict(zip(FIELDS, self.values, strict=True))
        if any(own.get(name) != value for name, value in fields.items()):
            return False
        return not docvars or docvars.items() <= json.loads(self.docvars or "{}").items()


class Catalogue:
    """The documents of a corpus by where they come from, kept up to date during one run.

    Parameters:
        documents: newest revisions.
        revisions: all revisions.
        docvars: whether docvars will be asked about; they take memory.
    """

    def __init__(self, documents: pl.LazyFrame, revisions: pl.LazyFrame, *, docvars: bool = False) -> None:
        import polars as pl

        how = pl.col("origins").str.json_path_match("$.reader").fill_null("").alias("how")
        told = pl.col("docvars") if docvars else pl.lit(None).alias("docvars")
        rows = documents.select("id", "uri", "sha256", "reader", how, told, *FIELDS).collect().iter_rows()
        self.by_id: dict[str, Known] = {}
        self._by_uri: dict[str, str] = {}
        self._shared: dict[str, dict[str | None, None]] = {}  # address → ids, where there are several
        self._by_bytes: dict[str, str | set[str]] = {}  # digest → id, or ids where there are several
        for doc_id, uri, sha256, reader, read_how, own, *values in rows:
            self.add(Known(doc_id, uri, sha256, sys.intern(reader), tuple(values), sys.intern(read_how), own))
        for doc_id, uri, sha256 in revisions.select("id", "uri", "sha256").unique().collect().iter_rows():
            self._by_uri.setdefault(uri, doc_id)
            self._add_bytes(sha256, doc_id)

    def add(self, known: Known) -> None:
        """Take note of a document that was stored, or will be in this batch."""
        self.by_id[known.id] = known
        before = self._by_uri.get(known.uri)
        if before not in (None, known.id):
            self._shared.setdefault(known.uri, {before: None})[known.id] = None
        self._by_uri[known.uri] = known.id
        self._add_bytes(known.sha256, known.id)

    def at(self, uri: str) -> Known | None:
        """The document that came from this place."""
        found = self._by_uri.get(uri)
        return self.by_id.get(found) if found else None

    def all_at(self, uri: str) -> list[Known]:
        """The documents that came from this place at one time or another."""
        return [self.by_id[i] for i in self._shared.get(uri, (self._by_uri.get(uri),)) if i in self.by_id]

    def with_bytes(self, sha256: str) -> list[Known]:
        """The documents that were read from these bytes, in this or an earlier revision."""
        found = self._by_bytes.get(sha256, ())
        return [self.by_id[i] for i in ([found] if isinstance(found, str) else sorted(found)) if i in self.by_id]

    def _add_bytes(self, sha256: str, doc_id: str) -> None:
        found = self._by_bytes.setdefault(sha256, doc_id)
        if isinstance(found, set):
            found.add(doc_id)
        elif found != doc_id:
            self._by_bytes[sha256] = {found, doc_id}
