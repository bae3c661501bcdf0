"""Teams of people who coded units, written by hand, and their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from corpus.agreement import Codings, codings_of
from corpus.store import Corpus
from schemas.tables import LABELS, UNITS
from tests.doccano.corpora import make_corpus

Sets = Mapping[str, Sequence[Sequence[str] | None]]
"""Coder → the labels they gave each unit, None for a unit that they did not confirm."""

STEP = 100
"""Letters of a unit."""


def tables(
    coded: Sets, layout: str = "themes", number: int = 1, per_document: int = 5, revision: str = "rev"
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of the tables of units and labels, as a pull leaves them."""
    units: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    for coder, sets in coded.items():
        for place, given in enumerate(sets):
            document, start = f"d{place // per_document}", place % per_document * STEP
            unit = {
                "unit_id": f"{document}:{revision}:{start}-{start + STEP}",
                "doc_id": document,
                "revision": revision,
                "start": start,
                "end": start + STEP,
                "server": "http://127.0.0.1",
                "project": f"Team · {layout} · {coder} · r{number}",
                "project_id": 1,
                "layout": layout,
                "pushed": "[]",
                "confirmed": given is not None,
                "annotator": coder,
                "round": None if number == 1 else number,
            }
            units.append(unit)
            labels += [
                {name: unit[name] for name in ("unit_id", "doc_id", "revision", "start", "end", "project", "round")}
                | {"layer": "theme", "label": label, "annotator": coder, "decision": "added", "confirmed": True}
                for label in given or ()
            ]
    return pl.DataFrame(units, schema=UNITS), pl.DataFrame(labels, schema=LABELS)


def team(coded: Sets, **options: Any) -> Codings:
    """Their codings."""
    return codings_of(*tables(coded, **options), options.get("layout", "themes"))


def marked(
    coder: str, unit: str, number: int, label: str, start: int, end: int, layer: str = "quote"
) -> dict[str, Any]:
    """A row of ``Codings.labels``."""
    row = {"round": number, "unit_id": unit, "coder": coder, "layer": layer}
    return row | {"label": label, "start": start, "end": end}


def frame(columns: Mapping[str, Sequence[Any]]) -> pl.DataFrame:
    """Coder → values of units 0, 1, 2 …, as a row a coding."""
    rows = [
        {"unit": unit, "coder": coder, "value": value}
        for coder, values in columns.items()
        for unit, value in enumerate(values)
        if value is not None
    ]
    return pl.DataFrame(rows)


def labelled(folder: Path, coded: Sets) -> Corpus:
    """A corpus on disk with one document, `STEP` letters a unit, as a team labelled it."""
    count = max(map(len, coded.values()))
    lines = [f"Сөйлем {number} — Қазақстан, 😀 диалог.".ljust(STEP - 1, ".") + "\n" for number in range(count)]
    made = make_corpus(folder, "http://127.0.0.1:1", {"d0": ("".join(lines).strip(), [])})
    [revision] = made.heads()["revision"]
    units, labels = tables(coded, per_document=count, revision=revision)
    made.append("units", units)
    made.append("labels", labels)
    return made
