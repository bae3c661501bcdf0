"""Keyness: which features set one part of a corpus apart from another, and by how much."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import polars as pl

from corpus.stats import resampling
from corpus.stats.contingency import Adjustment, Correction, Table2x2, adjusted, chi2, g2, g2_two_cells, p_of_chi2
from corpus.stats.filters import parse_condition
from corpus.stats.frames import check_choice, check_columns, eager_or_lazy, grouped, settled
from corpus.stats.frequency import MILLION
from corpus.stats.intervals import normal_quantile
from schemas.errors import MinberError

MEASURES: dict[str, str] = {
    "G2": "Dunning, T. (1993). Accurate methods for the statistics of surprise and coincidence. "
    "Computational Linguistics 19, 61–74.",
    "G2_two_cells": "Rayson, P., & Garside, R. (2000). Comparing corpora using frequency profiling. "
    "Proc. Workshop on Comparing Corpora, 1–6.",
    "chi2": "Pearson, K. (1900). Philosophical Magazine 50, 157–175; with correction: "
    "Yates, F. (1934). Suppl. J. Royal Statistical Society 1, 217–235.",
    "pmi": "Church, K. W., & Hanks, P. (1990). Word association norms, mutual information, and lexicography. "
    "Computational Linguistics 16, 22–29.",
    "exact": "Fisher, R. A. (1935). The logic of inductive inference. J. Royal Statistical Society 98, 39–82.",
    "log_ratio": "Hardie, A. (2014). Log Ratio: an informal introduction. ESRC Centre CASS, Lancaster.",
    "pct_diff": "Gabrielatos, C., & Marchi, A. (2012). Keyness: appropriate metrics and practical issues. "
    "CADS International Conference, Bologna.",
    "odds_ratio": "Haldane, J. B. S. (1956). Annals of Human Genetics 20, 309–311 (half a count where a cell is 0).",
    "diff_coefficient": "Hofland, K., & Johansson, S. (1982). Word frequencies in British and American English.",
    "log_odds": "Monroe, B. L., Colaresi, M. P., & Quinn, K. M. (2008). Fightin' words. "
    "Political Analysis 16, 372–403.",
    "t": "Welch, B. L. (1947). Biometrika 34, 28–35; of words over documents: Paquot, M., & Bestgen, Y. (2009). "
    "Distinctive words in academic writing. Language and Computers 68, 247–269.",
    "bootstrap": resampling.SOURCE,
}
"""Measure → where it comes from."""

SAMPLES = 1999
"""Samples of the measure ``bootstrap`` unless others are asked for."""

Part = pl.Expr | str | Sequence[str]


@eager_or_lazy
def keyness(
    frame: pl.LazyFrame,
    target: Part | None = None,
    measure: str = "G2",
    reference: Part | None = None,
    correction: Correction = "default",
    adjust: Adjustment = "holm",
    min_count: int = 1,
    prior: float | None = None,
    level: float = 0.95,
    bootstrap: int = 0,
    seed: int = 0,
    by: Sequence[str] = (),
) -> pl.LazyFrame:
    """Compare how often each feature occurs in a target and in a reference.

    Parameters:
        frame: tokens or counts.
        target: which rows are the target: an expression of true and false on columns of the frame, a condition as of
            ``--where`` (``'year > 1945'``), or ids of documents. None, with `by` only: each group is the target once.
        measure: a key of `MEASURES`, first column after the feature and what the result is ordered by. ``G2`` has
            four cells (as quanteda, where it is ``lr``), ``G2_two_cells`` the two of the UCREL calculator. ``t``
            compares the documents' relative frequencies, since the words of one document are not independent;
            ``bootstrap`` (the difference of them in its standard errors) does without their normal distribution.
        reference: in the same way; None for all that is not target. Rows of neither are left out.
        correction: of G2 and chi2: ``default`` and ``yates`` apply Yates's where a cell is expected under 5,
            ``williams``, ``none``.
        adjust: correction of p for many tests: ``holm``, ``bonferroni``, ``bh``, ``none``.
        min_count: leave out features rarer than this in both together.
        prior: of ``log_odds``: weight of the prior in tokens; None for the size of the mean document.
        level: of confidence of the interval of the log ratio.
        bootstrap: number of samples of documents; if not 0, intervals and ``p_bootstrap`` come from them (see
            `corpus.stats.resampling`). The tokens are read once, when this is called.
        seed: of the samples; the same seed draws the same, whatever the order of rows.
        by: fields; each combination of their values is a group. With a target, target and reference are compared
            inside each group; without one, each group is compared with all others together, or with the reference.
            p is corrected for the tests of one group. A group without words on one of the sides is left out: there is
            nothing to compare. The tokens are read once, when this is called.

    Returns:
        ``feature``, the measure (negative where the reference has more), ``p``, ``n_target``, ``n_reference``, then
        ``log10_p``, ``p_adjusted``, ``per_million_target``, ``per_million_reference``, ``log_ratio`` with
        ``log_ratio_low`` and ``log_ratio_high``; ordered by the measure, then by feature. p is that of the test; for
        mere effect sizes that of G2. With `bootstrap`, also the bounds of a measure that is an effect size. Of fields,
        ``group`` stands after ``n_reference`` and, of several, each field last; group by group.

    Raises:
        MinberError: MB505 unknown measure, correction or column; MB501–MB503 a wrong condition; MB509 neither a target
            nor fields, or fields that have one value only to compare.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a", "a", "b", "b"], "token": ["x", "x", "x", "y"]})
        >>> keyness(frame, target=["a"], correction="none").select("feature", "n_target", "n_reference").rows()
        [('x', 2, 1), ('y', 0, 1)]
    """
    measure = "G2" if measure == "lr" else measure
    check_choice("measure", measure, MEASURES)
    columns = check_columns(frame, ["doc_id", "token"])
    if by:
        options = {"correction": correction, "adjust": adjust, "min_count": min_count, "prior": prior}
        options |= {"level": level, "bootstrap": bootstrap, "seed": seed}
        return _each_group(frame, by, target, reference, measure, options)
    if target is None:
        raise MinberError("MB509", problem="a target is missing", command="minber stats keyness")
    inside = _part(frame, target)
    outside = pl.lit(True) if reference is None else _part(frame, reference) & ~inside.fill_null(False)
    target_side = inside.fill_null(False)
    sides = {"_in": target_side, "_out": ~target_side if reference is None else outside.fill_null(False)}
    if "count" in columns:
        marked = frame.select("doc_id", "token", count=pl.col("count").cast(pl.Int64), **sides)
        times: dict[str, pl.Expr] = {name: pl.col("count").filter(pl.col(name)).sum() for name in sides}
    else:
        marked = frame.select("doc_id", "token", count=pl.lit(1, pl.Int64), **sides)
        times = {name: pl.col(name).sum().cast(pl.Int64) for name in sides}
    if reference is not None:
        marked = marked.filter(pl.col("_in") | pl.col("_out"))
    features = marked.group_by("token").agg(n_target=times["_in"], n_reference=times["_out"])
    if measure == "t":
        features = features.join(_welch(marked), on="token", how="left")
    if measure == "log_odds" and prior is None:
        documents = marked.select(documents=pl.col("doc_id").n_unique())
        features = features.join(documents, how="cross")
    a, b = pl.col("n_target").cast(pl.Float64), pl.col("n_reference").cast(pl.Float64)
    table = Table2x2(a, b, a.sum() - a, b.sum() - b)
    statistic = _statistic(measure, table, correction, prior)
    p, log10_p = p_of_chi2(statistic if measure in ("G2", "G2_two_cells", "chi2") else g2(table, correction))
    ratio, spread = _log_ratio(table)
    reach = normal_quantile(level) * spread
    result = features.with_columns(
        statistic.alias("_measure"),
        a.sum().cast(pl.Int64).alias("_total_target"),
        b.sum().cast(pl.Int64).alias("_total_reference"),
        p.alias("p"),
        log10_p.alias("log10_p"),
        (a * MILLION / a.sum()).alias("per_million_target"),
        (b * MILLION / b.sum()).alias("per_million_reference"),
        ratio.alias("_ratio"),
        (ratio - reach).alias("log_ratio_low"),
        (ratio + reach).alias("log_ratio_high"),
    )
    result = result.filter(pl.col("n_target") + pl.col("n_reference") >= min_count)
    if measure == "exact":
        result = result.map_batches(_fisher, schema=result.collect_schema())
    if measure == "t":
        result = result.with_columns(p="_t_p", log10_p=pl.col("_t_p").log10())
    extra: list[pl.Expr] = []
    if bootstrap or measure == "bootstrap":
        result, extra = _with_samples(marked, result, measure, bootstrap or SAMPLES, seed, level)
    return (
        result.with_columns(adjusted(pl.col("p"), adjust).alias("p_adjusted"))
        .sort("_measure", "token", descending=[True, False], nulls_last=True)
        .select(
            pl.col("token").alias("feature"),
            pl.col("_measure").alias(measure),
            "p",
            "n_target",
            "n_reference",
            "log10_p",
            "p_adjusted",
            "per_million_target",
            "per_million_reference",
            *([] if measure == "log_ratio" else [pl.col("_ratio").alias("log_ratio")]),
            "log_ratio_low",
            "log_ratio_high",
            *extra,
        )
    )


def _each_group(
    frame: pl.LazyFrame,
    by: Sequence[str],
    target: Part | None,
    reference: Part | None,
    measure: str,
    options: dict[str, Any],
) -> pl.LazyFrame:
    """Compare the target with the reference inside each group, or each group with all others; words are read once."""
    rows, keys = grouped(frame, by)
    sides = {"_target": target, "_reference": reference}
    marks = {name: _part(frame, part).fill_null(False) for name, part in sides.items() if part is not None}
    # only some measures look at documents; the counts of a whole group take far less room
    of_documents = measure in ("t", "bootstrap") or options["bootstrap"] or measure == "log_odds"
    document = pl.col("doc_id") if of_documents else pl.lit("").alias("doc_id")
    number = pl.col("count").sum() if "count" in frame.collect_schema().names() else pl.len()
    counts = (
        rows.with_columns(**marks).group_by(document, "token", *keys, *marks).agg(count=number.cast(pl.Int64)).collect()
    )
    groups = counts.select(keys).unique().sort(keys[1:] or keys, nulls_last=True)
    if target is None and reference is None and groups.height < 2:
        problem = f"{', '.join(by)} has one value only here: there is nothing to compare it with"
        raise MinberError("MB509", problem=problem, command="minber stats keyness")
    aim, other = pl.col("_target"), None if reference is None else pl.col("_reference")

    def compare(own: pl.DataFrame, inside: pl.Expr, group: str | None, values: Sequence[Any]) -> pl.DataFrame:
        part = keyness(own, inside, measure, other, **options)
        part.insert_column(part.columns.index("n_reference") + 1, pl.lit(group, pl.String).alias("group"))
        fields = zip(keys[1:], values, strict=True)
        return part.with_columns(pl.lit(value, groups.schema[name]).alias(name) for name, value in fields)

    found = []
    for group, *values in groups.iter_rows():
        own, inside = (counts, pl.col("group") == group) if target is None else (counts.filter(group=group), aim)
        outside = ~inside if other is None else other & ~inside
        if all(own.select(target=inside.any(), reference=outside.any()).row(0)):
            found.append(compare(own, inside, group, values))
    return pl.concat(found or [compare(counts.clear(), pl.lit(False), None, [None] * len(keys[1:]))]).lazy()


def _with_samples(
    marked: pl.LazyFrame, result: pl.LazyFrame, measure: str, runs: int, seed: int, level: float
) -> tuple[pl.LazyFrame, list[pl.Expr]]:
    """Bounds and p from samples of documents in the place of those that take words for independent."""
    counts = marked.group_by("doc_id", "token").agg(
        n_in=pl.col("count").filter(pl.col("_in")).sum(), n_out=pl.col("count").filter(pl.col("_out")).sum()
    )
    tokens, wanted = pl.collect_all([counts, result.select("token")])
    effect = measure if measure in resampling.EFFECTS and measure != "log_ratio" else ""
    found = resampling.resample(tokens, wanted["token"], runs, seed, level, effect).rename({"p": "p_bootstrap"})
    joined = result.drop("log_ratio_low", "log_ratio_high").join(found.lazy(), on="token", how="left")
    if measure == "bootstrap":
        p = pl.col("p_bootstrap")
        return joined.with_columns(_measure=pl.col("z"), p=p, log10_p=p.log10()), []
    bounds = [pl.col(f"effect_{end}").alias(f"{measure}_{end}") for end in ("low", "high")] if effect else []
    return joined, [*bounds, pl.col("p_bootstrap")]


def _part(frame: pl.LazyFrame, part: Part) -> pl.Expr:
    if isinstance(part, pl.Expr):
        return part
    if isinstance(part, str):
        return parse_condition(part, frame.collect_schema()).expression
    return pl.col("doc_id").cast(pl.String).is_in(list(part))


def _statistic(measure: str, table: Table2x2, correction: Correction, prior: float | None) -> pl.Expr:
    a, b = table.a, table.b
    share_a, share_b = a / table.target, b / table.reference
    if measure == "G2":
        return g2(table, correction) * table.sign
    if measure == "G2_two_cells":
        return g2_two_cells(table) * table.sign
    if measure == "chi2":
        return chi2(table, correction) * table.sign
    if measure == "pmi":
        return (a / table.cells[0][1]).log()
    if measure == "log_ratio":
        return _log_ratio(table)[0]
    if measure == "pct_diff":
        return 100 * (share_a - share_b) / share_b
    if measure == "odds_ratio":
        empty = pl.any_horizontal(cell == 0 for cell in (a, b, table.c, table.d))
        half = pl.when(empty).then(0.5).otherwise(0.0)
        return (a + half) * (table.d + half) / ((b + half) * (table.c + half))
    if measure == "diff_coefficient":
        return (share_a - share_b) / (share_a + share_b)
    if measure == "log_odds":
        size = pl.lit(prior) if prior is not None else table.n / pl.col("documents")
        weight = size * (a + b) / table.n
        odds_a = (a + weight) / (table.target + size - a - weight)
        odds_b = (b + weight) / (table.reference + size - b - weight)
        return (odds_a.log() - odds_b.log()) / (1 / (a + weight) + 1 / (b + weight)).sqrt()
    if measure == "t":
        return pl.col("_t")
    return pl.lit(None, pl.Float64)  # exact: computed row by row


def _log_ratio(table: Table2x2) -> tuple[pl.Expr, pl.Expr]:
    """Binary logarithm of the ratio of relative frequencies, and its standard error; half a count stands for none."""
    a = pl.when(table.a == 0).then(0.5).otherwise(table.a)
    b = pl.when(table.b == 0).then(0.5).otherwise(table.b)
    ratio = (a / table.target / (b / table.reference)).log(2)
    error = (1 / a - 1 / table.target + 1 / b - 1 / table.reference).clip(0.0).sqrt() / pl.lit(2.0).log()
    return ratio, error


def _fisher(frame: pl.DataFrame) -> pl.DataFrame:
    """Fisher's test of each row: the conditional estimate of the odds ratio (as R has it) and the two-sided p."""
    from scipy.stats import fisher_exact
    from scipy.stats.contingency import odds_ratio

    names = ["n_target", "n_reference"]
    target, reference = (
        frame.select(pl.col("_total_target", "_total_reference").first()).row(0) if frame.height else (0, 0)
    )
    rows = []
    for a, b in frame.select(names).unique().iter_rows():  # many features share their counts
        table = [[a, b], [target - a, reference - b]]
        p = float(fisher_exact(table).pvalue)
        rows.append((a, b, float(odds_ratio(table).statistic), p, math.log10(p) if p > 0 else None))
    kinds = {
        "n_target": pl.Int64,
        "n_reference": pl.Int64,
        "_measure": pl.Float64,
        "p": pl.Float64,
        "log10_p": pl.Float64,
    }
    found = pl.DataFrame(rows, schema=kinds, orient="row")
    others = frame.drop("_measure", "p", "log10_p")
    return others.join(found, on=names, how="left", maintain_order="left").select(frame.columns)


