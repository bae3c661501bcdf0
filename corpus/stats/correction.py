"""Machine rates set right: what share there really is, given how precise and how complete the machine is in gold.

A machine that finds half of what there is and is wrong a third of the time gives rates that are wrong in a way that
can be known, from units that people confirmed and the machine labelled too (the gold). The intervals hold the
uncertainty of both: of the rate in the corpus, and of precision and recall in a gold set that is never large.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from corpus.stats.frames import check_choice, check_columns, eager_or_lazy
from corpus.stats.intervals import normal_quantile, wilson

if TYPE_CHECKING:
    from corpus.stats.selection import Selected

ESTIMATORS: dict[str, str] = {
    "rogan-gladen": "Rogan, W. J., & Gladen, B. (1978). Estimating prevalence from the results of a screening test. "
    "American J. of Epidemiology 107, 71–76; interval: Lang, Zs., & Reiczigel, J. (2014). Confidence limits for "
    "prevalence of disease adjusted for estimated sensitivity and specificity. Preventive Veterinary Medicine 113, "
    "13–22.",
    "calibration": "Tenenbein, A. (1970). A double sampling scheme for estimating from binomial data with "
    "misclassifications. J. American Statistical Association 65, 1350–1361; interval: Zou, G. Y., & Donner, A. (2008). "
    "Construction of confidence limits about effect measures: a general approach. Statistics in Medicine 27, "
    "1693–1702, of Wilson's.",
}
"""Estimator → where it comes from."""

FEWEST = 10
"""Fewer gold units with a theme, or without it, tell too little of the machine to correct a rate by."""

GOLD = ("theme", "tp", "fp", "fn", "tn")
"""Columns of a table of gold counts."""

_PLACE = ["doc_id", "start", "end"]


def gold_counts(
    units: pl.DataFrame, human: pl.DataFrame, machine: pl.DataFrame, themes: Sequence[str] | None = None
) -> pl.DataFrame:
    """Compare the machine with people in units that both looked at, theme by theme.

    Parameters:
        units: ``doc_id``, ``start``, ``end``, a row a unit.
        human: labels of people: the columns of `units` and ``label``; those of other units are left out.
        machine: labels of the machine in the same way.
        themes: those wanted, those never found too; None for those found, by name.

    Returns:
        ``theme``, ``tp`` (both), ``fp`` (machine only), ``fn`` (people only), ``tn`` (neither).

    Example:
        >>> units = pl.DataFrame({"doc_id": ["a", "a"], "start": [0, 5], "end": [4, 9]})
        >>> label = units.with_columns(label=pl.lit("law"))
        >>> gold_counts(units, label.head(1), label).row(0)
        ('law', 1, 1, 0, 0)
    """
    places = units.select(_PLACE).unique()
    given = [
        labels.select(*_PLACE, theme="label").unique().join(places, on=_PLACE, how="semi").with_columns(of=pl.lit(of))
        for of, labels in (("human", human), ("machine", machine))
    ]
    votes = pl.concat(given).group_by("theme", *_PLACE).agg("of")
    both, people = pl.col("of").list.len() == 2, pl.col("of").list.contains("human")
    found = votes.group_by("theme").agg(
        tp=both.sum().cast(pl.Int64), fp=(~people).sum().cast(pl.Int64), fn=(people & ~both).sum().cast(pl.Int64)
    )
    names = sorted(found["theme"]) if themes is None else list(themes)
    whole = pl.DataFrame({"theme": names}, schema={"theme": pl.String})
    whole = whole.join(found, on="theme", how="left", maintain_order="left").with_columns(
        pl.col("tp", "fp", "fn").fill_null(0)
    )
    return whole.with_columns(tn=places.height - pl.col("tp") - pl.col("fp") - pl.col("fn"))


def gold_of(part: Selected, gold: Selected, themes: Sequence[str] | None = None) -> pl.DataFrame:
    """Count where machine and people agree in the sentences that people confirmed.

    Parameters:
        part: the corpus with the machine's labels, and where in it gold is looked for.
        gold: the corpus, or a snapshot of it, with people's labels, and the same selection.
        themes: as in `gold_counts`.

    Returns:
        as `gold_counts`. A unit is compared with the sentence that it covers at least half of, and that covers at
        least half of it; other units (paragraphs, documents), and those of texts in another revision than the
        machine saw, are left out.

    Raises:
        MinberError: MB506 nothing is annotated, or nobody confirmed a unit.
    """
    sentences, machine = (frame.collect() for frame in part.machine_themes())
    coded, human = (frame.collect() for frame in gold.human_themes())
    heads, seen = (one.corpus.documents.select(doc_id="id", revision="revision").collect() for one in (part, gold))
    seen = seen.join(heads, on=["doc_id", "revision"], how="semi")
    fitting = in_sentences(coded.join(seen, on="doc_id", how="semi"), sentences)
    moved = human.join(fitting, on=_PLACE).select("doc_id", "label", start="_start", end="_end")
    units = fitting.select("doc_id", start="_start", end="_end").unique()
    return gold_counts(units, moved, machine, themes)


def in_sentences(units: pl.DataFrame, sentences: pl.DataFrame) -> pl.DataFrame:
    """The sentence that the middle of each unit lies in, if they are nearly the same stretch of text."""
    places = sentences.select("doc_id", _at="start", _start="start", _end="end").sort("doc_id", "_at")
    middles = units.select(_PLACE).with_columns(_at=(pl.col("start") + pl.col("end")) // 2).sort("doc_id", "_at")
    both = middles.join_asof(places, on="_at", by="doc_id", strategy="backward", check_sortedness=False)
    shared = pl.min_horizontal("end", "_end") - pl.max_horizontal("start", "_start")
    longer = pl.max_horizontal(pl.col("end") - pl.col("start"), pl.col("_end") - pl.col("_start"))
    return both.filter(2 * shared >= longer).drop("_at")


@eager_or_lazy
def corrected_shares(
    frame: pl.LazyFrame,
    gold: pl.DataFrame | pl.LazyFrame,
    estimator: str = "rogan-gladen",
    level: float = 0.95,
    theme: str = "theme",
) -> pl.LazyFrame:
    """Correct machine rates by what gold says of the machine, with intervals that hold both uncertainties.

    Parameters:
        frame: ``theme``, ``count`` and ``n``, as ``theme_shares`` gives them of the machine's labels, and any columns
            beside them.
        gold: ``theme``, ``tp``, ``fp``, ``fn``, ``tn`` (`gold_counts`).
        estimator: ``rogan-gladen`` takes recall and specificity from gold, which stay the same where a theme is rarer
            or more common than there; ``calibration`` takes precision and the share of what was missed, which is
            sharper but right only where gold is a random sample of what is counted.
        level: of confidence.
        theme: name of the column of themes in `frame`.

    Returns:
        the frame with ``corrected``, ``corrected_low``, ``corrected_high``, ``precision``, ``recall``,
        ``gold_units``, ``gold_with`` (those with the theme) and ``note``, which says why there is no estimate, or
        that it was cut to lie within 0 and 1.

    Raises:
        MinberError: MB505 unknown estimator or a missing column.

    Example:
        >>> frame = pl.DataFrame({"theme": ["law"], "count": [23], "n": [150]})
        >>> gold = pl.DataFrame({"theme": ["law"], "tp": [96], "fp": [11], "fn": [4], "tn": [89]})
        >>> round(corrected_shares(frame, gold)["corrected"][0], 4)
        0.051
    """
    check_choice("estimator", estimator, ESTIMATORS)
    columns = check_columns(frame, [theme, "count", "n"])
    check_columns(gold.lazy(), GOLD)
    joined = frame.join(gold.lazy().rename({"theme": theme}), on=theme, how="left", maintain_order="left")
    tp, fp, fn, tn = (pl.col(name).fill_null(0).cast(pl.Float64) for name in GOLD[1:])
    count, n = pl.col("count").cast(pl.Float64), pl.col("n").cast(pl.Float64)
    if estimator == "rogan-gladen":
        few = {"with": tp + fn, "without": fp + tn}
        point, low, high = _rogan_gladen(count, n, tp, fp, fn, tn, level)
        useless = tp / (tp + fn) + tn / (tn + fp) <= 1
    else:
        few = {"found by the machine": tp + fp, "not found by it": fn + tn}
        point, low, high = _calibration(count, n, tp, fp, fn, tn, level)
        useless = pl.lit(False)
    reasons = [
        pl.when(value < FEWEST).then(pl.lit(f"fewer than {FEWEST} gold units {what}")) for what, value in few.items()
    ]
    reason = pl.coalesce(*reasons, pl.when(useless).then(pl.lit("the machine is no better than chance in gold")))
    known = reason.is_null() & (n > 0)
    inside = point.clip(0.0, 1.0)
    cut = (
        pl.when(known & (point < 0))
        .then(pl.lit("below 0, set to 0"))
        .when(known & (point > 1))
        .then(pl.lit("above 1, set to 1"))
    )
    return joined.with_columns(
        corrected=pl.when(known).then(inside),
        corrected_low=pl.when(known).then(pl.min_horizontal(low.clip(0.0, 1.0), inside)),
        corrected_high=pl.when(known).then(pl.max_horizontal(high.clip(0.0, 1.0), inside)),
        precision=pl.when(tp + fp > 0).then(tp / (tp + fp)),
        recall=pl.when(tp + fn > 0).then(tp / (tp + fn)),
        gold_units=(tp + fp + fn + tn).cast(pl.Int64),
        gold_with=(tp + fn).cast(pl.Int64),
        note=pl.coalesce(reason, cut),
    ).select(
        *columns,
        *("corrected", "corrected_low", "corrected_high", "precision", "recall", "gold_units", "gold_with", "note"),
    )


def _rogan_gladen(
    count: pl.Expr, n: pl.Expr, tp: pl.Expr, fp: pl.Expr, fn: pl.Expr, tn: pl.Expr, level: float
) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """The share that would give the machine's, and Lang and Reiczigel's interval of it.

    Each of the three shares is pulled towards the middle, by z²/2 units for the rate and by one for the others, before
    the delta method is applied; a shift makes up for the skew of the ratio.
    """
    z = normal_quantile(level)
    recall, specificity = tp / (tp + fn), tn / (tn + fp)
    point = (count / n + specificity - 1) / (recall + specificity - 1)
    size, found, missed = n + z**2, tp + fn + 2, tn + fp + 2
    rate, recall, specificity = (count + z**2 / 2) / size, (tp + 1) / found, (tn + 1) / missed
    power = recall + specificity - 1
    middle = (rate + specificity - 1) / power
    spread_recall, spread_specificity = recall * (1 - recall) / found, specificity * (1 - specificity) / missed
    variance = rate * (1 - rate) / size + spread_recall * middle**2 + spread_specificity * (1 - middle) ** 2
    shift = 2 * z**2 * (middle * spread_recall - (1 - middle) * spread_specificity)
    reach = z * variance.sqrt() / power
    return point, middle + shift - reach, middle + shift + reach


def _calibration(
    count: pl.Expr, n: pl.Expr, tp: pl.Expr, fp: pl.Expr, fn: pl.Expr, tn: pl.Expr, level: float
) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """What is right of the found and what was missed of the rest; the Wilson intervals of three shares put together."""
    found, rest = tp + fp, fn + tn
    rate, right, missed = count / n, tp / found, fn / rest
    shares = {"rate": (rate, *wilson(count, n, level)), "right": (right, *wilson(tp, found, level))}
    shares["missed"] = (missed, *wilson(fn, rest, level))
    point = rate * right + (1 - rate) * missed
    weights = {"rate": right - missed, "right": rate, "missed": 1 - rate}

    def reach(down: bool) -> pl.Expr:
        total: pl.Expr = pl.lit(0.0)
        for name, (value, low, high) in shares.items():
            weight = weights[name]
            far = pl.when((weight >= 0) == pl.lit(down)).then(value - low).otherwise(high - value)
            total = total + (weight * far) ** 2
        return total.sqrt()

    return point, point - reach(down=True), point + reach(down=False)
