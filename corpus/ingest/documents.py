"""One source → its documents: read, made canonical, described; no store needed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from corpus.ingest.canonical import canonical
from corpus.ingest.choices import Choices
from corpus.ingest.describe import describe
from corpus.ingest.identity import canonical_url, new_id
from corpus.ingest.reading import Mark, Raw, Reader, Reading
from corpus.ingest.sources import MAX_SIZE
from schemas.document import Document, Source
from schemas.errors import MinberError


@dataclass(frozen=True, slots=True)
class Options:
    """What the user says about all sources of one call; it outweighs what pages say.

    Attributes:
        reader: name of the reader to use, whatever the file looks like.
        lang, speaker, date, kind, version_of: metadata of every document.
        encoding: of the files, if they do not tell it rightly.
        max_size: bytes; larger sources are refused.
        workers: processes that read.
        delay: seconds between two requests to one host.
        feeds, sitemaps: addresses whose pages are walked through, after the sources.
        since: what appeared before that day is left out.
        choices: the form of tables, file names and transcripts.
        sidecar: a file that states what single documents are.
        country: ISO 3166 code of the corpus, whose president «the president» is where a source says nothing else.
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
    delay: float = 1.0
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    since: dt.date | None = None
    choices: Choices = field(default_factory=Choices)
    sidecar: Path | None = None
    country: str | None = None

    def given(self) -> dict[str, Any]:
        """The metadata that the user has set."""
        names = ("lang", "speaker", "date", "kind", "version_of")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


class Read(NamedTuple):
    """A document, the raw bytes that the corpus keeps of it, and what the source marks in it.

    Attributes:
        numbered: it is a row of a table and known by its number.
        same_as: id of the document that it is known to be; "" if it is a new one although one came from its place.
        seconds: that reading it took.
    """

    document: Document
    data: bytes
    marks: list[Mark]
    numbered: bool = False
    same_as: str | None = None
    seconds: float = 0.0


def read_documents(
    raw: Raw, sha256: str, reader: Reader, options: Options, languages: tuple[str, ...]
) -> Iterator[Read | MinberError]:
    """Read the documents of a source, with a new id each; no store needed.

    Parameters:
        raw: the source.
        sha256: of its bytes.
        reader: what reads it.
        options: what the user says.
        languages: of the corpus.

    Yields:
        documents, the raw bytes of each, and what the source marks in it; of several documents in a source, an error
        for each that cannot be had: MB104 no text, MB117 a language that cannot be told.

    Raises:
        MinberError: MB104 to MB108 what the reader refuses.
    """
    if reader.read is None:
        raise MinberError("MB140", raw.place, depth=0)
    for reading in reader.read(raw):
        try:
            yield _document(reading, raw, sha256, reader, options, languages)
        except MinberError as error:
            yield error


def _document(
    reading: Reading, raw: Raw, sha256: str, reader: Reader, options: Options, languages: tuple[str, ...]
) -> Read:
    text = canonical(reading.text)
    if reading.marks and text != reading.text:
        raise ValueError("a reader marked places in a text that is not canonical")
    reading.text = text
    place = raw.place if reading.part is None else f"{raw.place}#{reading.part}"
    if not reading.text.strip():
        raise MinberError("MB104", place, what="nothing is left of the text")
    for name, value in options.given().items():
        if name != "version_of":
            setattr(reading, name, value)
        reading.origins[name] = "user"
    for stated in raw.known.get("stated", ()):
        stated.apply(reading)
    if options.speaker is not None and options.kind is None:
        reading.kind, reading.origins["kind"] = "transcript", "user"  # only a transcript has one speaker
    if str(raw.choices):
        reading.origins["reader"] = str(raw.choices)
    lang = _language(reading, place, languages)
    reading.country = reading.country or options.country
    describe(reading, lang, raw.name, raw.retrieved if raw.uri.startswith("http") else None)
    if listed := raw.known.get("listed"):
        reading.set("date", *listed)
    for name, (value, origin) in reading.fallback.items():
        reading.set(name, value, origin)
    if reading.title is None and raw.name:
        reading.set("title", raw.name.rpartition(".")[0] or raw.name, "file name")
    data = reading.data if reading.data is not None else raw.data
    digest = sha256 if reading.data is None else hashlib.sha256(data).hexdigest()
    url = canonical_url(reading.url) if reading.url else raw.uri if raw.uri.startswith("http") else None
    if url == raw.uri and "uri_origin" in raw.known:
        reading.origins["url"] = raw.known["uri_origin"]
    uri = url or raw.uri
    if reading.part is not None:
        uri = f"{uri}#{reading.part}"
    row = None if url else raw.part  # a page is known by its address, wherever it was listed
    part = "#".join(name for name in (row, reading.part) if name is not None) or None
    document = Document(
        id=new_id(url, raw.name, reading.title, sha256, part),
        lang=lang,
        title=canonical(reading.title) if reading.title else None,
        date=reading.date,
        kind="transcript" if reading.kind == "transcript" else "report",
        speaker=reading.speaker,
        occasion=reading.occasion,
        place=reading.place,
        alternates={code: link for code, link in sorted(reading.alternates.items()) if code != lang and link != uri},
        docvars=reading.docvars,
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
    return Read(document, data, reading.marks, raw.numbered, raw.known.get("same_as"))


def _language(reading: Reading, place: str, languages: tuple[str, ...]) -> str:
    """The user's word, else the text's own letters and words, else what the page states."""
    from corpus.ingest.language import detect, sure

    if reading.lang and (reading.lang_is_sure or reading.origins.get("lang") in ("user", "sidecar", "file name")):
        return reading.lang
    lang, probability = detect(reading.text, languages)
    if reading.lang and (lang is None or (not sure(probability) and reading.lang in languages)):
        return reading.lang
    if lang is None:
        raise MinberError("MB117", place)
    reading.lang = lang
    reading.origins["lang"] = "text"
    return lang
