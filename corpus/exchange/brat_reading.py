"""Collections of brat on their way into a corpus: our own export again, and those of other people.

Of our own, what brat shows is compared with what was written: what people took away is gone, what they added is theirs.
Of others, each text with its ``.ann`` is a document, and all annotations are people's: brat does not say whose, so that
they are those of ``brat``; where the same text lies in several folders, as one for each annotator, of the folder's
name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO

from corpus.exchange.brat_lines import SUPPORT, Annotated, read_lines
from corpus.exchange.foreign import Letters, address, foreign_document
from corpus.exchange.intake import Intake
from corpus.exchange.kept import Found, bring_back, read_sheet
from corpus.exchange.members import Members, members_of_folder, members_of_zip
from corpus.exchange.reading import is_coding
from corpus.exchange.registry import Report
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus

MACHINE = "minber"
"""The folder of what the annotators found."""

READER = "brat@1"
WHOEVER = "brat"
"""Whose the annotations are where nothing tells a name."""

RELATIONS = {"mention": "spoken_by", "cue": "said_with", "evidence": "shown_by"}
"""Attribute of an annotation that names other words → the relation to them."""

NO_NAME = re.compile(r"[^\w.-]+")
_LAYER = re.compile(r"([a-z][a-z0-9_]*)-(.+)")


def kind_of(row: Mapping[str, Any]) -> str:
    """The type under which brat shows an annotation."""
    return f"{row['layer']}-{NO_NAME.sub('_', row['label'])}"


def tied_to(row: Mapping[str, Any]) -> Iterator[tuple[str, str, int, int]]:
    """What an annotation is tied to: type of those words, relation to them, their place."""
    for key, relation in RELATIONS.items():
        value = row["attributes"].get(key)
        if not isinstance(value, list | tuple) or not value:
            continue
        for start, end in [value] if isinstance(value[0], int) else value:
            yield f"evidence-{NO_NAME.sub('_', row['label'])}" if key == "evidence" else key, relation, start, end


def pieces_of(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The parts of a range that lie in lines, which brat shows as pieces of one span."""
    lines = re.finditer(r"[^\n]+", text[start:end])
    return tuple((start + line.start(), start + line.end()) for line in lines)


def import_brat(corpus: Corpus, stream: BinaryIO, name: str) -> Report:
    """Read an archive (ZIP) of texts and ``.ann`` files into a corpus.

    Parameters:
        corpus: the corpus.
        stream: the archive.
        name: of the stream, for messages.

    Returns:
        what came in; a text that cannot be had is a failure MB607, a line that does not fit MB606.

    Raises:
        MinberError: MB608 it is no archive, or there are no texts in it.
    """
    return _import(corpus, members_of_zip(stream, name, "brat"))


def import_brat_folder(corpus: Corpus, folder: Path) -> Report:
    """Read a folder of texts and ``.ann`` files, such as brat's ``data`` holds, as ``import_brat``."""
    return _import(corpus, members_of_folder(folder))


def _import(corpus: Corpus, members: Members) -> Report:
    report = Report()
    stems: dict[str, list[str]] = {}
    for name in members.names:
        path = PurePosixPath(name)
        if path.suffix.lower() == ".txt":
            stems.setdefault(path.stem, []).append(name)
        elif path.suffix.lower() == ".ann" and str(path.with_suffix(".txt")) not in members:
            problem = "there is no .txt beside it"
            report.failures.append(MinberError("MB607", f"{members.place}#{name}", document=path.stem, problem=problem))
    if not stems:
        raise MinberError("MB608", members.place, form="brat", problem="there is no .txt in it")
    with Intake(corpus, report) as intake:
        for stem, names in stems.items():
            for copies in _copies(members, names, report):
                _document(intake, members, stem, copies)
    return report


def _copies(members: Members, names: Sequence[str], report: Report) -> list[list[str]]:
    """Files of one name, those of the same text together; no text is held, as there may be any number of them."""
    if len(names) == 1:
        return [list(names)]
    alike: dict[bytes, list[str]] = {}
    for name in names:
        try:
            alike.setdefault(hashlib.sha256(members.read(name)).digest(), []).append(name)
        except MinberError as error:
            report.failures.append(error)
    return list(alike.values())


