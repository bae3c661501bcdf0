"""TEI, ``tei@1``: plain texts, and transcripts as Parla-CLARIN and ParlaMint write them.

Of a transcript, each speech is a document with its speaker (``--tei-unit session``: the whole session). Notes, cries
and applause stay where they stand and are marked, so that they are counted as nobody's words; who speaks is metadata.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from corpus.ingest.formats.package import xml_root
from corpus.ingest.formats.rows import parsed
from corpus.ingest.formats.tei_header import (
    NS,
    XML,
    People,
    Session,
    name_of,
    people_in,
    session_of,
    text_of,
)
from corpus.ingest.formats.tei_text import NOTES, Written, label_of, note_text, write
from corpus.ingest.opened import Left, Opened, too_large
from corpus.ingest.reading import Docvar, Raw, Reader, Reading
from schemas.errors import MinberError

_INCLUDE = "{http://www.w3.org/2001/XInclude}include"
_SPEECHES = ("u", "sp")
_ORIGIN = "TEI header"
_NEIGHBOURS = 2000  # files of a folder that are looked at
_LARGEST_LIST = 64 * 1024 * 1024
_START = rb"(?:\xef\xbb\xbf)?\s*(?:<[?!].*?>\s*)*<(?:\w+:)?"
_CORPUS = re.compile(_START + rb"teiCorpus\b", re.DOTALL)
_TEI = re.compile(_START + rb"(?:TEI|teiCorpus)\b", re.DOTALL)
_LONGEST_NAME = 60


def parts(source: Opened) -> Iterator[Raw | Left]:
    """Give a text, or, of a corpus whose texts lie in files of their own, each of them.

    Who the speakers are stands in the corpus's own file; it is looked for beside the text and one folder above it.

    Parameters:
        source: the file.

    Yields:
        texts for `read`; files that are named and cannot be had as errors, and lists of persons that cannot be read.

    Raises:
        MinberError: MB131, MB135 not well-formed XML, or one with entities.
    """
    raw = source.whole()
    root = xml_root(raw.data, source.place)
    people = people_in(root)
    places = [element.get("href") or "" for element in root.iter(_INCLUDE)]
    has_text = any(_has_words(body) for body in root.iter(f"{NS}body"))
    if not has_text and not places:
        yield Left(source.uri)  # a list of persons or of terms, which goes with a corpus
    if has_text:
        if not people.persons and source.path is not None:
            listed, unread = _neighbours(source.path, max(_LARGEST_LIST, source.max_size))
            people = people | listed
            yield from unread
        yield source.raw(raw.data, known={**source.known, "people": people})
    if source.path is None:
        return
    for place in places:
        yield from _included(source, place, people)


def _has_words(body: Any) -> bool:
    if any(True for _ in body.iter(*(NS + name for name in _SPEECHES))):
        return True
    out = Written()
    write(body, out)
    return bool(_own_words(out))


def _included(source: Opened, place: str, people: People) -> Iterator[Raw | Left]:
    from corpus.ingest.sources import Location, opened

    folder = source.path.parent.resolve() if source.path is not None else Path()
    path = (folder / place).resolve()
    if not path.is_relative_to(folder) or ":" in place:
        what = "a path that leads out of the folder"
        yield Left(f"{source.uri}#{place}", MinberError("MB143", source.place, name=place, what=what))
        return
    try:
        with opened(Location(path.as_uri(), path), source.max_size, choices=source.choices) as text:
            data = text.whole().data
            if NS[1:-1].encode() in data[:4096] and b"<text" in data:  # others hold lists of persons and of terms
                yield text.raw(data, known={**source.known, "people": people})
    except MinberError as error:
        yield Left(path.as_uri(), error)


def read(raw: Raw) -> Iterator[Reading]:
    """Read one TEI file.

    Parameters:
        raw: its bytes; ``raw.known["people"]``: the speakers that another file lists.

    Yields:
        a reading for each speech, session or text.

    Raises:
        MinberError: MB131, MB135 not well-formed XML, or one with entities; MB104 no text inside.
    """
    root = xml_root(raw.data, raw.place)
    people = people_in(root) | raw.known.get("people", People())
    texts = [root] if name_of(root) == "TEI" else list(root.iter(f"{NS}TEI"))
    empty = True
    for number, tei in enumerate(texts, 1):
        session = session_of(tei)
        prefix = "" if len(texts) == 1 else f"{session.id or number}/"
        for reading in _texts(tei, session, people, raw):
            empty = False
            reading.part = f"{prefix}{reading.part}" if reading.part else (prefix.rstrip("/") or None)
            yield reading
    if empty:
        raise MinberError("MB104", raw.place, what="this TEI file holds none")


def _texts(tei: Any, session: Session, people: People, raw: Raw) -> Iterator[Reading]:
    text = tei.find(f"{NS}text")
    body = text.find(f".//{NS}body") if text is not None else None
    if body is None:
        return
    speeches = any(True for _ in body.iter(*(NS + name for name in _SPEECHES)))
    if speeches and raw.choices.tei_unit == "speech":
        yield from _speeches(body, session, people)
        return
    out = Written()
    if speeches:
        _session(body, session, people, out)
    else:
        write(body, out, session.lang)
    if out.text.strip():
        yield _reading(out, session)


@dataclass(slots=True)
class _Speech:
    """A speech that is being gathered."""

    element: Any
    out: Written = field(default_factory=Written)
    label: str | None = None
    section: str | None = None


def _speeches(body: Any, session: Session, people: People) -> Iterator[Reading]:
    """Each speech with the notes inside and behind it; those before the first go with the first."""
    current: _Speech | None = None
    waiting: list[Any] = []
    number = 0
    label: str | None = None
    section: str | None = None
    for element in _walk(body):
        name = name_of(element)
        if name in _SPEECHES:
            if current is not None:
                yield from _speech(current, number, session, people)
            number += 1
            current = _Speech(element, label=label or text_of(element.find(f"{NS}speaker")) or None, section=section)
            label = None
            for note in waiting:
                current.out.line([(note_text(note, session.lang), label_of(note))])
            waiting = []
            _write_speech(current, session)
        elif name == "head":
            section = text_of(element) or section
        elif name == "note" and element.get("type") == "speaker":
            label = text_of(element)
        elif current is None:
            waiting.append(element)
        else:
            current.out.line([(note_text(element, session.lang), label_of(element))])
    if current is not None:
        yield from _speech(current, number, session, people)


def _walk(element: Any) -> Iterator[Any]:
    """Speeches, headings and notes in their order; not what is inside them."""
    for child in element:
        name = name_of(child)
        if name in _SPEECHES or name in NOTES or name == "head":
            yield child
        elif name and not name.startswith("list"):
            yield from _walk(child)


def _write_speech(speech: _Speech, session: Session) -> None:
    inner = next(iter(speech.element), None)
    if inner is not None and name_of(inner) == "note" and inner.get("type") == "speaker":
        speech.label = text_of(inner)
        speech.element.remove(inner) if not (inner.tail or "").strip() else None
    write(speech.element, speech.out, session.lang)


def _speech(speech: _Speech, number: int, session: Session, people: People) -> Iterator[Reading]:
    words = _own_words(speech.out)
    if not words:
        return
    element = speech.element
    reading = _reading(speech.out, session, parsed("lang", element.get(f"{XML}lang")))
    about = _about(element, speech.label, session, people)
    reading.set("speaker", about.pop("speaker", None), about.pop("origin", _ORIGIN))
    reading.set("kind", "transcript", _ORIGIN)
    if speech.section:
        about["section"] = speech.section
    reading.docvars |= {name: value for name, value in about.items() if value}
    reading.part = element.get(f"{XML}id") or f"u{number}"
    yield reading


def _own_words(out: Written) -> str:
    """The text without what is marked: a speech of nothing but applause is none."""
    kept, position = [], 0
    for mark in sorted(out.marks, key=lambda mark: mark.start):
        kept.append(out.text[position : mark.start])
        position = mark.end
    return "".join([*kept, out.text[position:]]).strip()


def _session(body: Any, session: Session, people: People, out: Written) -> None:
    """The whole session: speeches are quotations of their speakers, all else is marked."""
    for element in _walk(body):
        name = name_of(element)
        if name not in _SPEECHES:
            label = "heading" if name == "head" else label_of(element)
            out.line([(note_text(element, session.lang), label)])
            continue
        speech = _Speech(element, out)
        start = len(out.text)
        _write_speech(speech, session)
        about = _about(element, speech.label, session, people)
        about.pop("origin", None)
        out.mark("quote", "direct", start, {name: value for name, value in about.items() if value})


def _about(element: Any, label: str | None, session: Session, people: People) -> dict[str, Any]:
    """Who speaks a speech, and as what."""
    who = (element.get("who") or "").split(" ")[0].rpartition("#")[2]
    person = people.persons.get(who)
    about: dict[str, Any] = {"speaker_id": who}
    role = (element.get("ana") or "").split(" ")[0].lstrip("#")
    if role:
        about["role"] = role
    if label:
        about["speaker_label"] = label
    if person is not None:
        about |= {"speaker": person.name, "sex": person.sex, "party": people.party(person, session.date) or ""}
    elif label and (name := _plain_name(label, who)):
        about |= {"speaker": name, "origin": "TEI note"}
    elif who and not who.lower().startswith("unknown"):
        about |= {"speaker": re.sub(r"(?<=[^\W\d_])[._](?=[^\W\d_])", " ", who), "origin": "TEI who"}
    return about


def _plain_name(label: str, who: str) -> str | None:
    """A name as a stenographer writes it before a speech: without colon and title, not in capitals.

    The speaker's id often is their name, and so tells which words of «PREDSEDNIK JANEZ MEŽAN:» are.
    """
    name = label.strip(" :.–-—_")
    words = [word for word in re.findall(r"[^\W\d_][\w.'’-]*", name) if word.lower().strip(".") in who.lower()]
    if len(words) > 1:
        name = " ".join(words)
    if not re.search(r"[^\W\d_]", name) or "__" in name or len(name) > _LONGEST_NAME:
        return None
    return name.title() if name.isupper() else name


def _reading(out: Written, session: Session, lang: str | None = None) -> Reading:
    reading = Reading(out.text, marks=out.marks)
    for name in ("title", "date", "publisher", "occasion", "place"):
        reading.set(name, getattr(session, name), _ORIGIN)
    reading.set("lang", lang or session.lang, _ORIGIN)
    reading.lang_is_sure = reading.lang is not None
    docvars: dict[str, Docvar] = {"session": session.id} if session.id else {}
    reading.docvars = docvars
    return reading


def _neighbours(path: Path, largest: int) -> tuple[People, list[Left]]:
    """The speakers that files beside a text list, or those one folder above; and the lists that cannot be read."""
    found, unread = People(), []
    for folder in (path.parent, path.parent.parent):
        try:
            others = _lists(folder, folder.stat().st_mtime_ns)
        except OSError:  # a folder that may not be looked into
            continue
        for other in others:
            if other == path:
                continue
            try:
                listed = _listed(other, other.stat().st_mtime_ns, largest)
            except OSError as error:
                listed = MinberError("MB103", str(other), problem=error.strerror or str(error))
            if isinstance(listed, MinberError):
                unread.append(Left(_uri(other), listed, beside=True))
            else:
                found = found | listed
        if found.persons:
            break
    return found, unread


def _uri(path: Path) -> str:
    return path.resolve().as_uri()


@lru_cache(maxsize=64)
def _lists(folder: Path, _changed: int) -> tuple[Path, ...]:
    """The files of a folder that go with its texts: that of the corpus, and lists of persons and organisations."""
    return tuple(path for path in islice(sorted(folder.glob("*.xml")), _NEIGHBOURS) if _is_list(path))


def _is_list(path: Path) -> bool:
    if re.search(r"list(?:Person|Org)", path.stem, re.IGNORECASE):
        return True
    try:
        with path.open("rb") as file:
            return bool(_CORPUS.match(file.read(2048)))
    except OSError:  # a text that may not be read, or is none: it does not hide the lists
        return False


@lru_cache(maxsize=16)
def _listed(path: Path, _changed: int, largest: int) -> People | MinberError:
    """Who is in a list, or why it cannot be read: kept as well, since every text of the folder asks again."""
    if (size := path.stat().st_size) > largest:
        return too_large(str(path), size, largest)
    try:
        return people_in(xml_root(path.read_bytes(), str(path)))
    except MinberError as error:
        return error


READER = Reader(
    name="tei",
    version=1,
    suffixes=(".tei",),
    media_types=("application/tei+xml",),
    read=read,
    sniff=lambda head: bool(_TEI.match(head)),
    about="TEI, Parla-CLARIN, ParlaMint: one document a speech (--tei-unit)",
    parts=parts,
)
