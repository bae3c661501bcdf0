"""``minber stats``: themes and words over time, and language versions of one speech side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli import stats as shared
from corpus.cli.console import Quiet
from corpus.cli.correct import Corrected, Correction, Estimator, Gold, GoldWhere
from corpus.cli.stats import (
    Bom,
    Cite,
    Format,
    Furniture,
    Level,
    ManifestFile,
    Names,
    Out,
    Plot,
    SnapshotOption,
    SourceOption,
    TokenizerOption,
    Tokens,
    VoiceOption,
    Where,
    stats,
)

if TYPE_CHECKING:
    import polars as pl

    from corpus.stats import Selected


@stats.command(
    epilog="Example: minber stats timeline --theme economy --theme security --every quarter --plot lines.svg"
)
def timeline(
    context: typer.Context,
    pattern: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATTERN]...", help="Words or globs, counted per word of text, instead of themes."),
    ] = None,
    theme: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this theme; again for more. Default: all found.")
    ] = None,
    every: Annotated[str, typer.Option(metavar="week|month|quarter|year|decade", help="Length of a period.")] = "year",
    smoothing: Annotated[float, typer.Option(min=0.0, help="Width of the smoothing window, in periods.")] = 1.0,
    source: SourceOption = "machine",
    snapshot: SnapshotOption = None,
    corrected: Corrected = False,
    gold: Gold = None,
    gold_where: GoldWhere = None,
    estimator: Estimator = "rogan-gladen",
    level: Level = 0.95,
    names: Names = None,
    cite: Cite = False,
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
    """Themes or words over time: shares with intervals, a smoothed line, and where they change."""
    import polars as pl

    from corpus import stats as measures
    from corpus.stats import output, plots
    from corpus.stats.correction import ESTIMATORS
    from corpus.stats.frames import check_choice
    from corpus.stats.intervals import WILSON
    from corpus.stats.reliability import with_agreement
    from corpus.stats.timeline import CHANGES, PERIODS
    from schemas.errors import MinberError

    if cite:
        sources = {"low, high": WILSON, "segment": CHANGES}
        return shared.print_sources(sources | {f"corrected ({name})": text for name, text in ESTIMATORS.items()})
    output.choose_format(format, out)
    plots.check_plot_file(plot)
    source = shared.source_of_labels(source, snapshot)
    check_choice("period", every, PERIODS)
    if pattern and (theme or snapshot is not None):
        problem = f"give either patterns or {'--theme' if theme else '--snapshot'}"
        raise MinberError("MB509", problem=problem, command="minber stats timeline")
    correction = Correction(corrected, gold, gold_where, estimator)
    correction.check("timeline", "words" if pattern else f"--source {source}" if source != "machine" else "")
    part = shared.select(context, where, ["date"], voice, furniture, tokens, tokenizer, snapshot=snapshot)
    titles: dict[str, str] = {}
    if pattern:
        counted = _words_by_day(part, pattern, quiet)
    else:
        for wanted in theme or ():
            measures.check_theme(part.corpus.codebook, wanted)
        titles = shared.theme_titles(part, names)
        counted = _themes_by_day(part, source, theme)
    found = measures.timeline(counted, every, smoothing, level).collect()
    if not found.height:
        raise MinberError("MB506", what="a date", command="minber ingest --date")
    if titles:
        place = {name: number for number, name in enumerate(titles)}
        found = found.sort(pl.col("series").replace_strict(place, default=None), "period")
        name = found["series"].replace_strict(titles, default=None, return_dtype=pl.String).alias("name")
        found = found.insert_column(1, name)
    found, kept, said = correction.apply(part, found, level, "series")
    if source != "machine" and not pattern:
        found, said = with_agreement(part, found, "series")
    shared.deliver(part, found, format, out, bom, manifest, gold=kept)
    if plot:
        unit = "words" if pattern else "sentences" if source == "machine" else "labelled units"
        language = shared.picture_language(part, names)
        plots.save(plots.plot_timeline(found, every, unit, language=language), plot, language)
    counts = f"{found['series'].n_unique()} series", f"{found['period'].n_unique()} periods"
    return shared.summary(part, quiet, ", ".join(filter(None, (*counts, said))), plot)


@stats.command(epilog="Example: minber stats versions --plot versions.svg")
def versions(
    context: typer.Context,
    source: SourceOption = "machine",
    snapshot: SnapshotOption = None,
    level: Level = 0.95,
    names: Names = None,
    where: Where = "",
    voice: VoiceOption = "all",
    furniture: Furniture = False,
    format: Format = None,  # noqa: A002
    out: Out = None,
    bom: Bom = None,
    plot: Plot = None,
    manifest: ManifestFile = None,
    quiet: Quiet = False,
) -> None:
    """Language versions of the same speeches, theme by theme: which says more of what, compared in pairs."""
    import polars as pl

    from corpus.stats import output, plots
    from corpus.stats import versions as compare
    from corpus.stats.reliability import with_agreement
    from schemas.errors import MinberError

    output.choose_format(format, out)
    plots.check_plot_file(plot)
    source = shared.source_of_labels(source, snapshot)
    part = shared.select(
        context, where, ["id", "version_of", "lang"], voice, furniture, "norm", "minber", snapshot=snapshot
    )
    units, labels = part.themes_of(source)
    titles = shared.theme_titles(part, names)
    paired = units.with_columns(speech=pl.coalesce("version_of", "id"))
    found = compare(paired, labels, list(titles), level).collect()
    if not found.height:
        raise MinberError("MB506", what="a version in another language", command="minber ingest --version-of ID")
    name = found["theme"].replace_strict(titles, default=None, return_dtype=pl.String).alias("name")
    found, said = found.insert_column(1, name), ""
    if source != "machine":
        found, said = with_agreement(part, found)
    shared.deliver(part, found, format, out, bom, manifest)
    if plot:
        language = shared.picture_language(part, names)
        plots.save(plots.plot_versions(found, language=language), plot, language)
    speeches = found.select(pl.col("speeches").max()).item()
    shared.summary(part, quiet, ", ".join(filter(None, (f"{speeches} speech(es) in several languages", said))), plot)


def _words_by_day(part: Selected, patterns: list[str], quiet: bool) -> pl.LazyFrame:
    import polars as pl

    from corpus.stats import kwic

    words = shared.of_kinds(shared.tokens_of(part, quiet), punct=False, numbers=True).collect()
    totals = words.group_by("date").agg(n=pl.len())
    found = kwic(words, patterns, 0, phrase=True, keep=["date"]).group_by("date", series="pattern").agg(count=pl.len())
    every = totals.join(pl.DataFrame({"series": patterns}), how="cross")
    joined = every.join(found, on=["date", "series"], how="left", nulls_equal=True)
    return joined.with_columns(pl.col("count").fill_null(0)).lazy()


def _themes_by_day(part: Selected, source: str, themes: list[str] | None) -> pl.LazyFrame:
    import polars as pl

    from corpus.stats import theme_shares

    units, labels = part.themes_of(source)
    shares = theme_shares(units, labels, ["date"], themes).collect()
    return shares.select(date=pl.col("group").str.to_date(strict=False), series="theme", count="count", n="n").lazy()