def _document(intake: Intake, members: Members, stem: str, copies: Sequence[str]) -> None:
    """One text, which may lie in the folders of several annotators."""
    place = f"{members.place}#{copies[0]}"
    try:
        data = members.read(copies[0])
    except MinberError as error:
        intake.report.failures.append(error)
        return
    try:
        raw = data.decode("utf-8")
        letters = Letters(raw)
        told = _sheet(intake, members, copies)
        found = [
            one for name in copies for one in _found(intake, members, name, raw, letters, told or {}, len(copies) > 1)
        ]

        def marks_of(row: Mapping[str, Any]) -> Iterator[Hashable]:
            if not is_coding(row) or not (pieces := pieces_of(letters.text, row["start"], row["end"])):
                return
            who = row["annotator"] if row["origin"] == "human" else None
            yield who, kind_of(row), pieces
            for kind, _, start, end in tied_to(row):
                yield who, kind, pieces_of(letters.text, start, end)

        def otherwise() -> Any:
            uri, languages = address(members.place, copies[0]), intake.corpus.settings.corpus.languages
            return foreign_document(letters.text, data, f"{stem}.txt", READER, uri, languages)

        intake.add(bring_back(intake, place, told, letters.text, data, found, marks_of, otherwise, READER))
    except (ValueError, TypeError, AttributeError) as error:
        problem = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error
        intake.fail("MB607", place, problem, document=stem)


def _sheet(intake: Intake, members: Members, copies: Sequence[str]) -> dict[str, Any] | None:
    """What was noted of the document when it was exported."""
    for name in copies:
        beside = str(PurePosixPath(name).with_suffix(".json"))
        if PurePosixPath(name).parent.name == MACHINE and beside in members:
            try:
                return read_sheet(members.read(beside))
            except ValueError as error:
                intake.fail("MB606", f"{members.place}#{beside}", error)
            except MinberError as error:
                intake.report.failures.append(error)
    return None


def _found(
    intake: Intake, members: Members, name: str, raw: str, letters: Letters, told: Mapping[str, Any], shared: bool
) -> Iterator[Found]:
    """What one ``.ann`` holds."""
    path = PurePosixPath(name)
    beside = str(path.with_suffix(".ann"))
    if beside not in members:
        return
    folder, people = path.parent.name, told.get("people")
    machine = bool(told) and folder == MACHINE
    named = people.get(folder) if isinstance(people, dict) else None
    who = str(named) if named else folder if shared and not machine and folder else WHOEVER
    place = f"{members.place}#{beside}"
    try:
        text = members.read(beside).decode("utf-8-sig")
    except UnicodeDecodeError:
        intake.fail("MB606", place, "it is not UTF-8")
        return
    except MinberError as error:
        intake.report.failures.append(error)
        return
    lines = read_lines(text, raw, letters, place, intake)
    tied = {one for span in lines for key in SUPPORT for one in span.tied.get(key, ())}
    labels = _labels(intake)
    for span in lines:
        mark = (None if machine else named or who, span.kind, span.pieces)
        if span.kind.partition("-")[0] in SUPPORT and span in tied:
            yield Found(f"{place}:{span.line}", mark)  # perhaps an annotation of its own too: brat shows both as one
            continue
        row = _row(span, labels) | {"origin": "human", "annotator": who}
        yield Found(f"{place}:{span.line}", mark, row, machine=machine)


def _labels(intake: Intake) -> dict[str, str]:
    """Labels of the codebook by how brat writes them."""
    return {NO_NAME.sub("_", theme.id): theme.id for theme in intake.corpus.codebook.themes}


def _row(span: Annotated, labels: Mapping[str, str]) -> dict[str, Any]:
    """A span as an annotation: of a type of ours in its layer; else an entity, or what sets off an event."""
    from schemas.annotation import LAYERS

    layer, label = ("event" if span.arguments else "entity"), span.kind
    if (ours := _LAYER.fullmatch(span.kind)) and ours[1] in LAYERS:
        layer, label = ours[1], labels.get(ours[2], ours[2])
    elif span.kind in SUPPORT:
        layer = span.kind
    attributes = span.attributes()
    if layer in ("quote", "reported") and (notes := attributes.pop("notes", None)):
        attributes["speaker"] = notes[0]
        attributes |= {"notes": notes[1:]} if notes[1:] else {}
    start, end = span.pieces[0][0], span.pieces[-1][1]
    return {"layer": layer, "label": label, "start": start, "end": end, "attributes": attributes}
