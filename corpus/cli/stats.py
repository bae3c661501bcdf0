"""``minber stats``: counts of words, concordances and themes of a corpus or of a part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.cli.app import command_group
from corpus.cli.console import Quiet, progress, say
from corpus.cli.correct import Corrected, Correction, Estimator, Gold, GoldWhere

if TYPE_CHECKING:
    import polars as pl

    from corpus.labels import LabelSnapshot
    from corpus.stats import Selected

stats = command_group("stats", help="Statistics of the corpus, or of a part of it, by any field, voice or theme.")

TABLE_ROWS = 50
PINNED = "minber.pinned"
"""Where ``rerun`` leaves the corpus of then for the command that it runs."""

Where = Annotated[
    str,
    typer.Option(
        metavar="CONDITION",
        help="""Count only this part, such as 'lang == "kk" and date >= "2022-01-01"'.""",
        show_default=False,
    ),
]
By = Annotated[
    str,
    typer.Option(
        metavar="FIELD[,FIELD]", help="Split by lang, year, month, speaker, voice, publisher, id …", show_default=False
    ),
]
VoiceOption = Annotated[
    str,
    typer.Option("--voice", metavar="all|quoted|narrator", help="Whose words: quoted speakers' or the journalist's."),
]
Furniture = Annotated[bool, typer.Option("--furniture", help="Count page furniture and recaps of older news too.")]
Tokens = Annotated[
    str,
    typer.Option(metavar="surface|norm|lemma", help="Words as they stand, in small letters, or as dictionary forms."),
]
TokenizerOption = Annotated[str, typer.Option("--tokenizer", metavar="minber|whitespace", help="How words are cut.")]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="table|csv|json|parquet",
        help="Default: by the ending of --out, else table.",
        show_default=False,
    ),
]
Out = Annotated[Path | None, typer.Option(metavar="FILE", help="Write there instead of on standard output.")]
Bom = Annotated[
    bool | None,
    typer.Option(
        "--bom/--no-bom", help="Byte-order mark before CSV, for Excel; default: in files only.", show_default=False
    ),
]
Plot = Annotated[Path | None, typer.Option(metavar="FILE.(svg|png|html)", help="Draw a picture too.")]

ManifestFile = Annotated[
    Path | None, typer.Option("--manifest", metavar="FILE", help="Write down what the result was made from; for rerun.")
]
SourceOption = Annotated[str, typer.Option("--source", metavar="machine|human|gold", help="Whose labels.")]
SnapshotOption = Annotated[
    str | None,
    typer.Option(
        "--snapshot", metavar="NAME", help="People's labels and the texts as a snapshot holds them (minber labels)."
    ),
]
Level = Annotated[float, typer.Option(min=0.5, max=0.9999, help="Confidence of the intervals.")]
Names = Annotated[
    str | None, typer.Option(metavar="kk|ru|en", help="Language of the themes' names; default: as in minber.toml.")
]

Top = Annotated[int | None, typer.Option(min=0, help="So many rows, 0 for all; default: 50 in a table, else all.")]
Cite = Annotated[bool, typer.Option("--cite", help="Print where each measure comes from, and nothing else.")]


@stats.command(epilog="Example: minber stats overview --by lang,year")
def overview(
    context: typer.Context,
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
    """What is in the corpus: documents, sentences, tokens, types, share of quoted words, dates."""
    from corpus.stats import output
    from corpus.stats import overview as measure

    output.choose_format(format, out)
    fields = fields_of(by)
    part = select(context, where, [*fields, "date"], voice, furniture, tokens, tokenizer)
    result = measure(tokens_of(part, quiet), fields).collect()
    deliver(part, result, format, out, bom, manifest, hide=shown_elsewhere(fields))
    summary(part, quiet)


@stats.command(epilog="Example: minber stats freq --tokens lemma --by speaker --voice quoted --top 20")
def freq(
    context: typer.Context,
    where: Where = "",
    by: By = "",
    voice: VoiceOption = "all",
    furniture: Furniture = False,
    tokens: Tokens = "norm",
    tokenizer: TokenizerOption = "minber",
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
    format: Format = None,  # noqa: A002
    out: Out = None,
    bom: Bom = None,
    plot: Plot = None,
    manifest: ManifestFile = None,
    quiet: Quiet = False,
) -> None:
    """How often each word occurs, in how many documents, and per million words."""
    from corpus.stats import frequency, ngrams, output, plots

    chosen = output.choose_format(format, out)
    plots.check_plot_file(plot)
    fields = fields_of(by)
    sizes, skips = numbers_of("freq", "--ngrams", size, 1, 9), numbers_of("freq", "--skip", skip, 0, 99)
    part = select(context, where, fields, voice, furniture, tokens, tokenizer)
    every = tokens_of(part, quiet)
    words = of_kinds(every, punct, numbers)
    if sizes != [1]:
        words = neighbours(every, punct, numbers)
        words = ngrams(words, sizes, skips, joiner, ["part", "run"], fields)
    full = frequency(words, fields, min_count=min_count).collect()
    result = head(full, top, chosen)
    deliver(part, result, format, out, bom, manifest, hide=shown_elsewhere(fields))
    if plot and full.height:
        language = picture_language(part)
        plots.save(plots.plot_frequency(full, language=language), plot, language)
    shown = f"{result.height:,} of " if result.height < full.height else ""
    summary(part, quiet, f"{shown}{full.height:,} {'words' if sizes == [1] else 'n-grams'}", plot)


@stats.command(epilog="Example: minber stats kwic 'реформа*' --window 7 --sort right --voice quoted")
def kwic(
    context: typer.Context,
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
    """Every occurrence of a word, phrase, pattern, theme or quotation in its context; --by puts fields beside it."""
    from corpus import stats as measures
    from corpus.stats import output
    from corpus.stats.frames import check_choice
    from schemas.errors import MinberError

    output.choose_format(format, out)
    check_choice("context", around, ("words", "sentence", "voice"))
    problem = "give either a pattern or --theme" if pattern and theme else ""
    if not (pattern or theme or quotation):
        problem = "give either a pattern or --theme, or --quotation for every quotation"
    if around == "sentence" and tokenizer == "whitespace":
        problem = "--tokenizer whitespace knows no sentences"
    if problem:
        raise MinberError("MB509", problem=problem, command="minber stats kwic")
    fields = [*fields_of(by), *(["speaker"] if quotation and "speaker" not in fields_of(by) else [])]
    form = "lemma" if lemma else "surface" if case and tokens == "norm" else tokens
    part = select(context, where, fields, voice, furniture, form, tokenizer)
    lines: dict[str, Any] = {"window": window, "sort": sort, "sample": sample, "seed": seed, "keep": fields}
    lines |= {"show": "surface", "hits": "kept"}
    lines |= {"context": {"sentence": "sentence", "voice": "part"}[around]} if around != "words" else {}
    words = tokens_of(part, quiet, rest=True)
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
    deliver(part, result, format, out, bom, manifest, highlight=styles, hide=alone)
    summary(part, quiet, f"{result.height:,} {'quotations' if quotation else 'lines'}")


@stats.command(epilog="Example: minber stats themes --by year --voice quoted --plot themes.svg")
def themes(
    context: typer.Context,
    source: SourceOption = "machine",
    snapshot: SnapshotOption = None,
    unit: Annotated[str, typer.Option(metavar="sentence|document", help="What is counted.")] = "sentence",
    corrected: Corrected = False,
    gold: Gold = None,
    gold_where: GoldWhere = None,
    estimator: Estimator = "rogan-gladen",
    level: Level = 0.95,
    names: Names = None,
    cite: Cite = False,
    where: Where = "",
    by: By = "",
    voice: VoiceOption = "all",
    furniture: Furniture = False,
    format: Format = None,  # noqa: A002
    out: Out = None,
    bom: Bom = None,
    plot: Plot = None,
    manifest: ManifestFile = None,
    quiet: Quiet = False,
) -> None:
    """In what share of sentences (or documents) each theme is spoken of, with Wilson intervals."""
    from corpus.stats import output, plots, theme_shares
    from corpus.stats.correction import ESTIMATORS
    from corpus.stats.frames import check_choice
    from corpus.stats.intervals import WILSON
    from corpus.stats.reliability import with_agreement

    if cite:
        return print_sources({"low, high": WILSON} | {f"corrected ({name})": text for name, text in ESTIMATORS.items()})
    output.choose_format(format, out)
    plots.check_plot_file(plot)
    source = source_of_labels(source, snapshot)
    check_choice("unit", unit, ("sentence", "document"))
    correction = Correction(corrected, gold, gold_where, estimator)
    correction.check(
        "themes", "--unit document" if unit == "document" else f"--source {source}" if source != "machine" else ""
    )
    fields = fields_of(by)
    part = select(context, where, fields, voice, furniture, "norm", "minber", snapshot=snapshot)
    book = part.corpus.codebook
    titles = theme_titles(part, names)
    units, labels = part.themes_of(source)
    on = ["doc_id", "start", "end"] if unit == "sentence" else ["doc_id", *fields]
    result = theme_shares(units, labels, fields, list(titles), on, level).collect()
    result = result.insert_column(1, result["theme"].replace_strict(titles, default=None).alias("name"))
    result, kept, said = correction.apply(part, result, level)
    if source != "machine":
        result, said = with_agreement(part, result)
    deliver(part, result, format, out, bom, manifest, hide=shown_elsewhere(fields), gold=kept)
    counted = f"{unit}s" if source == "machine" or unit == "document" else "labelled units"
    if plot:
        language, field = picture_language(part, names), fields[0] if len(fields) == 1 else by
        chart = plots.plot_themes(result, titles, field, unit=counted, language=language)
        plots.save(chart, plot, language)
    total = result.unique("group")["n"].sum()
    whose = f"labels of {source} origin, codebook {book.id} {book.version}"
    return summary(part, quiet, ", ".join(filter(None, (f"{total:,} {counted}", whose, said))), plot)


def theme_titles(part: Selected, names: str | None) -> dict[str, str]:
    """Theme id → its name in a language, in the order of the codebook."""
    language = names or part.corpus.settings.doccano.language
    return {theme.id: theme.name(language) for theme in part.corpus.codebook.themes}


def picture_language(part: Selected, names: str | None = None) -> str:
    """The language of a picture's captions: that of the themes' names, else of the interface."""
    return names or part.corpus.settings.doccano.language


def source_of_labels(source: str, snapshot: str | None) -> str:
    """Whose labels are counted; a snapshot holds those of people."""
    from corpus.stats.frames import check_choice

    check_choice("source of labels", source, ("machine", "human", "gold"))
    return "human" if snapshot is not None else source


def fields_of(by: str) -> list[str]:
    """The fields that ``--by`` names, each once."""
    return list(dict.fromkeys(name.strip() for name in by.split(",") if name.strip()))


def shown_elsewhere(fields: Sequence[str]) -> list[str]:
    """Of several fields each has a column of its own, so that a table need not show them joined too."""
    return ["group"] if len(fields) > 1 else []


def select(
    context: typer.Context,
    where: str,
    by: Sequence[str],
    voice: str,
    furniture: bool,
    tokens: str,
    tokenizer: str,
    marks: Mapping[str, str] | None = None,
    snapshot: str | None = None,
) -> Selected:
    """Open the corpus and narrow it down; wrong options are found before anything is read."""
    from corpus.stats import Selected, Selection
    from corpus.store import open_corpus

    options = (where, tuple(by), voice, furniture, tokens, tokenizer, tuple((marks or {}).items()))
    chosen = Selection(*options)  # type: ignore[arg-type]  # the choices are checked there
    corpus = context.find_root().meta.get(PINNED) or open_corpus(context.obj)
    if snapshot is not None:
        from corpus.labels import open_snapshot

        corpus = open_snapshot(corpus, snapshot)
    return Selected(corpus, chosen)


def deliver(
    part: Selected,
    result: pl.DataFrame,
    form: str | None,
    out: Path | None,
    bom: bool | None,
    manifest: Path | None,
    highlight: Mapping[str, str] | None = None,
    hide: Sequence[str] = (),
    gold: LabelSnapshot | None = None,
) -> None:
    """Write a result and, if wanted, what it was made from."""
    import sys

    from corpus.stats import output
    from corpus.stats.manifest import PinnedCorpus, describe

    data = output.write(result, form, out, bom, highlight, hide, fit=True)
    if output.choose_format(form, out) == "table":
        data = output.encode(result, "csv")
    corpus = getattr(part.corpus, "base", part.corpus)  # a snapshot is a view of a corpus
    if isinstance(corpus, PinnedCorpus):
        corpus.check(data)
    elif manifest:
        text = describe(part, sys.argv[1:], result, data, gold).model_dump_json(indent=2)
        output.write_file(manifest, text.encode() + b"\n")


def tokens_of(part: Selected, quiet: bool, rest: bool = False) -> pl.LazyFrame:
    """The selected tokens, made first where they are missing."""
    from corpus.stats.manifest import PinnedCorpus
    from corpus.stats.tokens import extend

    def watch(shards: Any, total: int) -> Any:
        return progress(shards, total, "tokenising", quiet)

    if not isinstance(part.corpus, PinnedCorpus):
        extend(part.corpus, part.selection.tokenizer, part.documents, watch)
    return part.tokens(rest)


def of_kinds(tokens: pl.LazyFrame, punct: bool, numbers: bool) -> pl.LazyFrame:
    """Words, with numbers and with punctuation and symbols if wanted."""
    import polars as pl

    kinds = ["word", *(["number"] if numbers else []), *(["punct", "symbol"] if punct else [])]
    return tokens.filter(pl.col("token_kind").is_in(kinds))


def neighbours(tokens: pl.LazyFrame, punct: bool, numbers: bool) -> pl.LazyFrame:
    """As `of_kinds`, with ``run``, which changes where a mark that is not counted parts two words."""
    import polars as pl

    parted = pl.lit(False) if punct else pl.col("token_kind").is_in(["punct", "symbol"])
    return of_kinds(tokens.with_columns(run=parted.cum_sum()), punct, numbers)


def numbers_of(command: str, option: str, value: str, least: int, greatest: int) -> list[int]:
    """The numbers that an option names, with commas between."""
    from schemas.errors import MinberError

    texts = [text.strip() for text in value.split(",")]
    if not all(text.isdigit() and least <= int(text) <= greatest for text in texts):
        problem = f"{option} {value} is not a number from {least} to {greatest}, or several with commas between"
        raise MinberError("MB509", problem=problem, command=f"minber stats {command}")
    return sorted({int(text) for text in texts})


def words_of(part: Selected, quiet: bool) -> pl.LazyFrame:
    """The selected words, without numbers, punctuation and symbols."""
    return of_kinds(tokens_of(part, quiet), punct=False, numbers=False)


def one_group(words: pl.LazyFrame, fields: Sequence[str]) -> tuple[pl.LazyFrame, str]:
    """Several fields become one column; its name is given too. Without any, each document is a group."""
    from corpus.stats.frames import grouped

    if not fields:
        return words, "doc_id"
    return grouped(words, fields)[0], "group"


def head(frame: pl.DataFrame, top: int | None, chosen: str) -> pl.DataFrame:
    """The first rows of each group: as many as asked for, else all, but no more than fit a screen or two in a table."""
    import polars as pl

    limit = top if top is not None else TABLE_ROWS if chosen == "table" else 0
    if not limit:
        return frame
    place = pl.int_range(pl.len())
    return frame.filter((place.over("group") if "group" in frame.columns else place) < limit)


def print_sources(measures: Mapping[str, str]) -> None:
    """Say where each measure comes from."""
    for name, source in measures.items():
        typer.echo(f"{name}: {source}")


def summary(part: Selected, quiet: bool, what: str = "", plot: Path | None = None) -> None:
    """Say on standard error what was counted, and what could not be told apart."""
    chosen = str(part.selection)
    documents = f"{part.documents.height:,} document(s)"
    say(", ".join(filter(None, (what, documents, chosen, f"picture in {plot}" if plot else ""))), quiet)
    if not quiet and (unknown := part.not_annotated):
        say(f"{unknown:,} of them not annotated, voices and furniture unknown there: run 'minber annotate'")
