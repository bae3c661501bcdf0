"""Who coded which unit, and how: read from the tables of units and labels.

A coding is a unit that a person confirmed: the check mark says that every label in it is theirs and that nothing else
is there. A unit without it is no coding, whatever labels it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import polars as pl

from corpus.stats.frames import check_choice, check_columns
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.stats.selection import Selected
    from corpus.store import Corpus

Kind = Literal["sets", "spans"]

LAYERS: dict[str, dict[str, Kind]] = {
    "themes": {"theme": "sets", "evidence": "spans"},
    "voices": {"quote": "spans", "mention": "spans", "cue": "spans", "chrome": "spans"},
    "spans": {"theme": "spans", "quote": "spans", "mention": "spans"},
}
"""Layout → its layers, and whether labels are given to units as a whole or to stretches of them."""

UNITS = ("round", "unit_id", "doc_id", "revision", "start", "end", "coder", "preannotated")
"""Columns of `Codings.units`."""

LABELS = ("round", "unit_id", "coder", "layer", "label", "start", "end")
"""Columns of `Codings.labels`."""


@dataclass(frozen=True)
class Codings:
    """What people coded, in one layout.

    Attributes:
        layout: of the projects.
        units: a row a unit and coder (`UNITS`).
        labels: a row a label of a coding (`LABELS`); offsets are code points of the document.
    """

    layout: str
    units: pl.DataFrame
    labels: pl.DataFrame

    def __post_init__(self) -> None:
        if "preannotated" not in self.units.columns:
            object.__setattr__(self, "units", self.units.with_columns(preannotated=pl.lit(True)))

    @cached_property
    def items(self) -> pl.DataFrame:
        """Each unit of each round once, in order of document and place: `UNITS`, with ``coders`` (a list) for coder."""
        keys = ["round", "unit_id", "doc_id", "revision", "start", "end"]
        found = self.units.group_by(keys).agg(
            pl.col("coder").sort().alias("coders"), pl.col("preannotated").any().alias("preannotated")
        )
        return found.sort("doc_id", "start", "end", "round", "unit_id")

    @property
    def coders(self) -> list[str]:
        """Names, in order."""
        return self.units["coder"].unique().sort().to_list()

    @property
    def double(self) -> int:
        """Number of units that two people or more coded."""
        return self.items.filter(pl.col("coders").list.len() > 1).height

    def layers(self) -> dict[str, Kind]:
        """Layers of the layout; those of stretches only if anybody marked one."""
        given = set(self.labels["layer"].unique())
        return {name: kind for name, kind in LAYERS[self.layout].items() if kind == "sets" or name in given}

    def only(
        self, coders: Sequence[str] | None = None, number: int | None = None, preannotated: bool | None = None
    ) -> Codings:
        """The codings of some people, of one round, of units whose pre-annotations people saw or did not see."""
        wanted = pl.lit(True)
        if coders is not None:
            wanted &= pl.col("coder").is_in(list(coders))
        if number is not None:
            wanted &= pl.col("round") == number
        units, labels = self.units.filter(wanted), self.labels.filter(wanted)
        if preannotated is not None:
            units = units.filter(pl.col("preannotated") == preannotated)
            labels = labels.join(units, on=["round", "unit_id", "coder"], how="semi")
        return replace(self, units=units, labels=labels)

    def over_rounds(self, coder: str) -> Codings:
        """One person's codings as if each round were another person (``r1``, ``r2`` …) who coded the same units."""
        mine = self.only([coder])
        turn = {"coder": pl.format("r{}", "round"), "round": pl.lit(1, pl.Int32)}
        return replace(mine, units=mine.units.with_columns(**turn), labels=mine.labels.with_columns(**turn))

    def renamed(self, names: Mapping[str, str]) -> Codings:
        """The codings with other names of coders, such as pseudonyms."""
        other = pl.col("coder").replace(dict(names))
        return replace(self, units=self.units.with_columns(coder=other), labels=self.labels.with_columns(coder=other))


