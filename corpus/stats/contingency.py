"""Two-by-two tables as polars expressions: tests of association, their p, and effect sizes.

A table is four counts: ``a`` a feature in the target, ``b`` in the reference, ``c`` all else in the target, ``d`` all
else in the reference. Sums are taken in floats: counts are exact up to 2^53.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import polars as pl

from corpus.stats.frames import check_choice

Correction = Literal["default", "none", "yates", "williams"]
CORRECTIONS = ("default", "none", "yates", "williams")
Adjustment = Literal["none", "bonferroni", "holm", "bh"]
ADJUSTMENTS = ("none", "bonferroni", "holm", "bh")

_LN2, _LN10 = math.log(2), math.log(10)


@dataclass(frozen=True)
class Table2x2:
    """Four cells and what follows from them.

    Attributes:
        a: the feature in the target.
        b: the feature in the reference.
        c: other tokens of the target.
        d: other tokens of the reference.
    """

    a: pl.Expr
    b: pl.Expr
    c: pl.Expr
    d: pl.Expr

    @property
    def n(self) -> pl.Expr:
        """All tokens."""
        return self.a + self.b + self.c + self.d

    @property
    def target(self) -> pl.Expr:
        """Tokens of the target."""
        return self.a + self.c

    @property
    def reference(self) -> pl.Expr:
        """Tokens of the reference."""
        return self.b + self.d

    @property
    def cells(self) -> list[tuple[pl.Expr, pl.Expr]]:
        """Each cell with the count that would be expected without association."""
        row, rest, n = self.a + self.b, self.c + self.d, self.n
        return [
            (self.a, row * self.target / n),
            (self.b, row * self.reference / n),
            (self.c, rest * self.target / n),
            (self.d, rest * self.reference / n),
        ]

    @property
    def sign(self) -> pl.Expr:
        """1 where the feature is more frequent in the target than expected, else -1."""
        return pl.when(self.a > self.cells[0][1]).then(1.0).otherwise(-1.0)

    def needs_yates(self, correction: Correction) -> pl.Expr:
        """Where Yates's correction applies: some expected count is under 5, and it would not change the sign."""
        if correction not in ("default", "yates"):
            return pl.lit(False)
        apart = (self.a * self.d - self.b * self.c).abs() >= self.n / 2
        return apart & (pl.min_horizontal(expected for _, expected in self.cells) < 5)

    @property
    def williams(self) -> pl.Expr:
        """Williams's divisor of G2 and chi2; 1 where a cell is 0."""
        n = self.n
        rows = n / (self.a + self.b) + n / (self.c + self.d) - 1
        columns = n / self.target + n / self.reference - 1
        empty = pl.any_horizontal(cell == 0 for cell in (self.a, self.b, self.c, self.d))
        return pl.when(empty).then(1.0).otherwise(1 + rows * columns / (6 * n))


def g2(table: Table2x2, correction: Correction = "default", epsilon: float = 0.0) -> pl.Expr:
    """Log-likelihood ratio of all four cells, without sign.

    Parameters:
        table: counts.
        correction: ``yates`` (and ``default``): half a count is moved towards independence where a cell is expected
            to be under 5; ``williams``; ``none``.
        epsilon: added inside each logarithm; quanteda adds 1e-9, which is wrong by 2e-9 · N: for comparisons only.

    Returns:
        G2.

    Source: Dunning, T. (1993). Accurate methods for the statistics of surprise and coincidence. Computational
    Linguistics 19, 61–74. Williams, D. A. (1976). Improved likelihood ratio tests for complete contingency tables.
    Biometrika 63, 33–37.
    """
    check_choice("correction", correction, CORRECTIONS)
    half = pl.when(table.needs_yates(correction)).then(
        pl.when(table.a * table.d > table.b * table.c).then(0.5).otherwise(-0.5)
    )
    shifts = (-half, half, half, -half)
    terms = []
    for (observed, expected), shift in zip(table.cells, shifts, strict=True):
        count = observed + shift.fill_null(0.0)
        terms.append(pl.when(count > 0).then(count * (count / expected + epsilon).log()).otherwise(0.0))
    value = 2 * pl.sum_horizontal(terms)
    return value / table.williams if correction == "williams" else value


