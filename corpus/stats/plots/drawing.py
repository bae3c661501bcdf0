"""How every picture looks and how it gets into a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from corpus.stats.plots.captions import group_name, number_locale
from schemas.errors import MinberError

SUFFIXES = (".svg", ".png", ".html")
FONT = "DejaVu Sans, Noto Sans, Liberation Sans, Arial, sans-serif"
"""Faces that have ә ғ қ ң ө ұ ү һ і, most complete first."""

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
"""Okabe and Ito's colours, which people tell apart whatever their colour vision.

Source: Okabe, M., & Ito, K. (2008). Color universal design. https://jfly.uni-koeln.de/color/
"""

SHADES = ("#ffffff", "#004A80")
"""From nothing to most, in a heat map; lightness alone tells them apart."""

MACHINE = "#6b6b6b"
"""Grey, for what the machine counts beside what it is corrected to."""


def corrected(frame: pl.DataFrame) -> pl.DataFrame:
    """Put corrected shares, where a frame has them, in the place of the machine's.

    Parameters:
        frame: ``share``, ``low``, ``high``, and what `corpus.stats.correction` adds if it was asked to.

    Returns:
        the frame with ``machine``, the share that the machine counts, null where nothing was corrected.

    Example:
        >>> frame = pl.DataFrame({"share": [0.4], "low": [0.3], "high": [0.5]})
        >>> better = pl.DataFrame({"corrected": [0.2], "corrected_low": [0.1], "corrected_high": [0.3]})
        >>> corrected(pl.concat([frame, better], how="horizontal")).select("share", "high", "machine").row(0)
        (0.2, 0.3, 0.4)
    """
    if "corrected" not in frame.columns:
        return frame.with_columns(machine=pl.lit(None, pl.Float64))
    return frame.with_columns(machine="share", share="corrected", low="corrected_low", high="corrected_high")


MOST_PANELS = 12
"""So many panels of groups can be looked at."""


def largest_groups(frame: pl.DataFrame, size: str | None = None, limit: int = MOST_PANELS) -> tuple[list[str], int]:
    """The groups that are drawn: all, or the largest where there are too many.

    Parameters:
        frame: a result with ``group``.
        size: column whose sum says how large a group is; None: its rows.
        limit: so many at most.

    Returns:
        the names of those drawn, in the order of the frame, and how many groups there are.

    Example:
        >>> largest_groups(pl.DataFrame({"group": ["a", "b", "c"], "n": [1, 5, 3]}), "n", 2)
        (['b', 'c'], 3)
    """
    number = pl.col(size).sum() if size else pl.len()
    sizes = frame.group_by("group", maintain_order=True).agg(_size=number).with_row_index("_row")
    kept = sizes.sort("_size", "_row", descending=[True, False]).head(limit).sort("_row")
    return kept["group"].to_list(), sizes.height


def caption(heading: str, words: Mapping[str, str], shown: int, total: int, key: str = "") -> Any:
    """The title of a picture, with how many of how many it shows where these are not all.

    Parameters:
        heading: the title.
        words: captions of its language.
        shown: number of groups or texts drawn.
        total: number of those that there are.
        key: what else is said below the title.

    Returns:
        an Altair title.
    """
    import altair as alt

    largest = words["largest"].format(n=shown, all=total) if shown < total else ""
    subtitle = ". ".join(filter(None, (largest, key)))
    return alt.Title(heading, subtitle=subtitle) if subtitle else alt.Title(heading)


def in_panels(charts: Mapping[str, Any], words: Mapping[str, str], columns: int = 3) -> Any:
    """A panel a group, each with the group's name above it and scales of its own.

    Parameters:
        charts: group → chart.
        words: captions, which name some groups.
        columns: of panels.

    Returns:
        an Altair chart.
    """
    import altair as alt

    named = [chart.properties(title=group_name(group, words)) for group, chart in charts.items()]
    return alt.concat(*named, columns=columns).resolve_scale(x="independent", y="independent")


def check_plot_file(path: Path | None) -> None:
    """Make sure, before the work is done, that a picture can be written under this name.

    Parameters:
        path: the file, or None.

    Raises:
        MinberError: MB507 unknown ending.
    """
    if path is not None and path.suffix.lower() not in SUFFIXES:
        raise MinberError("MB507", path=path, problem="its ending says no picture format", known=" ".join(SUFFIXES))


def save(chart: Any, path: Path, language: str = "en") -> None:
    """Write a chart to a file.

    Parameters:
        chart: an Altair chart.
        path: ``.svg``, ``.png`` (twice the pixels, for print) or ``.html`` (one file that needs no network).
        language: how numbers are written.

    Raises:
        MinberError: MB507 unknown ending, or the file cannot be written.
    """
    check_plot_file(path)
    dressed = dress(chart, language)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".html":
            dressed.save(str(path), inline=True)
        else:
            dressed.save(str(path), scale_factor=2 if path.suffix.lower() == ".png" else 1)
    except OSError as error:
        raise MinberError("MB507", path=path, problem=error.strerror or error, known=" ".join(SUFFIXES)) from error


def svg(chart: Any, language: str = "en") -> str:
    """Draw a chart as SVG text.

    Parameters:
        chart: an Altair chart.
        language: how numbers are written.

    Returns:
        an ``svg`` element.
    """
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(dress(chart, language).to_json(indent=None))
    return drawn


def dress(chart: Any, language: str = "en") -> Any:
    """Give a chart our font and sizes, long labels in full.

    Parameters:
        chart: any top-level Altair chart.
        language: how numbers are written.

    Returns:
        the chart, dressed.
    """
    return (
        chart.configure(font=FONT, background="white", locale=number_locale(language))
        .configure_axis(labelFontSize=12, titleFontSize=12, labelLimit=420, titleFontWeight="normal")
        .configure_legend(labelFontSize=12, titleFontSize=12, labelLimit=420, titleLimit=420, titleFontWeight="normal")
        .configure_title(fontSize=15, subtitleFontSize=12, anchor="start", offset=12)
        .configure_view(strokeWidth=0)
    )
