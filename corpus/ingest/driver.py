"""Ingest as a whole: find, read, describe, store, batch by batch; after a kill the same command goes on."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from corpus.ingest.canonical import canonical
from corpus.ingest.describe import describe
from corpus.ingest.identity import Catalogue, Known, canonical_url, new_id
from corpus.ingest.reading import Raw, Reader, Reading
from corpus.ingest.registry import choose, named
from corpus.ingest.sources import MAX_SIZE, Location, load, locate
from schemas.document import Document, Source
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus

OutcomeStatus = Literal["added", "revised", "unchanged", "duplicate", "skipped", "failed"]

_BATCH = 64  # documents a commit
_BATCH_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Options:
    """What the user says about all sources of one call; it outweighs what pages say.

    Attributes:
        reader: name of the reader to use, whatever the file looks like.
        lang, speaker, date, kind, version_of: metadata of every document.
        encoding: of the files, if they do not tell it rightly.
        max_size: bytes; larger sources are refused.
        workers: processes that read.
    """

    reader: str | None = None
    lang: str | None = None
    speaker: str | None = None
    date: dt.date | None = None
    kind: Literal["transcript", "report"] | None = None
    version_of: str | None = None
    encoding: str | None = None
    max_size: int = MAX_SIZE
    workers: int = 1

    def given(self) -> dict[str, Any]:
        """The metadata that the user has set."""
        names = ("lang", "speaker", "date", "kind", "version_of")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


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


@dataclass(slots=True)
class _Batch:
    """Documents to commit together, and the outcomes to report once that has happened."""

    documents: list[tuple[Document, bytes]] = field(default_factory=list)
    outcomes: list[Outcome | None] = field(default_factory=list)  # None: comes from the commit
    uris: list[str] = field(default_factory=list)
    size: int = 0

    def full(self) -> bool:
        return len(self.documents) >= _BATCH or self.size >= _BATCH_BYTES or len(self.outcomes) >= 4 * _BATCH


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
        MinberError: MB109 unknown reader, MB115 unknown document in ``version_of``.

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
    forced = named(options.reader) if options.reader else None
    catalogue = Catalogue(corpus.documents, corpus.revisions)
    if options.version_of is not None and options.version_of not in catalogue.by_id:
        raise MinberError("MB115", id=options.version_of)
    languages = corpus.settings.corpus.languages
    batch = _Batch()
    for location in locate(sources, any_file=forced is not None):
        for outcome, document, data in _treat(location, options, forced, catalogue, languages):
            batch.outcomes.append(outcome)
            if document is not None:
                batch.documents.append((document, data))
                batch.size += len(data) + len(document.text)
        if batch.full():
            yield from _commit(corpus, batch)
            batch = _Batch()
    yield from _commit(corpus, batch)


def _commit(corpus: Corpus, batch: _Batch) -> Iterator[Outcome]:
    stored = iter(corpus.add_documents(batch.documents) if batch.documents else [])
    documents = iter(batch.documents)
    for outcome in batch.outcomes:
        if outcome is not None:
            yield outcome
            continue
        document, _ = next(documents)
        yield Outcome(document.source.uri, next(stored).status, document.id)


_Treated = tuple[Outcome | None, Document | None, bytes]


def _treat(
    location: Location, options: Options, forced: Reader | None, catalogue: Catalogue, languages: tuple[str, ...]
) -> Iterator[_Treated]:
    """Read one source unless it is known; failures become outcomes."""
    if location.skipped:
        yield Outcome(location.uri, "skipped"), None, b""
        return
    try:
        raw = load(location, options.max_size)
        if options.encoding:
            raw = Raw(raw.uri, raw.name, raw.data, raw.retrieved, raw.media_type, options.encoding)
        sha256 = hashlib.sha256(raw.data).hexdigest()
        reader = forced or choose(raw)
        known = _known(raw, sha256, reader, options, catalogue)
        if known is not None:
            yield known, None, b""
            return
        for document, data in read_documents(raw, sha256, reader, options, languages):
            document = _settle(document, catalogue)
            yield None, document, data
    except MinberError as error:
        yield Outcome(location.uri, "failed", error=error), None, b""
    except Exception as error:  # a reader or library met something nobody foresaw: the others still go on
        problem = f"{type(error).__name__}: {error}"[:300]
        yield Outcome(location.uri, "failed", error=MinberError("MB114", location.uri, problem=problem)), None, b""


def _known(raw: Raw, sha256: str, reader: Reader, options: Options, catalogue: Catalogue) -> Outcome | None:
    """Whether these bytes were read already, by this version of the reader and with what the user says now."""

    def settled(known: Known) -> bool:
        return known.reader == reader.id and all(known.fields[name] == value for name, value in options.given().items())

    here = catalogue.at(raw.uri)
    if here is not None:
        return Outcome(raw.uri, "unchanged", here.id) if here.sha256 == sha256 and settled(here) else None
    for known in catalogue.with_bytes(sha256):
        # A page's identity is its canonical URL, so that saved copies may move; else it is the same file elsewhere.
        page = known.uri.startswith("http")
        if page and settled(known):
            return Outcome(known.uri, "unchanged", known.id)
        if not page:
            return Outcome(raw.uri, "duplicate", known.id)
    return None


def _settle(document: Document, catalogue: Catalogue) -> Document:
    """Give a document the id that the corpus knows it by, and take note of it."""
    known = catalogue.at(document.source.uri)
    if known is not None and known.id != document.id:
        document = document.model_copy(update={"id": known.id})
    source = document.source
    fields = {name: getattr(document, name) for name in ("lang", "title", "date", "kind", "speaker", "version_of")}
    catalogue.add(Known(document.id, source.uri, source.sha256, source.reader, fields))
    return document


def read_documents(
    raw: Raw, sha256: str, reader: Reader, options: Options, languages: tuple[str, ...]
) -> Iterator[tuple[Document, bytes]]:
    """Read the documents of a source, with a new id each; no store needed.

    Parameters:
        raw: the source.
        sha256: of its bytes.
        reader: what reads it.
        options: what the user says.
        languages: of the corpus.

    Yields:
        documents and the raw bytes of each.

    Raises:
        MinberError: MB104 to MB108 what the reader refuses; MB117 a language that cannot be told.
    """
    for reading in reader.read(raw):
        reading.text = canonical(reading.text)
        if not reading.text.strip():
            raise MinberError("MB104", raw.uri, what="nothing is left of the text")
        for name, value in options.given().items():
            setattr(reading, name, value) if name != "version_of" else None
            reading.origins[name] = "user"
        lang = _language(reading, raw.uri, languages)
        describe(reading, lang)
        if reading.title is None and raw.name:
            reading.set("title", raw.name.rpartition(".")[0] or raw.name, "file name")
        data = reading.data if reading.data is not None else raw.data
        digest = sha256 if reading.data is None else hashlib.sha256(data).hexdigest()
        url = canonical_url(reading.url) if reading.url else raw.uri if raw.uri.startswith("http") else None
        uri = url or raw.uri
        if reading.part is not None:
            uri = f"{uri}#{reading.part}"
        document = Document(
            id=new_id(url, raw.name, reading.title, sha256, reading.part),
            lang=lang,
            title=canonical(reading.title) if reading.title else None,
            date=reading.date,
            kind="transcript" if reading.kind == "transcript" else "report",
            speaker=reading.speaker,
            version_of=options.version_of,
            source=Source(
                uri=uri,
                publisher=reading.publisher,
                retrieved=raw.retrieved,
                sha256=digest,
                reader=reader.id,
                encoding=reading.encoding,
            ),
            text=reading.text,
            origins={name: origin for name, origin in sorted(reading.origins.items()) if name != "url"}
            | ({"uri": reading.origins["url"]} if "url" in reading.origins else {}),
        )
        yield document, data


def _language(reading: Reading, place: str, languages: tuple[str, ...]) -> str:
    """The user's word, else the text's own letters and words, else what the page states."""
    from corpus.ingest.language import detect, sure

    if reading.origins.get("lang") == "user" and reading.lang:
        return reading.lang
    lang, probability = detect(reading.text, languages)
    if reading.lang and (lang is None or (not sure(probability) and reading.lang in languages)):
        return reading.lang
    if lang is None:
        raise MinberError("MB117", place)
    reading.lang = lang
    reading.origins["lang"] = "text"
    return lang
