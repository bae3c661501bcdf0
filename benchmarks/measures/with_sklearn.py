"""The same by scikit-learn, on a list of tokens for each document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def jobs(folder: Path) -> dict[str, Callable[[], object]]:
    """Only what it has: the document-feature matrix."""
    import polars as pl
    from sklearn.feature_extraction.text import CountVectorizer

    frame = pl.read_parquet(folder / "tokens.parquet")
    documents = frame.group_by("doc_id", maintain_order=True).agg("token")["token"].to_list()
    return {"counts by document": lambda: CountVectorizer(analyzer=lambda tokens: tokens).fit_transform(documents)}
