"""Which pieces of a source are to be read, and which the corpus has already.

The catalogue is consulted twice: before a piece is read, by its address and bytes; and when its documents are known, so
that each gets the id under which the corpus knows it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.ingest.documents import Options, Read
from corpus.ingest.identity import FIELDS, Catalogue, Known
from corpus.ingest.opened import Left
from corpus.ingest.outcome import Outcome
from corpus.ingest.reading import Raw, Reader
from corpus.ingest.renumbered import Renumbered
from corpus.ingest.sources import Location, opened
from corpus.ingest.stated import Sidecar, with_statements
from corpus.ingest.unpack import Piece, unpack
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.ingest.fetch import Fetcher


@dataclass(frozen=True, slots=True)
class Task:
    """Bytes for a reader.

    Attributes:
        raw: the bytes.
        sha256: of them.
        reader: name of the reader.
        fetched: they came from the network, slowly.
    """

    raw: Raw
    sha256: str
    reader: str
    fetched: bool = False


@dataclass(frozen=True, slots=True)
class Planner:
    """Finds what there is to read in sources, and what the corpus has of it.

    Attributes:
        options: what the user says.
        forced: the reader that they named.
        catalogue: the documents of the corpus.
        raw_of: gives the bytes with a SHA-256 that the corpus keeps.
        sidecar: what the user states about single documents.
        told: files beside sources and sources that failed: each is told once.
    """

    options: Options
    forced: Reader | None
    catalogue: Catalogue
    raw_of: Callable[[str], bytes]
    sidecar: Sidecar | None = None
    told: set[str] = field(default_factory=set)

    def tasks(self, location: Location, fetcher: Fetcher | None) -> Iterator[Task | Outcome]:
        """Open a location and give its pieces, one by one.

        Parameters:
            location: from ``locate``.
            fetcher: for URLs.

        Yields:
            what is to be read; what needs no reading or failed, as outcomes.
        """
        if location.skipped or (self.sidecar is not None and self.sidecar.is_file(location.path)):
            yield Outcome(location.uri, "skipped")
            return

        def pieces() -> Iterator[Piece]:
            options = self.options
            with opened(location, options.max_size, fetcher, options.choices, options.encoding) as source:
                yield from unpack(source, self.forced)

        def digests() -> dict[str, str]:
            found = (piece[0] for piece in pieces() if not isinstance(piece, Left))
            return {raw.uri: hashlib.sha256(raw.data).hexdigest() for raw in found if raw.numbered}

        rows = Renumbered(self.catalogue, self.raw_of, digests)
        try:
            for piece in pieces():
                if isinstance(piece, Left):
                    told_once = piece.error is not None and (piece.beside or piece.uri == location.uri)
                    if told_once and not self._is_news(piece.uri):
                        continue
                    yield Outcome(piece.uri, "failed" if piece.error else "skipped", error=piece.error)
                else:
                    yield self._task(*piece, rows, fetched=location.path is None)
        except MinberError as error:
            if self._is_news(location.uri):
                yield Outcome(location.uri, "failed", error=error)

    def _is_news(self, uri: str) -> bool:
        """Whether the failure of a file was not told yet: it may be a source, and stand beside others."""
        if uri in self.told and uri.startswith("file:"):
            return False
        self.told.add(uri)
        return True

    def settle(self, read: Read) -> Read | Outcome:
        """Give a document the id that the corpus knows it by, and take note of it; tell duplicates within this run."""
        document, source = read.document, read.document.source
        known = self.catalogue.at(source.uri) if read.same_as is None else self.catalogue.by_id.get(read.same_as)
        if known is None and source.uri.startswith("file:") and read.same_as is None:
            for twin in self.catalogue.with_bytes(source.sha256):
                if _same_part(source.uri, twin.uri, read.numbered):
                    return Outcome(source.uri, "duplicate", twin.id, reader=twin.reader)
        if known is not None and known.id != document.id:
            document = document.model_copy(update={"id": known.id})
        if self.sidecar is not None and (stated := self.sidecar.of_document(document.id)):
            document = stated.applied(document)
        values = (document.source.publisher if name == "publisher" else getattr(document, name) for name in FIELDS)
        how = sys.intern(document.origins.get("reader", ""))
        reader = sys.intern(source.reader)
        docvars = json.dumps(document.docvars) if self.sidecar is not None else None
        self.catalogue.add(Known(document.id, source.uri, source.sha256, reader, tuple(values), how, docvars))
        return read._replace(document=document)

    def unused(self) -> Outcome | None:
        """What the sidecar states of nothing that was read."""
        if self.sidecar is None or not (unused := self.sidecar.unused()):
            return None
        place = str(self.sidecar.path)
        problem = f"nothing that was read is called {', '.join(unused[:5])}{' …' if len(unused) > 5 else ''}"
        return Outcome(place, "failed", error=MinberError("MB149", place, problem=problem))

    def _task(self, raw: Raw, reader: Reader, rows: Renumbered, *, fetched: bool) -> Task | Outcome:
        try:
            raw = with_statements(raw, self.sidecar)
        except MinberError as error:
            return Outcome(raw.uri, "failed", error=error)
        sha256 = hashlib.sha256(raw.data).hexdigest()
        if raw.numbered:
            if moved := rows.moved(raw, sha256):
                return Outcome(raw.uri, "unchanged", moved.id, reader=moved.reader)
            if (same_as := rows.corrected(raw, sha256)) is not None:
                raw = dataclasses.replace(raw, known={**raw.known, "same_as": same_as})
                return Task(raw, sha256, reader.name, fetched)
        known = self._known(raw, sha256, reader)
        if known is None or (
            self.sidecar is not None and not self.sidecar.agrees(self.catalogue.by_id[known.id or ""])
        ):
            return Task(raw, sha256, reader.name, fetched)
        return known

    def _known(self, raw: Raw, sha256: str, reader: Reader) -> Outcome | None:
        """Whether these bytes were read already, by this version of the reader and with what the user says now."""
        stated = raw.known.get("stated", ())  # the stronger first
        given = {name: value for one in reversed(stated) for name, value in one.fields.items()} | self.options.given()
        # What names of files tell beside the fields is known by the address and the choices.
        docvars: Mapping[str, object] = next((one.docvars for one in stated if one.origin == "sidecar"), {})
        how = str(self.options.choices)

        def settled(known: Known) -> bool:
            return known.says(given, docvars) and known.reader == reader.id and known.how == how

        here = self.catalogue.at(raw.uri)
        if here is not None:
            same = here.sha256 == sha256 and settled(here)
            return Outcome(raw.uri, "unchanged", here.id, reader=here.reader) if same else None
        for known in self.catalogue.with_bytes(sha256):
            if raw.part is not None and _same_part(raw.uri, known.uri, raw.numbered):
                return Outcome(raw.uri, "duplicate", known.id, reader=known.reader)
            if "#" in known.uri:  # one of several documents in these bytes; a killed run may have left others out
                return None
            # A page's identity is its canonical URL, so that saved copies may move; else it is the same file elsewhere.
            page = known.uri.startswith("http")
            if page and settled(known):
                return Outcome(known.uri, "unchanged", known.id, reader=known.reader)
            if not page:
                return Outcome(raw.uri, "duplicate", known.id, reader=known.reader)
        return None


def _same_part(uri: str, other: str, numbered: bool) -> bool:
    """Whether two addresses name the same part of the same bytes; numbered rows only in tables of the same name."""
    (base, _, part), (twin, _, twin_part) = uri.partition("#"), other.partition("#")
    return part == twin_part and (not numbered or base.rpartition("/")[2] == twin.rpartition("/")[2])
