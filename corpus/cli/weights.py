"""``minber stats``: words weighed by how few texts hold them, entropy, and which words stand together."""

from __future__ import annotations

from typing import Annotated

import typer

from corpus.cli import stats as shared
from corpus.cli.console import Quiet
from corpus.cli.stats import (
    Bom,
    By,
    Cite,
    Format,
    Furniture,
    ManifestFile,
    Out,
    TokenizerOption,
    Tokens,
    Top,
    VoiceOption,
    Where,
    stats,
)


@stats.command(epilog="Example: minber stats tfidf --by speaker --voice quoted --tf prop --top 20")
def tfidf(
    context: typer.Context,
    tf: Annotated[
        str, typer.Option(metavar="count|prop|propmax|logcount|boolean|augmented|logave", help="Term frequency.")
    ] = "count",
    df: Annotated[
        str, typer.Option(metavar="inverse|inversemax|inverseprob|count|unary", help="Document frequency.")
    ] = "inverse",
    base: Annotated[float, typer.Option(min=1.000001, help="Of the logarithms.")] = 10.0,
    min_count: Annotated[int, typer.Option(min=1, help="Leave out words that are rarer in a text.")] = 1,
    cite: Cite = False,
    top: Top = None,
    where: Where = "",
    by: By = "id",
    voice: VoiceOption = "all",
    furniture: Furniture = False,
    tokens: Tokens = "norm",
    tokenizer: TokenizerOption = "minber",
    format: Format = None,  # noqa: A002
    out: Out = None,
    bom: Bom = None,
    manifest: ManifestFile = None,
    quiet: Quiet = False,
) -> None:
    """What a text, or the texts of a value of --by together, speak of and others do not (TF-IDF)."""
    from corpus.stats import output, top_tfidf
    from corpus.stats.frames import check_choice
    from corpus.stats.weights import DOCUMENT, SOURCES, TERM

    if cite:
        return shared.print_sources(SOURCES)
    chosen = output.choose_format(format, out)
    check_choice("scheme", tf, TERM)
    check_choice("scheme", df, DOCUMENT)
    fields = shared.fields_of(by)
    part = shared.select(context, where, fields, voice, furniture, tokens, tokenizer)
    words, group = shared.one_group(shared.words_of(part, quiet), fields)
    full = top_tfidf(words, group, tf, base, df, min_count).collect()
    shared.deliver(part, shared.head(full, top, chosen), format, out, bom, manifest)
    return shared.summary(part, quiet, f"{full.height:,} words of {full['group'].n_unique():,} texts")


@stats.command(epilog="Example: minber stats entropy --by speaker --tokens lemma")
def entropy(
    context: typer.Context,
    margin: Annotated[
        str, typer.Option(metavar="documents|features", help="Of the words of each text, or of the texts of each word.")
    ] = "documents",
    base: Annotated[float, typer.Option(min=1.000001, help="Of the logarithm: 2 gives bits.")] = 2.0,
    cite: Cite = False,
    top: Top = None,
    where: Where = "",
    by: By = "id",
    voice: VoiceOption = "all",
    furniture: Furniture = False,
    tokens: Tokens = "norm",
    tokenizer: TokenizerOption = "minber",
    format: Format = None,  # noqa: A002
    out: Out = None,
    bom: Bom = None,
    manifest: ManifestFile = None,
    quiet: Quiet = False,
) -> None:
    """How evenly a text, or the texts of a value of --by together, use their words (Shannon's entropy)."""
    import polars as pl

    from corpus.stats import entropy as measure
    from corpus.stats import output
    from corpus.stats.diversity import ENTROPY
    from corpus.stats.frames import check_choice

    if cite:
        return shared.print_sources({"entropy": ENTROPY})
    chosen = output.choose_format(format, out)
    check_choice("margin", margin, ("documents", "features"))
    fields = shared.fields_of(by)
    part = shared.select(context, where, fields, voice, furniture, tokens, tokenizer)
    words, group = shared.one_group(shared.words_of(part, quiet), fields)
    texts = words.select("token", doc_id=pl.col(group).cast(pl.String))
    full = measure(texts, margin, base).collect()
    if margin == "features":
        full = full.sort("entropy", "feature", descending=[True, False])
    shared.deliver(part, shared.head(full, top, chosen), format, out, bom, manifest)
    return shared.summary(part, quiet, f"{full.height:,} {'texts' if margin == 'documents' else 'words'}")


@stats.command(epilog="Example: minber stats cooccurrence --window 5 --node диалог --node реформа --tokens lemma")
def cooccurrence(
    context: typer.Context,
    node: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD", help="Only the neighbours of this word; again for more.", show_default="all words"
        ),
    ] = None,
    window: Annotated[int, typer.Option(min=1, help="Greatest distance, in words.")] = 5,
    unit: Annotated[
        str, typer.Option("--unit", metavar="window|sentence", help="Count within a window, or within each sentence.")
    ] = "window",
    min_count: Annotated[int, typer.Option(min=1, help="Leave out rarer pairs.")] = 2,
    top: Top = None,
    where: Where = "",
    voice: VoiceOption = "all",
    furniture: Furniture = False,
    tokens: Tokens = "norm",
    tokenizer: TokenizerOption = "minber",
    format: Format = None,  # noqa: A002
    out: Out = None,
    bom: Bom = None,
    manifest: ManifestFile = None,
    quiet: Quiet = False,
) -> None:
    """How often two words stand near each other (quanteda's fcm); a change of voice parts them."""
    import polars as pl

    from corpus.stats import cooccurrences, output, pairs_within
    from corpus.stats.frames import check_choice
    from schemas.errors import MinberError

    chosen = output.choose_format(format, out)
    check_choice("unit", unit, ("window", "sentence"))
    if unit == "sentence" and tokenizer == "whitespace":
        problem = "--tokenizer whitespace knows no sentences"
        raise MinberError("MB509", problem=problem, command="minber stats cooccurrence")
    part = shared.select(context, where, [], voice, furniture, tokens, tokenizer)
    words = shared.words_of(part, quiet)
    nodes = [name if tokens == "surface" else name.lower() for name in node or ()] or None
    if unit == "sentence":
        found = pairs_within(words, ["doc_id", "part", "sentence"], nodes)
    else:
        found = cooccurrences(words, window, nodes, ["doc_id", "part"])
    if nodes is None:  # each pair is there from both sides, that of a word with itself in one count
        half = pl.when(pl.col("a") == pl.col("b")).then(pl.col("n") // 2).otherwise("n")
        found = found.filter(pl.col("a") <= pl.col("b")).with_columns(n=half)
    found = found.filter(pl.col("n") >= min_count).sort("n", "a", "b", descending=[True, False, False])
    full = found.collect()
    shared.deliver(part, shared.head(full, top, chosen), format, out, bom, manifest)
    return shared.summary(part, quiet, f"{full.height:,} pairs")
