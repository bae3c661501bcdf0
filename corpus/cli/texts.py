"""``minber stats``: texts against texts: how rich and hard their words are, how alike they are, what is theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli.delivery import Cite, Delivery, Plot, Top, picture_language, print_sources
from corpus.cli.part import (
    By,
    PartAsWritten,
    PartInWords,
    fields_of,
    in_sentences,
    one_group,
    tokens_of,
    words_of,
)
from corpus.cli.stats import stats

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import polars as pl

    from corpus.stats import Selected

LogarithmBase = Annotated[float, typer.Option(min=1.000001, help="Of logarithms; 2 gives bits.")]


@stats.command(epilog="Example: minber stats diversity --by speaker --measures MATTR,MTLD --window 100")
def diversity(
    asked: PartInWords,
    to: Delivery,
    measures: Annotated[
        str, typer.Option(metavar="NAME[,NAME]", help="TTR C R CTTR U S K I D Vm Maas MATTR MSTTR MTLD HDD, or all.")
    ] = "TTR,MATTR,MTLD",
    window: Annotated[int, typer.Option(min=1, help="Words of a window of MATTR and MSTTR.")] = 50,
    cite: Cite = False,
    by: By = "id",
    plot: Plot = None,
) -> None:
    """How rich the vocabulary is, of each document or of each value of a field."""
    from corpus.stats import diversity as measure
    from corpus.stats.diversity import MEASURES

    if cite:
        return print_sources(MEASURES)
    to.check(plot)
    wanted = list(MEASURES) if measures == "all" else [name.strip() for name in measures.split(",")]
    part, words, group = _texts(asked, by, to.quiet)
    result = measure(words, wanted, group, window).collect()
    to.deliver(part, result)
    if plot:
        _draw(part, result, "document", wanted, plot, "texts", "tokens")
    return to.summary(part, plot=plot)


@stats.command(epilog="Example: minber stats entropy --by speaker --tokens lemma")
def entropy(
    asked: PartInWords,
    to: Delivery,
    margin: Annotated[
        str, typer.Option(metavar="documents|features", help="Of the words of each text, or of the texts of each word.")
    ] = "documents",
    base: LogarithmBase = 2.0,
    cite: Cite = False,
    top: Top = None,
    by: By = "id",
    plot: Plot = None,
) -> None:
    """How evenly a text, or the texts of a value of --by together, use their words (Shannon's entropy)."""
    import polars as pl

    from corpus.stats import entropy as measure
    from corpus.stats.diversity import ENTROPY
    from corpus.stats.frames import check_choice

    if cite:
        return print_sources({"entropy": ENTROPY})
    to.check(plot)
    check_choice("margin", margin, ("documents", "features"))
    part, words, group = _texts(asked, by, to.quiet)
    texts = words.select("token", doc_id=pl.col(group).cast(pl.String))
    full = measure(texts, margin, base).collect()
    if margin == "features":
        full = full.sort("entropy", "feature", descending=[True, False])
    to.deliver(part, to.head(full, top))
    if plot:
        _draw(part, full, full.columns[0], ["entropy"], plot, "evenness")
    return to.summary(part, f"{full.height:,} {'texts' if margin == 'documents' else 'words'}", plot=plot)


@stats.command(epilog="Example: minber stats readability --by speaker --measures LIX,RIX,meanSentenceLength")
def readability(
    asked: PartAsWritten,
    to: Delivery,
    measures: Annotated[
        str, typer.Option(metavar="NAME[,NAME]", help="Names as --cite lists them, all, or counts for the counts only.")
    ] = "meanSentenceLength,meanWordLength,LIX,RIX,Flesch,Flesch.Kincaid,Flesch.ru,Flesch.Kincaid.ru",
    cite: Cite = False,
    by: By = "id",
    plot: Plot = None,
) -> None:
    """How hard texts are to read, by formulas fitted to their language; LIX and RIX serve any, Kazakh too."""
    import polars as pl

    from corpus.stats import readability as measure
    from corpus.stats import text_counts
    from corpus.stats.readability import FORMULAS

    if cite:
        return print_sources({name: formula.source for name, formula in FORMULAS.items()})
    to.check(plot)
    fields = fields_of(by)
    part = asked.in_words([*fields, "lang"])
    words, group = one_group(in_sentences(tokens_of(part, to.quiet), part, to.quiet), fields)
    languages = words.group_by(group).agg(n=pl.col("lang").n_unique()).select(pl.col("n").max()).collect().item()
    if languages > 1:  # formulas are of a language
        words, group = one_group(words.drop("group", strict=False), [*fields, "lang"])
    counts = text_counts(words, group, "lang", written="surface")
    wanted = list(FORMULAS) if measures == "all" else [name.strip() for name in measures.split(",")]
    result = (counts if measures == "counts" else measure(counts, wanted, "lang")).collect()
    to.deliver(part, result)
    if plot:
        _draw(part, result, "document", result.columns[2:], plot, "texts")
    return to.summary(part, plot=plot)


@stats.command(epilog="Example: minber stats similarity --by speaker --method cosine --tokens lemma")
def similarity(
    asked: PartInWords,
    to: Delivery,
    method: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="cosine, correlation, jaccard, ejaccard, dice, edice, hamann, simple matching; euclidean, manhattan, "
            "maximum, canberra.",
        ),
    ] = "cosine",
    cite: Cite = False,
    top: Top = None,
    by: By = "id",
    plot: Plot = None,
) -> None:
    """How alike documents, or the texts of each value of a field, are in their words."""
    import polars as pl

    from corpus.stats import plots
    from corpus.stats import similarity as compare
    from corpus.stats.similarity import METHODS

    if cite:
        return print_sources(METHODS)
    to.check(plot)
    part, words, group = _texts(asked, by, to.quiet)
    pairs = compare(words, method, by=group).collect()
    full = pairs.sort(method, descending=True, nulls_last=True, maintain_order=True)
    to.deliver(part, to.head(full, top))
    drawn = plot if plot and full.height else None
    if drawn:
        language = picture_language(part)
        sizes = dict(words.group_by(pl.col(group).cast(pl.String)).len().collect().iter_rows())
        plots.save(plots.plot_similarity(pairs, sizes, language=language), drawn, language)
    return to.summary(part, f"{full.height:,} pairs", plot=drawn)


