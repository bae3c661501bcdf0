"""REFI-QDA projects on their way into a corpus: our own, coded further in another program, and other people's.

Codings are labels of the person who made them. Codings of the user ``Minber`` are the annotators' and come back from
what was noted beside the project, or, where another program dropped that, not at all. Codes of ours are known by their
GUID or by their name and group; other codes are labels of the layer ``code``. Positions are code points.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from corpus.exchange.foreign import Letters, address, foreign_document
from corpus.exchange.intake import Intake
from corpus.exchange.kept import Found, bring_back, read_sheet
from corpus.exchange.members import Members, members_of_zip
from corpus.exchange.reading import is_coding
from corpus.exchange.refi_qda_names import GROUPS, MACHINE, NAMESPACE, NOTED, Code, codes_of, guid
from corpus.exchange.registry import Report
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus

READER = "refi-qda@1"
WHOEVER = "refi-qda"
_Q = f"{{{NAMESPACE}}}"
_FIELDS = ("title", "speaker", "occasion", "place", "publisher")


@dataclass(slots=True)
class _Project:
    """What a project says once for all of its sources: codes, users and variables by GUID.

    Attributes:
        codes: GUID → layer, label, and the names of the codes above.
        users: GUID → name.
        variables: GUID → name.
        owner: GUID of who made the project.
        machine: codings of the annotators that could not be told apart from anybody's.
    """

    codes: dict[str, tuple[str, str, list[str]]] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    owner: str = ""
    machine: int = 0


def import_refi_qda(corpus: Corpus, stream: BinaryIO, name: str) -> Report:
    """Read a project (``.qdpx``) into a corpus.

    Parameters:
        corpus: the corpus; codes of ours are known by its codebook.
        stream: the archive.
        name: of the stream, for messages.

    Returns:
        what came in; a source that cannot be had is a failure MB607, a coding that does not fit MB606.

    Raises:
        MinberError: MB608 it is no project; MB131, MB135 its XML is damaged or declares entities.
    """
    from corpus.ingest.formats.package import xml_root

    members = members_of_zip(stream, name, "refi-qda")
    main = next((one for one in members.names if one.lower().endswith(".qde")), None)
    if main is None:
        raise MinberError("MB608", name, form="refi-qda", problem="there is no project.qde in it")
    root = xml_root(members.read(main), name, main)
    if root.tag != f"{_Q}Project":
        raise MinberError("MB608", name, form="refi-qda", problem=f"{main} is no project")
    report, project = Report(), _project(root, corpus)
    sources = root.find(f"{_Q}Sources")
    others = 0
    with Intake(corpus, report) as intake:
        for element in sources if sources is not None else ():
            if element.tag != f"{_Q}TextSource":
                others += isinstance(element.tag, str)
                continue
            place = f"{name}#{element.get('name') or element.get('guid')}"
            try:
                _take(intake, project, members, element, place)
            except MinberError as error:
                report.failures.append(error)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                problem = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error
                intake.fail("MB607", place, problem, document=element.get("name") or "?")
    if others:
        report.notes.append(f"{others} source(s) that are no plain texts were left out: ingest their files")
    if project.machine:
        report.notes.append(f"{project.machine} coding(s) of {MACHINE} were left out: run 'minber annotate'")
    return report


def _project(root: Any, corpus: Corpus) -> _Project:
    found = _Project(owner=root.get("creatingUserGUID") or "")
    for user in root.iter(f"{_Q}User"):
        found.users[user.get("guid") or ""] = user.get("name") or WHOEVER
    for variable in root.iter(f"{_Q}Variable"):
        found.variables[variable.get("guid") or ""] = variable.get("name") or ""
    themes = corpus.codebook.themes
    named = {name: theme.id for theme in themes for name in {theme.name(lang) for lang in ("kk", "ru", "en")}}
    ours = {guid("code", "theme", theme.id): theme.id for theme in themes}
    groups = {shown: layer for layer, shown in GROUPS.items()}
    for code in root.iter(f"{_Q}Code"):
        name = code.get("name") or "?"
        above = [one.get("name") or "?" for one in code.iterancestors(f"{_Q}Code")][::-1]
        layer = groups.get(above[0]) if above else None
        known = ours.get(code.get("guid") or "")
        if known or layer:
            label = known or (named.get(name, name) if layer in ("theme", "evidence") else name)
            found.codes[code.get("guid") or ""] = "theme" if known else str(layer), label, []
        else:
            found.codes[code.get("guid") or ""] = "code", name, above
    return found


def _take(intake: Intake, project: _Project, members: Members, element: Any, place: str) -> None:
    data = _text(members, element)
    raw = data.decode("utf-8-sig")
    letters, told = Letters(raw), None
    noted = f"{NOTED}/{element.get('guid')}.json"
    if noted in members:
        told = read_sheet(members.read(noted))
    own: dict[str, Code] = {}
    for row in told["annotations"] if told else ():
        with suppress(KeyError, TypeError, AttributeError):
            own |= {guid("code", *code): code for code in codes_of(row)}
    found = list(_found(intake, project, element, letters, place, own, noted=told is not None))

    def marks_of(row: Mapping[str, Any]) -> Iterator[Hashable]:
        if is_coding(row):
            user = MACHINE if row["origin"] == "machine" else row["annotator"]
            for code in codes_of(row):
                yield user, code, row["start"], row["end"]

    def otherwise() -> Any:
        values = _values(project, element)
        known: dict[str, Any] = {name: values[name] for name in _FIELDS if values.get(name)}
        if re.fullmatch(r"[a-z]{2,3}", values.get("lang", "")):
            known["lang"] = values["lang"]
        if values.get("id") in intake.corpus.heads()["id"].to_list():
            known["id"] = values["id"]
        with suppress(ValueError):
            known["date"] = dt.date.fromisoformat(values.get("date", ""))
        title = element.get("name") or ""
        known.setdefault("title", title or None)
        languages = intake.corpus.settings.corpus.languages
        uri = values.get("uri") or address(members.place, element.get("guid") or title)
        return foreign_document(letters.text, data, title, READER, uri, languages, **known)

    intake.add(bring_back(intake, place, told, letters.text, data, found, marks_of, otherwise, READER))


def _text(members: Members, element: Any) -> bytes:
    """The text of a source: inside of the archive, or of the XML; never from elsewhere."""
    inside = element.findtext(f"{_Q}PlainTextContent")
    if inside is not None:
        return str(inside).encode()
    kind, _, path = (element.get("plainTextPath") or "").partition("://")
    if kind != "internal":
        raise ValueError("its text is not inside of the project")
    for name in (f"sources/{path}", f"Sources/{path}", path):
        if name in members:
            return members.read(name)
    raise ValueError(f"its text {path} is missing")


def _values(project: _Project, element: Any) -> dict[str, str]:
    values = {}
    for one in element.iterfind(f"{_Q}VariableValue"):
        reference = one.find(f"{_Q}VariableRef")
        told = [child.text or "" for child in one if child is not reference]
        if reference is not None and told:
            values[project.variables.get(reference.get("targetGUID") or "", "")] = told[0].strip()
    return values


def _found(
    intake: Intake,
    project: _Project,
    element: Any,
    letters: Letters,
    place: str,
    own: Mapping[str, Code],
    *,
    noted: bool,
) -> Iterator[Found]:
    """The codings of a source."""
    whole = [(coding, "0", None) for coding in element.iterfind(f"{_Q}Coding")]
    parts = [
        (coding, selection.get("startPosition"), selection)
        for selection in element.iterfind(f"{_Q}PlainTextSelection")
        for coding in selection.iterfind(f"{_Q}Coding")
    ]
    for coding, begin, selection in [*whole, *parts]:
        reference = coding.find(f"{_Q}CodeRef")
        target = str(reference.get("targetGUID")) if reference is not None else ""
        by = coding.get("creatingUser") or (selection.get("creatingUser") if selection is not None else None)
        who = project.users.get(by or project.owner, WHOEVER)
        where = f"{place} ({begin})"
        try:
            if target not in own and target not in project.codes:
                raise ValueError("its code is not in the codebook of the project")
            start = letters.at(int(begin or ""))
            end = len(letters.text) if selection is None else letters.at(int(selection.get("endPosition") or ""))
            if end < start:
                raise ValueError(f"end {end} lies before start {start}")
        except ValueError as error:
            intake.fail("MB606", where, error)
            continue
        layer, label, above = (*own[target], []) if target in own else project.codes[target]
        machine = who == MACHINE
        if machine and not noted:
            project.machine += 1
            continue
        row: dict[str, Any] = {"layer": layer, "label": label, "start": start, "end": end, "origin": "human"}
        row |= {"annotator": WHOEVER if machine else who, "attributes": {"above": above} if above else {}}
        yield Found(where, (who, (layer, label), start, end), row, machine=machine)
