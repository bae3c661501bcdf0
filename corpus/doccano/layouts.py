"""What a project looks like: its type on the server, its label types, and the row that carries a unit there.

Three layouts, judged on the real page: ``themes`` (categories over a text, the words that caused them underlined),
``voices`` (quotations, speakers, cues, furniture as spans that may overlap), ``spans`` (themes as spans). The
latter two may carry relations, arrows from a quotation to the words that name its speaker; ``spans`` then shows both
ends too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Literal

from corpus.doccano.client import LabelKind
from corpus.doccano.utf16 import Offsets
from schemas.codebook import Codebook
from schemas.datafile import read_data
from schemas.errors import MinberError

LayoutName = Literal["themes", "voices", "spans"]
UnitName = Literal["sentence", "paragraph", "quotation", "document"]

RESERVED = frozenset(
    {"text", "label", "cats", "entities", "categories", "relations", "data", "meta", "id", "Comments"}  # the export's
    | {"upload_name", "filename", "example_uuid"}  # the import's
)
"""Metadata keys that the server's import takes for something else, or that break the export of the whole project."""

IDENTITY = ("doc_id", "rev", "range")
"""Metadata keys that carry our name of a unit; the server shows them and gives them back.

Three short ones: the page does not break a long word, and a single long one would push the sentences beside it out of
sight."""


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """A label in a unit; offsets are code points of the unit's text.

    A relation lies where its first span lies, and ``target`` says where its second one does.
    """

    layer: str
    label: str
    start: int
    end: int
    target: tuple[int, int] | tuple[()] = ()


@dataclass(frozen=True, slots=True)
class LabelType:
    """A label that people may give in a project.

    Attributes:
        kind: ``category`` for whole texts, ``span`` for stretches, ``relation`` between two stretches.
        layer, label: what it is in our annotations.
        name: what people see.
        color: ``#rrggbb``.
        key: keyboard shortcut, or None.
    """

    kind: LabelKind
    layer: str
    label: str
    name: str
    color: str
    key: str | None


@dataclass(frozen=True, slots=True)
class Layout:
    """How annotations are shown on the server.

    Attributes:
        name: of the layout.
        project_type: on the server; says which labels a project can hold.
        units: what an example may be, the default first.
        overlap: whether spans may overlap.
        furniture: whether page furniture and recaps are shown (else such units are left out).
        relations: whether quotations are joined to their speakers by arrows.
    """

    name: LayoutName
    project_type: str
    units: tuple[UnitName, ...]
    overlap: bool
    furniture: bool
    relations: bool = False

    @property
    def kinds(self) -> tuple[LabelKind, ...]:
        """Kinds of labels that such a project holds."""
        if self.project_type != "SequenceLabeling":
            return ("category", "span")
        return ("span", "relation") if self.relations else ("span",)

    @property
    def resource_type(self) -> str:
        """The server's second name for the project type."""
        return f"{self.project_type}Project"


LAYOUTS: dict[LayoutName, Layout] = {
    "themes": Layout(
        "themes",
        "IntentDetectionAndSlotFilling",
        ("sentence", "paragraph", "quotation", "document"),
        overlap=False,
        furniture=False,
    ),
    # a quotation may run over many sentences, so `voices` are not shown by sentence
    "voices": Layout(
        "voices", "SequenceLabeling", ("paragraph", "quotation", "document"), overlap=True, furniture=True
    ),
    "spans": Layout(
        "spans",
        "SequenceLabeling",
        ("paragraph", "sentence", "quotation", "document"),
        overlap=True,
        furniture=False,
    ),
}


def choose_layout(name: LayoutName, relations: bool | None, usual: bool) -> Layout:
    """The layout of a name, with relations where they are wanted.

    Parameters:
        name: of the layout.
        relations: as asked for; None: as the settings have it.
        usual: what the settings say; a layout without relations does without.

    Returns:
        the layout.

    Raises:
        MinberError: MB428 relations were asked of a layout that has none.
    """
    layout = LAYOUTS[name]
    if not layout.overlap:
        if relations:
            raise MinberError("MB428", layout=name)
        return layout
    return replace(layout, relations=usual if relations is None else relations)


def choose_unit(layout: Layout, unit: str | None) -> UnitName:
    """The unit to cut into: the wanted one, or the layout's default.

    Raises:
        MinberError: MB426 this layout is not shown by such units.
    """
    for known in layout.units:
        if unit in (None, known):
            return known
    raise MinberError("MB426", layout=layout.name, unit=unit, known=", ".join(layout.units))


@cache
def interface() -> dict[str, Any]:
    """What people see beyond the codebook (``data/interface.yaml``)."""
    return dict(read_data(files("corpus.doccano") / "data" / "interface.yaml"))


def localized(texts: Mapping[str, Any], language: str) -> Any:
    """The text of a language, else the English one."""
    return texts[language] if language in texts else texts["en"]


