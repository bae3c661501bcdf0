"""Ingest as a whole: find, read, describe, store, batch by batch; after a kill the same command goes on."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Literal

from corpus.ingest.documents import Options, read_documents
from corpus.ingest.encoding import known_encoding
from corpus.ingest.identity import Catalogue, Known
from corpus.ingest.marks import store_marks
from corpus.ingest.opened import Left
from corpus.ingest.reading import Mark, Raw, Reader
from corpus.ingest.registry import named
from corpus.ingest.sources import Location, locate, opened
from corpus.ingest.unpack import unpack
from schemas.document import Document
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.ingest.fetch import Fetcher
    from corpus.store import Corpus

OutcomeStatus = Literal["added", "revised", "unchanged", "duplicate", "skipped", "failed"]

_BATCH, _LARGEST_BATCH = 64, 1024  # documents a commit: more of them once many are stored, as each costs a commit
_BATCH_BYTES = 8 * 1024 * 1024
_BATCH_SECONDS = 10.0
_SHARD = 16  # sources that travel to a process together
_ROWS = 256  # rows of tables that do
_SHARD_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one source, or of one document in it.

    Attributes:
        uri: where it came from.
        status: ``added``, ``revised`` (other text or metadata than before), ``unchanged``, ``duplicate`` (the same
            bytes are in the corpus under another path), ``skipped`` (in a folder, and no reader takes such files),
            ``failed``.
        id: of the document.
        error: why it failed.
    """

    uri: str
    status: OutcomeStatus
    id: str | None = None
    error: MinberError | None = None


@dataclass(frozen=True, slots=True)
class _Task:
    """Bytes for a reader."""

    raw: Raw
    sha256: str
    reader: str
    fetched: bool = False


@dataclass(slots=True)
class _Shard:
    """Some sources in a row: those that need no reading are outcomes already."""

    number: int
    items: list[_Task | Outcome] = field(default_factory=list)
    size: int = 0

    def full(self) -> bool:
        tasks = [item for item in self.items if isinstance(item, _Task)]
        if tasks and tasks[-1].fetched:
            return True  # pages come slowly: none should wait for others to be stored
        most = _ROWS if tasks and tasks[-1].raw.part is not None else _SHARD
        return len(tasks) >= most or self.size >= _SHARD_BYTES or len(self.items) >= 16 * _SHARD


_Read = tuple[Document, bytes, list[Mark]] | Outcome


