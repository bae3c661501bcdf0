"""REFI-QDA: a project (``.qdpx``) for MAXQDA, NVivo, ATLAS.ti and QualCoder: texts, codebook, codings.

Themes are codes with their definitions and colours, parents above children; quotations, institutions and the rest are
codes under their layer, and each quotation is coded with its speaker too. What the annotators found is the work of the
user ``Minber``, each person's labels are that person's; rejected labels are not there. Metadata are variables of the
sources. Positions are code points, as the standard has them (version 1.5, https://www.qdasoftware.org). Under
``minber`` lies what a project has no place for (`corpus.exchange.kept`). Written and read.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from corpus.exchange.archive import write_entry
from corpus.exchange.kept import sheet
from corpus.exchange.markup import tag, text
from corpus.exchange.reading import Described, described_documents, is_coding
from corpus.exchange.refi_qda_names import GROUPS, MACHINE, NAMESPACE, NOTED, Code, codes_of, guid
from corpus.exchange.refi_qda_reading import import_refi_qda
from corpus.exchange.registry import Format, Report

if TYPE_CHECKING:
    from corpus.store import Corpus
    from schemas.codebook import Codebook, Theme
    from schemas.document import Document

VARIABLES = ("id", "lang", "date", "kind", "speaker", "occasion", "place", "version_of", "publisher", "uri")


@dataclass(slots=True)
class _Project:
    """What the sources speak of, gathered while they are written."""

    codes: dict[Code, None] = field(default_factory=dict)
    users: dict[str, None] = field(default_factory=lambda: {MACHINE: None})
    variables: dict[str, None] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)


def export_refi_qda(corpus: Corpus, where: pl.Expr | None, out: BinaryIO) -> Report:
    """Write a project with the texts inside.

    Parameters:
        corpus: the corpus; its settings say in which language themes are named.
        where: condition on the columns of ``documents``; None for all.
        out: where the archive goes; the codings are held in memory, the texts are not.

    Returns:
        how many documents and codings went out.
    """
    report, project = Report(), _Project()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for described in described_documents(corpus, where):
            source, count = _source(described, project)
            project.sources.append(source)
            name = guid("source", described.document.id)
            write_entry(archive, f"sources/{name}.txt", described.document.text)
            write_entry(archive, f"{NOTED}/{name}.json", sheet(described))
            report.documents += 1
            report.rows += count
        whole = _xml(corpus.settings.corpus.name, project, corpus.codebook, corpus.settings.doccano.language)
        write_entry(archive, "project.qde", whole)
    return report


def _source(described: Described, project: _Project) -> tuple[str, int]:
    """A text with its codings and metadata, and how many codings there are."""
    document = described.document
    ours = guid("source", document.id)
    selections: dict[tuple[int, int], dict[tuple[str, Code], None]] = {}
    for row in described.annotations:
        if not is_coding(row):
            continue
        user = MACHINE if row["origin"] == "machine" else row["annotator"]
        for code in codes_of(row):
            project.codes[code] = None
            selections.setdefault((row["start"], row["end"]), {})[user, code] = None
        project.users[user] = None
    parts = [_selection(document, *place, codings) for place, codings in sorted(selections.items())]
    attributes = {"guid": ours, "name": document.title or document.id, "plainTextPath": f"internal://{ours}.txt"}
    source = tag("TextSource", attributes, *parts, *_values(document, project))
    return source, sum(map(len, selections.values()))


def _selection(document: Document, start: int, end: int, codings: Iterable[tuple[str, Code]]) -> str:
    words = " ".join(document.text[start:end].split())
    name = words if len(words) <= 60 else words[:59] + "…"
    inside = [
        tag(
            "Coding",
            {"guid": guid("coding", document.id, start, end, user, *code), "creatingUser": guid("user", user)},
            tag("CodeRef", {"targetGUID": guid("code", *code)}),
        )
        for user, code in codings
    ]
    attributes = {"guid": guid("selection", document.id, start, end), "name": name}
    return tag("PlainTextSelection", attributes | {"startPosition": start, "endPosition": end}, *inside)


def _values(document: Document, project: _Project) -> Iterator[str]:
    source = document.source
    for name in VARIABLES:
        value = getattr(document, name, None) or getattr(source, name, None)
        if value:
            project.variables[name] = None
            kind = "DateValue" if name == "date" else "TextValue"
            yield tag(
                "VariableValue", {}, tag("VariableRef", {"targetGUID": guid("variable", name)}), text(kind, value)
            )


def _xml(name: str, project: _Project, book: Codebook, language: str) -> str:
    """The whole ``project.qde``: what has no parts is left out, as the schema wants it."""
    users = [tag("User", {"guid": guid("user", user), "name": user}) for user in project.users]
    codes = [code for layer in _layers(project) for code in _group(layer, project, book, language)]
    variables = [
        tag(
            "Variable",
            {"guid": guid("variable", key), "name": key, "typeOfVariable": "Date" if key == "date" else "Text"},
        )
        for key in VARIABLES
        if key in project.variables
    ]
    parts = [tag("Users", {}, *users), tag("CodeBook", {}, tag("Codes", {}, *codes))]
    parts += [tag("Variables", {}, *variables)] if variables else []
    parts += [tag("Sources", {}, *project.sources)] if project.sources else []
    root = {"name": name, "origin": MACHINE, "creatingUserGUID": guid("user", MACHINE), "xmlns": NAMESPACE}
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tag("Project", root, *parts) + "\n"


def _layers(project: _Project) -> list[str]:
    found = {layer for layer, _ in project.codes} | {"theme"}
    return [layer for layer in GROUPS if layer in found] + sorted(found - GROUPS.keys())


def _group(layer: str, project: _Project, book: Codebook, language: str) -> Iterator[str]:
    """The code of a layer with those of its labels below; all themes of the codebook, whether they are used or not."""
    labels = sorted({label for found, label in project.codes if found == layer})
    known = {theme.id: theme for theme in book.themes}
    if layer == "theme":
        children = [_theme(theme, book, language) for theme in book.themes if theme.parent is None]
        children += [_code(layer, label, label) for label in labels if label not in known]
    else:
        children = [_code(layer, label, known[label].name(language) if label in known else label) for label in labels]
    group = {"guid": guid("layer", layer), "name": GROUPS.get(layer, layer), "isCodable": "false"}
    yield tag("Code", group, *children)


def _code(layer: str, label: str, name: str, color: str | None = None, *inner: str) -> str:
    attributes = {"guid": guid("code", layer, label), "name": name, "isCodable": "true"}
    return tag("Code", attributes | ({"color": color} if color else {}), *inner)


def _theme(theme: Theme, book: Codebook, language: str) -> str:
    below = [_theme(child, book, language) for child in book.themes if child.parent == theme.id]
    definition = theme.definition.get(language) or theme.definition.get("en") or ""
    told = [text("Description", definition)] if definition else []
    return _code("theme", theme.id, theme.name(language), theme.color, *told, *below)


FORMAT = Format(
    "refi-qda", "a project for MAXQDA, NVivo, ATLAS.ti, QualCoder (.qdpx)", export_refi_qda, import_refi_qda
)
"""The format, for the registry."""
