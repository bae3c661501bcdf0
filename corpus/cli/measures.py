"""``minber stats``: the measures of corpus linguistics, from keyness to similarity."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from corpus.cli import stats as shared
from corpus.cli.console import Quiet, say
from corpus.cli.stats import (
    Bom,
    By,
    Cite,
    Format,
    Furniture,
    Level,
    ManifestFile,
    Out,
    Plot,
    TokenizerOption,
    Tokens,
    Top,
    VoiceOption,
    Where,
    stats,
)

FEW_DOCUMENTS = 10
"""Samples of fewer documents vary too little: their p is too small."""

MinCount = Annotated[int, typer.Option(min=1, help="Leave out what occurs less often.")]


@stats.command(epilog="Example: minber stats keyness --target 'speaker == \"Абай\"' --measure log_ratio --min-count 5")
def keyness(
    context: typer.Context,
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
    where: Where = "",
    voice: VoiceOption = "all",
    furniture: Furniture = False,
    tokens: Tokens = "norm",
    tokenizer: TokenizerOption = "minber",
    format: Format = None,  # noqa: A002
    out: Out = None,
    bom: Bom = None,
    plot: Plot = None,
    manifest: ManifestFile = None,
    quiet: Quiet = False,
) -> None:
    """Which words set one part of the corpus apart from another, and by how much."""
    import polars as pl

    from corpus.stats import keyness as compare
    from corpus.stats import output, plots
    from corpus.stats.keyness import MEASURES
    from schemas.errors import MinberError

    if cite:
        return shared.print_sources(MEASURES)
    chosen = output.choose_format(format, out)
    plots.check_plot_file(plot)
    if not target:
        raise MinberError("MB509", problem="--target is missing", command="minber stats keyness")
    marks = {"_target": target} | ({"_reference": reference} if reference else {})
    part = shared.select(context, where, [], voice, furniture, tokens, tokenizer, marks)
    words = shared.of_kinds(shared.tokens_of(part, quiet), punct=False, numbers=True)
    other = pl.col("_reference") if reference else None
    options: dict[str, Any] = {"correction": correction, "adjust": adjust, "min_count": min_count, "level": level}
    options |= {"bootstrap": bootstrap, "seed": seed}
    full = compare(words, pl.col("_target"), measure, other, **options).collect()
    ordered = full.reverse() if negative else full
    shared.deliver(part, shared.head(ordered, top, chosen), format, out, bom, manifest)
    if plot and full.height:
        language = shared.picture_language(part)
        plots.save(plots.plot_keyness(full, target, reference, language=language), plot, language)
    if bootstrap or measure == "bootstrap":
        inside = pl.col("_target").fill_null(False)
        outside = ~inside if other is None else other.fill_null(False) & ~inside
        sides = [pl.col("doc_id").filter(side).n_unique() for side in (inside, outside)]
        fewest = min(words.select(target=sides[0], reference=sides[1]).collect().row(0))
        if fewest < FEW_DOCUMENTS:
            say(
                f"only {fewest} document(s) on one side: p and intervals from samples of so few promise too much", quiet
            )
    return shared.summary(part, quiet, f"{full.height:,} words", plot)


@stats.command(epilog="Example: minber stats collocations --node халық --window 4 --plot network.svg")
def collocations(
    context: typer.Context,
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
    where: Where = "",
    voice: VoiceOption = "all",
    furniture: Furniture = False,
    tokens: Tokens = "norm",
    tokenizer: TokenizerOption = "minber",
    format: Format = None,  # noqa: A002
    out: Out = None,
    bom: Bom = None,
    plot: Plot = None,
    seed: Annotated[int, typer.Option(help="Of the picture's layout; the same seed draws the same network.")] = 0,
    manifest: ManifestFile = None,
    quiet: Quiet = False,
) -> None:
    """Words that stand together more often than by chance; punctuation and a change of voice part them."""
    import polars as pl

    from corpus.stats import collocates, output, plots
    from corpus.stats import collocations as score
    from corpus.stats.cooccurrence import MEASURES
    from schemas.errors import MinberError

    if cite:
        lambdas = "Blaheta, D., & Johnson, M. (2001). Unsupervised learning of multi-word verbs. Proc. ACL Workshop."
        return shared.print_sources({"lambda, z": lambdas} | MEASURES)
    chosen = output.choose_format(format, out)
    plots.check_plot_file(plot)
    if not all(n.strip().isdigit() and 2 <= int(n) <= 5 for n in size.split(",")):
        problem = f"--size {size} is not a number from 2 to 5, or several with commas between"
        raise MinberError("MB509", problem=problem, command="minber stats collocations")
    part = shared.select(context, where, [], voice, furniture, tokens, tokenizer)
    words = shared.tokens_of(part, quiet)
    within = ["doc_id", "part"]
    if node:
        kept = shared.of_kinds(words, punct=False, numbers=True)
        result = collocates(kept, node if tokens == "surface" else node.lower(), window, measure, min_count, within)
    else:
        cut = pl.col("token_kind").is_in(["punct", "symbol"])
        sizes = [int(n) for n in size.split(",")]
        result = score(words.with_columns(cut=cut), sizes, min_count, smoothing, within, breaks="cut")
    full = result.collect()
    shared.deliver(part, shared.head(full, top, chosen), format, out, bom, manifest)
    if plot:
        from corpus.stats.associations import pairs_around, pairs_of

        word = node if tokens == "surface" else node.lower()
        edges = pairs_around(kept, word, window, min_count, measure, within) if node else pairs_of(full)
        if not edges.height:
            raise MinberError("MB506", what="pairs of words", command="minber stats collocations --min-count 2")
        counts = dict(words.group_by("token").len().collect().iter_rows())
        language = shared.picture_language(part)
        kind = "logDice" if node else "z"
        plots.save(plots.plot_network(edges, counts, word, kind, seed, language=language), plot, language)
    what = f"{full.height:,} collocates of {node}" if node else f"{full.height:,} collocations"
    return shared.summary(part, quiet, what, plot)


@stats.command(epilog="Example: minber stats dispersion 'реформа*' диалог --parts year --plot strips.svg")
def dispersion(
    context: typer.Context,
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
    where: Where = "",
    voice: VoiceOption = "all",
    furniture: Furniture = False,
    tokens: Tokens = "norm",
    tokenizer: TokenizerOption = "minber",
    format: Format = None,  # noqa: A002
    out: Out = None,
    bom: Bom = None,
    plot: Plot = None,
    manifest: ManifestFile = None,
    quiet: Quiet = False,
) -> None:
    """How evenly words are spread: range, Juilland's D, Carroll's D2, Rosengren's S, Gries's DP, KLD."""
    from corpus.stats import dispersion as measure
    from corpus.stats import output, pattern_dispersion, plots, word_places
    from corpus.stats.dispersion import MEASURES

    if cite:
        return shared.print_sources(MEASURES)
    chosen = output.choose_format(format, out)
    plots.check_plot_file(plot)
    number = int(parts) if parts.isdigit() and int(parts) > 0 else None
    fields = ["date"] if number else list(dict.fromkeys([parts, "date"]))
    part = shared.select(context, where, fields, voice, furniture, tokens, tokenizer)
    words = shared.of_kinds(shared.tokens_of(part, quiet), punct=False, numbers=True)
    if pattern:
        full = pattern_dispersion(words, pattern, number or parts)
    else:
        full = measure(words, number or parts, min_count).collect()
    shared.deliver(part, shared.head(full, top, chosen), format, out, bom, manifest)
    if plot and full.height:
        places, documents = word_places(words, pattern or full["feature"].head(plots.MOST_STRIPS).to_list(), "date")
        language = shared.picture_language(part)
        plots.save(plots.plot_dispersion(places, documents, language=language), plot, language)
    return shared.summary(part, quiet, f"{full.height:,} words", plot)


@stats.command(epilog="Example: minber stats diversity --by speaker --measures MATTR,MTLD --window 100")
def diversity(
    context: typer.Context,
    measures: Annotated[
        str, typer.Option(metavar="NAME[,NAME]", help="TTR C R CTTR U S K I D Vm Maas MATTR MSTTR MTLD HDD, or all.")
    ] = "TTR,MATTR,MTLD",
    window: Annotated[int, typer.Option(min=1, help="Words of a window of MATTR and MSTTR.")] = 50,
    cite: Cite = False,
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
    """How rich the vocabulary is, of each document or of each value of a field."""
    from corpus.stats import diversity as measure
    from corpus.stats import output
    from corpus.stats.diversity import MEASURES

    if cite:
        return shared.print_sources(MEASURES)
    output.choose_format(format, out)
    wanted = list(MEASURES) if measures == "all" else [name.strip() for name in measures.split(",")]
    fields = shared.fields_of(by)
    part = shared.select(context, where, fields, voice, furniture, tokens, tokenizer)
    words, group = shared.one_group(shared.words_of(part, quiet), fields)
    shared.deliver(part, measure(words, wanted, group, window).collect(), format, out, bom, manifest)
    return shared.summary(part, quiet)


@stats.command(epilog="Example: minber stats readability --by speaker --measures LIX,RIX,meanSentenceLength")
def readability(
    context: typer.Context,
    measures: Annotated[
        str, typer.Option(metavar="NAME[,NAME]", help="Names as --cite lists them, all, or counts for the counts only.")
    ] = "meanSentenceLength,meanWordLength,LIX,RIX,Flesch,Flesch.Kincaid,Flesch.ru,Flesch.Kincaid.ru",
    cite: Cite = False,
    where: Where = "",
    by: By = "id",
    voice: VoiceOption = "all",
    furniture: Furniture = False,
    format: Format = None,  # noqa: A002
    out: Out = None,
    bom: Bom = None,
    manifest: ManifestFile = None,
    quiet: Quiet = False,
) -> None:
    """How hard texts are to read, by formulas fitted to their language; LIX and RIX serve any, Kazakh too."""
    import polars as pl

    from corpus.stats import output, text_counts
    from corpus.stats import readability as measure
    from corpus.stats.readability import FORMULAS

    if cite:
        return shared.print_sources({name: formula.source for name, formula in FORMULAS.items()})
    output.choose_format(format, out)
    fields = shared.fields_of(by)
    part = shared.select(context, where, [*fields, "lang"], voice, furniture, "surface", "minber")
    words, group = shared.one_group(shared.tokens_of(part, quiet), fields)
    languages = words.group_by(group).agg(n=pl.col("lang").n_unique()).select(pl.col("n").max()).collect().item()
    if languages > 1:
        words, group = shared.one_group(
            words.drop("group", strict=False), [*fields, "lang"]
        )  # formulas are of a language
    counts = text_counts(words, group, "lang")
    wanted = list(FORMULAS) if measures == "all" else [name.strip() for name in measures.split(",")]
    result = counts if measures == "counts" else measure(counts, wanted, "lang")
    shared.deliver(part, result.collect(), format, out, bom, manifest)
    return shared.summary(part, quiet)


@stats.command(epilog="Example: minber stats similarity --by speaker --method cosine --tokens lemma")
def similarity(
    context: typer.Context,
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
    """How alike documents, or the texts of each value of a field, are in their words."""
    from corpus.stats import output
    from corpus.stats import similarity as compare
    from corpus.stats.similarity import METHODS

    if cite:
        return shared.print_sources(METHODS)
    chosen = output.choose_format(format, out)
    fields = shared.fields_of(by)
    part = shared.select(context, where, fields, voice, furniture, tokens, tokenizer)
    words, group = shared.one_group(shared.words_of(part, quiet), fields)
    full = (
        compare(words, method, by=group).collect().sort(method, descending=True, nulls_last=True, maintain_order=True)
    )
    shared.deliver(part, shared.head(full, top, chosen), format, out, bom, manifest)
    return shared.summary(part, quiet, f"{full.height:,} pairs")


@stats.command(epilog="Example: minber stats dictionary populism.cat --by speaker --nested dictionary")
def dictionary(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="YAML, JSON, LIWC .dic, WordStat .cat, Lexicoder, Yoshikoder, list.")
    ],
    levels: Annotated[
        str, typer.Option(metavar="N[,N]", help="Keep these levels of the keys only.", show_default="all")
    ] = "",
    nested: Annotated[
        str, typer.Option(metavar="key|dictionary", help="Longer matches win within their key, or over all keys.")
    ] = "key",
    case: Annotated[bool, typer.Option("--case", help="Tell capitals from small letters.")] = False,
    matches: Annotated[bool, typer.Option("--matches", help="List every match in its place instead.")] = False,
    where: Where = "",
    by: By = "",
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
    """How often the words of a dictionary's keys occur, and which words they were."""
    import polars as pl

    from corpus.stats import dictionary as count
    from corpus.stats import dictionary_matches, output, read_dictionary
    from schemas.errors import MinberError

    output.choose_format(format, out)
    book = read_dictionary(file)
    if levels:
        if not all(level.strip().isdigit() for level in levels.split(",")):
            raise MinberError("MB509", problem=f"--levels {levels} are not numbers", command="minber stats dictionary")
        book = book.at_levels([int(level) for level in levels.split(",")])
    fields = shared.fields_of(by)
    form = "surface" if case and tokens == "norm" else tokens
    part = shared.select(context, where, fields, voice, furniture, form, tokenizer)
    # phrases end at punctuation, which is not counted itself
    stop = pl.col("token_kind").is_in(["punct", "symbol"])
    words = shared.tokens_of(part, quiet).with_columns(run=stop.cum_sum()).filter(~stop)
    within = ["doc_id", "part", "run"]
    if matches:
        result = dictionary_matches(words, book, nested, case, within, keep=fields).collect()
        shared.deliver(part, result, format, out, bom, manifest)
        return shared.summary(part, quiet, f"{result.height:,} matches")
    result = count(words, book, fields, nested, case, within).collect()
    shared.deliver(part, result, format, out, bom, manifest, hide=shared.shown_elsewhere(fields))
    return shared.summary(part, quiet, f"{result['count'].sum():,} matches of {len(book.keys)} keys")
