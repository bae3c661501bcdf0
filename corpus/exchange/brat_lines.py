"""The lines of an ``.ann`` file: spans, and all that other lines say of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from corpus.exchange.foreign import Letters
from corpus.exchange.intake import Intake

SUPPORT = ("mention", "cue", "evidence")
"""Types of the words that quotations and themes are tied to."""

_TIES = {"spoken_by": "mention", "said_with": "cue", "shown_by": "evidence"}
_SPAN = re.compile(r"(\S+) (\d+ \d+(?:;\d+ \d+)*)")
_KINDS = "TERAMN#*"


@dataclass(slots=True, eq=False)
class Annotated:
    """A span.

    Attributes:
        line: its number.
        kind: its type.
        pieces: its ranges, code points of the canonical text; several for a span over lines, and a discontinuous one.
        gap: whether there are words between its pieces.
        arguments: of the events that it sets off.
        tied: relations of our own names → spans.
        relations: others: type and span.
        values: of attributes.
        known: entries of dictionaries and the like.
        notes: of people.
        equal: spans that mean the same.
    """

    line: int
    kind: str
    pieces: tuple[tuple[int, int], ...]
    gap: bool
    arguments: list[list[tuple[str, Annotated]]] = field(default_factory=list)
    tied: dict[str, list[Annotated]] = field(default_factory=dict)
    relations: list[tuple[str, Annotated]] = field(default_factory=list)
    values: dict[str, str | bool] = field(default_factory=dict)
    known: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    equal: list[Annotated] = field(default_factory=list)

    @property
    def place(self) -> list[int]:
        """Its range as a whole."""
        return [self.pieces[0][0], self.pieces[-1][1]]

    def attributes(self) -> dict[str, Any]:
        """All that is said of it, as an annotation's attributes; offsets are code points."""
        found: dict[str, Any] = {}
        for name, spans in self.tied.items():
            places = [one.place for one in spans]
            found[name] = places if name == "evidence" else places[0]
        if self.gap:
            found["pieces"] = [list(piece) for piece in self.pieces]
        if any(self.arguments):
            found["arguments"] = [[[role, *one.place] for role, one in event] for event in self.arguments]
        if self.relations:
            found["relations"] = [[kind, *one.place] for kind, one in self.relations]
        if self.values:
            found["values"] = self.values
        if self.known:
            found["normalizations"] = self.known
        if self.notes:
            found["notes"] = self.notes
        if self.equal:
            found["equivalents"] = [one.place for one in self.equal]
        return found


def read_lines(text: str, raw: str, letters: Letters, place: str, intake: Intake) -> list[Annotated]:
    """Read an ``.ann`` file.

    Parameters:
        text: what it holds.
        raw: the text that it speaks of, as brat counts in it.
        letters: the same in canonical form.
        place: of the file, for messages.
        intake: where lines that do not fit (MB606) are named.

    Returns:
        spans in their order.
    """
    lines = [(number, line.rstrip("\r")) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    spans: dict[str, Annotated] = {}
    events: dict[str, Annotated] = {}
    for number, line in lines:
        if line[0] == "T":
            name = line.partition("\t")[0]
            try:
                if name in spans:
                    raise ValueError(f"there are two {name}")
                spans[name] = _span(number, line, raw, letters)
            except ValueError as error:
                intake.fail("MB606", f"{place}:{number}", error)
    if gaps := sum(span.gap for span in spans.values()):
        told = "as one range each, the pieces among their attributes"
        intake.report.notes.append(f"{place}: {gaps} discontinuous span(s) came in {told}")
    for _, line in lines:
        if line[0] == "E":
            name, _, rest = line.partition("\t")
            head = rest.split(" ", 1)[0].partition(":")[2].strip()
            if head in spans:
                events[name] = spans[head]
    named = spans | events
    for number, line in lines:
        try:
            if line[0] not in _KINDS:
                raise ValueError(f"lines that begin with {line[0]} are not known")
            if line[0] != "T":
                _say(line, named)
        except (ValueError, IndexError) as error:
            intake.fail("MB606", f"{place}:{number}", error if isinstance(error, ValueError) else "it is cut off")
    return list(spans.values())


def _span(number: int, line: str, raw: str, letters: Letters) -> Annotated:
    _, _, rest = line.partition("\t")
    told, _, words = rest.partition("\t")
    match = _SPAN.fullmatch(told.strip())
    if match is None:
        raise ValueError("it does not say a type and a place")
    pieces = []
    for piece in match[2].split(";"):
        start, end = map(int, piece.split(" "))
        if not 0 <= start <= end <= len(raw):
            raise ValueError(f"{start} to {end} lies outside of the text ({len(raw)})")
        pieces.append((start, end))
    there = " ".join(raw[start:end] for start, end in pieces)
    if words and there.split() != words.split():
        raise ValueError(f"at {match[2]} stands {there[:60]!r}, not {words[:60]!r}")
    gap = any(raw[one[1] : other[0]].strip() or one[1] > other[0] for one, other in pairwise(sorted(pieces)))
    places = tuple((letters.at(start), letters.at(end)) for start, end in sorted(pieces))
    return Annotated(number, match[1], places, bool(gap))


def _say(line: str, named: dict[str, Annotated]) -> None:
    """Take what a line says of spans; raises ValueError where it speaks of none."""

    def of(name: str) -> Annotated:
        if name not in named:
            raise ValueError(f"there is no {name or 'span'} that it could speak of")
        return named[name]

    fields = line.split("\t")
    words = fields[1].split(" ")
    if line[0] == "*":
        first, *others = [of(name) for name in words[1:] if name]
        first.equal += others
    elif line[0] == "E":
        trigger = of(words[0].partition(":")[2])
        parts = [one.partition(":") for one in words[1:] if one]
        trigger.arguments.append([(role, of(name)) for role, _, name in parts])
    elif line[0] == "R":
        one, other = (of(word.partition(":")[2]) for word in words[1:3])
        if name := _TIES.get(words[0]):
            one.tied.setdefault(name, []).append(other)
        else:
            one.relations.append((words[0], other))
    elif line[0] in "AM":
        of(words[1]).values[words[0]] = " ".join(words[2:]) or True
    elif line[0] == "N":
        of(words[1]).known.append([words[2], fields[2] if len(fields) > 2 else ""])
    else:
        of(words[1]).notes.append(fields[2] if len(fields) > 2 else "")
