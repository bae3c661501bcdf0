"""How far people agree on labels that are counted, beside the counts: a trend is no surer than the labels it is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.stats.selection import Selected

_LAYOUTS = ("themes", "spans")
_NOBODY = ("MB480", "MB482")


def with_agreement(part: Selected, result: pl.DataFrame, theme: str = "theme") -> tuple[pl.DataFrame, str]:
    """Put Krippendorff's alpha of people's labels, and how many units it is from, beside a table of them.

    Parameters:
        part: what was counted, of people's labels.
        result: a table with a column of themes.
        theme: name of that column.

    Returns:
        the table with ``alpha`` (null where the theme never varies, or nobody coded twice) and ``double_coded``; and
        words for a summary.

    Source: Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.
    """
    from corpus.agreement import Resampling, agreement, read_codings

    for layout in _LAYOUTS:
        try:
            codings = read_codings(part, layout)
            found = agreement(codings, by=["theme"], measures=["alpha", "alpha_u"], resampling=Resampling(replicates=0))
            whole = agreement(codings, measures=["alpha_masi", "alpha_u"], resampling=Resampling(replicates=0))
        except MinberError as error:
            if error.code not in _NOBODY:
                raise
            continue
        by_theme = found.filter(pl.col("layer") == "theme").select("theme", alpha="value")
        named = by_theme.rename({"theme": theme})
        value = whole.filter(pl.col("layer") == "theme")["value"].head(1).to_list()
        joined = result.join(named, on=theme, how="left", maintain_order="left")
        known = "unknown, nothing varies" if value in ([], [None]) else f"{value[0]:.2f}"
        said = f"agreement: alpha {known} on {codings.double:,} unit(s) that two people or more labelled"
        return joined.with_columns(double_coded=pl.lit(codings.double, pl.Int64)), said
    empty = result.with_columns(alpha=pl.lit(None, pl.Float64), double_coded=pl.lit(0, pl.Int64))
    return empty, "agreement unknown: no unit was labelled by two people"