def label_types(layout: Layout, codebook: Codebook, language: str) -> list[LabelType]:
    """All labels that people may give in a project of a layout, named in a language.

    Parameters:
        layout: the layout.
        codebook: its themes become labels of ``themes`` and ``spans``.
        language: of the names.

    Returns:
        label types in the order in which they are shown.

    Raises:
        MinberError: MB427 two themes have the same name in this language.
    """
    types: list[LabelType] = []
    if layout.name != "voices":
        kinds: list[tuple[LabelKind, str]] = [("span", "theme")]
        if layout.name == "themes":
            kinds = [("category", "theme"), ("span", "evidence")]
        types = [
            LabelType(kind, layer, theme.id, theme.name(language).strip(), theme.color, theme.key)
            for kind, layer in kinds
            for theme in codebook.themes
        ]
    taken = {found.key for found in types}
    for row in voice_rows(layout):
        label, key = row["layer"] if row["label"] == "*" else row["label"], row["key"]
        name = localized(row["names"], language)
        types.append(LabelType("span", row["layer"], label, name, row["color"], None if key in taken else key))
    if layout.relations:
        types += [
            LabelType("relation", "relation", row["label"], localized(row["names"], language), row["color"], None)
            for row in interface()["relations"]
        ]
    seen: set[tuple[str, str]] = set()
    twice = []
    for found in types:
        if (found.kind, found.name) in seen:
            twice.append(found.name)
        seen.add((found.kind, found.name))
    if twice:
        raise MinberError("MB427", language=language, names=", ".join(twice))
    return types


def voice_rows(layout: Layout) -> list[dict[str, Any]]:
    """The label types beside themes that a layout has: all of ``voices``, in ``spans`` the two ends of a relation."""
    if layout.name == "voices":
        return list(interface()["voices"])
    return [row for row in interface()["voices"] if row["layer"] in ("quote", "mention")] if layout.relations else []


def voice_label(layer: str, label: str) -> str | None:
    """The label of ``voices`` that an annotation is shown as, None if that layout does not show it."""
    for row in interface()["voices"]:
        if row["layer"] == layer and row["label"] in (label, "*"):
            return layer if row["label"] == "*" else label
    return None


def voice_names(language: str) -> dict[str, str]:
    """What the labels of ``voices`` are called.

    Parameters:
        language: of the interface.

    Returns:
        label, or layer where a label stands for all of it → name.

    Example:
        >>> voice_names("ru")["direct"], voice_names("en")["chrome"]
        ('Цитата', 'Page furniture')
    """
    rows = interface()["voices"]
    return {row["layer" if row["label"] == "*" else "label"]: localized(row["names"], language) for row in rows}


def unit_of(row: Mapping[str, Any]) -> str | None:
    """Our name of the unit that an example shows, None for an example that did not come from us.

    Example:
        >>> unit_of({"text": "…", "doc_id": "kz-1", "rev": "d3bd63f7a3ab1ad9", "range": "0-42"})
        'kz-1:d3bd63f7a3ab1ad9:0-42'
    """
    parts = [row.get(key) for key in IDENTITY]
    return ":".join(map(str, parts)) if all(parts) else None


def resolve_overlaps(spans: Sequence[Label], order: Sequence[str]) -> tuple[list[Label], list[Label]]:
    """Choose which of overlapping spans a project without overlap can show.

    The rule: the longer span stays; of two equally long ones the earlier; of two on the same words the one whose theme
    comes first in the codebook. (The server itself would keep whichever starts first, and drop the rest in silence.)

    Parameters:
        spans: spans of one unit.
        order: theme ids in the order of the codebook.

    Returns:
        spans that stay and spans that do not, both in order of position.

    Example:
        >>> long, short = Label("evidence", "b", 0, 9), Label("evidence", "a", 4, 9)
        >>> resolve_overlaps([short, long], ["a", "b"])[0] == [long]
        True
    """
    rank = {name: place for place, name in enumerate(order)}
    kept: list[Label] = []
    dropped: list[Label] = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start, rank.get(s.label, len(rank)), s.label)):
        free = all(span.end <= other.start or other.end <= span.start for other in kept)
        (kept if free else dropped).append(span)
    return sorted(kept, key=lambda s: s.start), sorted(dropped, key=lambda s: s.start)