@stats.command(epilog="Example: minber stats tfidf --by speaker --voice quoted --tf prop --top 20")
def tfidf(
    asked: PartInWords,
    to: Delivery,
    tf: Annotated[
        str, typer.Option(metavar="count|prop|propmax|logcount|boolean|augmented|logave", help="Term frequency.")
    ] = "count",
    df: Annotated[
        str, typer.Option(metavar="inverse|inversemax|inverseprob|count|unary", help="Document frequency.")
    ] = "inverse",
    base: LogarithmBase = 10.0,
    min_count: Annotated[int, typer.Option(min=1, help="Leave out words that are rarer in a text.")] = 1,
    cite: Cite = False,
    top: Top = None,
    by: By = "id",
    plot: Plot = None,
) -> None:
    """What a text, or the texts of a value of --by together, speak of and others do not (TF-IDF)."""
    from corpus.stats import plots, top_tfidf
    from corpus.stats.frames import check_choice
    from corpus.stats.plots.captions import captions
    from corpus.stats.weights import DOCUMENT, SOURCES, TERM

    if cite:
        return print_sources(SOURCES)
    to.check(plot)
    check_choice("scheme", tf, TERM)
    check_choice("scheme", df, DOCUMENT)
    part, words, group = _texts(asked, by, to.quiet)
    full = top_tfidf(words, group, tf, base, df, min_count).collect()
    to.deliver(part, to.head(full, top))
    drawn = plot if plot and full.height else None
    if drawn:
        language = picture_language(part)
        title = captions(language)["distinctive"]
        plots.save(plots.plot_frequency(full, title, 15, language, "tfidf"), drawn, language)
    return to.summary(part, f"{full.height:,} words of {full['group'].n_unique():,} texts", plot=drawn)


def _draw(
    part: Selected,
    result: pl.DataFrame,
    label: str,
    measures: Sequence[str],
    plot: Path,
    title: str,
    size: str | None = None,
) -> None:
    """Draw measures of texts beside each other."""
    from corpus.stats import plots
    from corpus.stats.plots.captions import captions

    language = picture_language(part)
    chart = plots.plot_measures(result, label, measures, size, captions(language)[title], language)
    plots.save(chart, plot, language)


def _texts(asked: PartInWords, by: str, quiet: bool) -> tuple[Selected, pl.LazyFrame, str]:
    """The part that is counted, its words, and the column that says which text each belongs to."""
    fields = fields_of(by)
    part = asked.in_words(fields)
    return part, *one_group(words_of(part, quiet), fields)
