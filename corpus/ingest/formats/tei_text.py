"""The words of TEI elements as canonical text, with notes, headings and speakers' names marked where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from corpus.ingest.canonical import canonical
from corpus.ingest.formats.tei_header import XML, name_of, text_of
from corpus.ingest.reading import Mark

BLOCKS = frozenset(
    {
        "p",
        "seg",
        "ab",
        "l",
        "head",
        "item",
        "cell",
        "quote",
        "salute",
        "signed",
        "dateline",
        "trailer",
        "opener",
        "closer",
    }
)
NOTES = frozenset({"note", "vocal", "kinesic", "incident", "shift", "writing", "stage"})
_EMPTY = ("gap", "pb", "lb", "cb", "ptr", "link", "linkGrp", "figure")
_ASIDE = ("abbr", "sic", "orig", "fw", "teiHeader", "speaker", "front", "back")  # what stands there twice, or elsewhere
_SKIPPED = frozenset((*_EMPTY, *_ASIDE))
_SPACES = re.compile(r"\s+")


@dataclass(slots=True)
class Written:
    """A text that grows line by line, and what is marked in it."""

    text: str = ""
    marks: list[Mark] = field(default_factory=list)

    def line(self, pieces: list[tuple[str, str | None]]) -> None:
        """Add a line of pieces, each with the label of what it is if it is not the speaker's words."""
        kept: list[tuple[str, str | None]] = []
        for words, label in pieces:
            words = canonical(_SPACES.sub(" ", words))
            if kept and kept[-1][0].endswith(" "):
                words = words.lstrip()
            if not kept:
                words = words.lstrip()
            if words:
                kept.append((words, label))
        while kept and not kept[-1][0].strip():
            kept.pop()
        if not kept:
            return
        kept[-1] = (kept[-1][0].rstrip(), kept[-1][1])
        if self.text:
            self.text += "\n"
        line = canonical("".join(words for words, _ in kept))
        if len(line) != sum(len(words) for words, _ in kept):  # a letter and its accent on both sides of a tag
            kept = [(line, None if any(label is None for _, label in kept) else kept[0][1])]
        for words, label in kept:
            if label is not None and words.strip():
                start = len(self.text) + len(words) - len(words.lstrip())
                self.marks.append(Mark("chrome", label, start, len(self.text) + len(words.rstrip())))
            self.text += words

    def mark(self, layer: str, label: str, start: int, attributes: Mapping[str, Any]) -> None:
        """Mark everything from a place on."""
        if len(self.text) > start:
            begin = start + 1 if start and self.text[start] == "\n" else start
            self.marks.append(Mark(layer, label, begin, len(self.text), attributes))


def write(element: Any, out: Written, lang: str | None = None) -> None:
    """Write the blocks of an element as lines; notes stay where they stand, marked.

    Parameters:
        element: a speech, a division, a body.
        out: grows.
        lang: of descriptions that are given in several languages.
    """
    loose: list[tuple[str, str | None]] = [(element.text or "", None)]
    for child in element:
        name = name_of(child)
        if name in NOTES:
            out.line(loose)
            out.line([(note_text(child, lang), label_of(child))])
            loose = []
        elif name in BLOCKS and not any(name_of(inner) in BLOCKS for inner in child):
            out.line(loose)
            pieces = list(_inline(child, lang))
            out.line([(words, label or ("heading" if name == "head" else None)) for words, label in pieces])
            loose = []
        elif name and not _skipped(name):
            if _holds_blocks(child):
                out.line(loose)
                write(child, out, lang)
                loose = []
            else:
                loose += _inline(child, lang)
        loose.append((child.tail or "", None))
    out.line(loose)


def label_of(element: Any) -> str:
    """What kind of note it is: its type, else its name.

    Speakers' names, times and interruptions keep the names that the source gives them.
    """
    name = name_of(element)
    kind = _SPACES.sub("_", (element.get("type") or "").strip()) if name == "note" else ""
    return kind or name


def note_text(element: Any, lang: str | None) -> str:
    """The words of a note; of descriptions in several languages those of the text's own."""
    described = [child for child in element if name_of(child) == "desc"]
    if not described:
        return text_of(element)
    own = [child for child in described if child.get(f"{XML}lang") in (lang, None)]
    return text_of((own or described)[0])


def _skipped(name: str) -> bool:
    return name in _SKIPPED or (name.startswith("list") and name != "list")  # of persons, places, events


def _holds_blocks(element: Any) -> bool:
    return any(name_of(inner) in BLOCKS or name_of(inner) in NOTES for inner in element.iter())


def _inline(element: Any, lang: str | None) -> Iterator[tuple[str, str | None]]:
    """The pieces of one block; annotated words are set with spaces between them, as ``join`` tells."""
    name = name_of(element)
    if name in NOTES:
        yield f" {note_text(element, lang)} ", label_of(element)
        return
    if name in ("w", "pc"):
        parts = [part for part in element if name_of(part) == "w" and text_of(part)]
        words = text_of(element) if element.text and element.text.strip() else " ".join(map(text_of, parts))
        yield words + ("" if element.get("join") in ("right", "both") else " "), None
        return
    if name in ("lb", "pb", "cb"):
        yield " ", None
        return
    if _skipped(name):
        return
    # The white space between the words of an annotated sentence is layout; that which is meant, ``join`` tells.
    laid_out = any(name_of(inner) in ("w", "pc", "s") for inner in element)
    yield ("" if laid_out else element.text or ""), None
    for child in element:
        yield from _inline(child, lang)
        if not laid_out:
            yield child.tail or "", None
        elif child.tail and child.tail.strip():
            yield child.tail, None