def g2_two_cells(table: Table2x2) -> pl.Expr:
    """Log-likelihood ratio of the feature's two cells only, as Rayson's calculator (UCREL) has it, without sign.

    Parameters:
        table: counts.

    Returns:
        G2 of two cells; smaller than that of four by what the other tokens contribute.

    Source: Rayson, P., & Garside, R. (2000). Comparing corpora using frequency profiling. Proc. Workshop on Comparing
    Corpora, 1–6. http://ucrel.lancs.ac.uk/llwizard.html
    """
    terms = [
        pl.when(count > 0).then(count * (count / expected).log()).otherwise(0.0) for count, expected in table.cells[:2]
    ]
    return 2 * (terms[0] + terms[1])


def chi2(table: Table2x2, correction: Correction = "default") -> pl.Expr:
    """Pearson's chi-squared, without sign.

    Parameters:
        table: counts.
        correction: as in `g2`. Williams's correction divides; quanteda multiplies, which is a mistake.

    Returns:
        chi2.

    Source: Yates, F. (1934). Contingency tables involving small numbers and the χ² test. Suppl. J. Royal Statistical
    Society 1, 217–235.
    """
    check_choice("correction", correction, CORRECTIONS)
    apart = (table.a * table.d - table.b * table.c).abs()
    apart = apart - pl.when(table.needs_yates(correction)).then(table.n / 2).otherwise(0.0)
    margins = (table.a + table.b) * (table.c + table.d) * table.target * table.reference
    value = table.n * apart**2 / margins
    return value / table.williams if correction == "williams" else value


def p_of_chi2(statistic: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Probability of a statistic as large or larger under chi-squared with one degree of freedom.

    Parameters:
        statistic: G2 or chi2; its sign does not matter.

    Returns:
        p, and its base-10 logarithm, which is right where p itself is too small for a float.

    Example:
        >>> p, log10_p = p_of_chi2(pl.lit(3.841458820694124))
        >>> pl.select(p.round(6)).item(), pl.select(p_of_chi2(pl.lit(4000.0))[1].round(1)).item()
        (0.05, -870.5)
    """
    root = statistic.abs().sqrt()
    log_p = _LN2 + root.map_batches(_log_upper_tail, return_dtype=pl.Float64)
    p = (root / math.sqrt(2)).map_batches(_erfc, return_dtype=pl.Float64)
    return p, log_p / _LN10


def _log_upper_tail(z: pl.Series) -> pl.Series:
    from scipy.special import log_ndtr

    return pl.Series(log_ndtr(-z.to_numpy()))


def _erfc(x: pl.Series) -> pl.Series:
    from scipy.special import erfc

    return pl.Series(erfc(x.to_numpy()))


def adjusted(p: pl.Expr, method: Adjustment) -> pl.Expr:
    """Correct p for the number of tests made at once.

    Parameters:
        p: probabilities, one a test; nulls are not counted.
        method: ``bonferroni``, ``holm`` (both hold the chance of any false finding), ``bh`` (Benjamini and Hochberg:
            holds the share of false findings), or ``none``.

    Returns:
        corrected probabilities, at most 1.

    Example:
        >>> frame = pl.DataFrame({"p": [0.01, 0.04, 0.03]})
        >>> frame.select(adjusted(pl.col("p"), "holm").round(4)).to_series().to_list()
        [0.03, 0.06, 0.06]

    Source: Holm, S. (1979). Scandinavian J. of Statistics 6, 65–70. Benjamini, Y., & Hochberg, Y. (1995). J. Royal
    Statistical Society B 57, 289–300.
    """
    check_choice("adjustment", method, ADJUSTMENTS)
    tests = p.count()
    if method == "none":
        return p
    if method == "bonferroni":
        return (p * tests).clip(upper_bound=1.0)
    order = p.rank("ordinal")
    if method == "holm":
        scaled, order_by, running = p * (tests - order + 1), order, pl.Expr.cum_max
        position = order
    else:
        scaled, order_by, running = p * tests / order, -order.cast(pl.Int64), pl.Expr.cum_min
        position = tests + 1 - order
    # put in order, take the running maximum (minimum), and put back where each came from
    sorted_values = running(scaled.sort_by(order_by, nulls_last=True))
    return sorted_values.gather((position - 1).cast(pl.UInt32)).clip(upper_bound=1.0)
