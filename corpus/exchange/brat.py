"""brat's standoff: an archive (ZIP) with a text and a list of annotations for each document. Written and read.

A folder for the annotators (``minber``) and one for each person, each with all texts, so that brat shows them side by
side. Quotations are tied to the mention of their speaker and to the words of saying, themes to the words that show
them. The archive is unpacked into brat's ``data``. Offsets are code points, as brat counts. Beside the text of each
document in ``minber`` lies a ``.json`` with what brat has no place for; brat passes it over (`corpus.exchange.kept`).
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

import polars as pl

from corpus.exchange.archive import write_entry
from corpus.exchange.brat_reading import (
    MACHINE,
    NO_NAME,
    RELATIONS,
    import_brat,
    import_brat_folder,
    kind_of,
    pieces_of,
    tied_to,
)
from corpus.exchange.kept import sheet
from corpus.exchange.reading import Described, described_documents, is_coding
from corpus.exchange.registry import Format, Report

if TYPE_CHECKING:
    from corpus.store import Corpus


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

    def span(self, kind: str, start: int, end: int) -> str | None:
        """Write a span, once; brat has no line ends in one, so a span over several lines is in pieces.

        One without letters has no place in brat and gives None.
        """
        key = kind, start, end
        if key not in self.spans:
            pieces = pieces_of(self.text, start, end)
            if not pieces:
                return None
            self.types.add(kind)
            self.spans[key] = name = self.number("T")
            places = ";".join(f"{a} {b}" for a, b in pieces)
            self.lines.append(f"{name}\t{kind} {places}\t{' '.join(self.text[a:b] for a, b in pieces)}")
        return self.spans[key]

    def add(self, row: dict[str, Any]) -> None:
        """Write an annotation, what it is tied to, and who speaks."""
        attributes = row["attributes"]
        name = self.span(kind_of(row), row["start"], row["end"])
        if name is None:
            return
        for kind, relation, start, end in tied_to(row):
            if other := self.span(kind, start, end):
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
    annotators = corpus.labels.select(pl.col("annotator").unique().sort()).collect()["annotator"].to_list()
    taken = {MACHINE}
    people = {who: _file_name(f"by-{who}", taken) for who in annotators}
    folders: dict[str | None, str] = {None: MACHINE, **people}
    named = {folder: who for who, folder in people.items()}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for described in described_documents(corpus, where):
            name = _file_name(described.document.id, names)
            for who, folder in folders.items():
                lines = _sheet(described, who)
                write_entry(archive, f"{folder}/{name}.txt", lines.text)
                write_entry(archive, f"{folder}/{name}.ann", "".join(f"{line}\n" for line in lines.lines))
                types |= lines.types
            write_entry(archive, f"{MACHINE}/{name}.json", sheet(described, people=named))
            report.documents += 1
            report.rows += sum(is_coding(row) for row in described.annotations)
        write_entry(archive, "annotation.conf", _configuration(sorted(types)))
    return report


def _file_name(text: str, taken: set[str]) -> str:
    """A name for a file or folder that no other has, whatever signs ids and names of people hold."""
    plain = name = NO_NAME.sub("_", text)
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


def _configuration(types: Sequence[str]) -> str:
    relations = [f"{name}\tArg1:<ENTITY>, Arg2:<ENTITY>" for name in RELATIONS.values()]
    overlap = "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"
    return "\n".join(["[entities]", *types, "[relations]", *relations, overlap, "[events]", "[attributes]", ""])


FORMAT = Format(
    "brat",
    "texts and standoff annotations for brat, in an archive (.zip)",
    export_brat,
    import_brat,
    load_folder=import_brat_folder,
)
"""The format, for the registry."""
