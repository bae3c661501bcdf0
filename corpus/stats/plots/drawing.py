"""How every picture looks and how it gets into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from corpus.stats.plots.captions import number_locale
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
