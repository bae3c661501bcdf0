"""Options of every statistic: where its table goes, how much of it, what it was made from, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli.console import Quiet, say
from corpus.cli.tables import Listing

if TYPE_CHECKING:
    import polars as pl

    from corpus.labels import LabelSnapshot
    from corpus.stats import Selected

TABLE_ROWS = 50

Top = Annotated[int | None, typer.Option(min=0, help="So many rows, 0 for all; default: 50 in a table, else all.")]
Plot = Annotated[Path | None, typer.Option(metavar="FILE.(svg|png|html)", help="Draw a picture too.")]
Cite = Annotated[bool, typer.Option("--cite", help="Print where each measure comes from, and nothing else.")]
Level = Annotated[float, typer.Option(min=0.5, max=0.9999, help="Confidence of the intervals.")]
ManifestFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write down what the result was made from; for rerun.")
]
MinCount = Annotated[int, typer.Option(min=1, help="Leave out what occurs less often.")]


@dataclass(frozen=True)
class Delivery(Listing):
    """Where a statistic goes.

    Attributes:
        bom: byte-order mark before CSV; None: in files only.
        manifest: file that tells what the result was made from.
        quiet: say nothing but errors.
    """

    bom: Annotated[
        bool | None,
        typer.Option(
            "--bom/--no-bom", help="Byte-order mark before CSV, for Excel; default: in files only.", show_default=False
        ),
    ] = None
    manifest: ManifestFile = None
    quiet: Quiet = False

    def check(self, plot: Path | None = None) -> None:
        """Find wrong options before anything is read.

        Parameters:
            plot: file of a picture.

        Raises:
            MinberError: MB505 no such format; MB507 a file whose ending says nothing.
        """
        super().check()
        if plot is not None:
            from corpus.stats import plots

            plots.check_plot_file(plot)

    def head(self, frame: pl.DataFrame, top: int | None) -> pl.DataFrame:
        """The first rows of each group: as many as asked for, else all, but no more than fit a screen or two.

        Parameters:
            frame: the result.
            top: so many; 0 for all; None: all where programs read, `TABLE_ROWS` where people do.

        Returns:
            the rows.
        """
        import polars as pl

        limit = top if top is not None else TABLE_ROWS if self.form == "table" else 0
        if not limit:
            return frame
        place = pl.int_range(pl.len())
        return frame.filter((place.over("group") if "group" in frame.columns else place) < limit)

    def deliver(
        self,
        part: Selected,
        result: pl.DataFrame,
        highlight: Mapping[str, str] | None = None,
        hide: Sequence[str] = (),
        gold: LabelSnapshot | None = None,
    ) -> None:
        """Write a result and, if wanted, what it was made from.

        Parameters:
            part: what was counted.
            result: the table.
            highlight: column → style of a table on a terminal.
            hide: columns that a table for reading does not show.
            gold: the snapshot that it was corrected by.
        """
        import sys

        from corpus.stats import output
        from corpus.stats.manifest import PinnedCorpus, describe

        data = output.write(result, self.format, self.out, self.bom, highlight, hide, fit=True)
        if self.form == "table":
            data = output.encode(result, "csv")
        corpus = getattr(part.corpus, "base", part.corpus)  # a snapshot is a view of a corpus
        if isinstance(corpus, PinnedCorpus):
            corpus.check(data)
        elif self.manifest:
            text = describe(part, sys.argv[1:], result, data, gold).model_dump_json(indent=2)
            output.write_file(self.manifest, text.encode() + b"\n")

    def summary(self, part: Selected, *told: str, plot: Path | None = None) -> None:
        """Say on standard error what was counted, and what could not be told apart.

        Parameters:
            part: what was counted.
            told: what was found; empty texts are left out.
            plot: file of the picture.
        """
        documents = f"{part.documents.height:,} document(s)"
        words = [*told, documents, str(part.selection), f"picture in {plot}" if plot else ""]
        say(", ".join(filter(None, words)), self.quiet)
        if not self.quiet and (unknown := part.not_annotated):
            say(f"{unknown:,} of them not annotated, voices and furniture unknown there: run 'minber annotate'")


def print_sources(measures: Mapping[str, str]) -> None:
    """Say where each measure comes from."""
    for name, source in measures.items():
        typer.echo(f"{name}: {source}")


def picture_language(part: Selected, names: str | None = None) -> str:
    """The language of a picture's captions: that of the themes' names, else of the interface."""
    return names or part.corpus.settings.doccano.language
