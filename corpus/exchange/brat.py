"""brat's standoff: an archive (ZIP) with a text and a list of annotations for each document. Only written.

A folder for the annotators (``minber``) and one for each person, each with all texts, so that brat shows them side by
side. Quotations are tied to the mention of their speaker and to the words of saying, themes to the words that show
them. The archive is unpacked into brat's ``data``. Offsets are code points, as brat counts.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

import polars as pl

from corpus.exchange.archive import write_entry
from corpus.exchange.reading import Described, described_documents, is_coding
from corpus.exchange.registry import Format, Report

if TYPE_CHECKING:
    from corpus.store import Corpus

MACHINE = "minber"
"""The folder of what the annotators found."""

RELATIONS = {"mention": "spoken_by", "cue": "said_with", "evidence": "shown_by"}
"""Attribute of an annotation that names other words → the relation to them."""

_NO_NAME = re.compile(r"[^\w.-]+")


@dataclass(slots=True)
class _Sheet:
    """The lines of one ``.ann`` file, with the numbers that brat wants."""

    text: str
    lines: list[str] = field(default_factory=list)
    types: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    spans: dict[tuple[str, int, int], str] = field(default_factory=dict)

    def number(self, letter: str) -> str:
        """The next id of a kind: T1, R1, #1."""
        self.counts[letter] = self.counts.get(letter, 0) + 1
        return f"{letter}{self.counts[letter]}"

    def span(self, kind: str, start: int, end: int) -> str:
        """Write a span, once; brat has no line ends in one, so a span over several lines is in pieces."""
        key = kind, start, end
        if key not in self.spans:
            self.types.add(kind)
            self.spans[key] = name = self.number("T")
            pieces = list(_pieces(self.text, start, end))
            places = ";".join(f"{a} {b}" for a, b in pieces)
            self.lines.append(f"{name}\t{kind} {places}\t{' '.join(self.text[a:b] for a, b in pieces)}")
        return self.spans[key]

    def add(self, row: dict[str, Any]) -> None:
        """Write an annotation, what it is tied to, and who speaks."""
        attributes = row["attributes"]
        name = self.span(f"{row['layer']}-{_NO_NAME.sub('_', row['label'])}", row["start"], row["end"])
        for key, relation in RELATIONS.items():
            for start, end in _places(attributes.get(key)):
                kind = f"evidence-{row['label']}" if key == "evidence" else key
                other = self.span(kind, start, end)
                self.lines.append(f"{self.number('R')}\t{relation} Arg1:{name} Arg2:{other}")
        if speaker := attributes.get("speaker"):
            self.lines.append(f"{self.number('#')}\tAnnotatorNotes {name}\t{' '.join(str(speaker).split())}")


def export_brat(corpus: Corpus, where: pl.Expr | None, out: BinaryIO) -> Report:
    """Write an archive of texts and annotations.

    Parameters:
        corpus: the corpus.
        where: condition on the columns of ``documents``; None for all.
        out: where the archive goes; memory stays bounded.

    Returns:
        how many documents and annotations went out; people's rejections are left out.
    """
    report, types, names = Report(), set[str](), set[str]()
    people = corpus.labels.select(pl.col("annotator").unique().sort()).collect()["annotator"].to_list()
    taken = {MACHINE}
    folders: dict[str | None, str] = {None: MACHINE} | {who: _file_name(f"by-{who}", taken) for who in people}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for described in described_documents(corpus, where):
            name = _file_name(described.document.id, names)
            for who, folder in folders.items():
                sheet = _sheet(described, who)
                write_entry(archive, f"{folder}/{name}.txt", sheet.text)
                write_entry(archive, f"{folder}/{name}.ann", "".join(f"{line}\n" for line in sheet.lines))
                types |= sheet.types
            report.documents += 1
            report.rows += sum(is_coding(row) for row in described.annotations)
        write_entry(archive, "annotation.conf", _configuration(sorted(types)))
    return report


def _file_name(text: str, taken: set[str]) -> str:
    """A name for a file or folder that no other has, whatever signs ids and names of people hold."""
    plain = name = _NO_NAME.sub("_", text)
    number = 1
    while name in taken:
        number += 1
        name = f"{plain}-{number}"
    taken.add(name)
    return name


def _sheet(described: Described, who: str | None) -> _Sheet:
    """What a person gave, or the annotators if it is nobody."""
    sheet = _Sheet(described.document.text)
    for row in described.annotations:
        theirs = row["origin"] == "machine" if who is None else (row["origin"], row["annotator"]) == ("human", who)
        if theirs and is_coding(row):
            sheet.add(row)
    return sheet


def _places(value: object) -> list[Sequence[int]]:
    """One range, or several, or none."""
    if not isinstance(value, list | tuple) or not value:
        return []
    return [value] if isinstance(value[0], int) else list(value)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for line in re.finditer(r"[^\n]+", text[start:end]):
        yield start + line.start(), start + line.end()


def _configuration(types: Sequence[str]) -> str:
    relations = [f"{name}\tArg1:<ENTITY>, Arg2:<ENTITY>" for name in RELATIONS.values()]
    overlap = "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"
    return "\n".join(["[entities]", *types, "[relations]", *relations, overlap, "[events]", "[attributes]", ""])


FORMAT = Format("brat", "texts and standoff annotations for brat, in an archive (.zip)", export_brat)
"""The format, for the registry."""
