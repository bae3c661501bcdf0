"""``minber adjudicate``: one gold set out of several people's labels, by rules or by an adjudicator in Doccano."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli.app import add_late
from corpus.cli.console import Quiet, finish, say
from corpus.cli.tables import Listing

if TYPE_CHECKING:
    from corpus.adjudication import AdjudicationReport, Rule

adjudicate = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)

_HELP = "Make one gold set of several people's labels: by rules, or by an adjudicator in Doccano."
_EXAMPLE = "Example: minber adjudicate --majority --prefer aigul; minber adjudicate push --adjudicator dana"


@dataclass(frozen=True)
class Round:
    """Which units are decided, and what must be the same for people to agree.

    Attributes:
        context: of the command.
        layout: of the projects; None: as ``minber.toml`` says.
        number: of the round of labelling.
        layers: what must be the same; none: the theme, or all spans.
    """

    context: typer.Context
    layout: Annotated[
        str | None, typer.Option("--layout", metavar="themes|voices|spans", help="Default: as minber.toml says.")
    ] = None
    number: Annotated[int, typer.Option("--round", metavar="N", min=1, help="Of labelling.")] = 1
    layers: Annotated[
        list[str] | None,
        typer.Option(
            "--layer",
            metavar="NAME",
            help="What must be the same: theme, evidence, quote …; default: theme, or all spans.",
        ),
    ] = None


@dataclass(frozen=True)
class Deciding:
    """What is done where people differ.

    Attributes:
        majority: take what more than half gave.
        prefer: take what this person gave.
    """

    majority: Annotated[bool, typer.Option("--majority", help="Where people differ, what more than half gave.")] = False
    prefer: Annotated[
        str | None,
        typer.Option("--prefer", metavar="NAME", help="Where people differ (with --majority: in a tie), theirs."),
    ] = None

    @property
    def rule(self) -> Rule:
        """The rule, for `corpus.adjudication.decide`."""
        from corpus.adjudication import Rule

        return Rule(self.majority, self.prefer)


@adjudicate.callback(invoke_without_command=True, help=_HELP, epilog=_EXAMPLE)
def rules(asked: Round, deciding: Deciding, quiet: Quiet = False) -> None:
    """Decide by rules; units that an adjudicator decided stay as they are."""
    if asked.context.invoked_subcommand is not None:
        return
    from corpus.adjudication import adjudicated, decide, write_gold
    from corpus.agreement import read_codings
    from corpus.store import open_corpus

    corpus = open_corpus(asked.context.obj)
    codings = read_codings(corpus, asked.layout, asked.number)
    decided = decide(codings, deciding.rule, adjudicated(corpus, codings.layout), asked.layers or ())
    fresh = write_gold(corpus, codings.layout, [asked.number], decided.rows)
    ways = Counter(row["decided"] for row in decided.rows if row["layer"] == "unit")
    told = ", ".join(f"{count:,} {way}" for way, count in sorted(ways.items())) or "none"
    say(f"{ways.total():,} unit(s) decided ({told}), {fresh:,} row(s) of gold are new", quiet)
    if decided.undecided:
        say(f"{len(decided.undecided):,} unit(s) undecided: give a rule, or 'minber adjudicate push'", quiet)


@adjudicate.command(epilog="Example: minber adjudicate push --round 1 --prefill majority --adjudicator dana")
def push(
    asked: Round,
    prefill: Annotated[
        str, typer.Option(metavar="unanimous|majority|none", help="Labels that are there when a unit is opened.")
    ] = "unanimous",
    adjudicator: Annotated[
        str | None, typer.Option(metavar="NAME", help="User who becomes a member of the project.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; say what would be done.")] = False,
    quiet: Quiet = False,
) -> None:
    """Bring the units in which people differ to a project of their own, with what each of them gave beside the text."""
    from corpus.adjudication import push_disagreements
    from corpus.cli.sync import chosen_layout, open_from
    from corpus.doccano.access import connect
    from corpus.stats.frames import check_choice

    check_choice("prefill", prefill, ("unanimous", "majority", "none"))
    corpus, ask = open_from(asked.context)
    with connect(corpus, ask) as client:
        report = push_disagreements(
            corpus,
            client,
            chosen_layout(asked.layout),
            asked.number,
            prefill=prefill,  # type: ignore[arg-type]  # checked above
            layers=asked.layers or (),
            adjudicator=adjudicator,
            dry_run=dry_run,
        )
    said = f"would send {report.sent:,}" if dry_run else f"{report.sent:,} sent"
    told = f"{report.units:,} unit(s) in disagreement, {said}, {report.present:,} there already"
    if report.settled:
        told += f"; in {report.settled:,} unit(s) there people no longer differ"
    _tell(report, told, quiet)


@adjudicate.command(epilog="Example: minber adjudicate pull --round 1")
def pull(asked: Round, deciding: Deciding, quiet: Quiet = False) -> None:
    """Bring the adjudicator's decisions back; with those that all agreed on they become the gold set."""
    from corpus.adjudication import pull_decisions
    from corpus.cli.sync import chosen_layout, open_from
    from corpus.doccano.access import connect

    corpus, ask = open_from(asked.context)
    with connect(corpus, ask) as client:
        report = pull_decisions(
            corpus, client, chosen_layout(asked.layout), asked.number, deciding.rule, asked.layers or ()
        )
    told = f"{report.confirmed:,} of {report.units:,} unit(s) decided, {report.changed:,} new or changed"
    _tell(report, f"{told}; {report.gold:,} row(s) of gold are new, {report.undecided:,} unit(s) undecided", quiet)
    finish(report.failures)


@adjudicate.command(epilog="Example: minber adjudicate gold --out gold.csv")
def gold(
    context: typer.Context,
    table: Listing,
    layout: Annotated[str | None, typer.Option("--layout", help="Only of this layout.")] = None,
    number: Annotated[int | None, typer.Option("--round", metavar="N", min=1, help="Only of this round.")] = None,
    quiet: Quiet = False,
) -> None:
    """The gold labels with their words, how each was decided and who gave it; a row `unit` for each decided unit."""
    import polars as pl

    from corpus.adjudication import gold as read
    from corpus.labels.log import with_words
    from corpus.store import open_corpus

    table.check()
    corpus = open_corpus(context.obj)
    rows = read(corpus, layout).sort("doc_id", "start", "end", "layer", "label", "round").collect()
    rows = rows if number is None else rows.filter(round=number)
    rows = with_words(corpus, rows.with_columns(words=pl.lit(None, pl.String)))
    table.write_labels(rows, ["revision", "start", "end", "unit_id", "layout", "created"])
    units = rows.filter(layer="unit").height
    say(f"{rows.height - units:,} gold label(s) in {units:,} decided unit(s)", quiet)


def _tell(report: AdjudicationReport, told: str, quiet: bool) -> None:
    for note in report.notes:
        say(f"note: {note}", quiet)
    say(f"{report.project}: {told}; {report.url}", quiet)


add_late(adjudicate, "adjudicate", _HELP, _EXAMPLE)
