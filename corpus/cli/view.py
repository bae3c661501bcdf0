"""``minber view``: read a document with its annotations, on the terminal or as a web page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli.app import app
from corpus.cli.console import Quiet, say

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console


@app.command(epilog="Example: minber view speech-kk-1a2b3c4d5e --html speech.html; minber view --html pages/")
def view(
    context: typer.Context,
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="DOC_ID...", help="Documents; none: list them, or pages of all.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            help="Write FILE.html of one document, or a folder with an index and a page for each.", metavar="DEST"
        ),
    ] = None,
    where: Annotated[str | None, typer.Option(help="Condition on the documents.", metavar="CONDITION")] = None,
    language: Annotated[
        str | None, typer.Option(help="Of the interface: en, kk, ru; default: that of [doccano].", metavar="CODE")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Show documents with quotations coloured by speaker and the themes of each sentence."""
    import polars as pl

    from corpus.exchange.reading import condition, described_document, described_documents
    from corpus.report.words import interface_languages
    from corpus.store import open_corpus
    from schemas.errors import MinberError

    corpus = open_corpus(context.obj)
    wanted = language or corpus.settings.doccano.language
    if language is None and wanted not in interface_languages():
        wanted = "en"
    chosen = condition(corpus, where) if where else None
    ids = list(dict.fromkeys(documents or ()))
    if html is not None:
        from corpus.report.pages import write_page, write_site

        if html.suffix.lower() in (".html", ".htm"):
            if len(ids) != 1:
                raise MinberError(
                    "MB701", str(html), count=len(ids) or corpus.documents.select(pl.len()).collect().item()
                )
            write_page(corpus, described_document(corpus, ids[0]), html, wanted)
            say(f"1 page written to {html}", quiet)
            return
        for doc_id in ids:
            corpus.document(doc_id)
        site = write_site(corpus, html, chosen, wanted, ids or None)
        say(f"{site.documents} page(s) and {site.index} written", quiet)
        return
    from rich.console import Console

    console = Console(highlight=False)
    if not ids and chosen is None:
        _list(corpus.documents.select("id", "lang", "date", "kind", "title").sort("id").collect(), console)
        return
    from corpus.report.terminal import print_document

    shown = (described_document(corpus, doc_id) for doc_id in ids) if ids else described_documents(corpus, chosen)
    count = 0
    for number, described in enumerate(shown):
        if number:
            console.rule()
        print_document(described.document, described.annotations, console, codebook=corpus.codebook, language=wanted)
        count += 1
    if not count:
        raise MinberError("MB605")
    say(f"{count} document(s)", quiet)


def _list(frame: pl.DataFrame, console: Console) -> None:
    """A line a document; ids are never cut, because people copy them."""
    from corpus.report.terminal import safe

    widest = max((len(doc_id) for doc_id in frame["id"]), default=0)
    for doc_id, lang, date, kind, title in frame.iter_rows():
        facts = f"{lang:3}  {date or ''!s:10}  {kind:10}  {title or ''}".rstrip()
        console.print(f"{doc_id:{widest}}  {safe(facts)}", soft_wrap=True, markup=False, emoji=False)
