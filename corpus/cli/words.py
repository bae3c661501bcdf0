"""``minber stats``: which words set a part of the corpus apart, which stand together, how evenly they are spread."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from corpus.cli.console import say
from corpus.cli.delivery import Cite, Delivery, Level, MinCount, Plot, Top, picture_language, print_sources
from corpus.cli.part import PartInWords, numbers_of, of_kinds, tokens_of, words_of
from corpus.cli.stats import stats

FEW_DOCUMENTS = 10
"""Samples of fewer documents vary too little: their p is too small."""


@stats.command(epilog="Example: minber stats keyness --target 'speaker == \"Абай\"' --measure log_ratio --min-count 5")
def keyness(
    asked: PartInWords,
    to: Delivery,
    target: Annotated[
        str, typer.Option(metavar="CONDITION", help="The part whose words are looked for, written like --where.")
    ] = "",
    reference: Annotated[
        str, typer.Option(metavar="CONDITION", help="What it is compared with; default: all the rest.")
    ] = "",
    measure: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="G2 (four cells), G2_two_cells (UCREL), chi2, exact, t and bootstrap (over documents), log_odds, "
            "log_ratio, pct_diff, odds_ratio, diff_coefficient, pmi.",
        ),
    ] = "G2",
    correction: Annotated[str, typer.Option(metavar="default|none|yates|williams", help="Of G2 and chi2.")] = "default",
    adjust: Annotated[str, typer.Option(metavar="holm|bonferroni|bh|none", help="Of p, for many tests.")] = "holm",
    min_count: MinCount = 3,
    bootstrap: Annotated[
        int,
        typer.Option(
            min=0, metavar="N", help="Intervals and p from N samples of documents: words are not independent."
        ),
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same samples.")] = 0,
    level: Level = 0.95,
    negative: Annotated[bool, typer.Option("--negative", help="Begin with the words of the reference.")] = False,
    cite: Cite = False,
    top: Top = None,
    plot: Plot = None,
) -> None:
    """Which words set one part of the corpus apart from another, and by how much."""
    import polars as pl

    from corpus.stats import keyness as compare
    from corpus.stats import plots
    from corpus.stats.keyness import MEASURES
    from schemas.errors import MinberError

    if cite:
        return print_sources(MEASURES)
    to.check(plot)
    if not target:
        raise MinberError("MB509", problem="--target is missing", command="minber stats keyness")
    part = asked.in_words(marks={"_target": target} | ({"_reference": reference} if reference else {}))
    words = words_of(part, to.quiet, numbers=True)
    other = pl.col("_reference") if reference else None
    options: dict[str, Any] = {"correction": correction, "adjust": adjust, "min_count": min_count, "level": level}
    options |= {"bootstrap": bootstrap, "seed": seed}
    full = compare(words, pl.col("_target"), measure, other, **options).collect()
    to.deliver(part, to.head(full.reverse() if negative else full, top))
    if plot and full.height:
        language = picture_language(part)
        plots.save(plots.plot_keyness(full, target, reference, language=language), plot, language)
    if bootstrap or measure == "bootstrap":
        inside = pl.col("_target").fill_null(False)
        outside = ~inside if other is None else other.fill_null(False) & ~inside
        sides = [pl.col("doc_id").filter(side).n_unique() for side in (inside, outside)]
        fewest = min(words.select(target=sides[0], reference=sides[1]).collect().row(0))
        if fewest < FEW_DOCUMENTS:
            told = f"only {fewest} document(s) on one side: p and intervals from samples of so few promise too much"
            say(told, to.quiet)
    return to.summary(part, f"{full.height:,} words", plot=plot)


@stats.command(epilog="Example: minber stats collocations --node халық --window 4 --plot network.svg")
def collocations(
    asked: PartInWords,
    to: Delivery,
    node: Annotated[
        str, typer.Option(metavar="WORD", help="Show the words around this one instead, within --window.")
    ] = "",
    window: Annotated[int, typer.Option(min=1, help="Words to each side of --node.")] = 5,
    measure: Annotated[
        str, typer.Option(metavar="NAME", help="Order by logDice, G2, MI, MI3, t, Dice or deltaP, with --node.")
    ] = "logDice",
    size: Annotated[str, typer.Option(metavar="N[,N]", help="Number of words of a collocation.")] = "2",
    min_count: MinCount = 3,
    smoothing: Annotated[float, typer.Option(min=1e-6, help="Added to each cell.")] = 0.5,
    cite: Cite = False,
    top: Top = None,
    plot: Plot = None,
    seed: Annotated[int, typer.Option(help="Of the picture's layout; the same seed draws the same network.")] = 0,
) -> None:
    """Words that stand together more often than by chance; punctuation and a change of voice part them."""
    import polars as pl

    from corpus.stats import collocates, plots
    from corpus.stats import collocations as score
    from corpus.stats.cooccurrence import MEASURES
    from schemas.errors import MinberError

    if cite:
        lambdas = "Blaheta, D., & Johnson, M. (2001). Unsupervised learning of multi-word verbs. Proc. ACL Workshop."
        return print_sources({"lambda, z": lambdas} | MEASURES)
    to.check(plot)
    sizes = numbers_of("collocations", "--size", size, 2, 5)
    part = asked.in_words()
    words = tokens_of(part, to.quiet)
    within, word = ["doc_id", "part"], asked.as_written(node)
    if node:
        kept = of_kinds(words, punct=False, numbers=True)
        result = collocates(kept, word, window, measure, min_count, within)
    else:
        cut = pl.col("token_kind").is_in(["punct", "symbol"])
        result = score(words.with_columns(cut=cut), sizes, min_count, smoothing, within, breaks="cut")
    full = result.collect()
    to.deliver(part, to.head(full, top))
    if plot:
        from corpus.stats.associations import pairs_around, pairs_of

        edges = pairs_around(kept, word, window, min_count, measure, within) if node else pairs_of(full)
        if not edges.height:
            raise MinberError("MB506", what="pairs of words", command="minber stats collocations --min-count 2")
        counts = dict(words.group_by("token").len().collect().iter_rows())
        language = picture_language(part)
        kind = "logDice" if node else "z"
        plots.save(plots.plot_network(edges, counts, word, kind, seed, language=language), plot, language)
    what = f"{full.height:,} collocates of {node}" if node else f"{full.height:,} collocations"
    return to.summary(part, what, plot=plot)


@stats.command(epilog="Example: minber stats cooccurrence --window 5 --node диалог --node реформа --tokens lemma")
def cooccurrence(
    asked: PartInWords,
    to: Delivery,
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
) -> None:
    """How often two words stand near each other (quanteda's fcm); a change of voice parts them."""
    import polars as pl

    from corpus.stats import cooccurrences, pairs_within
    from corpus.stats.frames import check_choice
    from schemas.errors import MinberError

    to.check()
    check_choice("unit", unit, ("window", "sentence"))
    if unit == "sentence" and asked.tokenizer == "whitespace":
        problem = "--tokenizer whitespace knows no sentences"
        raise MinberError("MB509", problem=problem, command="minber stats cooccurrence")
    part = asked.in_words()
    words = words_of(part, to.quiet)
    nodes = [asked.as_written(name) for name in node or ()] or None
    if unit == "sentence":
        found = pairs_within(words, ["doc_id", "part", "sentence"], nodes)
    else:
        found = cooccurrences(words, window, nodes, ["doc_id", "part"])
    if nodes is None:  # each pair is there from both sides, that of a word with itself in one count
        half = pl.when(pl.col("a") == pl.col("b")).then(pl.col("n") // 2).otherwise("n")
        found = found.filter(pl.col("a") <= pl.col("b")).with_columns(n=half)
    found = found.filter(pl.col("n") >= min_count).sort("n", "a", "b", descending=[True, False, False])
    full = found.collect()
    to.deliver(part, to.head(full, top))
    to.summary(part, f"{full.height:,} pairs")


@stats.command(epilog="Example: minber stats dispersion 'реформа*' диалог --parts year --plot strips.svg")
def dispersion(
    asked: PartInWords,
    to: Delivery,
    pattern: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATTERN]...", help="Only these words, globs or phrases; what matches one is one."),
    ] = None,
    parts: Annotated[
        str, typer.Option(metavar="FIELD|NUMBER", help="Spread over the values of a field, or over equal slices.")
    ] = "id",
    min_count: MinCount = 3,
    cite: Cite = False,
    top: Top = None,
    plot: Plot = None,
) -> None:
    """How evenly words are spread: range, Juilland's D, Carroll's D2, Rosengren's S, Gries's DP, KLD."""
    from corpus.stats import dispersion as measure
    from corpus.stats import pattern_dispersion, plots, word_places
    from corpus.stats.dispersion import MEASURES

    if cite:
        return print_sources(MEASURES)
    to.check(plot)
    number = int(parts) if parts.isdigit() and int(parts) > 0 else None
    part = asked.in_words(["date"] if number else list(dict.fromkeys([parts, "date"])))
    words = words_of(part, to.quiet, numbers=True)
    if pattern:
        full = pattern_dispersion(words, pattern, number or parts)
    else:
        full = measure(words, number or parts, min_count).collect()
    to.deliver(part, to.head(full, top))
    if plot and full.height:
        places, documents = word_places(words, pattern or full["feature"].head(plots.MOST_STRIPS).to_list(), "date")
        language = picture_language(part)
        plots.save(plots.plot_dispersion(places, documents, language=language), plot, language)
    return to.summary(part, f"{full.height:,} words", plot=plot)
