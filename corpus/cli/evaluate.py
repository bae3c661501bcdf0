"""``minber evaluate``: the machine against people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli.app import late_command
from corpus.cli.console import say
from corpus.cli.delivery import Cite, Delivery, Level, Plot, picture_language, print_sources
from corpus.cli.part import PINNED, Part, fields_of, shown_elsewhere

if TYPE_CHECKING:
    import polars as pl

    from corpus.agreement import Evaluation

_SHARES = ("precision", "recall", "f1")


@dataclass(frozen=True)
class GoldLabels:
    """Which decisions of people are the gold.

    Attributes:
        source: ``human`` or ``gold``.
        snapshot: name of a snapshot of people's labels; None for the corpus as it is.
        layout: of the projects; None: as ``minber.toml`` says.
        annotator: only what this person decided.
        number: of the round of labelling.
        half: only units that people saw without pre-annotations.
    """

    source: Annotated[
        str,
        typer.Option("--source", metavar="human|gold", help="Units that people confirmed, or what was adjudicated."),
    ] = "human"
    snapshot: Annotated[
        str | None,
        typer.Option("--snapshot", metavar="NAME", help="People's labels as a snapshot holds them (minber labels)."),
    ] = None
    layout: Annotated[
        str | None, typer.Option("--layout", metavar="themes|voices|spans", help="Default: as minber.toml says.")
    ] = None
    annotator: Annotated[
        str | None, typer.Option("--annotator", metavar="NAME", help="Only what this person confirmed.")
    ] = None
    number: Annotated[
        int | None, typer.Option("--round", metavar="N", min=1, help="Default: of each unit its last round.")
    ] = None
    half: Annotated[
        bool, typer.Option("--half", help='Only units that people saw without pre-annotations (preannotate = "half").')
    ] = False


@dataclass(frozen=True)
class Sampling:
    """How intervals are made.

    Attributes:
        level: of confidence.
        replicates: draws of the bootstrap.
        resample: what is drawn.
        seed: the same one gives the same intervals.
    """

    level: Level = 0.95
    replicates: Annotated[int, typer.Option(min=0, help="Bootstrap draws for intervals of F1; 0 for none.")] = 1000
    resample: Annotated[
        str, typer.Option(metavar="documents|units", help="What is drawn; units of one document resemble each other.")
    ] = "documents"
    seed: Annotated[int, typer.Option(help="The same seed gives the same intervals.")] = 0


@late_command("evaluate", "Example: minber evaluate --by lang --half --errors errors.csv --plot machine.svg")
def evaluate(
    context: typer.Context,
    gold: GoldLabels,
    sampling: Sampling,
    to: Delivery,
    where: Annotated[
        str, typer.Option(metavar="CONDITION", help="Only this part of the corpus.", show_default=False)
    ] = "",
    by: Annotated[
        str,
        typer.Option(
            metavar="FIELD[,FIELD]",
            help="Split by lang, year, speaker, voice, id … or preannotated (with and without).",
            show_default=False,
        ),
    ] = "",
    layer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only theme, evidence, quote, mention, speaker …")
    ] = None,
    label: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this theme or label; may be repeated.")
    ] = None,
    pushed: Annotated[
        bool, typer.Option("--pushed", help="Judge what people were shown, not what the machine gives now.")
    ] = False,
    errors: Annotated[
        str | None,
        typer.Option(
            metavar="N|FILE",
            help="The first N errors as a concordance instead (0: all); or write all to a .csv, .json, .parquet, too.",
        ),
    ] = None,
    names: Annotated[
        str | None, typer.Option(metavar="kk|ru|en", help="Language of the themes' names; default: as in minber.toml.")
    ] = None,
    cite: Cite = False,
    plot: Plot = None,
) -> None:
    """How right the machine is by what people decided: precision, recall, F1 of each label, with intervals.

    People's are all labels of units that somebody confirmed, or the adjudicated gold; never a pre-annotation that
    nobody confirmed. Texts revised since, or not annotated, are left out.
    """
    from corpus import agreement as room
    from corpus.agreement.gold_set import OWN_FIELDS
    from corpus.doccano.layouts import voice_names
    from corpus.labels import whose
    from corpus.stats import output, plots
    from corpus.stats.frames import check_choice

    if cite:
        return print_sources(room.EVALUATION_SOURCES)
    to.check(plot)
    check_choice("way of drawing", sampling.resample, ("documents", "units"))
    file = Path(errors) if errors is not None and not errors.isdigit() else None
    if file is not None:
        output.choose_format(None, file)
    fields = fields_of(by)
    of_documents = [field for field in fields if field not in OWN_FIELDS]
    part = Part(context, where, furniture=True).select(of_documents, gold.snapshot)
    language = picture_language(part, names)
    titles = {theme.id: theme.name(language) for theme in part.corpus.codebook.themes} | voice_names(language)
    found = room.evaluate(
        part,
        gold.layout,
        whose(gold.source, gold.snapshot),
        layer,
        label or (),
        fields,
        gold.annotator,
        gold.number,
        gold.half,
        pushed,
        room.Resampling(sampling.replicates, sampling.level, sampling.seed, sampling.resample == "documents"),
        titles,
    )
    misses = room.errors(found, part.corpus, titles) if errors is not None else None
    if misses is not None and file is not None and PINNED not in context.find_root().meta:  # rerun has its own file
        output.write(misses, None, file)
    if misses is not None and file is None:
        number = int(errors or 0)
        hide = ["label", "unit_id"] if misses["name"].null_count() < misses.height else ["name", "unit_id"]
        shown = misses.head(number) if number else misses
        to.deliver(part, shown, highlight={"keyword": "bold", "docname": "cyan", "error": "red"}, hide=hide)
    else:
        named = found.table["name"].null_count() < found.table.height
        table = _for_reading(found.table) if to.form == "table" else found.table
        to.deliver(part, table, hide=["label" if named else "name", *shown_elsewhere(fields)])
    if plot:
        plots.save(room.plot_evaluation(found.table, language), plot, language)
    return _tell(found, gold, sampling, to, plot, file)


def _for_reading(table: pl.DataFrame) -> pl.DataFrame:
    """Each share with its interval in one column; no sum and mean of a single label."""
    import polars as pl

    from corpus.agreement.evaluation import MACRO, MICRO

    summed = pl.col("label").is_in([MICRO, MACRO])
    single = (~summed).sum().over("layer", "match", "group") == 1
    few = pl.when(pl.col("note").is_not_null() & ~summed).then(pl.lit("few"))  # files say few of what
    shown = table.filter(~(summed & single)).with_columns(name=pl.coalesce("name", "label"), note=few)

    def percent(name: str) -> pl.Expr:
        return (100 * pl.col(name)).round(1).cast(pl.String)

    joined = {
        name: pl.coalesce(pl.format("{} ({}–{})", *map(percent, (name, f"{name}_low", f"{name}_high"))), percent(name))
        for name in _SHARES
    }
    return shown.with_columns(**joined).drop(f"{name}_{end}" for name in _SHARES for end in ("low", "high"))


def _tell(
    found: Evaluation,
    gold: GoldLabels,
    sampling: Sampling,
    to: Delivery,
    plot: Path | None,
    file: Path | None,
) -> None:
    import polars as pl

    from corpus.stats.correction import FEWEST

    units = found.gold.units
    documents = units["doc_id"].n_unique()
    told = [f"{units.height:,} unit(s) of layout {found.gold.layout} in {documents:,} document(s)"]
    told += [f"machine: {', '.join(found.made_by)}"] if found.made_by else []
    told += [f"snapshot {gold.snapshot}"] if gold.snapshot else []
    told += [f"{found.comparison.errors.height:,} error(s) in {file}"] if file else []
    told += [f"picture in {plot}"] if plot else []
    say("; ".join(told), to.quiet)
    notes = ["the codebook has changed since its themes were found: minber annotate"] if found.outdated else []
    if found.gold.outdated:
        notes.append(f"{found.gold.outdated:,} unit(s) of texts that were revised since are left out")
    if found.gold.unannotated:
        notes.append(f"{found.gold.unannotated:,} unit(s) of texts without annotations are left out: minber annotate")
    seen = units["preannotated"].sum()
    if seen:
        cure = "--half leaves them out" if seen < units.height else 'preannotate = "half" would tell how much'
        notes.append(
            f"{seen:,} unit(s) were confirmed with pre-annotations in view, which flatters the machine: {cure}"
        )
    few = found.table.filter(pl.col("note").is_not_null() & ~pl.col("label").str.starts_with("("))
    if few.height:
        notes.append(f"{few['label'].n_unique():,} label(s) rest on fewer than {FEWEST}, of people's or of the machine")
    if sampling.resample == "documents" and documents < FEWEST and sampling.replicates:
        notes.append(f"{documents} document(s) are few to draw from, intervals of F1 are rough: --resample units")
    if found.unmarked:
        notes.append(f"people marked nothing in {', '.join(found.unmarked)}: not judged")
    models = [name.partition(":")[2] for name in found.made_by if name.startswith("minber_learned@")]
    if models:
        notes.append(
            f"the model {', '.join(models)} was learned from labels: if from these, figures flatter it; "
            "those of 'minber train' are of documents held out"
        )
    for note in notes:
        say(f"note: {note}", to.quiet)
