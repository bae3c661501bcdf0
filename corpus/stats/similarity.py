"""How alike two texts, or two words, are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.stats.frames import check_choice, counted, eager_or_lazy

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

    Array = np.ndarray[Any, np.dtype[np.float64]]

METHODS: dict[str, str] = {
    "cosine": "Salton, G., & McGill, M. J. (1983). Introduction to modern information retrieval.",
    "correlation": "Pearson, K. (1895). Proc. Royal Society of London 58, 240–242; over all features.",
    "jaccard": "Jaccard, P. (1912). New Phytologist 11, 37–50; of presence.",
    "ejaccard": "Tanimoto, T. T. (1958): Jaccard's index extended to counts.",
    "dice": "Dice, L. R. (1945). Ecology 26, 297–302; of presence.",
    "edice": "Dice's index extended to counts.",
    "hamann": "Hamann, U. (1961). Willdenowia 2, 639–768; of presence.",
    "simple matching": "Sokal, R. R., & Michener, C. D. (1958). Univ. Kansas Sci. Bull. 38, 1409–1438; of presence.",
    "euclidean": "distance",
    "manhattan": "distance",
    "maximum": "distance (Chebyshev)",
    "canberra": "Lance, G. N., & Williams, W. T. (1967). Australian Computer Journal 1, 15–20; distance, "
    "not scaled up for features that neither holds (R's dist() does so).",
}
"""Method → where it comes from. The first eight are similarities, the others distances."""

_BLOCK = 256  # rows compared at once


@eager_or_lazy
def similarity(
    frame: pl.LazyFrame,
    method: str = "cosine",
    margin: str = "documents",
    selection: Sequence[str] | None = None,
    by: str = "doc_id",
) -> pl.LazyFrame:
    """Compare documents (or features) pair by pair, as quanteda's ``textstat_simil`` and ``textstat_dist``.

    Parameters:
        frame: tokens or counts. Its features are the space: correlation, Hamann's index and simple matching depend on
            how many there are, so narrow documents down by `selection` rather than before.
        method: a key of `METHODS`.
        margin: ``documents`` or ``features``: what is compared.
        selection: compare only these with each other; of features, all with these.
        by: column whose values are the documents.

    Returns:
        ``document1``, ``document2`` and a column named as the method, a row a pair in order of name; of features
        ``feature1`` (any), ``feature2`` (one of the selection).

    Raises:
        MinberError: MB505 unknown method, margin or column.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a", "a", "b"], "token": ["x", "y", "x"]})
        >>> similarity(frame, "jaccard").rows()
        [('a', 'b', 0.5)]
    """
    check_choice("method", method, METHODS)
    check_choice("margin", margin, ("documents", "features"))
    if by != "doc_id":
        frame = frame.drop("doc_id", strict=False).rename({by: "doc_id"})
    counts = counted(frame).select(pl.col("doc_id").cast(pl.String).fill_null("(none)"), "token", "count").collect()
    rows, columns = ("doc_id", "token") if margin == "documents" else ("token", "doc_id")
    matrix, names = _matrix(counts, rows, columns)
    what = margin.removesuffix("s")
    chosen = range(len(names)) if selection is None else [i for i, name in enumerate(names) if name in set(selection)]
    every = margin == "features" and selection is not None
    left = list(range(len(names))) if every else list(chosen)
    parts = []
    for first in range(0, len(left), _BLOCK):
        block = left[first : first + _BLOCK]
        values = _compare(method, matrix[block], matrix[list(chosen)])
        for row, place in enumerate(block):
            keep = [k for k, other in enumerate(chosen) if every or other > place]
            parts.append(
                pl.DataFrame(
                    {
                        f"{what}1": pl.Series([names[place]] * len(keep), dtype=pl.String),
                        f"{what}2": pl.Series([names[chosen[k]] for k in keep], dtype=pl.String),
                        method: pl.Series(values[row, keep], dtype=pl.Float64),
                    }
                )
            )
    empty = pl.DataFrame(schema={f"{what}1": pl.String, f"{what}2": pl.String, method: pl.Float64})
    return pl.concat([empty, *parts]).with_columns(pl.col(method).fill_nan(None)).lazy()


def _matrix(counts: pl.DataFrame, rows: str, columns: str) -> tuple[csr_matrix, list[str]]:
    from scipy.sparse import csr_matrix

    names = counts[rows].unique().sort()
    others = counts[columns].n_unique()
    i = counts[rows].rank("dense") - 1
    j = counts[columns].rank("dense") - 1
    shape = (len(names), others)
    matrix = csr_matrix((counts["count"].cast(pl.Float64).to_numpy(), (i.to_numpy(), j.to_numpy())), shape=shape)
    return matrix, names.to_list()


def _compare(method: str, x: csr_matrix, y: csr_matrix) -> Array:
    """A block of rows against others: dense matrix of values."""
    import numpy as np

    if method in ("maximum", "canberra", "manhattan"):
        return _by_rows(method, x, y)
    n = x.shape[1]
    if method in ("jaccard", "dice", "hamann", "simple matching"):
        x, y = x.sign(), y.sign()
    dot = np.asarray((x @ y.T).todense())
    xx, yy = (np.asarray(m.multiply(m).sum(axis=1)).reshape(-1) for m in (x, y))
    sx, sy = (np.asarray(m.sum(axis=1)).reshape(-1) for m in (x, y))
    squares = xx[:, None] + yy[None, :]
    both = np.sqrt(xx[:, None] * yy[None, :])
    formulas: dict[str, Callable[[], Array]] = {
        "cosine": lambda: dot / both,
        "correlation": lambda: (
            (dot - sx[:, None] * sy[None, :] / n) / np.sqrt((xx - sx**2 / n)[:, None] * (yy - sy**2 / n)[None, :])
        ),
        "jaccard": lambda: dot / (squares - dot),
        "ejaccard": lambda: dot / (squares - dot),
        "dice": lambda: 2 * dot / squares,
        "edice": lambda: 2 * dot / squares,
        "hamann": lambda: (n - 2 * (squares - 2 * dot)) / n,
        "simple matching": lambda: (n - (squares - 2 * dot)) / n,
        "euclidean": lambda: np.sqrt(np.clip(squares - 2 * dot, 0, None)),
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        return formulas[method]()


def _by_rows(method: str, x: csr_matrix, y: csr_matrix) -> Array:
    import numpy as np

    dense = np.asarray(y.todense())
    values = np.empty((x.shape[0], y.shape[0]))
    for row in range(x.shape[0]):
        own = np.asarray(x[row].todense()).reshape(1, -1)
        apart = np.abs(dense - own)
        if method == "maximum":
            values[row] = apart.max(axis=1)
        elif method == "manhattan":
            values[row] = apart.sum(axis=1)
        else:
            size = np.abs(dense) + np.abs(own)
            values[row] = np.divide(apart, size, out=np.zeros_like(apart), where=size > 0).sum(axis=1)
    return values
