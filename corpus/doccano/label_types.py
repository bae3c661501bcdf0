"""Label types on the server, and what they mean here.

People rename and recolour label types in Doccano, codebooks rename themes, the language of the interface may change. So
a type is known by its number on the server, which each push notes in ``runs``; by its name only where no number is
noted. What it is called there stays as people left it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.doccano.client import Client
from corpus.doccano.layouts import LabelType, Layout, label_types
from schemas.codebook import Codebook
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus

Meaning = tuple[str, str]
"""Layer and label of our annotations."""


@dataclass(slots=True)
class ServerTypes:
    """The label types of a project on the server.

    Attributes:
        names: meaning → name there.
        meanings: kind and name there → meaning.
        ids: kind and number there → meaning.
        missing: types that the layout wants and the server lacks.
        notes: what people changed.
    """

    names: dict[Meaning, str] = field(default_factory=dict)
    meanings: dict[tuple[str, str], Meaning] = field(default_factory=dict)
    ids: dict[tuple[str, int], Meaning] = field(default_factory=dict)
    missing: list[LabelType] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def recorded_types(runs: pl.LazyFrame, project: str, project_id: int | None) -> dict[tuple[str, int], Meaning]:
    """Meanings of label types as earlier pushes to a project noted them.

    Parameters:
        runs: the table of runs.
        project: our name of the project.
        project_id: its number on the server.

    Returns:
        kind and number of the type → meaning.
    """
    found: dict[tuple[str, int], Meaning] = {}
    rows = runs.filter(pl.col("command") == "push").sort("started").select("details").collect()
    for details in map(json.loads, rows["details"].drop_nulls()):
        if details.get("project") == project and details.get("project_id") == project_id:
            found |= {(kind, number): (layer, label) for kind, number, layer, label in details.get("label_types", ())}
    return found


def types_to_rows(ids: Mapping[tuple[str, int], Meaning]) -> list[list[object]]:
    """Meanings of label types as ``runs`` keeps them (JSON)."""
    return [[kind, number, *meaning] for (kind, number), meaning in sorted(ids.items())]


def match_types(
    client: Client,
    project_id: int,
    layout: Layout,
    codebook: Codebook,
    language: str,
    recorded: Mapping[tuple[str, int], Meaning],
) -> ServerTypes:
    """List the label types of a project and tell what each means.

    Parameters:
        client: signed in.
        project_id: on the server.
        layout, codebook, language: say which types there should be.
        recorded: what earlier pushes noted.

    Returns:
        the types that are ours; those that people made themselves are not in it.

    Raises:
        MinberError: MB427 two themes have the same name in this language.
    """
    wanted = {(found.kind, found.layer, found.label): found for found in label_types(layout, codebook, language)}
    by_name = all_names(layout, codebook, language)
    result = ServerTypes()
    renamed, restyled = [], []
    for kind in dict.fromkeys(found.kind for found in wanted.values()):
        for row in client.label_types(project_id, kind):
            meaning = recorded.get((kind, row["id"])) or by_name.get((kind, row["text"]))
            if meaning is None:
                continue
            result.ids[kind, row["id"]] = meaning
            result.meanings[kind, row["text"]] = meaning
            ours = wanted.get((kind, *meaning))
            if ours is None:
                continue
            if meaning not in result.names or row["text"] == ours.name:
                result.names[meaning] = row["text"]
            if row["text"] != ours.name:
                renamed.append(f"{ours.name!r} is {row['text']!r}")
            if (str(row["background_color"]).lower(), row["suffix_key"]) != (ours.color.lower(), ours.key):
                restyled.append(repr(row["text"]))
    result.missing = [found for found in wanted.values() if (found.layer, found.label) not in result.names]
    if renamed:
        result.notes.append(f"{len(renamed)} label(s) have another name on the server and keep it: {_few(renamed)}")
    if restyled:
        result.notes.append(f"{len(restyled)} label(s) have another colour or key there and keep it: {_few(restyled)}")
    return result


def types_on_server(
    corpus: Corpus, client: Client, project: str, project_id: int, layout: Layout, language: str
) -> ServerTypes:
    """The label types of a project that was pushed to before, by the numbers that pushes noted.

    Parameters:
        corpus: an open corpus.
        client: signed in.
        project, project_id: our name of the project and its number there.
        layout, language: as in ``match_types``.

    Returns:
        as ``match_types``.

    Raises:
        MinberError: MB427 two themes have the same name in this language.
    """
    recorded = recorded_types(corpus.runs, project, project_id)
    return match_types(client, project_id, layout, corpus.codebook, language, recorded)


def create_types(client: Client, project_id: int, missing: Sequence[LabelType]) -> None:
    """Make label types that the server lacks, with their colours and, where nobody has them yet, their keys."""
    for kind in dict.fromkeys(found.kind for found in missing):
        taken = {(row["prefix_key"], row["suffix_key"]) for row in client.label_types(project_id, kind)}
        rows: list[dict[str, object]] = [
            {
                "text": found.name,
                "prefix_key": None,
                "suffix_key": found.key if (None, found.key) not in taken else None,
                "background_color": found.color,
                "text_color": readable_on(found.color),
            }
            for found in missing
            if found.kind == kind
        ]
        client.create_label_types(project_id, kind, rows)


def all_names(layout: Layout, codebook: Codebook, language: str) -> dict[tuple[str, str], Meaning]:
    """Kind and name → meaning, for the names of every language: the interface may have been another once.

    Where a name means different things in two languages, the interface's language decides.
    """
    found: dict[tuple[str, str], Meaning] = {}
    for other in (*codebook.names, "kk", "ru", "en"):
        try:
            found = type_map(label_types(layout, codebook, other)) | found
        except MinberError:
            continue  # two names clash in a language that is not in use
    return found | type_map(label_types(layout, codebook, language))


def type_map(types: Sequence[LabelType]) -> dict[tuple[str, str], Meaning]:
    """Kind and name → meaning."""
    return {(found.kind, found.name): (found.layer, found.label) for found in types}


def readable_on(color: str) -> str:
    """Black or white, whichever has more contrast with a colour (WCAG 2 relative luminance).

    Example:
        >>> readable_on("#ffe08a"), readable_on("#0b2a5b")
        ('#000000', '#ffffff')
    """
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#ffffff"


def _few(items: Sequence[Any]) -> str:
    return ", ".join(map(str, items[:3])) + (" …" if len(items) > 3 else "")
