"""Options of every command that prints a table, and how labels and moments look in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import polars as pl

_LONGEST = 60
"""Letters of a label's words that a table for reading shows."""

Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="table|csv|json|parquet",
        help="Default: by the ending of the file, else table.",
        show_default=False,
    ),
]


@dataclass(frozen=True)
class Listing:
    """Where a table goes, and in which form.

    Attributes:
        format: ``table``, ``csv``, ``json`` or ``parquet``; None: by the ending of the file, else a table.
        out: a file; None for standard output.
    """

    format: Format = None
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write there instead of on standard output.")] = None

    @property
    def form(self) -> str:
        """The form that was chosen."""
        from corpus.stats import output

        return output.choose_format(self.format, self.out)

    def check(self) -> None:
        """Find wrong options before anything is read.

        Raises:
            MinberError: MB505 no such format; MB507 the ending of the file is unknown and no format was given.
        """
        from corpus.stats import output

        output.choose_format(self.format, self.out)

    def write(
        self,
        frame: pl.DataFrame,
        hide: Sequence[str] = (),
        highlight: Mapping[str, str] | None = None,
        fit: bool = False,
    ) -> None:
        """Print or write a table.

        Parameters:
            frame: the result.
            hide: columns that a table for reading does not show.
            highlight: column → style of a table on a terminal.
            fit: leave out of a table the columns that there is no room for, and say so on a terminal.
        """
        from corpus.stats import output

        output.write(frame, self.format, self.out, hide=hide, highlight=highlight, fit=fit)

    def write_labels(self, frame: pl.DataFrame, hide: Sequence[str] = ()) -> None:
        """Print or write labels: moments as ISO 8601 in UTC, long words cut where people read.

        Parameters:
            frame: the result.
            hide: columns that a table for reading does not show.
        """
        import polars as pl

        table = self.form == "table"
        if self.form != "parquet":
            moments = [name for name, kind in frame.schema.items() if kind == pl.Datetime]
            shown = "%Y-%m-%d %H:%M" if table else "%Y-%m-%dT%H:%M:%S%.6fZ"
            frame = frame.with_columns(pl.col(name).dt.strftime(shown) for name in moments)
        if table and "words" in frame.columns:
            words = pl.col("words").str.replace_all(r"\s+", " ")
            short = words.str.head(_LONGEST - 1) + "…"
            frame = frame.with_columns(words=pl.when(words.str.len_chars() > _LONGEST).then(short).otherwise(words))
        self.write(frame, hide)

    def write_json(self, value: Any) -> None:
        """Print or write what is no table as JSON, moments as ISO 8601 in UTC.

        Parameters:
            value: dicts, lists, scalars and moments.
        """
        import json

        from corpus.stats import output

        def plain(found: Any) -> str:
            return f"{found:%Y-%m-%dT%H:%M:%S.%fZ}"

        text = json.dumps(value, ensure_ascii=False, indent=1, default=plain) + "\n"
        if self.out is None:
            typer.echo(text, nl=False)
        else:
            output.write_file(self.out, text.encode())
