"""``minber stats``: themes, their shares, over time, and in language versions of one speech side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli.correct import Correction
from corpus.cli.delivery import Cite, Delivery, Level, Plot, picture_language, print_sources
from corpus.cli.part import By, PartInUnits, fields_of, shown_elsewhere, words_of, words_of_units
from corpus.cli.stats import stats

if TYPE_CHECKING:
    import polars as pl

    from corpus.stats import Selected


@dataclass(frozen=True)
class ThemeLabels:
    """Whose labels of themes are counted, how surely, and what themes are called.

    Attributes:
        source: ``machine``, ``human`` or ``gold``.
        snapshot: name of a snapshot, which holds labels of people; None for the corpus as it is.
        level: confidence of the intervals.
        names: language of the themes' names; None: as in ``minber.toml``.
    """

    source: Annotated[str, typer.Option("--source", metavar="machine|human|gold", help="Whose labels.")] = "machine"
    snapshot: Annotated[
        str | None,
        typer.Option(
            "--snapshot", metavar="NAME", help="People's labels and the texts as a snapshot holds them (minber labels)."
        ),
    ] = None
    level: Level = 0.95
    names: Annotated[
        str | None, typer.Option(metavar="kk|ru|en", help="Language of the themes' names; default: as in minber.toml.")
    ] = None

    def whose(self) -> str:
        """Whose labels are counted.

        Raises:
            MinberError: MB505 nobody is called so; MB509 a snapshot and adjudicated labels at once.
        """
        from corpus.labels import whose
        from corpus.stats.frames import check_choice

        check_choice("source of labels", self.source, ("machine", "human", "gold"))
        return whose(self.source, self.snapshot)

    def titles(self, part: Selected) -> dict[str, str]:
        """Theme id → its name, in the order of the codebook."""
        language = picture_language(part, self.names)
        return {theme.id: theme.name(language) for theme in part.corpus.codebook.themes}


@stats.command(epilog="Example: minber stats themes --by year --voice quoted --plot themes.svg")
def themes(
    asked: PartInUnits,
    labelled: ThemeLabels,
    correction: Correction,
    to: Delivery,
    unit: Annotated[str, typer.Option(metavar="sentence|document", help="What is counted.")] = "sentence",
    cite: Cite = False,
    by: By = "",
    plot: Plot = None,
) -> None:
    """In what share of sentences (or documents) each theme is spoken of, with Wilson intervals."""
    from corpus.stats import plots, theme_shares, theme_words, with_words
    from corpus.stats.correction import ESTIMATORS
    from corpus.stats.frames import check_choice, grouped
    from corpus.stats.intervals import WILSON
    from corpus.stats.reliability import with_agreement

    if cite:
        return print_sources({"low, high": WILSON} | {f"corrected ({name})": text for name, text in ESTIMATORS.items()})
    to.check(plot)
    source = labelled.whose()
    check_choice("unit", unit, ("sentence", "document"))
    correction.check(
        "themes", "--unit document" if unit == "document" else f"--source {source}" if source != "machine" else ""
    )
    fields = fields_of(by)
    part = asked.in_units(fields, labelled.snapshot)
    book = part.corpus.codebook
    titles = labelled.titles(part)
    units, labels = part.themes_of(source)
    on = ["doc_id", "start", "end"] if unit == "sentence" else ["doc_id", *fields]
    result = theme_shares(units, labels, fields, list(titles), on, labelled.level).collect()
    if asked.wordy:
        own, spoken = grouped(units, fields)[0], words_of_units(part, to.quiet)
        result = with_words(result, theme_words(own, labels, spoken, ["group"], on), ["group"])
    result, kept, said = correction.apply(part, _named(result, titles), labelled.level)
    if source != "machine":
        result, said = with_agreement(part, result)
    to.deliver(part, result, hide=shown_elsewhere(fields), gold=kept)
    counted = f"{unit}s" if source == "machine" or unit == "document" else "labelled units"
    if plot:
        language, field = picture_language(part, labelled.names), fields[0] if len(fields) == 1 else by
        chart = plots.plot_themes(result, titles, field, unit=counted, language=language)
        plots.save(chart, plot, language)
    total = result.unique("group")["n"].sum()
    whose = f"labels of {source} origin, codebook {book.id} {book.version}"
    return to.summary(part, f"{total:,} {counted}", whose, said, plot=plot)


@stats.command(
    epilog="Example: minber stats timeline --theme economy --theme security --every quarter --plot lines.svg"
)
def timeline(
    asked: PartInUnits,
    labelled: ThemeLabels,
    correction: Correction,
    to: Delivery,
    pattern: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATTERN]...", help="Words or globs, counted per word of text, instead of themes."),
    ] = None,
    theme: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this theme; again for more. Default: all found.")
    ] = None,
    every: Annotated[str, typer.Option(metavar="week|month|quarter|year|decade", help="Length of a period.")] = "year",
    smoothing: Annotated[float, typer.Option(min=0.0, help="Width of the smoothing window, in periods.")] = 1.0,
    cite: Cite = False,
    by: By = "",
    plot: Plot = None,
) -> None:
    """Themes or words over time: shares with intervals, a smoothed line, and where they change."""
    import polars as pl

    from corpus import stats as measures
    from corpus.stats import plots
    from corpus.stats.correction import ESTIMATORS
    from corpus.stats.frames import check_choice, divided
    from corpus.stats.intervals import WILSON
    from corpus.stats.reliability import with_agreement
    from corpus.stats.timeline import CHANGES, PERIODS
    from schemas.errors import MinberError

    if cite:
        sources = {"low, high": WILSON, "segment": CHANGES}
        return print_sources(sources | {f"corrected ({name})": text for name, text in ESTIMATORS.items()})
    to.check(plot)
    source = labelled.whose()
    check_choice("period", every, PERIODS)
    if pattern and (theme or labelled.snapshot is not None):
        problem = f"give either patterns or {'--theme' if theme else '--snapshot'}"
        raise MinberError("MB509", problem=problem, command="minber stats timeline")
    correction.check("timeline", "words" if pattern else f"--source {source}" if source != "machine" else "")
    fields = fields_of(by)
    part = asked.in_units(list(dict.fromkeys(["date", *fields])), labelled.snapshot)
    titles: dict[str, str] = {}
    units, labels = None, None
    if pattern:
        counted = _words_by_day(part, pattern, fields, to.quiet)
    else:
        for wanted in theme or ():
            measures.check_theme(part.corpus.codebook, wanted)
        titles = labelled.titles(part)
        units, labels = part.themes_of(source)
        counted = _themes_by_day(units, labels, fields, theme)
    found = measures.timeline(counted, every, smoothing, labelled.level, fields).collect()
    if not found.height:
        raise MinberError("MB506", what="a date", command="minber ingest --date")
    if units is not None and labels is not None and asked.wordy:
        own, keys = divided(units, fields)
        own = own.with_columns(period=pl.col("date").dt.truncate(PERIODS[every]), _day="date")
        keys = [*keys[:1], "period"]
        spoken = measures.theme_words(own.drop_nulls("_day"), labels, words_of_units(part, to.quiet), keys)
        found = measures.with_words(found, spoken.cast(dict.fromkeys(keys[:-1], pl.String)), keys, "series")
    if titles:
        place = {name: number for number, name in enumerate(titles)}
        keys = fields if len(fields) > 1 else ["group"] if fields else []
        number = pl.col("series").replace_strict(place, default=None)
        found = _named(found.sort(*keys, number, "period", nulls_last=True), titles, "series")
    found, kept, said = correction.apply(part, found, labelled.level, "series")
    if source != "machine" and not pattern:
        found, said = with_agreement(part, found, "series")
    to.deliver(part, found, hide=shown_elsewhere(fields), gold=kept)
    if plot:
        unit = "words" if pattern else "sentences" if source == "machine" else "labelled units"
        language = picture_language(part, labelled.names)
        chart = plots.plot_timeline(found, every, unit, language=language, series=list(titles.values()))
        plots.save(chart, plot, language)
    counts = f"{found['series'].n_unique()} series", f"{found['period'].n_unique()} periods"
    return to.summary(part, *counts, said, plot=plot)


@stats.command(epilog="Example: minber stats versions --plot versions.svg")
def versions(
    asked: PartInUnits,
    labelled: ThemeLabels,
    to: Delivery,
    cite: Cite = False,
    by: By = "",
    plot: Plot = None,
) -> None:
    """Language versions of the same speeches, theme by theme, in pairs; --by takes the fields of the original."""
    import polars as pl

    from corpus.stats import plots, version_words, with_originals
    from corpus.stats import versions as compare
    from corpus.stats.frames import grouped
    from corpus.stats.reliability import with_agreement
    from corpus.stats.versions import SOURCES
    from schemas.errors import MinberError

    if cite:
        return print_sources(SOURCES)
    to.check(plot)
    source = labelled.whose()
    fields = fields_of(by)
    part = asked.in_units(list(dict.fromkeys(["id", "version_of", "lang", *fields])), labelled.snapshot)
    units, labels = part.themes_of(source)
    titles = labelled.titles(part)
    paired = with_originals(units, part.segments, fields)
    found = compare(paired, labels, list(titles), labelled.level, by=fields, lang="version_lang").collect()
    if not found.height:
        raise MinberError("MB506", what="a version in another language", command="minber versions pair")
    if asked.wordy:
        own = grouped(paired, fields)[0]
        found = version_words(found, own, labels, words_of_units(part, to.quiet), "version_lang")
    found, said = _named(found, titles), ""
    if source != "machine":
        found, said = with_agreement(part, found)
    to.deliver(part, found, hide=shown_elsewhere(fields))
    if plot:
        language = picture_language(part, labelled.names)
        plots.save(plots.plot_versions(found, language=language), plot, language)
    speeches = found.select(pl.col("speeches").max()).item()
    return to.summary(part, f"{speeches} speech(es) in several languages", said, plot=plot)


def _named(frame: pl.DataFrame, titles: dict[str, str], theme: str = "theme") -> pl.DataFrame:
    """Put the names of themes behind their ids."""
    import polars as pl

    name = frame[theme].replace_strict(titles, default=None, return_dtype=pl.String).alias("name")
    return frame.insert_column(1, name)


def _words_by_day(part: Selected, patterns: list[str], fields: list[str], quiet: bool) -> pl.LazyFrame:
    import polars as pl

    from corpus.stats import kwic

    words = words_of(part, quiet, numbers=True).collect()
    keys = list(dict.fromkeys(["date", *fields]))
    totals = words.group_by(keys).agg(n=pl.len())
    found = kwic(words, patterns, 0, phrase=True, keep=keys).group_by(*keys, series="pattern").agg(count=pl.len())
    every = totals.join(pl.DataFrame({"series": patterns}), how="cross")
    joined = every.join(found, on=[*keys, "series"], how="left", nulls_equal=True)
    return joined.with_columns(pl.col("count").fill_null(0)).lazy()


def _themes_by_day(
    units: pl.LazyFrame, labels: pl.LazyFrame, fields: list[str], themes: list[str] | None
) -> pl.LazyFrame:
    import polars as pl

    from corpus.stats import theme_shares

    keys = list(dict.fromkeys(["date", *fields]))
    shares = theme_shares(units, labels, keys, themes).collect()
    if len(keys) == 1:
        shares = shares.with_columns(date=pl.col("group").str.to_date(strict=False))
    found = shares.select(*keys, "count", "n", series="theme")
    if fields and themes is None:  # those found in the group, as if it were alone
        found = found.filter(pl.col("count").sum().over("series", *fields) > 0)
    return found.lazy()
