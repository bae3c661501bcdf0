"""``minber push``, ``minber pull``, ``minber status``: to the labelling server and back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.cli.app import late_command
from corpus.cli.console import Quiet, finish, progress, say
from corpus.interruption import end_waits_at_ctrl_c

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from corpus.doccano.carry import Question
    from corpus.doccano.omissions import Omission
    from corpus.doccano.pull import PullReport
    from corpus.doccano.push_report import PushReport
    from corpus.store import Corpus
    from schemas.errors import MinberError

LayoutOption = Annotated[
    str | None, typer.Option("--layout", help="themes, voices or spans; default: as minber.toml says.")
]
UnitOption = Annotated[
    str | None,
    typer.Option("--unit", help="sentence, paragraph, quotation or document; default: as minber.toml says."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Change nothing; print what would be done, label by label.")]
Form = Annotated[str, typer.Option("--format", help="table, or json: every change on standard output.")]


@late_command("push", "Example: minber push --where 'lang == \"kk\"' --sample 200 --stratify year --order random")
def push(
    context: typer.Context,
    layout: LayoutOption = None,
    unit: UnitOption = None,
    language: Annotated[
        str | None, typer.Option("--language", help="Of label names and guideline; default: as minber.toml says.")
    ] = None,
    relations: Annotated[
        bool, typer.Option("--relations", help="In voices and spans: arrows from quotations to their speakers.")
    ] = False,
    where: Annotated[
        str | None, typer.Option("--where", help="Which units: a condition as in 'minber stats', on units too.")
    ] = None,
    sample: Annotated[int | None, typer.Option("--sample", help="How many of them, drawn by --seed.")] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="Of the draw and of a random order; default: of minber.toml.")
    ] = None,
    stratify: Annotated[
        str | None, typer.Option("--stratify", help="A field: each value gets its share of the sample.")
    ] = None,
    order: Annotated[
        str | None, typer.Option("--order", help="A field (-FIELD: from the end), or random; default: date and place.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All units, where an earlier push took a selection.")
    ] = False,
    labelling_round: Annotated[
        int | None, typer.Option("--round", min=1, help="Of labelling; each after the first has own projects.")
    ] = None,
    reassign: Annotated[
        bool, typer.Option("--reassign", help="Give what people who left did not confirm to the others.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write what the layout cannot show to a .csv or .json file.")
    ] = None,
    furniture: Annotated[
        bool, typer.Option("--furniture", help="Send page furniture and recaps of older news too.")
    ] = False,
    restore: Annotated[
        bool, typer.Option("--restore", help="Send again what people deleted on the server, with their labels.")
    ] = False,
    update_limit: Annotated[
        int, typer.Option("--update-limit", min=0, help="Most units brought up to date with new pre-annotations.")
    ] = 2000,
    dry_run: DryRun = False,
    form: Form = "table",
    quiet: Quiet = False,
) -> None:
    """Bring units with pre-annotations to Doccano; what is there already is not sent again.

    In a team ([doccano] annotators of minber.toml) everybody gets their units in a project of their own. Without
    --where and --sample the selection of the last push goes on; what is on the server stays there in any case.
    """
    from corpus.doccano.omissions import write_omissions
    from corpus.doccano.push import push as run
    from corpus.doccano.selection import asked_selection, last_selection
    from corpus.doccano.settled import Settled, all_settled
    from corpus.doccano.teams import plan_push, team_of
    from schemas.errors import MinberError

    _check_form(form)
    corpus, ask = open_from(context)
    settings = corpus.settings.doccano
    team = team_of(corpus, chosen_layout(layout), unit, relations or None, labelling_round)
    last = last_selection(corpus.runs, team.scope)
    asked = asked_selection(last, where, sample, seed, stratify, order, everything, settings.seed)
    shown = True if furniture else None
    failures: list[MinberError] = []
    omitted: list[Omission] = []
    reports: list[PushReport] = []
    with connected(corpus, ask) as client:
        client.begin_health_check()
        settled = Settled(corpus, team, language or settings.language, shown, asked)
        handout = None
        if dry_run or restore or reassign or not all_settled(corpus, team, settled):
            client.check_health()
            handout = plan_push(corpus, team, language or settings.language, shown, asked, reassign)
            for note in handout.notes:
                say(f"note: {note}", quiet)
        for annotator in team.people:
            try:
                found = run(
                    corpus,
                    client,
                    chosen_layout(layout),
                    unit,
                    language,
                    annotator,
                    furniture=shown,
                    restore=restore,
                    dry_run=dry_run,
                    progress=_progress(quiet),
                    relations=relations or None,
                    number=labelling_round,
                    handout=handout,
                    limit=update_limit,
                    settled=settled,
                )
            except MinberError as error:
                if annotator is None:
                    raise
                failures.append(error)  # the project of one person does not hold up the others
                continue
            reports.append(found)
            _tell_push(found, quiet)
            failures += found.failures
            omitted += found.omitted
    _print_changes(reports, form, dry_run)
    if report is not None:
        write_omissions(report, omitted)
        say(f"{len(dict.fromkeys(omitted))} label(s) that the layout does not show: {report}", quiet)
    finish(failures)


@late_command("pull", "Example: minber pull --dry-run")
def pull(
    context: typer.Context,
    layout: LayoutOption = None,
    unit: UnitOption = None,
    labelling_round: Annotated[
        int | None, typer.Option("--round", min=1, help="Only this round; default: all that were pushed.")
    ] = None,
    dry_run: DryRun = False,
    form: Form = "table",
    quiet: Quiet = False,
) -> None:
    """Bring people's labels back as human annotations, also of people who left and of earlier rounds."""
    from corpus.doccano.pull import pull as run
    from corpus.doccano.teams import projects_to_pull, team_of
    from schemas.errors import MinberError

    _check_form(form)
    corpus, ask = open_from(context)
    failures: list[MinberError] = []
    reports: list[PullReport] = []
    team = team_of(corpus, chosen_layout(layout), unit, number=labelling_round)
    with connected(corpus, ask) as client:
        found = projects_to_pull(corpus.units, team, labelling_round)
        for note in found.notes:
            say(f"note: {note}", quiet)
        for number, annotator in found.projects:
            try:
                report = run(
                    corpus, client, chosen_layout(layout), unit, annotator=annotator, dry_run=dry_run, number=number
                )
            except MinberError as error:
                if len(found.projects) == 1:
                    raise
                failures.append(error)
                continue
            reports.append(report)
            _tell_pull(report, quiet)
            failures += report.failures
    _print_changes(reports, form, dry_run)
    finish(failures)


