"""The same by polars-corpus (Rob Malouf, MIT), which needs polars 1."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def jobs(folder: Path) -> dict[str, Callable[[], object]]:
    """Lists of tokens around a hit are left as lists, as it gives them; its dispersion is D and DP only."""
    import polars as pl
    import polars_corpus as plc

    frame = pl.read_parquet(folder / "tokens.parquet").rename({"doc_id": "file_id"})
    year = pl.col("file_id").str.slice(0, 4).cast(pl.Int32)

    def lines(word: str) -> object:
        return plc.search_cqp(frame, f'[token="{word}"]').concordance("token", window=5)

    return {
        "frequency list": lambda: plc.frequency_list(frame, "token"),
        "keyness, G2": lambda: plc.keywords(frame.filter(year > 1945), frame.filter(year <= 1945), "token", "ll"),
        "concordance of «liberty»": lambda: lines("liberty"),
        "concordance of «the»": lambda: lines("the"),
        "dispersion": lambda: plc.dispersion(frame, "token", ["d", "dp"]),
        "collocates of «liberty»": lambda: plc.collocations(plc.search(frame, "liberty"), "token", "ll", window=5),
        "MTLD": lambda: frame.group_by("file_id").agg(plc.mtld("token")),
    }