def upload_row(
    layout: Layout,
    text: str,
    labels: Sequence[Label],
    names: Mapping[tuple[str, str], str],
    meta: Mapping[str, str],
    uuid: str,
) -> dict[str, object]:
    """Write a unit as the server's import takes it, and check what the server would drop, double or choke on.

    Parameters:
        layout: decides on the form.
        text: of the unit.
        labels: shown with it; spans without overlap where the layout has none.
        names: layer and label → name on the server.
        meta: metadata with localized keys, and those of ``IDENTITY``.
        uuid: of the example, in version 4 form.

    Returns:
        a JSON object; offsets in UTF-16 units.

    Raises:
        MinberError: MB415 something in it cannot be sent, MB412 an offset lies outside of the text.
    """
    unit = unit_of(meta) or ""
    problem = None
    if not text.strip():
        problem = "it has no text"
    elif "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        problem = "its text holds a NUL or half of a surrogate pair"
    elif RESERVED & meta.keys():
        problem = f"metadata key {min(RESERVED & meta.keys())} is reserved by the server"
    elif not all(isinstance(value, str) for value in meta.values()):
        problem = "metadata must be strings"
    if problem:
        raise MinberError("MB415", unit=unit, problem=problem)
    offsets = Offsets(text)
    categories: list[str] = []
    spans: list[tuple[int, int, str]] = []
    relations: list[tuple[tuple[int, ...], tuple[int, ...], str]] = []
    for label in labels:
        name = names.get((label.layer, label.label))
        if name is None:
            raise MinberError("MB415", unit=unit, problem=f"label {label.layer} {label.label} is not in this layout")
        if layout.name == "themes" and label.layer == "theme":
            categories.append(name)
        elif label.target:
            source, target = (tuple(map(offsets.to_utf16, end)) for end in ((label.start, label.end), label.target))
            relations.append((source, target, name))
        else:
            if label.end <= label.start:
                raise MinberError("MB415", unit=unit, problem=f"label {name} at {label.start} covers nothing")
            spans.append((offsets.to_utf16(label.start), offsets.to_utf16(label.end), name))
    categories, spans = list(dict.fromkeys(categories)), sorted(set(spans))
    if not layout.overlap and any(left[1] > right[0] for left, right in pairwise(spans)):
        raise MinberError("MB415", unit=unit, problem="its spans overlap")
    row: dict[str, object] = {"text": text, **meta, "example_uuid": uuid}
    if layout.name == "themes":
        return row | {"cats": categories, "entities": spans}
    if not layout.relations:
        return row | {"label": spans}
    entities = [
        {"id": number, "label": name, "start_offset": start, "end_offset": end}
        for number, (start, end, name) in enumerate(spans)
    ]
    quotes = {name for (layer, _), name in names.items() if layer == "quote"}
    # of several spans on the same words the quotation is the one that somebody says
    places = {(start, end): number for number, (start, end, name) in enumerate(spans) if name not in quotes}
    firsts = places | {(start, end): number for number, (start, end, name) in enumerate(spans) if name in quotes}
    arrows = []
    for number, (source, target, name) in enumerate(sorted(set(relations))):
        if source not in firsts or target not in firsts:
            raise MinberError("MB415", unit=unit, problem=f"relation {name} has no span at one of its ends")
        start, end = firsts[source], places.get(target, firsts[target])
        arrows.append({"id": number, "from_id": start, "to_id": end, "type": name})
    return row | {"entities": entities, "relations": arrows}


def kind_of(layout: Layout, label: Label) -> LabelKind:
    """What kind of label the server takes ours for."""
    if label.target:
        return "relation"
    return "category" if layout.name == "themes" and label.layer == "theme" else "span"


def meaning(layout: Layout, kind: str, name: str, types: Mapping[tuple[str, str], tuple[str, str]]) -> tuple[str, str]:
    """Layer and label of a name on the server; a name that is not ours stands for itself in the layout's own layer."""
    layer = "theme" if kind == "category" else {"themes": "evidence", "spans": "theme"}.get(layout.name, "quote")
    layer = "relation" if kind == "relation" else layer
    return types.get((kind, name), (layer, name))


def read_row(
    layout: Layout, row: Mapping[str, Any], types: Mapping[tuple[str, str], tuple[str, str]]
) -> tuple[list[Label], list[str], list[MinberError]]:
    """Read the labels of an exported example.

    Parameters:
        layout: decides on the form.
        row: what the export wrote.
        types: kind and name on the server → layer and label.

    Returns:
        labels in code points of the text, twice where two people gave the same; names that are not ours (their labels
        are kept under the name as it stands); errors of spans that fit no letters.
    """
    text = str(row["text"])
    offsets = Offsets(text)
    unknown: list[str] = []
    errors: list[MinberError] = []

    def resolve(kind: str, name: str) -> tuple[str, str]:
        if (kind, name) not in types:
            unknown.append(name)
        return meaning(layout, kind, name, types)

    labels = [Label(*resolve("category", name), 0, len(text)) for name in row.get("cats") or ()]
    places: dict[object, tuple[int, int]] = {}
    # with relations switched on, the export writes spans under another key, and with their numbers
    for span in row.get("entities") or row.get("label") or ():
        start, end, name = (span["start_offset"], span["end_offset"], span["label"]) if isinstance(span, dict) else span
        try:
            label = Label(*resolve("span", name), offsets.to_code_point(start), offsets.to_code_point(end))
        except MinberError as error:
            errors.append(MinberError(error.code, unit_of(row) or "", **error.values))
            continue
        labels.append(label)
        if isinstance(span, dict):
            places[span.get("id")] = label.start, label.end
    for arrow in row.get("relations") or ():
        source, target = places.get(arrow["from_id"]), places.get(arrow["to_id"])
        if source and target:  # else one of its ends is named among the errors
            labels.append(Label(*resolve("relation", arrow["type"]), *source, target))
    return sorted(labels), sorted(set(unknown)), errors
