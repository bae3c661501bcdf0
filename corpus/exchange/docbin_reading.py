"""DocBins on their way into a corpus: our own export again, and those that other people made with spaCy.

Of our own, what comes back is what was noted when they were written, and what other components have added since:
entities and groups of spans. Of others, sentences, entities and groups of spans are machine annotations of
``docbin@1``: whether a model or a person gave them is not told.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from corpus.exchange.foreign import Letters, address, foreign_document
from corpus.exchange.intake import Intake
from corpus.exchange.kept import Found, bring_back, read_sheet
from corpus.exchange.registry import Report
from corpus.ingest.formats.package import LARGEST
from schemas.errors import MinberError, problem_of

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from corpus.store import Corpus

READER = "docbin@1"
_RATIO = 200
_PIECE = 1024 * 1024


def import_docbin(corpus: Corpus, stream: BinaryIO, name: str) -> Report:
    """Read a DocBin into a corpus.

    Parameters:
        corpus: the corpus.
        stream: the bytes; they are held in memory, packed.
        name: of the stream, for messages.

    Returns:
        what came in; a Doc that cannot be had is a failure MB607.

    Raises:
        MinberError: MB608 it is no DocBin, MB134 it unpacks to too much.
    """
    report = Report()
    with Intake(corpus, report) as intake:
        for number, doc in enumerate(_docs(stream.read(), name), 1):
            place = f"{name}#{number}"
            try:
                _take(intake, doc, place, name, number)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                intake.fail("MB607", place, error, document=number)
    return report


def _docs(data: bytes, name: str) -> Iterator[Doc]:
    import spacy
    from spacy.tokens import DocBin

    import annotators.context  # noqa: F401 -- declares the attributes of spans

    _refuse_bomb(data, name)
    try:
        yield from DocBin().from_bytes(data).get_docs(spacy.blank("xx").vocab)
    except (MinberError, MemoryError):
        raise
    except Exception as error:  # msgpack, numpy and spaCy raise what they like on broken bytes
        raise MinberError("MB608", name, form="docbin", problem=problem_of(error)) from error


def _refuse_bomb(data: bytes, name: str) -> None:
    unpacked, size, left = zlib.decompressobj(), 0, data
    limit = max(LARGEST, _RATIO * len(data))
    try:
        while left and not unpacked.eof:
            size += len(unpacked.decompress(left, _PIECE))
            left = unpacked.unconsumed_tail
            if size > limit:
                raise MinberError("MB134", name, limit=f"{limit // 1024 // 1024} MB")
    except zlib.error as error:
        raise MinberError("MB608", name, form="docbin", problem=problem_of(error)) from error
    if not unpacked.eof:
        raise MinberError("MB608", name, form="docbin", problem="it ends early")


def _take(intake: Intake, doc: Doc, place: str, name: str, number: int) -> None:
    raw = doc.text
    letters, noted = Letters(raw), doc.user_data.get("minber")
    told = read_sheet(noted) if isinstance(noted, str) else None
    found = list(_found(intake, doc, letters, place, foreign=told is None))

    def otherwise() -> Any:
        languages = intake.corpus.settings.corpus.languages
        return foreign_document(letters.text, raw.encode(), "docbin", READER, address(name, str(number)), languages)

    intake.add(bring_back(intake, place, told, letters.text, raw.encode(), found, lambda _: (), otherwise, READER))


def _found(intake: Intake, doc: Doc, letters: Letters, place: str, *, foreign: bool) -> Iterator[Found]:
    """Sentences, entities, and groups of spans that are not ours."""
    from annotators.records import GROUPS

    shown: list[tuple[str, str, int, int, dict[str, Any]]] = []
    if foreign and doc.has_annotation("SENT_START"):
        for sentence in doc.sents:
            words = sentence.text
            start = sentence.start_char + len(words) - len(words.lstrip())
            if words.strip():
                shown.append(("sentence", "sentence", start, start + len(words.strip()), {}))
    for span in doc.ents:
        more = {"id": span.kb_id_} if span.kb_id_ else {}
        shown.append(("entity", span.label_ or "entity", span.start_char, span.end_char, more))
    for key, group in doc.spans.items():
        if not foreign and (key in GROUPS or key.startswith("human_")):
            continue
        layer = GROUPS[key][0] if key in GROUPS else _layer(key)
        shown.extend((layer, span.label_ or layer, span.start_char, span.end_char, {}) for span in group)
    for layer, label, start, end, attributes in shown:
        row: dict[str, Any] = {"layer": layer, "label": label, "annotator": READER, "origin": "machine"}
        try:
            row |= {"start": letters.at(start), "end": letters.at(end), "attributes": attributes}
        except ValueError as error:
            intake.fail("MB606", place, error)
            continue
        yield Found(place, (layer, label, start, end), row, machine=True)


def _layer(key: str) -> str:
    """A layer of the name of a group, which may be any text."""
    plain = re.sub(r"[^a-z0-9_]+", "_", key.lower()).strip("_")
    return plain if plain[:1].isalpha() else f"spans_{plain}".rstrip("_")
