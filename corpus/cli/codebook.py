"""``minber codebook``: check a codebook, see its entries in a corpus, and explain what it does with a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli.app import command_group
from corpus.cli.console import Quiet, progress, say
from corpus.cli.tables import Listing

if TYPE_CHECKING:
    from corpus.store import Corpus

codebook = command_group("codebook", help="Check a codebook; see its hits, and why a sentence got its themes.")


@codebook.command(
    epilog="Example: minber codebook check my_codebook.yaml; minber --corpus speeches codebook check --all"
)
def check(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME|FILE]", help="A built-in name or a YAML file; default: the corpus's, else reforms."
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also name what may well be meant (covered, hidden, shared, unused).")
    ] = False,
    hits: Annotated[
        bool, typer.Option("--hits", help="Check it on the corpus here too, as --corpus does on a named one.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Find entries that never match, repeat or shadow each other; exit 1 on slips.

    With a corpus (--hits, or minber --corpus DIR): also entries that are never found in it, that are found nearly
    everywhere or that people's labels refute, and a table of how often people agree with each theme.
    """
    from annotators.lexicon_check import MEANING, QUIET, SERIOUS, check_lexicons, codebook_path
    from schemas.codebook import load_codebook

    corpus = _corpus(context) if hits or context.obj is not None else None
    source = name or (corpus.codebook_source if corpus is not None else "reforms")
    book = load_codebook(source)
    findings = check_lexicons(source)
    precision = None
    if corpus is not None:
        from corpus.lexicons import coded_units, documents_of, hit_findings, lexicon_hits, theme_precision

        found = lexicon_hits(source, progress(documents_of(corpus), None, "read", quiet))
        units, labels = coded_units(corpus)
        findings = sorted(findings + hit_findings(source, found, units, labels), key=lambda finding: finding.line)
        if units.height:
            precision = theme_precision(found, units, labels)
    file = codebook_path(source)
    shown = [finding for finding in findings if every or finding.kind not in QUIET]
    for finding in shown:
        what = " ".join(
            part for part in (finding.lang, finding.theme, f"«{finding.term}»" if finding.term else "") if part
        )
        met = f" ({finding.other})" if finding.other else ""
        typer.echo(f"{file}:{finding.line}: {finding.kind}: {what}{met}: {MEANING[finding.kind]}")
    if precision is not None:
        from corpus.stats import output

        output.write(precision)
    terms: dict[str, int] = {}
    for theme in book.themes:
        for lang, entries in theme.lexicon.items():
            terms[lang] = terms.get(lang, 0) + sum(len(entry.terms) for entry in entries)
    counted = ", ".join(f"{count} {lang}" for lang, count in terms.items())
    slips = sum(finding.kind in SERIOUS for finding in findings)
    hidden = len(findings) - len(shown)
    more = f"; {hidden} notes with --all" if hidden else ""
    say(f"{book.id} {book.version}: {len(book.themes)} themes; terms: {counted}; {slips} slips{more}", quiet)
    if slips:
        raise typer.Exit(1)


@codebook.command(epilog="Example: minber codebook hits dialogue --term пікір --limit 20")
def hits(
    context: typer.Context,
    to: Listing,
    theme: Annotated[str | None, typer.Argument(metavar="[THEME]", help="Id of a theme; default: all.")] = None,
    term: Annotated[list[str] | None, typer.Option(metavar="TERM", help="A term as listed; may be repeated.")] = None,
    name: Annotated[str | None, typer.Option("--codebook", metavar="NAME|FILE", help="Default: the corpus's.")] = None,
    dropped: Annotated[bool, typer.Option("--dropped", help="Also hits that do not count, and why.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="So many lines of each term, 0 for all.")] = 10,
    quiet: Quiet = False,
) -> None:
    """Show where the entries of a codebook are found in the corpus, each in its sentence, as a concordance."""
    import polars as pl

    from corpus.lexicons import documents_of, lexicon_hits
    from corpus.stats.frames import check_choice
    from corpus.stats.themes import check_theme
    from schemas.codebook import load_codebook

    to.check()
    corpus = _corpus(context)
    source = name or corpus.codebook_source
    book = load_codebook(source)
    if theme is not None:
        check_theme(book, theme)
    themes = [book.theme(theme)] if theme is not None else list(book.themes)
    listed = {t for one in themes for entries in one.lexicon.values() for entry in entries for t in entry.terms}
    for wanted in term or ():
        check_choice("term", wanted, sorted(listed))
    found = lexicon_hits(source, progress(documents_of(corpus), None, "read", quiet))
    lines = found.lines if theme is None else found.lines.filter(pl.col("theme") == theme)
    if term:
        lines = lines.filter(pl.col("term").is_in(term))
    if not dropped:
        lines = lines.filter(pl.col("dropped").is_null())
    total = lines.height
    lines = lines.sort("theme", "term", maintain_order=True)
    if limit:
        lines = lines.filter(pl.int_range(pl.len()).over("theme", "term") < limit)
    to.write(lines, ["start", "end", "lang", *(["theme"] if theme else [])])
    read = ", ".join(f"{count} {lang}" for lang, count in sorted(found.sentences.items()))
    say(f"{lines.height} of {total} hit(s) shown; sentences read: {read or 'none'}", quiet)


def _corpus(context: typer.Context) -> Corpus:
    from corpus.store import open_corpus

    return open_corpus(context.obj)


@codebook.command(epilog='Example: minber codebook explain "Қоғамдық диалогтың жаңа үлгісі қалыптасты." --lang kk')
def explain(
    text: Annotated[str, typer.Argument(help="One sentence or several; - reads standard input.")],
    lang: Annotated[str | None, typer.Option(help="Language code; default: from the text.")] = None,
    name: Annotated[str, typer.Option("--codebook", help="A built-in name or a YAML file.")] = "reforms",
) -> None:
    """Show why each sentence got its themes: the entries found, their weights, and what did not count."""
    import sys

    from annotators import pipeline
    from annotators.theme_reader import theme_reader
    from corpus.ingest.language import detect
    from schemas.codebook import load_codebook

    if text == "-":
        text = sys.stdin.read()
    lang = lang or detect(text)[0] or "en"
    reader = theme_reader(lang, load_codebook(name))
    doc = pipeline(lang, components=("minber_sentences",))(text)
    for reading in reader.read(doc, doc.sents):
        typer.echo(reading.span.text.strip())
        for line in reader.reasons(reading):
            typer.echo(f"  {line}")
