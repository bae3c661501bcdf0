"""``minber adjudicate``: one gold set out of several people's labels, by rules or by an adjudicator in Doccano."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli.app import add_late
from corpus.cli.console import Quiet, finish, say

if TYPE_CHECKING:
    from corpus.adjudication import AdjudicationReport, Rule

adjudicate = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)

_HELP = "Make one gold set of several people's labels: by rules, or by an adjudicator in Doccano."
_EXAMPLE = "Example: minber adjudicate --majority --prefer aigul; minber adjudicate push --adjudicator dana"

LayoutOption = Annotated[
    str | None, typer.Option("--layout", metavar="themes|voices|spans", help="Default: as minber.toml says.")
]
Round = Annotated[int, typer.Option("--round", metavar="N", min=1, help="Of labelling.")]
Layers = Annotated[
    list[str] | None,
    typer.Option(
        "--layer", metavar="NAME", help="What must be the same: theme, evidence, quote …; default: theme, or all spans."
    ),
]
Majority = Annotated[bool, typer.Option("--majority", help="Where people differ, what more than half gave.")]
Prefer = Annotated[
    str | None,
    typer.Option("--prefer", metavar="NAME", help="Where people differ (with --majority: in a tie), theirs."),
]


@adjudicate.callback(invoke_without_command=True, help=_HELP, epilog=_EXAMPLE)
def rules(
    context: typer.Context,
    layout: LayoutOption = None,
    number: Round = 1,
    majority: Majority = False,
    prefer: Prefer = None,
    layers: Layers = None,
    quiet: Quiet = False,
) -> None:
    """Decide by rules; units that an adjudicator decided stay as they are."""
    if context.invoked_subcommand is not None:
        return
    from corpus.adjudication import adjudicated, decide, write_gold
    from corpus.agreement import read_codings
    from corpus.store import open_corpus

    corpus = open_corpus(context.obj)
    codings = read_codings(corpus, layout, number)
    decided = decide(codings, _rule(majority, prefer), adjudicated(corpus, codings.layout), layers or ())
    fresh = write_gold(corpus, codings.layout, [number], decided.rows)
    units = [row for row in decided.rows if row["layer"] == "unit"]
    ways = {row["decided"]: 0 for row in units}
    for row in units:
        ways[row["decided"]] += 1
    told = ", ".join(f"{count:,} {way}" for way, count in sorted(ways.items())) or "none"
    say(f"{len(units):,} unit(s) decided ({told}), {fresh:,} row(s) of gold are new", quiet)
    if decided.undecided:
        say(f"{len(decided.undecided):,} unit(s) undecided: give a rule, or 'minber adjudicate push'", quiet)


@adjudicate.command(epilog="Example: minber adjudicate push --round 1 --prefill majority --adjudicator dana")
def push(
    context: typer.Context,
    layout: LayoutOption = None,
    number: Round = 1,
    prefill: Annotated[
        str, typer.Option(metavar="unanimous|majority|none", help="Labels that are there when a unit is opened.")
    ] = "unanimous",
    adjudicator: Annotated[
        str | None, typer.Option(metavar="NAME", help="User who becomes a member of the project.")
    ] = None,
    layers: Layers = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; say what would be done.")] = False,
    quiet: Quiet = False,
) -> None:
    """Bring the units in which people differ to a project of their own, with what each of them gave beside the text."""
    from corpus.adjudication import push_disagreements
    from corpus.cli.sync import chosen_layout, open_from
    from corpus.doccano.access import connect
    from corpus.stats.frames import check_choice

    check_choice("prefill", prefill, ("unanimous", "majority", "none"))
    corpus, ask = open_from(context)
    with connect(corpus, ask) as client:
        report = push_disagreements(
            corpus,
            client,
            chosen_layout(layout),
            number,
            prefill=prefill,  # type: ignore[arg-type]  # checked above
            layers=layers or (),
            adjudicator=adjudicator,
            dry_run=dry_run,
        )
    said = f"would send {report.sent:,}" if dry_run else f"{report.sent:,} sent"
    told = f"{report.units:,} unit(s) in disagreement, {said}, {report.present:,} there already"
    if report.settled:
        told += f"; in {report.settled:,} unit(s) there people no longer differ"
    _tell(report, told, quiet)


@adjudicate.command(epilog="Example: minber adjudicate pull --round 1")
def pull(
    context: typer.Context,
    layout: LayoutOption = None,
    number: Round = 1,
    majority: Majority = False,
    prefer: Prefer = None,
    layers: Layers = None,
    quiet: Quiet = False,
) -> None:
    """Bring the adjudicator's decisions back; with those that all agreed on they become the gold set."""
    from corpus.adjudication import pull_decisions
    from corpus.cli.sync import chosen_layout, open_from
    from corpus.doccano.access import connect

    corpus, ask = open_from(context)
    with connect(corpus, ask) as client:
        report = pull_decisions(corpus, client, chosen_layout(layout), number, _rule(majority, prefer), layers or ())
    told = f"{report.confirmed:,} of {report.units:,} unit(s) decided, {report.changed:,} new or changed"
    _tell(report, f"{told}; {report.gold:,} row(s) of gold are new, {report.undecided:,} unit(s) undecided", quiet)
    finish(report.failures)


@adjudicate.command(epilog="Example: minber adjudicate gold --out gold.csv")
def gold(
    context: typer.Context,
    layout: Annotated[str | None, typer.Option("--layout", help="Only of this layout.")] = None,
    number: Annotated[int | None, typer.Option("--round", metavar="N", min=1, help="Only of this round.")] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="table|csv|json|parquet", help="Default: by the ending of --out, else table."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write there instead of on standard output.")] = None,
    quiet: Quiet = False,
) -> None:
    """The gold labels with their words, how each was decided and who gave it; a row `unit` for each decided unit."""
    import polars as pl

    from corpus.adjudication import gold as read
    from corpus.labels.log import with_words
    from corpus.stats import output
    from corpus.store import open_corpus

    output.choose_format(form, out)
    corpus = open_corpus(context.obj)
    rows = read(corpus, layout).sort("doc_id", "start", "end", "layer", "label", "round").collect()
    rows = rows if number is None else rows.filter(round=number)
    rows = with_words(corpus, rows.with_columns(words=pl.lit(None, pl.String)))
    if output.choose_format(form, out) == "table":
        words = pl.col("words").str.replace_all(r"\s+", " ")
        short = words.str.head(59) + "…"
        rows = rows.with_columns(words=pl.when(words.str.len_chars() > 60).then(short).otherwise(words))
    if output.choose_format(form, out) != "parquet":
        rows = rows.with_columns(pl.col("created").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    output.write(rows, form, out, hide=["revision", "start", "end", "unit_id", "layout", "created"])
    units = rows.filter(layer="unit").height
    say(f"{rows.height - units:,} gold label(s) in {units:,} decided unit(s)", quiet)


def _rule(majority: bool, prefer: str | None) -> Rule:
    from corpus.adjudication import Rule

    return Rule(majority, prefer)


def _tell(report: AdjudicationReport, told: str, quiet: bool) -> None:
    for note in report.notes:
        say(f"note: {note}", quiet)
    say(f"{report.project}: {told}; {report.url}", quiet)


add_late(adjudicate, "adjudicate", _HELP, _EXAMPLE)
