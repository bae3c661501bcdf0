"""CoNLL-U on its way into a corpus: our own export again, and treebanks of other people.

The text is put together from the words and what stands between them. Of our own, annotations come back from the
comments that begin ``# minber``. Of others, sentences are annotations of ``conllu@1``, and so are quotations,
institutions and quantities that are marked as Minber marks them; word classes and syntax have no place in a corpus.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from corpus.exchange.foreign import Letters, address, foreign_document
from corpus.exchange.intake import Intake
from corpus.exchange.kept import Found, bring_back, read_sheet
from corpus.exchange.registry import Report
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus

READER = "conllu@1"
LAYERS = {"Quote": "quote", "Institution": "institution", "Quantity": "quantity"}
"""Name in the last column → layer."""

_UNESCAPED = {"s": " ", "t": "\t", "n": "\n", "r": "\r", "p": "|", "\\": "\\"}
_ID = re.compile(r"[a-z0-9][a-z0-9._/-]{0,119}")
_LONGEST = 64 * 1024 * 1024
_COLUMNS = 10


@dataclass(slots=True)
class _Page:
    """A document while it is read.

    Attributes:
        line: where it begins.
        parts: pieces of its text.
        length: of them together.
        sentences: place, start, end, id.
        spans: of quotations and the like: place, layer, label, start, end, speaker.
        told: comments of the document.
        rows: annotations from comments.
        problem: why it cannot be had.
    """

    line: int
    parts: list[str] = field(default_factory=list)
    length: int = 0
    sentences: list[tuple[int, int, int, str | None]] = field(default_factory=list)
    spans: list[list[Any]] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    problem: str | None = None

    def add(self, text: str) -> None:
        """Put a piece behind the text."""
        self.parts.append(text)
        self.length += len(text)


def import_conllu(corpus: Corpus, stream: BinaryIO, name: str) -> Report:
    """Read CoNLL-U into a corpus, a document at a time.

    Parameters:
        corpus: the corpus.
        stream: the lines, UTF-8.
        name: of the stream, for messages.

    Returns:
        what came in; a document with a broken line is a failure MB607.

    Raises:
        MinberError: MB608 it is no CoNLL-U; documents before the place named have come in.
    """
    report, seen = Report(), 0
    foreign = False
    with Intake(corpus, report) as intake:
        for page in _pages(_lines(stream, name)):
            seen += 1
            document = page.told.get("newdoc id", "?")
            try:
                if page.problem:
                    raise ValueError(page.problem)
                foreign |= "minber" not in page.told
                _take(intake, page, name, seen)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                intake.fail("MB607", f"{name}:{page.line}", error, document=document)
    if not seen:
        raise MinberError("MB608", name, form="conllu", problem="there is no sentence in it")
    if foreign:
        report.notes.append("word classes, dictionary forms and syntax have no place in a corpus and were left out")
    return report


def _lines(stream: BinaryIO, name: str) -> Iterator[tuple[int, str]]:
    lines = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="\n")
    number = 0
    try:
        while line := lines.readline(_LONGEST):
            number += 1
            if len(line) == _LONGEST:
                raise MinberError("MB608", name, form="conllu", problem=f"line {number} is endless")
            yield number, line
    except UnicodeDecodeError as error:
        problem = f"line {number + 1} or one soon behind it is not UTF-8"
        raise MinberError("MB608", name, form="conllu", problem=problem) from error
    finally:
        lines.detach()


def _pages(lines: Iterator[tuple[int, str]]) -> Iterator[_Page]:
    page: _Page | None = None
    for block, whole in _blocks(lines):
        comments = [line for _, line in block if line.startswith("#")]
        new = any(re.match(r"#\s*newdoc\b", line) for line in comments)
        if page is None or new:
            if page is not None:
                yield page
            page = _Page(block[0][0])
        if not whole:
            page.problem = "the file ends inside of a sentence"
        if page.problem is None:
            try:
                _sentence(page, block)
            except (ValueError, IndexError) as error:
                page.problem = str(error)
    if page is not None:
        yield page


def _blocks(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[list[tuple[int, str]], bool]]:
    """Sentences; whether the last line of each ended."""
    block: list[tuple[int, str]] = []
    ended = True
    for number, line in lines:
        ended = line.endswith("\n")
        plain = line.rstrip("\r\n")
        if plain.strip():
            block.append((number, plain))
        elif block:
            yield block, True
            block = []
    if block:
        yield block, ended


def _sentence(page: _Page, block: list[tuple[int, str]]) -> None:
    """Put a sentence behind the text of its document."""
    sent_id, paragraph = None, False
    for number, line in block:
        if not line.startswith("#"):
            continue
        name, equals, value = line[1:].partition("=")
        name, value = name.strip(), value.strip()
        if name == "sent_id":
            sent_id = value
        elif name == "minber_annotations":
            page.rows += _rows(value, number)
        elif name.startswith("newpar"):
            paragraph = True
        elif equals and not page.sentences and name != "text":
            page.told.setdefault(name, value)
    if paragraph and page.parts:
        page.parts[-1] = page.parts[-1].rstrip(" ")
        page.length = sum(map(len, page.parts))
        page.add("\n\n")
    start, end, covered = None, page.length, 0
    for number, line in block:
        if line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != _COLUMNS:
            raise ValueError(f"line {number} has {len(cells)} columns instead of {_COLUMNS}")
        first, _, last = cells[0].partition("-")
        if "." in first or (not last and int(first) <= covered):
            continue  # a node without words, or a word inside of one that is written as a whole
        covered = int(last) if last else covered
        misc = dict(one.partition("=")[::2] for one in cells[9].split("|")) if cells[9] != "_" else {}
        if before := misc.get("SpacesBefore"):
            page.add(_unescaped(before))
        start = page.length if start is None else start
        begin = page.length
        page.add(cells[1])
        end = page.length
        _mark(page, misc, number, begin, end)
        page.add("" if misc.get("SpaceAfter") == "No" else _unescaped(misc.get("SpacesAfter", " ")))
    if start is not None:
        page.sentences.append((block[0][0], start, end, sent_id))


def _mark(page: _Page, misc: dict[str, str], number: int, begin: int, end: int) -> None:
    for name, layer in LAYERS.items():
        place, _, label = misc.get(name, "").partition("-")
        if place == "B":
            speaker = misc.get(f"{name}Speaker")
            page.spans.append([number, layer, label, begin, end, _unescaped(speaker) if speaker else None])
        elif place == "I":
            for span in reversed(page.spans):
                if span[1] == layer:
                    span[4] = end
                    break


def _rows(value: str, number: int) -> list[dict[str, Any]]:
    try:
        rows = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"line {number}: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"line {number}: it is no list of annotations")
    return rows


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _UNESCAPED.get(found[1], found[0]), text)


def _take(intake: Intake, page: _Page, name: str, seen: int) -> None:
    place, raw = f"{name}:{page.line}", "".join(page.parts)
    told = read_sheet(page.told["minber"]) | {"annotations": page.rows} if "minber" in page.told else None
    if told is not None and told.get("sentences") != len(page.sentences):
        raise ValueError(f"it has {len(page.sentences)} of {told.get('sentences')} sentences")
    if told is None:
        raw = raw.rstrip(" ")
    letters = Letters(raw)
    found = [] if told is not None else _found(intake, page, name, letters)

    def otherwise() -> Any:
        known: dict[str, Any] = {
            key: page.told[key] for key in ("title", "speaker", "occasion", "place", "publisher") if page.told.get(key)
        }
        if re.fullmatch(r"[a-z]{2,3}", page.told.get("lang", "")):
            known["lang"] = page.told["lang"]
        with suppress(ValueError):
            known["date"] = dt.date.fromisoformat(page.told.get("date", ""))
        doc_id = page.told.get("newdoc id", "")
        heads = intake.corpus.heads()["id"]
        if _ID.fullmatch(doc_id) and doc_id in heads:
            known["id"] = doc_id
        languages = intake.corpus.settings.corpus.languages
        uri = address(name, doc_id or str(seen))
        return foreign_document(letters.text, raw.encode(), doc_id or "text", READER, uri, languages, **known)

    intake.add(bring_back(intake, place, told, letters.text, raw.encode(), found, lambda _: (), otherwise, READER))


def _found(intake: Intake, page: _Page, name: str, letters: Letters) -> list[Found]:
    """What other people's lines show."""
    found = []
    shown: list[tuple[int, str, str, int, int, dict[str, Any]]] = [
        (number, "sentence", "sentence", start, end, {"sent_id": sent_id} if sent_id else {})
        for number, start, end, sent_id in page.sentences
    ]
    for number, layer, label, start, end, speaker in page.spans:
        said = {"speaker": speaker, "speaker_id": None} if layer == "quote" else {}
        shown.append((number, layer, label or layer, start, end, said))
    for number, layer, label, start, end, attributes in shown:
        row: dict[str, Any] = {
            "layer": layer,
            "label": label,
            "annotator": READER,
            "origin": "machine",
            "attributes": attributes,
        }
        try:
            row |= {"start": letters.at(start), "end": letters.at(end)}
        except ValueError as error:
            intake.fail("MB606", f"{name}:{number}", error)
            continue
        found.append(Found(f"{name}:{number}", None, row, machine=True))
    return found
