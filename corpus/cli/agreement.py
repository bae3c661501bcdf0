"""``minber agreement``: people against people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli.app import late_command
from corpus.cli.console import Quiet, say
from corpus.cli.delivery import Cite, Level, print_sources
from corpus.cli.part import fields_of
from corpus.cli.tables import Listing

if TYPE_CHECKING:
    from corpus.agreement import Codings
    from corpus.store import Corpus


@late_command(
    "agreement", "Example: minber agreement --by theme,pair --round 1 --out agreement.csv --plot confusion.svg"
)
def agreement(
    context: typer.Context,
    table: Listing,
    layout: Annotated[
        str | None, typer.Option(metavar="themes|voices|spans", help="Default: as minber.toml says.")
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            metavar="FIELD[,FIELD]", help="Split by layer, theme, pair, round, preannotated.", show_default=False
        ),
    ] = "",
    measure: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only alpha, alpha_masi, alpha_u, fleiss, cohen; may be repeated."),
    ] = None,
    layer: Annotated[str | None, typer.Option(metavar="NAME", help="Only theme, evidence, quote …")] = None,
    number: Annotated[int | None, typer.Option("--round", metavar="N", min=1, help="Only this round.")] = None,
    where: Annotated[
        str, typer.Option(metavar="CONDITION", help="Only this part of the corpus.", show_default=False)
    ] = "",
    snapshot: Annotated[
        str | None, typer.Option(metavar="NAME", help="Labels as a snapshot holds them (minber labels).")
    ] = None,
    over_rounds: Annotated[
        bool,
        typer.Option("--over-rounds", help="How far each person agrees with themselves in another round, instead."),
    ] = False,
    confusion: Annotated[
        bool, typer.Option("--confusion", help="Which labels people give where others give another, instead.")
    ] = False,
    disagreements: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="The N units with most disagreement, instead.")
    ] = None,
    replicates: Annotated[int, typer.Option(min=0, help="Bootstrap draws for the intervals; 0 for none.")] = 1000,
    clusters: Annotated[bool, typer.Option("--clusters", help="Draw whole documents instead of units.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same intervals.")] = 0,
    level: Level = 0.95,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.(svg|png|html)", help="Draw the confusions as a heat map too.")
    ] = None,
    cite: Cite = False,
    quiet: Quiet = False,
) -> None:
    """How far people agree on units that they confirmed: alpha, kappa, raw agreement, with bootstrap intervals.

    A unit counts as coded by those who set its check mark; what nobody confirmed is left out.
    """
    import polars as pl

    from corpus import agreement as room
    from corpus.stats import plots
    from corpus.stats.frames import check_choice

    if cite:
        return print_sources(room.SOURCES)
    table.check()
    plots.check_plot_file(plot)
    fields = fields_of(by)
    corpus = _open(context, snapshot)
    codings = room.read_codings(corpus, layout, number, where)
    if layer is not None:
        check_choice("layer", layer, room.LAYERS[codings.layout])
    names = {theme.id: theme.name(corpus.settings.doccano.language) for theme in corpus.codebook.themes}
    chosen = layer or next(iter(codings.layers()), "theme")
    if plot:
        from corpus.agreement.picture import plot_confusion

        plots.save(plot_confusion(room.confusion(codings, chosen), names, f"{codings.layout}: {chosen}"), plot)
    if disagreements is not None:
        found = room.in_text(room.disagreements(codings, chosen, names).head(disagreements), corpus)
        hide = ["pre", "post", "unit_id", *(["round"] if found["round"].n_unique() < 2 else [])]
        table.write(found, hide, highlight={"keyword": "bold", "docname": "cyan"})
    elif confusion:
        table.write(room.confusion(codings, chosen))
    else:
        how = room.Resampling(replicates, level, seed, clusters)
        run = room.consistency if over_rounds else room.agreement
        result = run(codings, by=fields, measures=measure or (), resampling=how)
        result = result if layer is None else result.filter(layer=layer)
        if table.form == "table":
            result = result.with_columns(
                pl.col(name).map_elements(lambda value: f"{value:.3f}", return_dtype=pl.String)
                for name in ("value", "low", "high", "raw")
            )
        table.write(result, hide=["theme", "pair", "round", "preannotated"])
    return _summary(codings, plot, quiet)


def _open(context: typer.Context, snapshot: str | None) -> Corpus:
    from corpus.labels import open_snapshot
    from corpus.store import open_corpus

    corpus = open_corpus(context.obj)
    return corpus if snapshot is None else open_snapshot(corpus, snapshot)


def _summary(codings: Codings, plot: Path | None, quiet: bool) -> None:
    people = ", ".join(
        f"{name} {count:,}" for name, count in codings.units["coder"].value_counts().sort("coder").rows()
    )
    told = f"{codings.items.height:,} confirmed unit(s), {codings.double:,} by two people or more; {people}"
    say(f"{told}; picture in {plot}" if plot else told, quiet)
