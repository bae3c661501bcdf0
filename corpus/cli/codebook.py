"""``minber codebook``: check a codebook and explain what it does with a text."""

from __future__ import annotations

from typing import Annotated

import typer

from corpus.cli.app import app
from corpus.cli.console import Quiet

codebook = typer.Typer(help="Check a codebook; see why a sentence got its themes.", no_args_is_help=True)
app.add_typer(codebook, name="codebook")


@codebook.command(epilog="Example: minber codebook check my_codebook.yaml")
def check(
    name: Annotated[str, typer.Argument(metavar="[NAME|FILE]", help="A built-in name or a YAML file.")] = "reforms",
    every: Annotated[bool, typer.Option("--all", help="Also name what may well be meant (covered, shared).")] = False,
    quiet: Quiet = False,
) -> None:
    """Validate a codebook and find entries that never match, repeat or shadow each other; exit 1 on slips."""
    from annotators.lexicon_check import MEANING, SERIOUS, check_lexicons, codebook_path
    from corpus.cli.console import say
    from schemas.codebook import load_codebook

    book = load_codebook(name)
    findings = check_lexicons(name)
    file = codebook_path(name)
    shown = [finding for finding in findings if every or finding.kind in SERIOUS or finding.kind == "missing"]
    for finding in shown:
        what = " ".join(
            part for part in (finding.lang, finding.theme, f"«{finding.term}»" if finding.term else "") if part
        )
        met = f" ({finding.other})" if finding.other else ""
        typer.echo(f"{file}:{finding.line}: {finding.kind}: {what}{met}: {MEANING[finding.kind]}")
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


@codebook.command(epilog='Example: minber codebook explain "Қоғамдық диалогтың жаңа үлгісі қалыптасты." --lang kk')
def explain(
    text: Annotated[str, typer.Argument(help="One sentence or several; - reads standard input.")],
    lang: Annotated[str | None, typer.Option(help="Language code; default: from the text.")] = None,
    name: Annotated[str, typer.Option("--codebook", help="A built-in name or a YAML file.")] = "reforms",
) -> None:
    """Show why each sentence got its themes: the entries found, their weights, and what did not count."""
    import sys

    from annotators import pipeline
    from annotators.themes import ThemeReader
    from corpus.ingest.language import detect
    from schemas.codebook import load_codebook

    if text == "-":
        text = sys.stdin.read()
    lang = lang or detect(text)[0] or "en"
    reader = ThemeReader(lang, load_codebook(name))
    doc = pipeline(lang, components=("minber_sentences",))(text)
    for reading in reader.read(doc, doc.sents):
        typer.echo(reading.span.text.strip())
        for line in reader.reasons(reading):
            typer.echo(f"  {line}")
