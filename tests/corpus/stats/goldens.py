"""Quanteda's tables and the tokens they were counted from, read from outside the project."""

from __future__ import annotations

import gzip
import json
import os
from functools import cache
from pathlib import Path

import polars as pl
import pytest

SHARED = Path(os.environ.get("MINBER_SHARED", Path(__file__).parents[3].parent / "shared"))
INAUGURAL = SHARED / "goldens" / "quanteda" / "inaugural"
OUT = INAUGURAL / "out"

needs_goldens = pytest.mark.skipif(not OUT.is_dir(), reason=f"no golden tables at {OUT} (set MINBER_SHARED)")


@cache
def tokens(name: str = "np", lower: bool = True) -> pl.DataFrame:
    """Stored tokens: ``np`` (no punctuation), ``raw``, ``pad`` (punctuation left as empty tokens)."""
    with gzip.open(OUT / f"tokens_{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        docs = [json.loads(line) for line in lines]
    frame = pl.DataFrame({"doc_id": [doc["doc_id"] for doc in docs], "token": [doc["tokens"] for doc in docs]})
    frame = frame.explode("token").with_columns(year=pl.col("doc_id").str.slice(0, 4).cast(pl.Int32))
    return frame.with_columns(pl.col("token").str.to_lowercase()) if lower else frame


@cache
def with_party(lower: bool = True) -> pl.DataFrame:
    """Tokens without punctuation, with the party of the president."""
    metadata = pl.read_csv(INAUGURAL / "texts" / "metadata.csv").select("doc_id", party="Party")
    return tokens("np", lower).join(metadata, on="doc_id", maintain_order="left")


@cache
def golden(name: str) -> pl.DataFrame:
    """A table of quanteda; numbers in 17 digits become floats, except in columns that hold words."""
    frame = pl.read_csv(OUT / f"{name}.csv", infer_schema=False, null_values=None)
    words = {"feature", "doc_id", "docname", "document", "document1", "document2", "a", "b", "group"}
    words |= {"collocation", "pre", "keyword", "post", "pattern"}
    return frame.with_columns(
        pl.col(column).replace("", None).cast(pl.Float64) for column in set(frame.columns) - words
    )


def assert_same(
    ours: pl.DataFrame, theirs: pl.DataFrame, keys: list[str], rel: float = 1e-9, abs_: float = 1e-12
) -> None:
    """Every row and number of the golden is ours, and we have no row more."""
    assert ours.height == theirs.height
    joined = theirs.join(ours, on=keys, how="left", suffix="_ours", validate="1:1", nulls_equal=True)
    for column in set(theirs.columns) - set(keys):
        pair = joined.select(*keys, theirs=pl.col(column), ours=pl.col(f"{column}_ours").cast(pl.Float64))
        off = pair.filter(
            (pl.col("theirs").is_null() != pl.col("ours").is_null())
            | ((pl.col("theirs") - pl.col("ours")).abs() > abs_ + rel * pl.col("theirs").abs())
        )
        assert not off.height, f"{column}: {off.height} of {pair.height} rows differ, such as {off.head(3).rows()}"
