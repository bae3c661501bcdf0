"""Results as a table for the terminal, CSV, JSON or Parquet."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import polars as pl

from corpus.stats.frames import check_choice
from schemas.errors import MinberError

Format = Literal["table", "csv", "json", "parquet"]
FORMATS = ("table", "csv", "json", "parquet")
BOM = b"\xef\xbb\xbf"
PIPE_WIDTH = 160
"""Width of a table that is not shown on a terminal."""

_SUFFIXES = {".csv": "csv", ".json": "json", ".parquet": "parquet", ".txt": "table"}
_FIRST_TO_GO = ("name", "segment_share", "segment", "per_million_target", "per_million_reference", "log10_p")
"""What a narrow table leaves out first; files have it all."""
_FOLDED = 16
"""Texts longer than this may be folded."""
_SHARES = (
    *("share", "low", "high", "quoted", "corrected", "corrected_low", "corrected_high", "precision", "recall"),
    *("word_share", "word_share1", "word_share2"),
)


def choose_format(wanted: str | None, out: Path | None) -> str:
    """Find the format of a result: what was asked for, else what the file's ending says, else a table.

    Parameters:
        wanted: ``table``, ``csv``, ``json``, ``parquet``, or None.
        out: file to be written, or None.

    Returns:
        the format.

    Raises:
        MinberError: MB505 no such format; MB507 the ending of the file is unknown and no format was given.

    Example:
        >>> choose_format(None, Path("words.csv")), choose_format(None, None)
        ('csv', 'table')
    """
    if wanted is not None:
        check_choice("format", wanted, FORMATS)
        return wanted
    if out is None:
        return "table"
    if out.suffix.lower() not in _SUFFIXES:
        raise MinberError("MB507", path=out, problem="its ending says no format", known=" ".join(_SUFFIXES))
    return _SUFFIXES[out.suffix.lower()]


def encode(frame: pl.DataFrame, form: str, bom: bool = False) -> bytes:
    """Write a result in a format for programs.

    Parameters:
        frame: the result.
        form: ``csv`` (UTF-8, ``,``, a header, floats in all their digits), ``json`` (a list of objects, UTF-8) or
            ``parquet``.
        bom: put a byte-order mark before CSV: Excel then reads Kazakh letters rightly.

    Returns:
        the bytes; the same result gives the same bytes.

    Example:
        >>> encode(pl.DataFrame({"feature": ["сөз"], "frequency": [1]}), "csv").decode()
        'feature,frequency\\nсөз,1\\n'
    """
    if form == "parquet":
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd")
        return buffer.getvalue()
    if form == "json":
        rows = [
            json.dumps(row, ensure_ascii=False, default=_json_value, allow_nan=False)
            for row in _finite(frame).to_dicts()
        ]
        return ("[" + ",\n ".join(rows) + "]\n").encode()
    flat = frame.with_columns(
        pl.col(name).cast(pl.List(pl.String)).list.join("; ")
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.List)
    )
    return (BOM if bom else b"") + flat.write_csv().encode()


def write(
    frame: pl.DataFrame,
    form: str | None = None,
    out: Path | None = None,
    bom: bool | None = None,
    highlight: Mapping[str, str] | None = None,
    hide: Sequence[str] = (),
    fit: bool = False,
) -> bytes:
    """Print a result on standard output, or write it to a file.

    Parameters:
        frame: the result.
        form: as in `choose_format`.
        out: file; None for standard output.
        bom: byte-order mark before CSV; None puts one into files only.
        highlight: column → style (of Rich) for a table on a terminal.
        hide: columns that a table does not show, because others say the same.
        fit: leave out of a table the columns that there is no room for, and say so on a terminal.

    Returns:
        the bytes written.

    Raises:
        MinberError: MB505 no such format; MB507 the file cannot be written; MB509 Parquet for a terminal.
    """
    chosen = choose_format(form, out)
    if chosen == "parquet" and out is None and _on_terminal():
        raise MinberError(
            "MB509", problem="Parquet is not for reading on a terminal; give --out FILE", command="minber stats"
        )
    if chosen == "table":
        frame = frame.drop(hide, strict=False)
        width = _width() if out is None else PIPE_WIDTH
        if fit and "keyword" not in frame.columns:
            telling = _telling(frame)
            frame = frame.select(fitting(frame, telling, width))
            if out is None and _on_terminal() and (left := [name for name in telling if name not in frame.columns]):
                sys.stderr.write(f"no room for: {', '.join(left)}; --out FILE.csv has them\n")
        text = as_table(frame, highlight, width=width, color=out is None and _in_colour())
        data = text.encode()
    else:
        data = encode(frame, chosen, bom=out is not None if bom is None else bom)
    if out is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return data
    write_file(out, data)
    return data


def write_file(path: Path, data: bytes) -> None:
    """Write bytes to a file, and the folder it lies in if need be.

    Parameters:
        path: the file.
        data: its content.

    Raises:
        MinberError: MB507 it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise MinberError("MB507", path=path, problem=error.strerror or error, known=" ".join(_SUFFIXES)) from error


