"""Which units go to the server: a condition, a sample, an order; noted in ``runs``, so that it can be drawn again.

A sample is the units with the smallest hashes of seed and name. So it does not depend on order or machine, and a larger
sample of the same seed holds the smaller one (without strata). A text that is added later disturbs nothing: what is on
the server already counts first, and a sample is only filled up.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.stats.filters import parse_condition
from corpus.stats.selection import FIELDS, Selected
from corpus.stats.selection import Selection as Stretches
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.doccano.units import Unit
    from corpus.store import Corpus

UNIT_FIELDS = pl.Schema(
    {
        **FIELDS,
        "themes": pl.String(),  # that the machine found, ", " between them; null: none
        "score": pl.Float64(),  # of the least certain of them
        "length": pl.Int64(),  # letters
        "margin": pl.Float64(),  # how near the model of minber.toml is to deciding otherwise on a theme
        "labelled": pl.Boolean(),  # whether somebody confirmed it in any project
    }
)
"""What ``--where``, ``--stratify`` and ``--order`` may name: the fields of statistics, and those of units."""

RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which units, in which order.

    Attributes:
        where: a condition on ``UNIT_FIELDS``; empty for all.
        sample: how many of them; None for all.
        seed: of the draw.
        stratify: a field: each of its values gets its share of the sample.
        order: a field, ``-`` before it turns it round; ``random``; empty for date, document, place in the text.

    Raises:
        MinberError: MB501 an unknown field, MB502, MB503 a bad condition, MB012 a bad number.
    """

    where: str = ""
    sample: int | None = None
    seed: int = 0
    stratify: str = ""
    order: str = ""

    def __post_init__(self) -> None:
        if self.where:
            parse_condition(self.where, UNIT_FIELDS)
        for option, name in (("--stratify", self.stratify), ("--order", self.order.removeprefix("-"))):
            if name and name not in UNIT_FIELDS and not (option == "--order" and self.order == RANDOM):
                known = [*UNIT_FIELDS, *([RANDOM] if option == "--order" else [])]
                raise MinberError("MB501", field=name, option=option, known=", ".join(known))
        if self.sample is not None and self.sample < 1:
            raise MinberError("MB119", option="--sample", value=self.sample, expected="a whole number from 1")
        if self.stratify and self.sample is None:
            raise MinberError("MB119", option="--stratify", value=self.stratify, expected="--sample N with it")

    def __str__(self) -> str:
        parts = [f"--where {self.where!r}"] if self.where else []
        if self.sample is not None:
            parts.append(f"--sample {self.sample} --seed {self.seed}")
        parts += [f"--stratify {self.stratify}"] if self.stratify else []
        return " ".join(parts) or "all units"

    def draws_as(self, other: Selection) -> bool:
        """Whether both draw alike, so that the larger of two samples holds the smaller one."""
        return (self.where, self.seed, self.stratify) == (other.where, other.seed, other.stratify)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The units chosen.

    Attributes:
        units: in the order in which they are sent.
        total: of how many.
        notes: what a person should know.
    """

    units: list[Unit]
    total: int
    notes: list[str] = field(default_factory=list)


def last_selection(runs: pl.LazyFrame, scope: str) -> Selection | None:
    """The selection of the last push to a project, or to the projects of a team; None before the first.

    Parameters:
        runs: the table of runs.
        scope: name of the project without a person.

    Returns:
        the selection, as ``note_selection`` wrote it.
    """
    rows = runs.filter(pl.col("command") == "push").sort("started").select("details").collect()
    found = None
    for details in map(json.loads, rows["details"].drop_nulls()):
        if details.get("scope") == scope and "selection" in details:
            known = {name: details["selection"].get(name) for name in Selection.__dataclass_fields__}
            found = Selection(**{name: value for name, value in known.items() if value is not None})
    return found


def noted_relations(runs: pl.LazyFrame, scope: str) -> bool:
    """Whether any push to these projects asked for relations: they go on until the project has none."""
    rows = runs.filter(pl.col("command") == "push").select("details").collect()["details"].drop_nulls()
    return any(details.get("scope") == scope and details.get("relations") for details in map(json.loads, rows))


def note_selection(scope: str, selection: Selection, relations: bool = False) -> dict[str, object]:
    """The entries of ``runs`` from which ``last_selection`` and ``noted_relations`` read."""
    return {"scope": scope, "selection": asdict(selection), "relations": relations}


def asked_selection(
    last: Selection | None,
    where: str | None,
    sample: int | None,
    seed: int | None,
    stratify: str | None,
    order: str | None,
    everything: bool,
    usual_seed: int,
) -> Selection | None:
    """The selection that options of a command ask for.

    Parameters:
        last: that of the last push; an order or a seed alone changes only that in it.
        where, sample, seed, stratify, order: as given; None where not.
        everything: all units, whatever was chosen before.
        usual_seed: where none is given.

    Returns:
        the selection; None where nothing was asked for.

    Raises:
        MinberError: as ``Selection``; MB119 all units and some units at once.
    """
    number = usual_seed if seed is None else seed
    if everything:
        if where or sample is not None or stratify:
            raise MinberError("MB119", option="--all", value="", expected="it without --where, --sample and --stratify")
        return Selection(seed=number, order=order or "")
    if where is not None or sample is not None or stratify is not None:
        return Selection(where or "", sample, number, stratify or "", order or (last.order if last else ""))
    if order is None and seed is None:
        return None
    base = last or Selection(seed=number)
    return replace(base, seed=base.seed if seed is None else seed, order=base.order if order is None else order)


def settle(asked: Selection | None, last: Selection | None, present: int) -> tuple[Selection, list[str]]:
    """Which selection counts, and what is to be said of it.

    Parameters:
        asked: what a person gave; None: nothing, so that the last one goes on.
        last: that of the last push.
        present: how many units are on the server already.

    Returns:
        the selection and notes.

    Example:
        >>> settle(None, Selection(sample=100), 100)[1]
        ["the selection of the last push goes on: --sample 100 --seed 0 ('push --all' sends everything)"]
    """
    if asked is None:
        if last is None:
            return Selection(), []
        said = f"the selection of the last push goes on: {last} ('push --all' sends everything)"
        return last, [said] if last.where or last.sample is not None else []
    if last is None or str(asked) == str(last) or (asked.sample is None and not asked.where and not present):
        return asked, []
    said = f"the selection is {asked} now and was {last}"
    return asked, [f"{said}; the {present} unit(s) that are there stay" if present else said]


def select_units(corpus: Corpus, units: Sequence[Unit], selection: Selection, present: Collection[str] = ()) -> Chosen:
    """Choose units.

    Parameters:
        corpus: an open corpus.
        units: of a layout, in the usual order.
        selection: which of them.
        present: names of units that are on the server already: a sample takes these first.

    Returns:
        the units, and how many there were.

    Raises:
        MinberError: MB504 the condition leaves nothing.
    """
    needed = fields_of(selection)
    chosen, notes = list(units), []
    frame = unit_fields(corpus, units, needed) if needed else pl.DataFrame()
    values: dict[str, dict[str, Any]] = {row["unit_id"]: row for row in frame.iter_rows(named=True)} if needed else {}
    if selection.where:
        kept = set(frame.filter(parse_condition(selection.where, UNIT_FIELDS).expression)["unit_id"])
        chosen = [unit for unit in units if unit.unit_id in kept]
        if units and not chosen:
            raise MinberError("MB504", filter=str(selection), total=len(units), what="units")
    if selection.sample is not None:
        strata: dict[str, list[str]] = {}
        for unit in chosen:
            value = values[unit.unit_id][selection.stratify] if selection.stratify else ""
            strata.setdefault("" if value is None else str(value), []).append(unit.unit_id)
        if selection.sample > len(chosen):
            notes.append(f"there are only {len(chosen)} units to draw {selection.sample} from")
        drawn = draw(strata, selection.sample, selection.seed, set(present))
        chosen = [unit for unit in chosen if unit.unit_id in drawn]
    return Chosen(_ordered(chosen, selection, values), len(units), notes)


def fields_of(selection: Selection) -> set[str]:
    """Names of the fields that a selection looks at.

    Example:
        >>> sorted(fields_of(Selection(where="lang == 'kk'", sample=5, stratify="year", order="random")))
        ['lang', 'year']
    """
    names = set(parse_condition(selection.where, UNIT_FIELDS).fields) if selection.where else set()
    return names | ({selection.stratify, selection.order.removeprefix("-")} - {"", RANDOM})


def draw(strata: dict[str, list[str]], size: int, seed: int, present: Collection[str] = ()) -> set[str]:
    """Draw a sample in which each stratum has its share (largest remainders), smallest hashes first.

    Parameters:
        strata: value → names of units.
        size: of the sample.
        seed: of the draw.
        present: units that come first, whatever their hash.

    Returns:
        names of units: ``size`` of them, or all where there are fewer; more only where one stratum holds more units
        that are present than its share.

    Example:
        >>> sorted(draw({"kk": ["a", "b", "c"], "ru": ["d"]}, 4, seed=1))
        ['a', 'b', 'c', 'd']
    """
    total = sum(map(len, strata.values()))
    size = min(size, total)
    if not total:
        return set()
    quota = {name: size * len(units) // total for name, units in strata.items()}
    rest = sorted(strata, key=lambda name: (-(size * len(strata[name]) % total), name))
    for name in rest[: size - sum(quota.values())]:
        quota[name] += 1
    drawn: set[str] = set()
    for name, units in strata.items():
        there = [unit for unit in units if unit in present]
        fresh = sorted((unit for unit in units if unit not in present), key=lambda unit: fate(seed, "sample", unit))
        drawn.update(there, fresh[: max(0, quota[name] - len(there))])
    return drawn


def fate(seed: int, purpose: str, *names: str) -> int:
    """A number that looks random and is the same on every machine, from a seed, a purpose and names.

    Example:
        >>> fate(1, "half", "unit") == fate(1, "half", "unit") != fate(2, "half", "unit")
        True
    """
    digest = hashlib.sha256("\0".join(["minber", str(seed), purpose, *names]).encode("utf-8")).digest()
    return int.from_bytes(digest[:8], "big")


def unit_fields(corpus: Corpus, units: Sequence[Unit], needed: Iterable[str]) -> pl.DataFrame:
    """What is known of each unit: a row a unit, ``unit_id`` and ``UNIT_FIELDS``; only columns needed are filled.

    Parameters:
        corpus: an open corpus.
        units: of one layout.
        needed: names of fields.

    Returns:
        the frame, in the order of ``units``.
    """
    needed = set(needed)
    frame = pl.DataFrame(
        {
            "unit_id": [unit.unit_id for unit in units],
            "doc_id": [unit.doc_id for unit in units],
            "start": [unit.start for unit in units],
            "end": [unit.end for unit in units],
            "length": [len(unit.text) for unit in units],
        },
        schema_overrides={"start": pl.Int64, "end": pl.Int64, "length": pl.Int64},
    )
    if not units:
        return pl.DataFrame(schema={"unit_id": pl.String, **UNIT_FIELDS})
    if needed & set(FIELDS):
        whole = Selected(corpus, Stretches(furniture=True, by=tuple(FIELDS)))
        found = whole.in_voice(frame.lazy().select("unit_id", "doc_id", "start", "end")).select("unit_id", *FIELDS)
        frame = frame.join(found.collect(), on="unit_id", how="left", maintain_order="left")
    if needed & {"themes", "score"}:
        frame = frame.join(_themes(corpus, frame), on="unit_id", how="left", maintain_order="left")
    if "margin" in needed:
        frame = frame.with_columns(margin=_margins(corpus, units))
    if "labelled" in needed:
        done = corpus.units.filter(pl.col("confirmed")).select("unit_id").unique().collect()["unit_id"].to_list()
        frame = frame.with_columns(labelled=pl.col("unit_id").is_in(done))
    absent = [pl.lit(None, dtype=kind).alias(name) for name, kind in UNIT_FIELDS.items() if name not in frame.columns]
    return frame.with_columns(absent).select("unit_id", *UNIT_FIELDS)


def _margins(corpus: Corpus, units: Sequence[Unit]) -> pl.Series:
    from corpus.learning.margins import margins  # brings spaCy

    model = corpus.settings.corpus.model
    if model is None:
        raise MinberError("MB119", option="field", value="margin", expected='[corpus] model = "NAME" in minber.toml')
    language = dict(corpus.documents.select("id", "lang").collect().iter_rows())
    found = margins(corpus, model, ((unit.unit_id, language[unit.doc_id], unit.text) for unit in units))
    return pl.Series([found.get(unit.unit_id) for unit in units], dtype=pl.Float64)


def _themes(corpus: Corpus, frame: pl.DataFrame) -> pl.DataFrame:
    given = corpus.annotations.filter(pl.col("layer") == "theme")
    rows = given.select("doc_id", "label", "score", left="start", right="end")
    return (
        frame.lazy()
        .select("unit_id", "doc_id", "start", "end")
        .join(rows, on="doc_id")
        .filter((pl.col("left") < pl.col("end")) & (pl.col("start") < pl.col("right")))
        .group_by("unit_id")
        .agg(themes=pl.col("label").unique().sort().str.join(", "), score=pl.col("score").min())
        .collect()
    )


def _ordered(units: list[Unit], selection: Selection, values: dict[str, dict[str, Any]]) -> list[Unit]:
    if selection.order == RANDOM:
        return sorted(units, key=lambda unit: fate(selection.seed, "order", unit.unit_id))
    name = selection.order.removeprefix("-")
    if not name:
        return units
    known = [unit for unit in units if values[unit.unit_id][name] is not None]
    known.sort(key=lambda unit: values[unit.unit_id][name], reverse=selection.order.startswith("-"))
    return known + [unit for unit in units if values[unit.unit_id][name] is None]
