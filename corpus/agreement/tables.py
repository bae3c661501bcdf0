"""Agreement of a team as a table: every measure that suits a layer, whole or by theme, pair and round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.agreement.bootstrap import Measure, Resampling, interval
from corpus.agreement.codings import Codings, Kind, read_codings
from corpus.agreement.kappa import cohen_sums, fleiss_sums
from corpus.agreement.nominal import MISSING, Values, alpha_sums, same_or_not
from corpus.agreement.sets import masi_distances
from corpus.agreement.unitised import Span, unitised
from corpus.stats.frames import check_choice
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus

FIELDS = ("layer", "theme", "pair", "round", "preannotated")
"""What agreement may be split by."""

SOURCES = {
    "alpha": "Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania. "
    "Nominal: each theme as present or absent; of a whole set, the same set or another one.",
    "alpha_masi": "Passonneau, R. (2006). Measuring agreement on set-valued items (MASI) for semantic and pragmatic "
    "annotation. LREC 2006; as the distance of Krippendorff's alpha.",
    "alpha_u": "Krippendorff, K. (1995). On the reliability of unitizing continuous data. Sociological Methodology 25, "
    "47-76; Krippendorff, K. (2004). Content analysis, 2nd edition, 251-256. Raw: Dice's share of common letters.",
    "fleiss": "Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin 76, "
    "378-382; with missing codings Gwet, K. L. (2014). Handbook of inter-rater reliability, 4th edition.",
    "cohen": "Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological "
    "Measurement 20, 37-46. Two coders only.",
}
"""Measure → where it is from."""

MEASURES: dict[Kind, tuple[str, ...]] = {"sets": ("alpha_masi", "alpha", "fleiss", "cohen"), "spans": ("alpha_u",)}
"""What suits labels of whole units, and what suits stretches."""

SCHEMA = pl.Schema(
    {
        "measure": pl.String(),
        "layer": pl.String(),
        "group": pl.String(),
        "value": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "raw": pl.Float64(),
        "units": pl.Int64(),  # coded by two people or more
        "coded": pl.Int64(),  # coded by anybody
        "coders": pl.Int64(),
        "theme": pl.String(),
        "pair": pl.String(),
        "round": pl.Int32(),
        "preannotated": pl.Boolean(),
    }
)
"""Columns of the result of `agreement`."""


def agreement(
    source: Corpus | Codings,
    layout: str | None = None,
    by: Sequence[str] = (),
    measures: Sequence[str] = (),
    resampling: Resampling | None = None,
    number: int | None = None,
    where: str = "",
) -> pl.DataFrame:
    """Measure how far people agree.

    Parameters:
        source: an open corpus or snapshot, or codings.
        layout, number, where: of a corpus: which codings (`read_codings`).
        by: any of `FIELDS`; ``theme`` also stands for the labels of stretches.
        measures: of `SOURCES`; none for all that suit.
        resampling: how intervals are made; default: 1,000 draws of units.

    Returns:
        `SCHEMA`, a row a measure of a group. ``units`` is the number of units that two people or more coded, ``coded``
        that of all; ``raw`` is agreement without correction for chance; ``value`` is null where nothing varies.

    Raises:
        MinberError: MB480 nobody has confirmed a unit; MB482 no unit was coded by two people; MB505 there is no such
            field or measure.

    Example:
        >>> units = pl.DataFrame({"unit_id": ["u"] * 2 + ["v"] * 2, "doc_id": ["d"] * 4, "revision": ["r"] * 4,
        ...     "start": [0, 0, 5, 5], "end": [4, 4, 9, 9], "coder": ["a", "b"] * 2, "round": [1] * 4})
        >>> labels = pl.DataFrame({"unit_id": ["u", "u"], "coder": ["a", "b"], "round": [1, 1], "layer": ["theme"] * 2,
        ...     "label": ["dialogue"] * 2, "start": [0, 0], "end": [4, 4]})
        >>> agreement(Codings("themes", units, labels)).select("measure", "value", "raw", "units").row(0)
        ('alpha_masi', 1.0, 1.0, 2)
    """
    for field in by:
        check_choice("field", field, FIELDS)
    for name in measures:
        check_choice("measure", name, SOURCES)
    codings = source if isinstance(source, Codings) else read_codings(source, layout, number, where)
    if not codings.double:
        raise MinberError("MB482", layout=codings.layout, count=codings.items.height, coders=len(codings.coders))
    how = resampling or Resampling()
    rows = []
    for part, place in _parts(codings, by):
        for layer, kind in codings.layers().items():
            for row in _measured(part, layer, kind, "theme" in by, measures, how):
                names = place | row | {"layer": layer}
                group = " | ".join(_told(names[field]) for field in by if names.get(field) is not None)
                rows.append(names | {"group": group or "all"})
    return pl.DataFrame(rows, schema=SCHEMA)


def consistency(
    codings: Codings, by: Sequence[str] = (), measures: Sequence[str] = (), resampling: Resampling | None = None
) -> pl.DataFrame:
    """Measure how far each person agrees with themselves in another round.

    Parameters:
        codings: of several rounds.
        by, measures, resampling: as in `agreement`; pairs are rounds (``r1 / r2``).

    Returns:
        as `agreement`, the group beginning with the name of the person; ``coders`` is the number of rounds.

    Raises:
        MinberError: MB483 nobody confirmed a unit in two rounds.
    """
    found = []
    for coder in codings.coders:
        part = codings.over_rounds(coder)
        if part.double:
            rows = agreement(part, by=by, measures=measures, resampling=resampling)
            rest = pl.when(pl.col("group") == "all").then(pl.lit("")).otherwise(pl.format(" | {}", "group"))
            found.append(rows.with_columns(group=pl.lit(coder) + rest))
    if not found:
        raise MinberError("MB483", rounds=codings.units["round"].n_unique())
    return pl.concat(found)


def _parts(codings: Codings, by: Sequence[str]) -> Iterator[tuple[Codings, dict[str, Any]]]:
    """Split codings by round, pair and half; parts without a unit that two coded are left out."""
    numbers = codings.units["round"].unique().sort().to_list() if "round" in by else [None]
    halves = [True, False] if "preannotated" in by else [None]
    for number, seen in product(numbers, halves):
        turn = codings.only(number=number, preannotated=seen)
        pairs: list[tuple[str, ...] | None] = list(combinations(turn.coders, 2)) if "pair" in by else [None]
        for pair in pairs:
            part = turn.only(pair)
            if part.double:
                yield part, {"round": number, "pair": " / ".join(pair) if pair else None, "preannotated": seen}


def _told(value: object) -> str:
    return ("with" if value else "without") if isinstance(value, bool) else str(value)


def _measured(
    codings: Codings, layer: str, kind: Kind, by_theme: bool, measures: Sequence[str], how: Resampling
) -> Iterator[dict[str, Any]]:
    items = codings.items
    documents = items["doc_id"].rank("dense").to_numpy().astype(np.int64) - 1
    facts = {"units": codings.double, "coded": items.height, "coders": len(codings.coders)}
    given = codings.labels.filter(pl.col("layer") == layer)
    names = given["label"].unique().sort().to_list() if by_theme else [None]
    for theme in names:
        chosen = given if theme is None else given.filter(pl.col("label") == theme)
        for name, measure in _prepare(codings, chosen, kind, theme is not None):
            if measures and name not in measures:
                continue
            value, raw = measure.estimate()
            low, high = (None, None) if value is None else interval(measure, documents, how)
            yield facts | {"measure": name, "theme": theme, "value": value, "low": low, "high": high, "raw": raw}


def _prepare(codings: Codings, given: pl.DataFrame, kind: Kind, single: bool) -> Iterator[tuple[str, Measure]]:
    """All measures that suit labels of a kind."""
    if kind == "spans":
        yield "alpha_u", stretches(codings, given)
        return
    values, sets = sets_of(codings, given)
    if not single:
        yield "alpha_masi", alpha_sums(values, masi_distances(sets))
    yield "alpha", alpha_sums(values, same_or_not(len(sets)))
    yield "fleiss", fleiss_sums(values, len(sets))
    if values.shape[1] == 2:
        yield "cohen", cohen_sums(values, len(sets))


def sets_of(codings: Codings, given: pl.DataFrame) -> tuple[Values, list[frozenset[str]]]:
    """The set of labels that each coder gave each unit: its number in a list of sets, `MISSING` without a coding."""
    coders = {name: number for number, name in enumerate(codings.coders)}
    labels: dict[tuple[Any, ...], set[str]] = {}
    for *key, label in given.select("round", "unit_id", "coder", "label").iter_rows():
        labels.setdefault(tuple(key), set()).add(label)
    known: dict[frozenset[str], int] = {frozenset(): 0}
    values: NDArray[np.int64] = np.full((codings.items.height, len(coders)), MISSING, dtype=np.int64)
    for place, row in enumerate(codings.items.iter_rows(named=True)):
        for coder in row["coders"]:
            found = frozenset(labels.get((row["round"], row["unit_id"], coder), ()))
            values[place, coders[coder]] = known.setdefault(found, len(known))
    return values, list(known)


def stretches(codings: Codings, given: pl.DataFrame) -> Measure:
    """Alpha for unitising of the stretches given."""
    items = codings.items
    places = {key: place for place, key in enumerate(items.select("round", "unit_id").iter_rows())}
    starts = items["start"].to_list()
    spans: dict[tuple[int, str, str], list[Span]] = {}
    rows = given.select("round", "unit_id", "coder", "label", "start", "end")
    for number, unit, coder, label, start, end in rows.iter_rows():
        place = places[number, unit]
        spans.setdefault((place, coder, label), []).append((start - starts[place], end - starts[place]))
    return unitised((items["end"] - items["start"]).to_list(), items["coders"].to_list(), spans)
