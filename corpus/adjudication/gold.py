"""The table of gold labels: what counts after several people labelled, who gave it, and how it was decided."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.store.corpus import sql_in
from schemas.tables import UTC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.store import Corpus

TABLE = "gold"

GOLD = pl.Schema(
    {
        "doc_id": pl.String(),
        "revision": pl.String(),
        "layer": pl.String(),  # unit: a row a decided unit, also where it has no label
        "label": pl.String(),
        "start": pl.Int64(),
        "end": pl.Int64(),
        "unit_id": pl.String(),
        "layout": pl.String(),
        "decided": pl.String(),  # unanimous | single | majority | prefer | adjudicated
        "by": pl.String(),  # the adjudicator, or the person preferred
        "givers": pl.String(),  # JSON list: who gave this label; of a unit, who coded it
        "round": pl.Int32(),
        "created": UTC,  # when it was first decided like this
    }
)
"""One row a gold label; earlier states are earlier versions of the table."""

_SAME = [name for name in GOLD if name != "created"]


def gold(corpus: Corpus, layout: str | None = None) -> pl.LazyFrame:
    """The gold labels of a corpus.

    Parameters:
        corpus: an open corpus.
        layout: only of this layout.

    Returns:
        `GOLD`; no rows where nothing was decided yet.
    """
    rows = corpus.table(TABLE, GOLD)
    return rows if layout is None else rows.filter(pl.col("layout") == layout)


def write_gold(corpus: Corpus, layout: str, rounds: Sequence[int], rows: Sequence[dict[str, Any]]) -> int:
    """Put decisions in the place of those of the same layout and rounds; what stays as it was keeps its date.

    Parameters:
        corpus: an open corpus.
        layout, rounds: what was decided on.
        rows: as `corpus.adjudication.decide` gives them.

    Returns:
        number of rows that are new or others than before; where there are none and none went, nothing is written.
    """
    before = gold(corpus, layout).filter(pl.col("round").is_in(list(rounds))).collect()
    now = dt.datetime.now(dt.UTC)
    dressed = [row | {"givers": json.dumps(row["givers"], ensure_ascii=False), "created": now} for row in rows]
    after = pl.DataFrame(dressed, schema=GOLD)
    fresh = after.join(before, on=_SAME, how="anti", nulls_equal=True)
    if not fresh.height and after.height == before.height:
        return 0
    kept = before.join(after, on=_SAME, how="semi", nulls_equal=True)
    numbers = ", ".join(map(str, rounds))
    corpus.replace(TABLE, pl.concat([kept, fresh]), f'{sql_in("layout", [layout])} AND "round" IN ({numbers})', GOLD)
    return fresh.height


def gold_units(rows: pl.DataFrame, layer: str = "theme") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Units with a gold decision and their labels, as ``theme_shares`` takes them; of several rounds the last counts.

    Parameters:
        rows: `GOLD`.
        layer: of the labels.

    Returns:
        units (``doc_id``, ``start``, ``end``, ``coders``) and labels (``doc_id``, ``start``, ``end``, ``label``, those
        of the unit that they stand in).
    """
    last = pl.col("round") == pl.col("round").max().over("unit_id")
    units = rows.filter(pl.col("layer") == "unit").filter(last)
    coders = units["givers"].str.json_decode(pl.List(pl.String)).list.len().cast(pl.Int64)
    places = units.with_columns(coders=coders).select("unit_id", "round", "layout", "doc_id", "start", "end", "coders")
    labels = rows.filter(pl.col("layer") == layer).select("unit_id", "round", "layout", "label").unique()
    joined = places.join(labels, on=["unit_id", "round", "layout"]).select("doc_id", "start", "end", "label")
    return places.select("doc_id", "start", "end", "coders").unique(["doc_id", "start", "end"]), joined.unique()
