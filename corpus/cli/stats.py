"""``minber stats``: what is in the corpus or in a part of it, its words, and every place where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.cli.app import command_group
from corpus.cli.delivery import Delivery, Plot, picture_language
from corpus.cli.part import (
    By,
    PartInWords,
    fields_of,
    neighbours,
    numbers_of,
    of_kinds,
    shown_elsewhere,
    tokens_of,
)

if TYPE_CHECKING:
    import polars as pl

    from corpus.stats import Selected

stats = command_group("stats", help="Statistics of the corpus, or of a part of it, by any field, voice or theme.")


@stats.command(epilog="Example: minber stats overview --by lang,year")
def overview(asked: PartInWords, to: Delivery, by: By = "", plot: Plot = None) -> None:
    """What is in the corpus: documents, sentences, tokens, types, share of quoted words, dates."""
    from corpus.stats import overview as measure
    from corpus.stats import plots
    from corpus.stats.plots.captions import captions

    to.check(plot)
    fields = fields_of(by)
    part = asked.in_words([*fields, "date"])
    result = measure(tokens_of(part, to.quiet), fields).collect()
    to.deliver(part, result, hide=shown_elsewhere(fields))
    if plot:
        language = picture_language(part)
        counted, title = ["documents", "sents", "tokens", "types"], captions(language)["overview"]
        plots.save(plots.plot_measures(result, "group", counted, "tokens", title, language), plot, language)
    to.summary(part, plot=plot)


@stats.command(epilog="Example: minber stats freq --tokens lemma --by speaker --voice quoted --top 20")
def freq(
    asked: PartInWords,
    to: Delivery,
    by: By = "",
    top: Annotated[
        int | None,
        typer.Option(min=0, help="So many words of each group, 0 for all; default: 50 in a table, else all."),
    ] = None,
    min_count: Annotated[int, typer.Option(min=1, help="Leave out rarer words.")] = 1,
    size: Annotated[
        str, typer.Option("--ngrams", metavar="N[,N]", help="Count words that follow each other, N at a time.")
    ] = "1",
    skip: Annotated[
        str, typer.Option(metavar="N[,N]", help="So many words may be left out between two of --ngrams, as 0,1,2.")
    ] = "0",
    joiner: Annotated[str, typer.Option(metavar="TEXT", help="Stands between the words of --ngrams.")] = "_",
    punct: Annotated[bool, typer.Option("--punct", help="Count punctuation and symbols too.")] = False,
    numbers: Annotated[bool, typer.Option("--numbers/--no-numbers", help="Count numbers.")] = True,
    plot: Plot = None,
) -> None:
    """How often each word occurs, in how many documents, and per million words."""
    from corpus.stats import frequency, ngrams, plots

    to.check(plot)
    fields = fields_of(by)
    sizes, skips = numbers_of("freq", "--ngrams", size, 1, 9), numbers_of("freq", "--skip", skip, 0, 99)
    part = asked.in_words(fields)
    every = tokens_of(part, to.quiet)
    words = of_kinds(every, punct, numbers)
    if sizes != [1]:
        words = ngrams(neighbours(every, punct, numbers), sizes, skips, joiner, ["part", "run"], fields)
    full = frequency(words, fields, min_count=min_count).collect()
    result = to.head(full, top)
    to.deliver(part, result, hide=shown_elsewhere(fields))
    if plot and full.height:
        language = picture_language(part)
        plots.save(plots.plot_frequency(full, language=language), plot, language)
    shown = f"{result.height:,} of " if result.height < full.height else ""
    to.summary(part, f"{shown}{full.height:,} {'words' if sizes == [1] else 'n-grams'}", plot=plot)


@stats.command(epilog="Example: minber stats kwic 'реформа*' --window 7 --sort right --voice quoted")
def kwic(
    asked: PartInWords,
    to: Delivery,
    pattern: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATTERN]...", help="Word or glob; between quotes, words that follow each other."),
    ] = None,
    regex: Annotated[bool, typer.Option("--regex", help="PATTERN is a regular expression on one word.")] = False,
    fixed: Annotated[bool, typer.Option("--fixed", help="* and ? stand for themselves.")] = False,
    case: Annotated[bool, typer.Option("--case", help="Tell capitals from small letters.")] = False,
    theme: Annotated[
        str | None, typer.Option(metavar="ID", help="Show the words that point to a theme instead.")
    ] = None,
    lemma: Annotated[
        bool, typer.Option("--lemma", help="PATTERN is of dictionary forms: finds every inflected form.")
    ] = False,
    quotation: Annotated[
        bool, typer.Option("--quotation", help="A line a quotation, with its speaker: those that hold PATTERN, or all.")
    ] = False,
    window: Annotated[int, typer.Option(min=0, help="Words before and after.")] = 6,
    around: Annotated[
        str,
        typer.Option(
            "--context",
            metavar="words|sentence|voice",
            help="Show --window words around, the whole sentence, or all that the same voice says without a break.",
        ),
    ] = "words",
    sort: Annotated[str, typer.Option(metavar="text|keyword|left|right|random", help="Order of the lines.")] = "text",
    sample: Annotated[int | None, typer.Option(min=1, help="Draw so many lines at random.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed draws the same lines.")] = 0,
    by: By = "",
    plot: Plot = None,
) -> None:
    """Every occurrence of a word, phrase, pattern, theme or quotation in its context; --by puts fields beside it."""
    from corpus import stats as measures
    from corpus.stats.frames import check_choice
    from schemas.errors import MinberError

    to.check(plot)
    check_choice("context", around, ("words", "sentence", "voice"))
    problem = "give either a pattern or --theme" if pattern and theme else ""
    if not (pattern or theme or quotation):
        problem = "give either a pattern or --theme, or --quotation for every quotation"
    if around == "sentence" and asked.tokenizer == "whitespace":
        problem = "--tokenizer whitespace knows no sentences"
    if problem:
        raise MinberError("MB509", problem=problem, command="minber stats kwic")
    fields = [*fields_of(by), *(["speaker"] if quotation and "speaker" not in fields_of(by) else [])]
    part = asked.in_words([*fields, *(["date"] if plot else [])], tokens="lemma" if lemma else asked.cased(case))
    lines: dict[str, Any] = {"window": window, "sort": sort, "sample": sample, "seed": seed, "keep": fields}
    lines |= {"show": "surface", "hits": "kept"}
    lines |= {"context": {"sentence": "sentence", "voice": "part"}[around]} if around != "words" else {}
    words = tokens_of(part, to.quiet, rest=True)
    options: dict[str, Any] = {"phrase": not regex, "case_sensitive": case}
    options |= {"valuetype": "regex" if regex else "fixed" if fixed else "glob"}
    if theme:
        measures.check_theme(part.corpus.codebook, theme)
    if quotation:
        spans = part.quotations()
        if theme:
            spans = measures.spans_with(spans, part.evidence(theme))
        elif pattern:
            found = measures.kwic(words, pattern, 0, hits="kept", keep=["start"], **options).collect()
            spans = measures.spans_with(spans, found.select("start", "pattern", doc_id="docname"))
        result = measures.kwic_spans(words, spans, **lines).collect()
    elif theme:
        result = measures.kwic_spans(words, part.evidence(theme), **lines).collect()
    else:
        result = measures.kwic(words, pattern or [], **options, **lines).collect()
    styles = {"keyword": "bold red", "docname": "cyan", "pattern": "dim"}
    alone = ["pre", "post", "to"] if quotation and around == "words" else []  # a quotation is read for itself
    to.deliver(part, result, highlight=styles, hide=alone)
    drawn = plot if plot and result.height else None
    if drawn:
        draw_lines(part, words, result, fields_of(by), drawn, "pattern")
    to.summary(part, f"{result.height:,} {'quotations' if quotation else 'lines'}", plot=drawn)


@stats.command(epilog="Example: minber stats dictionary populism.cat --by speaker --nested dictionary")
def dictionary(
    asked: PartInWords,
    to: Delivery,
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
    by: By = "",
    plot: Plot = None,
) -> None:
    """How often the words of a dictionary's keys occur, and which words they were."""
    import polars as pl

    from corpus.stats import dictionary as count
    from corpus.stats import dictionary_matches, plots, read_dictionary
    from corpus.stats.plots.captions import captions
    from schemas.errors import MinberError

    to.check(plot)
    book = read_dictionary(file)
    if levels:
        if not all(level.strip().isdigit() for level in levels.split(",")):
            raise MinberError("MB509", problem=f"--levels {levels} are not numbers", command="minber stats dictionary")
        book = book.at_levels([int(level) for level in levels.split(",")])
    fields = fields_of(by)
    part = asked.in_words([*fields, *(["date"] if plot and matches else [])], tokens=asked.cased(case))
    # phrases end at punctuation, which is not counted itself
    stop = pl.col("token_kind").is_in(["punct", "symbol"])
    words = tokens_of(part, to.quiet).with_columns(run=stop.cum_sum()).filter(~stop)
    within = ["doc_id", "part", "run"]
    if matches:
        result = dictionary_matches(words, book, nested, case, within, keep=fields).collect()
        to.deliver(part, result)
        drawn = plot if plot and result.height else None
        if drawn:
            draw_lines(part, words, result, fields, drawn, "key")
        return to.summary(part, f"{result.height:,} matches", plot=drawn)
    result = count(words, book, fields, nested, case, within).collect()
    to.deliver(part, result, hide=shown_elsewhere(fields))
    if plot:
        language = picture_language(part)
        title = captions(language)["dictionary"]
        chart = plots.plot_frequency(result, title, language=language, name="key", size="n", shared=True)
        plots.save(chart, plot, language)
    return to.summary(part, f"{result['count'].sum():,} matches of {len(book.keys)} keys", plot=plot)


def draw_lines(
    part: Selected,
    words: pl.LazyFrame,
    lines: pl.DataFrame,
    fields: Sequence[str],
    plot: Path,
    name: str,
) -> None:
    """Draw where lines of a concordance stand: a strip a pattern (quanteda's x-ray), and a panel a group.

    Parameters:
        part: what was looked through.
        words: the tokens that places are counted in, with ``date``.
        lines: ``docname``, ``from``, the column of names, and the fields.
        fields: that make groups.
        plot: the file.
        name: column of what the strips are called.
    """
    from corpus.stats import plots, token_places
    from corpus.stats.frames import grouped
    from corpus.stats.plots.captions import captions

    language = picture_language(part)
    title = captions(language)["concordance"]
    named = lines.with_columns(pattern=name)
    if not fields:
        places, documents = token_places(words, named, "date")
        return plots.save(plots.plot_dispersion(places, documents, title, language), plot, language)
    split = grouped(named.lazy(), fields)[0].collect()
    shown, total = plots.largest_groups(split)
    places, documents = token_places(words, split, "date")
    strips = {group: (places.filter(split["group"] == group), documents) for group in shown}
    return plots.save(plots.plot_strips(strips, total, title, language), plot, language)
