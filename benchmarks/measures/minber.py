"""Minber's measures, as functions on a frame in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def jobs(folder: Path) -> dict[str, Callable[[], object]]:
    """What is measured; names are the same in every module."""
    import polars as pl
    import scipy.special
    import scipy.stats  # noqa: F401 -- imports are timed nowhere

    from corpus import stats

    frame = pl.read_parquet(folder / "tokens.parquet")
    after = pl.col("doc_id").str.slice(0, 4).cast(pl.Int32) > 1945
    return {
        "frequency list": lambda: stats.frequency(frame),
        "keyness, G2": lambda: stats.keyness(frame, after),
        "concordance of «liberty»": lambda: stats.kwic(frame, "liberty", valuetype="fixed", case_sensitive=True),
        "concordance of «the»": lambda: stats.kwic(frame, "the", valuetype="fixed", case_sensitive=True),
        "dispersion": lambda: stats.dispersion(frame),
        "collocates of «liberty»": lambda: stats.collocates(frame, "liberty"),
        "all bigram collocations": lambda: stats.collocations(frame, 2, 5),
        "counts by document": lambda: stats.counts(frame),
        "TTR, K, I, D, Vm": lambda: stats.diversity(frame, ["TTR", "K", "I", "D", "Vm"]),
        "MATTR": lambda: stats.diversity(frame, ["MATTR"]),
        "MTLD": lambda: stats.diversity(frame, ["MTLD"]),
    }