def as_table(
    frame: pl.DataFrame, highlight: Mapping[str, str] | None = None, width: int | None = None, color: bool = False
) -> str:
    """Set a result as a table that fits a width: numbers to the right, shares in percent, long texts cut.

    Parameters:
        frame: the result; columns that are empty throughout, and ``group`` if there is one group only, are left out.
        highlight: column → style (of Rich).
        width: in characters; None for that of the terminal.
        color: use styles.

    Returns:
        the table, lines ended by ``\\n``.

    Example:
        >>> print(as_table(pl.DataFrame({"feature": ["сөз"], "frequency": [1200]}), width=40), end="")
        feature   frequency
        сөз           1,200
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = _width() if width is None else width
    styles = highlight or {}
    shown = _telling(frame)
    concordance = {"pre", "keyword", "post"} <= set(shown)
    if concordance:
        shown = [name for name in shown if name != "to" and (name != "pattern" or frame["pattern"].n_unique() > 1)]
        frame = _cut_contexts(frame, shown, width)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in shown:
        number = frame.schema[name].is_numeric()
        table.add_column(
            name,
            justify="right" if number or name == "pre" else "left",
            no_wrap=number or concordance or frame.schema[name] == pl.Date,
            overflow="ellipsis" if concordance else "fold",
            style=styles.get(name),
        )
    for row in frame.select(shown).iter_rows():
        table.add_row(*(Text(_cell(name, value)) for name, value in zip(shown, row, strict=True)))
    sink = io.StringIO()
    console = Console(
        file=sink, width=width, force_terminal=color, color_system="standard" if color else None, legacy_windows=False
    )
    console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in sink.getvalue().splitlines())


def fitting(frame: pl.DataFrame, shown: Sequence[str], width: int) -> list[str]:
    """Choose the columns that a table of some width has room for: numbers are never broken, long texts may be folded.

    Parameters:
        frame: the result.
        shown: columns wanted.
        width: in characters.

    Returns:
        those that fit; `_FIRST_TO_GO` go first, then the last ones. The first column always stays.

    Example:
        >>> fitting(pl.DataFrame({"feature": ["we"], "p": [0.5], "log10_p": [-0.3]}), ["feature", "p", "log10_p"], 14)
        ['feature', 'p']
    """
    from rich.cells import cell_len

    def needed(name: str) -> int:
        cells = max([cell_len(name), *(cell_len(_cell(name, value)) for value in frame[name])])
        return min(cells, max(_FOLDED, cell_len(name))) if frame.schema[name] == pl.String else cells

    widths = {name: needed(name) + 2 for name in shown}
    first = [name for name in _FIRST_TO_GO if name in shown[1:]]
    if "corrected" in shown:
        first = ["low", "high", *first]
    for name in [*first, *(name for name in reversed(shown[1:]) if name not in first)]:
        if sum(widths.values()) - 2 <= width:
            break
        widths.pop(name, None)
    return list(widths)


def _cut_contexts(frame: pl.DataFrame, shown: list[str], width: int) -> pl.DataFrame:
    """Give the words before and after a hit the room that the other columns leave, cut where they are far from it."""
    from rich.cells import cell_len

    def widest(name: str) -> int:
        return max([cell_len(name), *(cell_len(_cell(name, value)) for value in frame[name])])

    names = max(12, width // 5)
    rest = [name for name in shown if name not in ("pre", "keyword", "post") and frame.schema[name] == pl.String]
    rooms = dict.fromkeys(rest, names) | {"keyword": width // 2}
    frame = frame.with_columns(
        pl.when(pl.col(name).str.len_chars() > room)
        .then(pl.col(name).str.head(room - 1) + "…")
        .otherwise(name)
        .alias(name)
        for name, room in rooms.items()
    )
    taken = sum(widest(name) + 2 for name in shown if name not in ("pre", "post"))
    room = max(10, (width - taken - 4) // 2)
    pre, post = pl.col("pre"), pl.col("post")
    return frame.with_columns(
        pl.when(pre.str.len_chars() > room).then("…" + pre.str.tail(room - 1)).otherwise(pre).alias("pre"),
        pl.when(post.str.len_chars() > room).then(post.str.head(room - 1) + "…").otherwise(post).alias("post"),
    )


def _telling(frame: pl.DataFrame) -> list[str]:
    """The columns that say something: not empty throughout, nor the only group there is."""
    return [
        name
        for name in frame.columns
        if not (name == "group" and set(frame[name].unique()) <= {"all"})
        and (not frame.height or frame[name].null_count() < frame.height)
    ]


def _width() -> int:
    return shutil.get_terminal_size((PIPE_WIDTH, 24)).columns if _on_terminal() else PIPE_WIDTH


def _cell(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        # years and places are names rather than amounts
        return str(value) if name in ("year", "decade", "from", "to", "group") else f"{value:,}"
    if isinstance(value, float):
        if name in _SHARES:
            return f"{100 * value:.1f} %"
        return f"{value:,.2f}" if abs(value) >= 100 or value == 0 else f"{value:.4g}"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return str(value)


def _finite(frame: pl.DataFrame) -> pl.DataFrame:
    """JSON has neither NaN nor infinity."""
    floats = [name for name, kind in frame.schema.items() if kind.is_float()]
    return frame.with_columns(pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in floats)


def _json_value(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _on_terminal() -> bool:
    return sys.stdout.isatty()


def _in_colour() -> bool:
    """On a terminal that can show them, unless the user wants none (https://no-color.org)."""
    return _on_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
