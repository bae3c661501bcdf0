"""Over time: shares by period with intervals, smoothing, and the periods where they change."""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl

from corpus.stats.frames import check_choice, check_columns, divided, eager_or_lazy, in_groups
from corpus.stats.intervals import wilson

PERIODS = {"week": "1w", "month": "1mo", "quarter": "1q", "year": "1y", "decade": "10y"}
"""Name of each period → polars's offset."""
CHANGES = (
    "Jackson, B., et al. (2005). An algorithm for optimal partitioning of data on an interval. IEEE Signal Processing "
    "Letters 12, 105–108; penalty: Zhang, N. R., & Siegmund, D. O. (2007). A modified Bayes information criterion. "
    "Biometrics 63, 22–32."
)
"""Where the change points come from."""


@eager_or_lazy
def timeline(
    frame: pl.LazyFrame,
    every: str = "year",
    smoothing: float = 1.0,
    level: float = 0.95,
    by: Sequence[str] = (),
) -> pl.LazyFrame:
    """Put counts into periods, with Wilson intervals, a smoothed line, and change points.

    Parameters:
        frame: ``date``, ``series`` (a theme, a word), ``count`` and ``n`` (of how many; the same for each series of a
            date); rows without a date are left out.
        every: a key of `PERIODS`.
        smoothing: standard deviation of the Gaussian window, in periods; periods weigh as much as they hold.
        level: of confidence of the intervals.
        by: fields; each combination of their values has series of its own, from its first period to its last.

    Returns:
        ``series``, of fields ``group``, then ``period`` (its first day), ``count``, ``n``, ``share``, ``low``, ``high``
        (null where n is 0), ``smoothed``, ``segment`` (number of the stretch between change points, from 1) and
        ``segment_share``; every period from the first to the last, ordered by series and period; of several fields
        each.

    Raises:
        MinberError: MB505 unknown period or column.

    Example:
        >>> import datetime as dt
        >>> frame = pl.DataFrame({"date": [dt.date(2020, 5, 1), dt.date(2022, 5, 1)], "series": ["a", "a"],
        ...                       "count": [1, 2], "n": [4, 4]})
        >>> timeline(frame).select("count", "n", "share").rows()
        [(1, 4, 0.25), (0, 0, None), (2, 4, 0.5)]

    Source: change points by optimal partitioning (Jackson, B., et al. (2005). IEEE Signal Processing Letters 12,
    105–108) of binomial counts, with the main term of the modified Schwarz penalty (Zhang, N. R., & Siegmund, D. O.
    (2007). Biometrics 63, 22–32).
    """
    check_choice("period", every, PERIODS)
    check_columns(frame, ["date", "series", "count", "n"])
    frame, keys = divided(frame, by)
    dated = (
        frame.filter(pl.col("date").is_not_null())
        .group_by("series", *keys, period=pl.col("date").dt.truncate(PERIODS[every]))
        .agg(pl.col("count").sum().cast(pl.Int64), pl.col("n").sum().cast(pl.Int64))
    )
    low, high = wilson(pl.col("count"), pl.col("n"), level)

    def lines(found: pl.DataFrame) -> pl.DataFrame:
        if not found.height:
            return found.with_columns(
                smoothed=pl.lit(0.0), segment=pl.lit(0, pl.Int64), segment_share=pl.lit(0.0)
            ).head(0)
        if keys:
            return pl.concat([lines_of(part) for _, part in found.group_by(keys[0])])
        return lines_of(found)

    def lines_of(found: pl.DataFrame) -> pl.DataFrame:
        first, last = found["period"].min(), found["period"].max()
        every_period = pl.DataFrame({"period": pl.date_range(first, last, PERIODS[every], eager=True)})  # type: ignore[arg-type]
        whole = found.select("series", *keys).unique().sort("series").join(every_period, how="cross")
        whole = whole.join(found, on=["series", *keys, "period"], how="left", nulls_equal=True)
        whole = whole.with_columns(pl.col("count", "n").fill_null(0))
        return pl.concat(
            [
                part.with_columns(_smoothed(part, smoothing), *_segmented(part["count"].to_list(), part["n"].to_list()))
                for _, part in whole.group_by("series", maintain_order=True)
            ]
        )

    schema = {**dated.collect_schema(), "smoothed": pl.Float64(), "segment": pl.Int64(), "segment_share": pl.Float64()}
    found = dated.map_batches(lines, schema=schema).with_columns(
        share=pl.when(pl.col("n") > 0).then(pl.col("count") / pl.col("n")), low=low, high=high
    )
    names = ("period", "count", "n", "share", "low", "high", "smoothed", "segment", "segment_share")
    return in_groups(found, keys, ["series", "period"]).select("series", *keys[:1], *names, *keys[1:])


def change_points(counts: Sequence[int], totals: Sequence[int], penalty: float | None = None) -> list[int]:
    """Find where a share changes: the division into stretches of constant share that the counts speak for most.

    Parameters:
        counts: number of units with the property, a period each.
        totals: number of units.
        penalty: what one change more must gain in log-likelihood; None for 3/2 log(periods).

    Returns:
        places of the periods that begin a new stretch.

    Example:
        >>> change_points([1, 2, 1, 30, 28], [100] * 5)
        [3]
    """
    periods = len(counts)
    cost = 1.5 * math.log(max(2, periods)) if penalty is None else penalty
    sums, sizes = [0], [0]
    for count, total in zip(counts, totals, strict=True):
        sums.append(sums[-1] + count)
        sizes.append(sizes[-1] + total)

    def unlikeliness(start: int, end: int) -> float:
        k, n = sums[end] - sums[start], sizes[end] - sizes[start]
        return -sum(x * math.log(x / n) for x in (k, n - k) if x)

    best, before = [0.0], [0]
    for end in range(1, periods + 1):
        options = [(best[start] + unlikeliness(start, end) + (cost if start else 0.0), start) for start in range(end)]
        value, start = min(options)
        best.append(value)
        before.append(start)
    found, end = [], periods
    while end > 0:
        end = before[end]
        if end:
            found.append(end)
    return found[::-1]


def _smoothed(part: pl.DataFrame, width: float) -> pl.Series:
    """Shares in a Gaussian window, by the units of its periods."""
    counts, totals = part["count"].to_list(), part["n"].to_list()
    values: list[float | None] = []
    for place in range(len(counts)):
        weights = [
            math.exp(-0.5 * ((other - place) / width) ** 2) if width > 0 else float(other == place)
            for other in range(len(counts))
        ]
        total = math.fsum(w * n for w, n in zip(weights, totals, strict=True))
        found = math.fsum(w * k for w, k in zip(weights, counts, strict=True))
        values.append(found / total if total > 0 else None)
    return pl.Series("smoothed", values, dtype=pl.Float64)


def _segmented(counts: list[int], totals: list[int]) -> list[pl.Series]:
    starts = [0, *change_points(counts, totals)]
    numbers: list[int] = []
    shares: list[float | None] = []
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(counts)], strict=True), 1):
        total = sum(totals[start:end])
        numbers += [number] * (end - start)
        shares += [sum(counts[start:end]) / total if total else None] * (end - start)
    return [pl.Series("segment", numbers, dtype=pl.Int64), pl.Series("segment_share", shares, dtype=pl.Float64)]