@late_command("status", "Example: minber status --format json")
def status(
    context: typer.Context,
    form: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
) -> None:
    """Say what is on the labelling server, what people did there, and what is on this side only."""
    import json
    from dataclasses import asdict

    from corpus.doccano.status import progress_lines
    from corpus.doccano.status import status as run

    _check_form(form)
    corpus, _ = open_from(context)
    found = run(corpus)
    if form == "json":
        typer.echo(json.dumps([asdict(entry) for entry in found], ensure_ascii=False, indent=2))
        return
    for entry in found:
        typer.echo(f"{entry.project}  ({entry.layout}, {entry.server})")
        typer.echo(f"  on the server {entry.pushed}, here only {entry.local}, of earlier revisions {entry.outdated}")
        typer.echo(f"  pulled {entry.pulled}, confirmed {entry.confirmed}, changed by people {entry.changed}")
        typer.echo(f"  human decisions in the corpus {entry.labels}")
        for question in entry.questions:
            typer.echo(f"  to be brought over by a person ({question.why}): {_question(question)}")
        if entry.pending:
            typer.echo(f"  {entry.pending} unit(s) of a push that was cut short: run 'minber push' again")
    for line in progress_lines(found):
        typer.echo(line)


def open_from(context: typer.Context) -> tuple[Corpus, Any]:
    """Open the corpus of a command; beside it, how to ask for a password, None where nobody can be asked."""
    from corpus.store import find_corpus, open_corpus

    path: Path | None = context.obj
    corpus = open_corpus(path if path is not None else find_corpus())

    def ask(question: str) -> str:
        end_waits_at_ctrl_c()
        return str(typer.prompt(question, hide_input=True, err=True))

    return corpus, ask if sys.stdin.isatty() else None


def connected(corpus: Corpus, ask: Any) -> Any:
    """Sign in to the server of a corpus."""
    from corpus.doccano.access import connect

    return connect(corpus, ask)


