"""``minber ingest``: bring files, folders, globs, URLs and standard input into the corpus."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli.app import app
from corpus.cli.console import Quiet

if TYPE_CHECKING:
    import datetime as dt


_NAMED = 1000  # failures that are named on the terminal


class Kind(StrEnum):
    """What kind of text a document is."""

    transcript = "transcript"
    report = "report"


class TeiUnit(StrEnum):
    """What of a TEI transcript becomes a document."""

    speech = "speech"
    session = "session"


@app.command(epilog="Example: minber ingest speeches/ 'news/*.html' --lang kk")
def ingest(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE...", help="Files, folders, globs in quotes, URLs, or - for standard input."),
    ] = None,
    reader: Annotated[str | None, typer.Option(help="Read with this reader whatever the file looks like.")] = None,
    lang: Annotated[str | None, typer.Option(help="Language code of all documents; default: from the text.")] = None,
    speaker: Annotated[str | None, typer.Option(help="Full name of the speaker, for transcripts.")] = None,
    date: Annotated[str | None, typer.Option(help="Day of the documents, as 2025-03-14.")] = None,
    kind: Annotated[
        Kind | None, typer.Option(help="transcript: one speaker's words; default: from the title, else report.")
    ] = None,
    version_of: Annotated[str | None, typer.Option(help="Id of the document this is a language version of.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of the files; default: from the bytes.")] = None,
    text_field: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Of tables: the column that holds the text.")
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN[,…]",
            help="Of tables: where title, date, speaker, publisher, lang, id, url … stand.",
        ),
    ] = None,
    tei_unit: Annotated[
        TeiUnit, typer.Option(help="Of TEI transcripts: a document for each speech, or for the whole session.")
    ] = TeiUnit.speech,
    docvars: Annotated[
        str | None,
        typer.Option(metavar="PATTERN", help="What file names tell, as {unit}_{year}_{lang}_{party}."),
    ] = None,
    sidecar: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A table or YAML file that says what single documents are.")
    ] = None,
    feeds: Annotated[
        list[str] | None, typer.Option("--feed", metavar="URL", help="Read the pages that a feed lists (RSS, Atom).")
    ] = None,
    sitemaps: Annotated[
        list[str] | None,
        typer.Option("--sitemap", metavar="URL", help="Read the pages that a sitemap lists, or those of a whole site."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="Leave out what appeared before that day, as 2025-03-14.")
    ] = None,
    sites: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Site files of your own (example.org.yaml): where text, title, day stand on pages."
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a CSV table of what became of each source, and how it was read."),
    ] = None,
    max_size: Annotated[float, typer.Option(min=0.001, help="Refuse texts larger than this, in MB.")] = 32,
    workers: Annotated[int, typer.Option(min=1, help="Processes that read.")] = 1,
    delay: Annotated[float, typer.Option(min=0.0, help="Seconds between two requests to one web site.")] = 1.0,
    list_readers: Annotated[bool, typer.Option("--list-readers", help="Print the readers and stop.")] = False,
    quiet: Quiet = False,
) -> None:
    """Bring texts into the corpus, with their provenance; ingesting again changes nothing."""
    from collections import Counter
    from contextlib import nullcontext

    from corpus.cli.console import finish, progress, say
    from schemas.errors import MinberError

    if list_readers:
        from corpus.ingest.registry import readers

        for found in readers().values():
            endings = " ".join(suffix or "(none)" for suffix in found.suffixes)
            typer.echo(f"{found.id}\t{endings}\t{found.about}")
        return
    if not (sources or feeds or sitemaps):
        raise MinberError("MB118")
    if sites is not None and not sites.is_dir():
        raise MinberError(
            "MB119", option="--sites", value=str(sites), expected="a folder of files such as example.org.yaml"
        )
    from corpus.ingest.choices import Choices
    from corpus.ingest.documents import Options
    from corpus.ingest.driver import ingest as run
    from corpus.ingest.report import ReportFile
    from corpus.store import open_corpus

    opened = open_corpus(context.obj)
    options = Options(
        reader=reader,
        lang=_code(lang),
        speaker=speaker,
        date=_day(date, "--date"),
        kind=kind.value if kind else None,
        version_of=version_of,
        encoding=encoding,
        max_size=int(max_size * 1024 * 1024),
        workers=workers,
        delay=delay,
        feeds=tuple(feeds or ()),
        sitemaps=tuple(sitemaps or ()),
        since=_day(since, "--since"),
        choices=Choices(
            text_field, _columns(columns or []), docvars, tei_unit.value, str(sites.resolve()) if sites else None
        ),
        sidecar=sidecar,
    )
    counts: Counter[str] = Counter()
    failures: list[MinberError] = []
    with ReportFile(report) if report else nullcontext() as table:
        for outcome in progress(run(opened, sources or [], options), None, "ingesting", quiet):
            counts[outcome.status] += 1
            if table is not None:
                table.add(outcome)
            if outcome.error and len(failures) < _NAMED:
                failures.append(outcome.error)
            elif outcome.status == "duplicate":
                say(f"{outcome.uri}: the same bytes as document {outcome.id}, not stored again", quiet)
    order = ("added", "revised", "unchanged", "duplicate", "skipped", "failed")
    say(", ".join(f"{counts[status]} {status}" for status in order if counts[status]) or "nothing to do", quiet)
    if counts["failed"] > len(failures):
        more = counts["failed"] - len(failures)
        say(f"{more:,} more failures are not named here; --report FILE names all", quiet)
    finish(failures)


def _day(date: str | None, option: str) -> dt.date | None:
    import datetime as dt

    from schemas.errors import MinberError

    if date is None:
        return None
    try:
        return dt.date.fromisoformat(date)
    except ValueError as error:
        raise MinberError("MB119", option=option, value=date, expected="a day such as 2025-03-14") from error


def _columns(given: list[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of field and column from ``--map title=headline,date=day``; later ones win."""
    from corpus.ingest.formats.rows import FIELDS
    from schemas.errors import MinberError

    found: dict[str, str] = {}
    for pair in (pair for text in given for pair in text.split(",")):
        field, sign, column = pair.partition("=")
        if not sign or field.strip() not in FIELDS or (field.strip() == "text" and not column.strip()):
            expected = f"FIELD=COLUMN, where FIELD is one of {', '.join(FIELDS)}"
            raise MinberError("MB119", option="--map", value=pair, expected=expected)
        found[field.strip()] = column.strip()
    return tuple(found.items())


def _code(lang: str | None) -> str | None:
    import re

    from schemas.errors import MinberError

    if lang is not None and not re.fullmatch(r"[a-z]{2,3}", lang):
        raise MinberError("MB119", option="--lang", value=lang, expected="a code of two or three letters such as kk")
    return lang
