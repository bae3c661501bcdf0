"""``minber stats``: which words set a part of the corpus apart, which stand together, how evenly they are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.cli.console import say
from corpus.cli.delivery import Cite, Delivery, Level, MinCount, Plot, Top, picture_language, print_sources
from corpus.cli.part import By, PartInWords, fields_of, numbers_of, of_kinds, shown_elsewhere, tokens_of, words_of
from corpus.cli.stats import stats

if TYPE_CHECKING:
    import polars as pl

    from corpus.stats import Selected

FEW_DOCUMENTS = 10
"""Samples of fewer documents vary too little: their p is too small."""


@stats.command(epilog="Example: minber stats keyness --target 'speaker == \"Абай\"' --measure log_ratio --min-count 5")
def keyness(
    asked: PartInWords,
    to: Delivery,
    target: Annotated[
        str,
        typer.Option(
            metavar="CONDITION",
            help="The part whose words are looked for, written like --where; with --by it may be left out: each group "
            "is then compared with all others.",
        ),
    ] = "",
    reference: Annotated[
        str, typer.Option(metavar="CONDITION", help="What it is compared with; default: all the rest (of the group).")
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
    by: By = "",
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
    fields = fields_of(by)
    if not target and not fields:
        raise MinberError("MB509", problem="--target is missing, or --by", command="minber stats keyness")
    asked_for = {"_target": target, "_reference": reference}
    part = asked.in_words(fields, marks={name: condition for name, condition in asked_for.items() if condition})
    if target:
        _say_what_has_one_side(part, fields, target, reference, to.quiet)
    words = words_of(part, to.quiet, numbers=True)
    aim = pl.col("_target") if target else None
    other = pl.col("_reference") if reference else None
    options: dict[str, Any] = {"correction": correction, "adjust": adjust, "min_count": min_count, "level": level}
    options |= {"bootstrap": bootstrap, "seed": seed, "by": fields}
    full = compare(words, aim, measure, other, **options).collect()
    backwards = pl.all().reverse()
    shown = full.select(backwards.over("group") if fields else backwards) if negative else full
    to.deliver(part, to.head(shown, top), hide=shown_elsewhere(fields))
    if plot and full.height:
        language = picture_language(part)
        plots.save(plots.plot_keyness(full, target, reference, language=language), plot, language)
    if bootstrap or measure == "bootstrap":
        fewest = _fewest_documents(words, fields, aim, other)
        if fewest < FEW_DOCUMENTS:
            told = f"only {fewest} document(s) on one side: p and intervals from samples of so few promise too much"
            say(told, to.quiet)
    return to.summary(part, f"{full.height:,} words", plot=plot)


def _say_what_has_one_side(part: Selected, fields: list[str], target: str, reference: str, quiet: bool) -> None:
    """Name groups that cannot be compared; without groups, words on one side only are no comparison at all.

    Raises:
        MinberError: MB504 no word of the selection is on a side.
    """
    import polars as pl

    from corpus.stats.frames import grouped
    from schemas.errors import MinberError

    inside = pl.col("_target").fill_null(False)
    outside = ~inside if not reference else pl.col("_reference").fill_null(False) & ~inside
    rows = grouped(part.segments.filter("kept").lazy(), fields)[0]
    sides = rows.group_by("group").agg(target=inside.any(), reference=outside.any()).sort("group").collect()
    lonely = sides.filter(~(pl.col("target") & pl.col("reference")))
    if not fields and lonely.height:
        empty = f"--reference {reference!r}" if reference else f"all but --target {target!r}"
        chosen = empty if lonely["target"][0] else f"--target {target!r}"
        raise MinberError("MB504", filter=chosen, total=part.documents.height, what="documents")
    if lonely.height:
        shown = ", ".join(lonely["group"].head(5)) + (" …" if lonely.height > 5 else "")
        say(f"{lonely.height:,} group(s) with words on one side only are left out: {shown}", quiet)


def _fewest_documents(words: pl.LazyFrame, fields: list[str], target: pl.Expr | None, reference: pl.Expr | None) -> int:
    """The number of documents of the smallest side of any comparison; a group with one side only has none."""
    import polars as pl

    from corpus.stats.frames import grouped

    rows, _ = grouped(words, fields)
    names = {"_in": target, "_out": reference}
    marks = {name: pl.lit(None, pl.Boolean) if side is None else side.fill_null(False) for name, side in names.items()}
    documents = rows.select("group", "doc_id", **marks).unique().collect()
    found = []
    for group in documents["group"].unique():
        own = documents if target is None else documents.filter(group=group)
        inside = pl.col("group") == group if target is None else pl.col("_in")
        outside = ~inside if reference is None else pl.col("_out") & ~inside
        sides = [own.filter(side)["doc_id"].n_unique() for side in (inside, outside)]
        found += sides if all(sides) else []
    return min(found, default=0)


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
    by: By = "",
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
    fields = fields_of(by)
    part = asked.in_words(fields)
    words = tokens_of(part, to.quiet)
    within, word = ["doc_id", "part"], asked.as_written(node)
    if node:
        kept = of_kinds(words, punct=False, numbers=True)
        result = collocates(kept, word, window, measure, min_count, within, fields)
    else:
        cut = pl.col("token_kind").is_in(["punct", "symbol"])
        result = score(words.with_columns(cut=cut), sizes, min_count, smoothing, within, "cut", fields)
    full = result.collect()
    to.deliver(part, to.head(full, top), hide=shown_elsewhere(fields))
    if plot:
        from corpus.stats.associations import each_network, pairs_around, pairs_of

        if node:
            near = kept.select(list(dict.fromkeys(["token", *within, *fields])))
            edges = each_network(
                near, lambda rows: pairs_around(rows, word, window, min_count, measure, within), fields
            )
        else:
            edges = each_network(full, pairs_of, ["group"] if fields else [])
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
    by: By = "",
    plot: Plot = None,
    seed: Annotated[int, typer.Option(help="Of the picture's layout; the same seed draws the same network.")] = 0,
) -> None:
    """How often two words stand near each other (quanteda's fcm); a change of voice parts them."""
    import polars as pl

    from corpus.stats import cooccurrences, pairs_within, plots
    from corpus.stats.associations import each_network, pairs_counted
    from corpus.stats.frames import check_choice, in_groups
    from schemas.errors import MinberError

    to.check(plot)
    check_choice("unit", unit, ("window", "sentence"))
    if unit == "sentence" and asked.tokenizer == "whitespace":
        problem = "--tokenizer whitespace knows no sentences"
        raise MinberError("MB509", problem=problem, command="minber stats cooccurrence")
    fields = fields_of(by)
    part = asked.in_words(fields)
    words = words_of(part, to.quiet)
    nodes = [asked.as_written(name) for name in node or ()] or None
    if unit == "sentence":
        found = pairs_within(words, ["doc_id", "part", "sentence"], nodes, fields)
    else:
        found = cooccurrences(words, window, nodes, ["doc_id", "part"], fields)
    if nodes is None:  # each pair is there from both sides, that of a word with itself in one count
        half = pl.when(pl.col("a") == pl.col("b")).then(pl.col("n") // 2).otherwise("n")
        found = found.filter(pl.col("a") <= pl.col("b")).with_columns(n=half)
    keys = [name for name in found.collect_schema().names() if name not in ("a", "b", "n")]
    found = found.filter(pl.col("n") >= min_count)
    full = in_groups(found, keys, ["n", "a", "b"], descending=[True, False, False]).collect()
    to.deliver(part, to.head(full, top), hide=shown_elsewhere(fields))
    if plot:
        edges = each_network(full, pairs_counted, keys[:1])
        if not edges.height:
            raise MinberError("MB506", what="pairs of words", command="minber stats cooccurrence --min-count 1")
        counts = dict(words.group_by("token").len().collect().iter_rows())
        language, word = picture_language(part), nodes[0] if nodes and len(nodes) == 1 else ""
        plots.save(plots.plot_network(edges, counts, word, "n", seed, language=language), plot, language)
    to.summary(part, f"{full.height:,} pairs", plot=plot)


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
    by: By = "",
    plot: Plot = None,
) -> None:
    """How evenly words are spread: range, Juilland's D, Carroll's D2, Rosengren's S, Gries's DP, KLD."""
    from corpus.stats import dispersion as measure
    from corpus.stats import pattern_dispersion, plots, word_places
    from corpus.stats.dispersion import MEASURES
    from corpus.stats.frames import grouped

    if cite:
        return print_sources(MEASURES)
    to.check(plot)
    number = int(parts) if parts.isdigit() and int(parts) > 0 else None
    fields = fields_of(by)
    part = asked.in_words(list(dict.fromkeys([*([] if number else [parts]), "date", *fields])))
    words = words_of(part, to.quiet, numbers=True)
    if pattern:
        full = pattern_dispersion(words, pattern, number or parts, fields)
    else:
        full = measure(words, number or parts, min_count, fields).collect()
    to.deliver(part, to.head(full, top), hide=shown_elsewhere(fields))
    if plot and full.height:
        language = picture_language(part)
        if fields:
            groups, total = plots.largest_groups(full, "frequency")
            rows = grouped(words, fields)[0].select("doc_id", "token", "date", "group").collect()
            strips = {}
            for group in groups:
                most = full.filter(group=group)["feature"].head(plots.MOST_STRIPS).to_list()
                strips[group] = word_places(rows.filter(group=group), pattern or most, "date")
            plots.save(plots.plot_strips(strips, total, language=language), plot, language)
        else:
            places, documents = word_places(words, pattern or full["feature"].head(plots.MOST_STRIPS).to_list(), "date")
            plots.save(plots.plot_dispersion(places, documents, language=language), plot, language)
    return to.summary(part, f"{full.height:,} words", plot=plot)