def _welch(marked: pl.LazyFrame) -> pl.LazyFrame:
    """Welch's t of the relative frequencies of documents; a document without the feature counts as 0."""
    side = pl.when(pl.col("_in")).then(pl.lit("in")).otherwise(pl.lit("out")).alias("side")
    counts = marked.group_by("doc_id", "token", side, maintain_order=True).agg(pl.col("count").sum())
    sizes = marked.group_by("doc_id", side).agg(pl.col("count").sum().alias("size"))
    documents = sizes.select(
        m_in=(pl.col("side") == "in").sum().cast(pl.Float64), m_out=(pl.col("side") == "out").sum().cast(pl.Float64)
    )
    rates = counts.join(sizes, on=["doc_id", "side"], maintain_order="left").with_columns(
        rate=pl.col("count") / pl.col("size")
    )
    sums = (
        settled(rates, ["token", "rate"])
        .group_by("token", maintain_order=True)
        .agg(
            *(
                pl.col("rate").filter(pl.col("side") == name).pow(power).sum().alias(f"s{power}_{name}")
                for name in ("in", "out")
                for power in (1, 2)
            )
        )
    )

    def mean(name: str) -> pl.Expr:
        return pl.col(f"s1_{name}") / pl.col(f"m_{name}")

    def variance_of_mean(name: str) -> pl.Expr:
        m = pl.col(f"m_{name}")
        return ((pl.col(f"s2_{name}") - m * mean(name) ** 2) / (m - 1)).clip(0.0) / m

    v_in, v_out = variance_of_mean("in"), variance_of_mean("out")
    degrees = (v_in + v_out) ** 2 / (v_in**2 / (pl.col("m_in") - 1) + v_out**2 / (pl.col("m_out") - 1))
    return (
        sums.join(documents, how="cross")
        .select("token", _t=((mean("in") - mean("out")) / (v_in + v_out).sqrt()).fill_nan(None), _degrees=degrees)
        .with_columns(
            _t_p=pl.struct("_t", "_degrees").map_batches(
                lambda pair: _t_tail(pair.struct.field("_t"), pair.struct.field("_degrees")), return_dtype=pl.Float64
            )
        )
        .drop("_degrees")
    )


def _t_tail(t: pl.Series, degrees: pl.Series) -> pl.Series:
    from scipy.special import stdtr

    return pl.Series(2 * stdtr(degrees.to_numpy(), -abs(t.to_numpy()))).fill_nan(None)