def codings_of(units: pl.DataFrame | pl.LazyFrame, labels: pl.DataFrame | pl.LazyFrame, layout: str) -> Codings:
    """Take the codings out of the tables of units and labels.

    Parameters:
        units: `schemas.tables.UNITS`, or at least ``unit_id``, ``doc_id``, ``revision``, ``start``, ``end``,
            ``project``, ``layout``, ``annotator``, ``round``, ``confirmed``, ``confirmed_by``; where there
            is one, ``preannotated``.
        labels: `schemas.tables.LABELS`, or at least ``unit_id``, ``project``, ``layer``, ``label``, ``start``, ``end``,
            ``decision``.
        layout: ``themes``, ``voices`` or ``spans``.

    Returns:
        the codings. The coder is whose own project it is; in a project that all share, whose check mark it is, else
        the project. Of a document that was revised during the labelling, the revision counts that has most units coded
        by two people, so that nobody's unit counts twice.

    Raises:
        MinberError: MB505 no such layout, or a column is missing.

    Example:
        >>> unit = {"unit_id": "u", "doc_id": "a", "revision": "r", "start": 0, "end": 9, "layout": "themes",
        ...         "confirmed": True, "confirmed_by": None, "round": None}
        >>> units = pl.DataFrame([unit | {"project": "p", "annotator": "aigul"}, unit | {"project": "q",
        ...                       "annotator": "berik"}])
        >>> labels = pl.DataFrame([{"unit_id": "u", "project": "p", "layer": "theme", "label": "dialogue", "start": 0,
        ...                         "end": 9, "decision": "added"}])
        >>> codings_of(units, labels, "themes").items["coders"].to_list()
        [['aigul', 'berik']]
    """
    check_choice("layout", layout, LAYERS)
    needed = ["unit_id", "project", "layout", "annotator", "round", "confirmed", "confirmed_by"]
    columns = check_columns(units.lazy(), needed)
    check_columns(labels.lazy(), ["unit_id", "project", "layer", "label", "decision"])
    seen = pl.col("preannotated").fill_null(True) if "preannotated" in columns else pl.lit(True)
    confirmed = (
        units.lazy()
        .filter(pl.col("confirmed") & (pl.col("layout") == layout))
        .with_columns(coder=coder_of(), preannotated=seen, round=pl.col("round").cast(pl.Int32).fill_null(1))
        .collect()
        .sort("project")
    )
    by_project = confirmed.unique(["unit_id", "round", "coder", "project"], maintain_order=True)
    once = by_project.unique(["unit_id", "round", "coder"], keep="last", maintain_order=True)
    chosen = _one_revision(once.select(UNITS))
    given = (
        labels.lazy()
        .filter(pl.col("decision").is_in(["added", "confirmed"]) & pl.col("layer").is_in(list(LAYERS[layout])))
        .select("unit_id", "project", "layer", "label", "start", "end")
        .unique()
        .collect()
    )
    keys = chosen.select("round", "unit_id", "coder")
    theirs = once.select("round", "unit_id", "coder", "project").join(keys, on=keys.columns, how="semi")
    rows = theirs.join(given, on=["unit_id", "project"]).select(LABELS).unique()
    return Codings(layout, chosen, rows.sort(LABELS))


def coder_of() -> pl.Expr:
    """Who coded a unit: whose project it is, else whose check mark, else the project."""
    return pl.coalesce(pl.col("annotator"), pl.col("confirmed_by"), pl.col("project")).cast(pl.String)


def read_codings(
    source: Corpus | Selected, layout: str | None = None, number: int | None = None, where: str = ""
) -> Codings:
    """Read the codings of a corpus, of a snapshot or of a selected part.

    Parameters:
        source: an open corpus, an open snapshot, or a part of either.
        layout: default: as ``minber.toml`` says.
        number: of the round; None for all.
        where: a condition on documents (`corpus.stats.filters`), where ``source`` is a corpus.

    Returns:
        the codings.

    Raises:
        MinberError: MB480 nobody has confirmed a unit; MB501 to MB504 the condition is not understood, or leaves
            nothing.
    """
    from corpus.stats.selection import Selected, Selection

    part = source if isinstance(source, Selected) else None
    if part is None and where:
        part = Selected(source, Selection(where=where, furniture=True))  # type: ignore[arg-type]  # it is a corpus
    base: Corpus = part.corpus if part is not None else source  # type: ignore[assignment]  # the same
    name = layout or base.settings.doccano.layout
    found = codings_of(base.units, base.labels, name)
    if number is not None:
        found = found.only(number=number)
    if part is not None and part.selection.where:
        chosen = part.in_voice(found.items.lazy().select("doc_id", "start", "end", "round", "unit_id"))
        kept = chosen.select("round", "unit_id").unique().collect()
        units, labels = (frame.join(kept, on=["round", "unit_id"], how="semi") for frame in (found.units, found.labels))
        found = replace(found, units=units, labels=labels)
    if not found.units.height:
        raise MinberError("MB480", layout=name)
    return found


def _one_revision(units: pl.DataFrame) -> pl.DataFrame:
    """Of each document of a round the revision with most units that several coded, then with most units."""
    keys = ["round", "doc_id", "revision"]
    coded = units.group_by(*keys, "unit_id").len("coders")
    size = coded.group_by(keys).agg(double=(pl.col("coders") > 1).sum(), units=pl.len())
    best = size.sort("double", "units", "revision", descending=True).unique(keys[:2], maintain_order=True)
    return units.join(best.select(keys), on=keys, how="semi").sort(UNITS)