def chosen_layout(name: str | None) -> Any:
    """Check the name of a layout; None stays None."""
    from corpus.doccano.layouts import LAYOUTS
    from schemas.errors import MinberError

    if name is not None and name not in LAYOUTS:
        raise MinberError("MB002", kind="layout", name=name, known=", ".join(LAYOUTS))
    return name


def _check_form(form: str) -> None:
    from schemas.errors import MinberError

    if form not in ("table", "json"):
        raise MinberError("MB002", kind="format", name=form, known="table, json")


def _print_changes(reports: Sequence[PushReport | PullReport], form: str, dry_run: bool) -> None:
    """Print every change on standard output: as JSON where asked for, else, in a dry run, for people."""
    import json
    import os

    from corpus.doccano.difference import changes_of, difference_json, difference_lines

    if form == "json":
        typer.echo(json.dumps([difference_json(report) for report in reports], ensure_ascii=False, indent=2))
    elif dry_run:
        colours = {"+": "green", "-": "red", "=": "yellow", "?": "magenta", "": None}
        plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ
        for report in reports:
            for sign, line in difference_lines(changes_of(report)):
                typer.echo(line if plain else typer.style(line, fg=colours[sign]))


def _progress(quiet: bool) -> Any:
    def wrap(items: Sequence[Any], what: str) -> Iterable[Any]:
        return progress(items, len(items), what, quiet)

    return wrap


def _tell_push(report: PushReport, quiet: bool) -> None:
    from corpus.doccano.omissions import OVERLAP

    for note in report.notes:
        say(f"note: {note}", quiet)
    _list("deleted on the server by people ('push --restore' sends them again)", report.deleted, quiet)
    _list("on the server, but of an earlier revision or cut differently", report.outdated, quiet)
    _list("brought up to date with new pre-annotations", list(report.updated), quiet)
    _list("pre-annotated differently now, but people decided there; theirs stays", list(report.kept), quiet)
    _list("took over what people had decided on an earlier revision of the text", report.carried, quiet)
    if report.questions:
        say(f"{len(report.questions)} decision(s) on earlier revisions must be brought over by a person:", quiet)
        for question in report.questions[:10]:
            say(f"  {question.why}: {_question(question)}", quiet)
        if len(report.questions) > 10:
            say("  … ('minber status' lists them all)", quiet)
    if report.waiting:
        say(f"{report.waiting} more unit(s) have new pre-annotations: run 'minber push' again to go on", quiet)
    _list("documents without sentences (run 'minber annotate' first)", report.unannotated, quiet)
    if report.hidden:
        kept = "the corpus keeps them, and 'push --report FILE' lists them"
        say(f"{len(report.hidden)} overlapping words are not underlined there; {kept}", quiet)
    if cut := len({row for row in report.omitted if row.reason != OVERLAP}):
        say(f"{cut} label(s) reach beyond their unit and are not shown ('--report FILE' lists them)", quiet)
    if report.left_out:
        say(f"{report.left_out} units of page furniture and recaps are left out ('--furniture' sends them)", quiet)
    verb = "would send" if report.dry_run else "sent"
    repaired = f" ({report.repaired} from a push that was cut short)" if report.repaired else ""
    say(
        f"{verb} {report.sent} units, {report.present} were there{repaired}; {report.seconds:.1f} s; {report.url}",
        quiet,
    )


def _tell_pull(report: PullReport, quiet: bool) -> None:
    for note in report.notes:
        say(f"note: {note}", quiet)
    _list("no longer on the server; their labels stay here", report.missing, quiet)
    _list("have another text on the server; nothing was read from them", report.moved, quiet)
    _list("label names that are not in the codebook; kept as they stand", report.unknown_labels, quiet)
    _list("people whose account is gone from the server; their labels are kept", report.departed, quiet)
    verb = "would change" if report.dry_run else "changed"
    say(
        f"{verb} {len(report.changed)} of {report.units} units; confirmed {report.confirmed}; labels of people: "
        f"{report.added} added, {report.rejected} rejected, {report.kept} kept; comments {report.comments}; "
        f"{report.seconds:.1f} s",
        quiet,
    )


def _question(question: Question) -> str:
    where = ", ".join(question.candidates) or "no unit of the new text"
    return (
        f"{question.decision} {question.layer} {question.label} by {question.annotator} on {question.words!r} → {where}"
    )


def _list(what: str, names: Sequence[str], quiet: bool) -> None:
    if names:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        say(f"{len(names)} {what}: {', '.join(names[:3])}{more}", quiet)
