"""``minber report``: one page that tells what is in a corpus, for a reader without Minber."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.app import late_command
from corpus.cli.console import Quiet, say
from corpus.cli.delivery import ManifestFile
from corpus.cli.part import Part, Where, tokens_of


@late_command("report", "Example: minber report kurultai.html --language kk --where 'date >= \"2022\"' --by publisher")
def report(
    context: typer.Context,
    dest: Annotated[Path, typer.Argument(metavar="DEST.html", help="The page; replaced if it is there.")],
    where: Where = "",
    by: Annotated[str, typer.Option(metavar="FIELD", help="What themes are split by beside voices.")] = "speaker",
    title: Annotated[str, typer.Option(help="Heading of the page.", show_default="the corpus's name")] = "",
    language: Annotated[
        str | None, typer.Option(metavar="kk|ru|en", help="Of the page; default: as in minber.toml.")
    ] = None,
    manifest: ManifestFile = None,
    out: Annotated[Path | None, typer.Option(hidden=True, help="Instead of DEST; 'minber rerun' asks for it.")] = None,
    quiet: Quiet = False,
) -> None:
    """One self-contained page: provenance, coverage, voices, themes, agreement, key words, with tables that sort.

    It needs no network; where something is missing, the page says so and how to get it.
    """
    import polars as pl

    from corpus.report.pages import write_whole
    from corpus.report.summary import Report
    from corpus.report.summary_page import page
    from corpus.report.words import interface_languages, words_in
    from corpus.stats import output
    from corpus.stats.manifest import PinnedCorpus
    from schemas.errors import MinberError

    target = out or dest
    if target.suffix.lower() not in (".html", ".htm"):
        raise MinberError("MB507", path=target, problem="its ending is not that of a page", known=".html .htm")
    fields = list(dict.fromkeys(["lang", "kind", "date", "year", "month", "decade", "voice", "speaker", by]))
    part = Part(context, where).select(fields)
    chosen = language or part.corpus.settings.doccano.language
    if language is None and chosen not in interface_languages():
        chosen = "en"
    words_in(chosen, "summary")  # a language that is not there is said before the work
    tokens: pl.DataFrame | None = None
    if part.corpus.documents.select(pl.len()).collect().item():
        kept = ["doc_id", "token", "token_kind", "start", "sentence", "voice", *fields]
        tokens = tokens_of(part, quiet).select(list(dict.fromkeys(kept))).collect()
    command = ["report", "report.html", "--language", chosen]
    for option, value, usual in (("--where", where, ""), ("--by", by, "speaker"), ("--title", title, "")):
        command += [option, value] if value != usual else []
    text, made = page(Report(part, tokens, by, chosen), title, command)
    if isinstance(part.corpus, PinnedCorpus):
        part.corpus.check(text.encode())
    elif manifest:
        import hashlib

        whole = made.model_copy(update={"sha256": hashlib.sha256(text.encode()).hexdigest()})
        output.write_file(manifest, whole.model_dump_json(indent=2).encode() + b"\n")
    write_whole(target, text)
    count = 0 if tokens is None else part.documents.height
    say(f"{count:,} document(s), {part.selection}: page in {target} ({len(text.encode()) // 1024:,} KB)", quiet)
