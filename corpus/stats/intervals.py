"""Confidence intervals."""

from __future__ import annotations

from functools import cache

import polars as pl

WILSON = (
    "Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. "
    "J. American Statistical Association 22, 209–212."
)
"""Where `wilson` comes from."""


@cache
def normal_quantile(level: float) -> float:
    """How many standard errors a two-sided interval reaches to each side.

    Parameters:
        level: of confidence, between 0 and 1.

    Returns:
        the quantile of the normal distribution.

    Example:
        >>> round(normal_quantile(0.95), 4)
        1.96
    """
    from scipy.stats import norm

    return float(norm.ppf(0.5 + level / 2))


def wilson(count: pl.Expr, n: pl.Expr, level: float = 0.95) -> tuple[pl.Expr, pl.Expr]:
    """Wilson's score interval of a share: stays inside 0 and 1, and holds its level for small n too.

    Parameters:
        count: number of units with the property.
        n: number of units.
        level: of confidence.

    Returns:
        lower and upper bound; null where n is 0.

    Example:
        >>> low, high = wilson(pl.lit(8), pl.lit(10))
        >>> [round(value, 4) for value in pl.select(low=low, high=high).row(0)]
        [0.4902, 0.9433]

    Source: Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the
    American Statistical Association 22, 209–212.
    """
    z = normal_quantile(level)
    share = count / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * (share * (1 - share) / n + z**2 / (4 * n.cast(pl.Float64) ** 2)).sqrt()
    some = n > 0
    low = pl.when(some).then(pl.when(count == 0).then(0.0).otherwise((centre - reach).clip(0.0, 1.0)))
    high = pl.when(some).then(pl.when(count == n).then(1.0).otherwise((centre + reach).clip(0.0, 1.0)))
    return low, high