def ingest(corpus: Corpus, sources: Iterable[str], options: Options | None = None) -> Iterator[Outcome]:
    """Bring sources into a corpus.

    Work is stored in batches of one commit each; an outcome is only reported once it is on disk. The same call again
    changes nothing; after a kill, it finishes the work. A source that fails never stops the others.

    Parameters:
        corpus: an open corpus.
        sources: paths, folders, globs, or ``-`` for standard input.
        options: what the user says.

    Yields:
        one outcome a source or document, in their order.

    Raises:
        MinberError: MB109 unknown reader, MB119 unknown encoding, MB115 unknown document in ``version_of``.

    Example:
        >>> import tempfile, pathlib
        >>> from corpus.store import init_corpus
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> _ = (folder / "speech.txt").write_text("Құрметті отандастар!\\nБүгін – мереке.", encoding="utf-8")
        >>> opened = init_corpus(folder / "corpus", name="Example")
        >>> [outcome.status for outcome in ingest(opened, [str(folder / "speech.txt")])]
        ['added']
        >>> [outcome.status for outcome in ingest(opened, [str(folder / "speech.txt")])]
        ['unchanged']
    """
    options = options or Options()
    if options.encoding and not known_encoding(options.encoding):
        raise MinberError("MB119", option="encoding", value=options.encoding, expected="a name such as windows-1251")
    forced = named(options.reader) if options.reader else None
    catalogue = Catalogue(corpus.documents, corpus.revisions)
    if options.version_of is not None and options.version_of not in catalogue.by_id:
        raise MinberError("MB115", id=options.version_of)
    languages = corpus.settings.corpus.languages
    batch: list[_Read] = []
    documents = size = stored = 0
    since = time.monotonic()
    for read in _read_all(_shards(sources, options, forced, catalogue), options, languages):
        item = read if isinstance(read, Outcome) else _settle(*read, catalogue)
        batch.append(item)
        if not isinstance(item, Outcome):
            documents += 1
            size += len(item[1]) + len(item[0].text)
        late = time.monotonic() - since > _BATCH_SECONDS
        many = documents >= min(max(_BATCH, stored // 8), _LARGEST_BATCH)
        if late or many or size >= _BATCH_BYTES or len(batch) >= 16 * _BATCH:
            yield from _commit(corpus, batch)
            stored += documents
            batch, documents, size, since = [], 0, 0, time.monotonic()
    yield from _commit(corpus, batch)


def _commit(corpus: Corpus, batch: list[_Read]) -> Iterator[Outcome]:
    read = [item for item in batch if not isinstance(item, Outcome)]
    documents = [(document, data) for document, data, _ in read]
    store_marks(corpus, [(document, marks) for document, _, marks in read])
    stored = iter(corpus.add_documents(documents) if documents else [])
    for item in batch:
        if isinstance(item, Outcome):
            yield item
        else:
            yield Outcome(item[0].source.uri, next(stored).status, item[0].id)


def _shards(sources: Iterable[str], options: Options, forced: Reader | None, catalogue: Catalogue) -> Iterator[_Shard]:
    """Find and load sources; leave out what the corpus has."""
    shard = _Shard(0)
    fetcher: Fetcher | None = None
    for location in locate(sources, any_file=forced is not None):
        if fetcher is None and location.uri.startswith("http"):
            from corpus.ingest.fetch import Fetcher

            fetcher = Fetcher(options.max_size, options.delay)
        for item in _prepare(location, options, forced, catalogue, fetcher):
            shard.items.append(item)
            if isinstance(item, _Task):
                shard.size += len(item.raw.data)
            if shard.full():
                yield shard
                shard = _Shard(shard.number + 1)
    yield shard


def _prepare(
    location: Location, options: Options, forced: Reader | None, catalogue: Catalogue, fetcher: Fetcher | None
) -> Iterator[_Task | Outcome]:
    if location.skipped:
        yield Outcome(location.uri, "skipped")
        return
    try:
        with opened(location, options.max_size, fetcher, options.choices, options.encoding) as source:
            for piece in unpack(source, forced):
                if isinstance(piece, Left):
                    yield Outcome(piece.uri, "failed" if piece.error else "skipped", error=piece.error)
                    continue
                raw, reader = piece
                sha256 = hashlib.sha256(raw.data).hexdigest()
                known = _known(raw, sha256, reader, options, catalogue)
                yield known or _Task(raw, sha256, reader.name, fetched=location.path is None)
    except MinberError as error:
        yield Outcome(location.uri, "failed", error=error)


def _read_all(shards: Iterator[_Shard], options: Options, languages: tuple[str, ...]) -> Iterator[_Read]:
    """Read shards, in this process or in several, and give the results in the order of the sources."""
    from corpus.engine import run

    work = partial(_read_shard, options=options, languages=languages)
    waiting: dict[int, list[_Read]] = {}
    following = 0
    for outcome in run(work, shards, workers=options.workers, describe=_first_uri):
        shard, result = outcome.item, outcome.result
        if result is None:  # a source made the process die; find out which
            result = []
            alone = [_Shard(number, [item]) for number, item in enumerate(shard.items)]
            for single in sorted(run(work, alone, workers=2, describe=_first_uri), key=lambda one: one.item.number):
                result += single.result or [Outcome(_first_uri(single.item), "failed", error=single.error)]
        waiting[shard.number] = result
        while following in waiting:
            yield from waiting.pop(following)
            following += 1


def _first_uri(shard: _Shard) -> str:
    return next((item.raw.place for item in shard.items if isinstance(item, _Task)), "")


def _read_shard(shard: _Shard, options: Options, languages: tuple[str, ...]) -> list[_Read]:
    done: list[_Read] = []
    for item in shard.items:
        if isinstance(item, Outcome):
            done.append(item)
            continue
        uri = item.raw.uri
        try:
            done += read_documents(item.raw, item.sha256, named(item.reader), options, languages)
        except MinberError as error:
            done.append(Outcome(uri, "failed", error=error))
        except Exception as error:  # a reader or library met something nobody foresaw: the others still go on
            problem = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            done.append(Outcome(uri, "failed", error=MinberError("MB114", item.raw.place, problem=problem)))
    return done


def _known(raw: Raw, sha256: str, reader: Reader, options: Options, catalogue: Catalogue) -> Outcome | None:
    """Whether these bytes were read already, by this version of the reader and with what the user says now."""

    def settled(known: Known) -> bool:
        return known.reader == reader.id and all(known.fields[name] == value for name, value in options.given().items())

    here = catalogue.at(raw.uri)
    if here is not None:
        return Outcome(raw.uri, "unchanged", here.id) if here.sha256 == sha256 and settled(here) else None
    for known in catalogue.with_bytes(sha256):
        if "#" in known.uri:  # one of several documents in these bytes; a killed run may have left others out
            return None
        # A page's identity is its canonical URL, so that saved copies may move; else it is the same file elsewhere.
        page = known.uri.startswith("http")
        if page and settled(known):
            return Outcome(known.uri, "unchanged", known.id)
        if not page:
            return Outcome(raw.uri, "duplicate", known.id)
    return None


def _settle(document: Document, data: bytes, marks: list[Mark], catalogue: Catalogue) -> _Read:
    """Give a document the id that the corpus knows it by, and take note of it; tell duplicates within this run."""
    source = document.source
    known = catalogue.at(source.uri)
    if known is None and source.uri.startswith("file:"):
        part = source.uri.partition("#")[2]
        for twin in catalogue.with_bytes(source.sha256):
            if twin.uri.partition("#")[2] == part:
                return Outcome(source.uri, "duplicate", twin.id)
    if known is not None and known.id != document.id:
        document = document.model_copy(update={"id": known.id})
    fields = {name: getattr(document, name) for name in ("lang", "title", "date", "kind", "speaker", "version_of")}
    catalogue.add(Known(document.id, source.uri, source.sha256, source.reader, fields))
    return document, data, marks
