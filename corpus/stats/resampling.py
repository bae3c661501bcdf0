"""Bootstrap over documents: how sure a difference between two parts is, if documents rather than words are drawn.

Words of a text are not independent: a speech on water says *water* thirty times. Tests that count each word as one
observation therefore find far too much. Here whole documents are drawn with replacement, from the target and from the
reference; where documents have words in both (two voices of one report), they are drawn with both their parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse as sp

EFFECTS = ("log_ratio", "pct_diff", "odds_ratio", "diff_coefficient")
"""Effect sizes that get an interval."""

SOURCE = (
    "Lijffijt, J., Nevalainen, T., Säily, T., Papapetrou, P., Puolamäki, K., & Mannila, H. (2016). Significance "
    "testing of word frequencies in corpora. Digital Scholarship in the Humanities 31, 374–397; interval: Efron, "
    "B., & Tibshirani, R. J. (1993). An introduction to the bootstrap, ch. 13 (percentiles)."
)
"""Where the test and the intervals come from."""

_CELLS = 4_000_000
"""So many numbers of a block of features × samples are held at a time."""


def resample(
    counts: pl.DataFrame, features: pl.Series, runs: int = 1999, seed: int = 0, level: float = 0.95, effect: str = ""
) -> pl.DataFrame:
    """Draw documents again and again, and compare the frequencies in target and reference each time.

    Parameters:
        counts: ``doc_id``, ``token``, ``n_in`` and ``n_out`` (its occurrences in the target's and the reference's part
            of the document), a row a pair, all tokens.
        features: the tokens wanted.
        runs: number of samples; p cannot be less than 1 / (1 + `runs`).
        seed: the same seed draws the same samples, whatever the order of the rows.
        level: of confidence.
        effect: one of `EFFECTS` that gets an interval beside that of the log ratio; or empty.

    Returns:
        ``token``, ``p`` (two-sided, of the mean relative frequencies of documents), ``z`` (their difference in its
        standard errors), ``log_ratio_low``, ``log_ratio_high`` (of all words together) and, of another effect,
        ``effect_low`` and ``effect_high``; null where a side has fewer than two documents.

    Example:
        >>> counts = pl.DataFrame({"doc_id": ["a", "b", "c", "d"], "token": ["x"] * 4, "n_in": [5, 6, 0, 0],
        ...                        "n_out": [0, 0, 4, 5]})
        >>> resample(counts, pl.Series(["x"]), runs=99)["p"].to_list()
        [1.0]
    """
    import numpy as np
    from scipy.sparse import csr_matrix

    names = features.unique().sort()
    documents = counts["doc_id"].unique().sort()
    numbers = {
        "doc_id": pl.DataFrame({"doc_id": documents}).with_row_index("row"),
        "token": pl.DataFrame({"token": names}).with_row_index("column"),
    }
    placed = counts.join(numbers["doc_id"], on="doc_id")
    sizes = placed.group_by("row").agg(pl.col("n_in", "n_out").sum()).sort("row")
    cells = placed.join(numbers["token"], on="token")
    shape = (len(documents), len(names))
    matrices: list[sp.csr_matrix] = []
    totals: list[np.ndarray] = []
    for side in ("n_in", "n_out"):
        values = cells[side].to_numpy().astype(float)
        at = (cells["row"].to_numpy(), cells["column"].to_numpy())
        matrices.append(csr_matrix((values, at), shape=shape))
        totals.append(sizes[side].to_numpy().astype(float))
    drawn = _draws(totals, runs, seed)
    schema = {"token": names.dtype} | dict.fromkeys(
        ("p", "z", "log_ratio_low", "log_ratio_high", *(("effect_low", "effect_high") if effect else ())), pl.Float64
    )
    numeric = list(schema)[1:]
    if drawn is None:
        return pl.DataFrame({"token": names}).with_columns(pl.lit(None, pl.Float64).alias(name) for name in numeric)
    step = max(1, _CELLS // runs)
    blocks: list[dict[str, Any]] = []
    for first in range(0, len(names), step):
        chosen = [matrix[:, first : first + step] for matrix in matrices]
        blocks.append(_compared(chosen, totals, drawn, level, effect))
    columns = {name: np.concatenate([block[name] for block in blocks]) for name in numeric} if blocks else {}
    return pl.DataFrame({"token": names, **columns}, schema=schema, nan_to_null=True)


def _draws(totals: list[np.ndarray], runs: int, seed: int) -> list[np.ndarray] | None:
    """How often each document is drawn in each run, of either side; None where there are too few documents."""
    import numpy as np

    random = np.random.default_rng(seed)
    there = [total > 0 for total in totals]
    if any(side.sum() < 2 for side in there):
        return None
    if (there[0] & there[1]).any():
        number = len(there[0])
        joint = random.multinomial(number, np.full(number, 1 / number), size=runs).astype(float)
        return [joint, joint]
    drawn = []
    for side in there:
        weights = np.zeros((runs, len(side)))
        weights[:, side] = random.multinomial(side.sum(), np.full(side.sum(), 1 / side.sum()), size=runs)
        drawn.append(weights)
    return drawn


def _compared(
    matrices: list[sp.csr_matrix], totals: list[np.ndarray], drawn: list[np.ndarray], level: float, effect: str
) -> dict[str, Any]:
    import numpy as np
    from scipy.sparse import diags

    means, pooled, words, observed = [], [], [], []
    for matrix, total, weights in zip(matrices, totals, drawn, strict=True):
        there = total > 0
        rates = diags(np.divide(1.0, total, out=np.zeros_like(total), where=there)) @ matrix
        with np.errstate(divide="ignore", invalid="ignore"):  # a run that drew no document of a side says nothing
            means.append((rates.T @ weights.T) / (weights @ there.astype(float)))
        observed.append(np.asarray(rates.sum(axis=0)).ravel() / there.sum())
        pooled.append(matrix.T @ weights.T)
        words.append(weights @ total)
    usable = (words[0] > 0) & (words[1] > 0)
    x, y = (mean[:, usable] for mean in means)
    runs = int(usable.sum())
    less = (x < y).mean(axis=1) + 0.5 * (x == y).mean(axis=1)
    p = np.minimum(1.0, (1 + runs * 2 * np.minimum(less, 1 - less)) / (1 + runs))
    spread = (x - y).std(axis=1, ddof=1)
    z = np.divide(observed[0] - observed[1], spread, out=np.full_like(spread, np.nan), where=spread > 0)
    found = {"p": p, "z": z}
    a, b = (counts[:, usable] for counts in pooled)
    n, m = (total[usable] for total in words)
    for name, wanted in (("log_ratio", "log_ratio"), ("effect", effect)):
        if wanted:
            values = _effect(wanted, a, b, n, m)
            tail = (1 - level) / 2
            # of an infinite ratio no mean can be taken, so bounds are values of samples, the outer ones
            found[f"{name}_low"] = np.quantile(values, tail, axis=1, method="lower")
            found[f"{name}_high"] = np.quantile(values, 1 - tail, axis=1, method="higher")
    return found


def _effect(name: str, a: np.ndarray, b: np.ndarray, n: np.ndarray, m: np.ndarray) -> np.ndarray:
    """Effect sizes as ``keyness`` has them, of arrays."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        if name == "log_ratio":
            return np.asarray(np.log2(np.where(a == 0, 0.5, a) / n / (np.where(b == 0, 0.5, b) / m)))
        if name == "pct_diff":
            return np.asarray(100 * (a / n - b / m) / (b / m))
        if name == "odds_ratio":
            c, d = n - a, m - b
            half = np.where((a == 0) | (b == 0) | (c == 0) | (d == 0), 0.5, 0.0)
            return np.asarray((a + half) * (d + half) / ((b + half) * (c + half)))
        return np.asarray((a / n - b / m) / (a / n + b / m))
