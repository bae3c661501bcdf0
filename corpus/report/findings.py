"""What the report of a corpus tells: frames of counts and shares, one function a section.

Everything comes from `corpus.stats` and `corpus.agreement`; nothing is counted in another way here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import polars as pl

from corpus.stats import Selected, frequency, keyness, overview, theme_shares, timeline
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.agreement import Codings

KEYWORDS = 15
"""So many key words of each side."""

FREQUENT = 40
"""So many of the most frequent words of each language."""

PANELS = 9
"""So many themes are drawn over time."""

LEAST_PERIODS = 3
"""A line through fewer would be no line."""

SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Themes:
    """Shares of themes: over all, by voice, and by the field that was asked for."""

    all: pl.DataFrame
    by_voice: pl.DataFrame
    by_field: pl.DataFrame


def documents(part: Selected, tokens: pl.DataFrame) -> pl.DataFrame:
    """The documents counted, in the order of date and id, with their words and where they come from.

    Returns:
        ``id``, ``title``, ``date``, ``lang``, ``kind``, ``publisher``, ``reader``, ``revision``, ``place``, ``words``.
    """
    found = (
        part.corpus.documents.select(
            "id", "title", "date", "lang", "kind", "publisher", "reader", "revision", place="uri"
        )
        .collect()
        .join(part.documents.rename({"doc_id": "id"}), on="id", how="semi")
    )
    words = (
        tokens.filter(pl.col("token_kind") == "word")
        .group_by(id=pl.col("doc_id").cast(pl.String))
        .agg(words=pl.len().cast(pl.Int64))
    )
    return (
        found.join(words, on="id", how="left")
        .with_columns(pl.col("words").fill_null(0), pl.col("place").map_elements(place_of, return_dtype=pl.String))
        .sort("date", "id", nulls_last=True)
    )


def place_of(uri: str) -> str:
    """Where a text was read from, as it may be shown to others: of a file its name alone, not whose folder it lay in.

    Example:
        >>> place_of("file:///home/me/texts/%D0%B0.txt"), place_of("https://example.org/a")
        ('а.txt', 'https://example.org/a')
    """
    parts = urlsplit(uri)
    return unquote(parts.path.rsplit("/", 1)[-1]) if parts.scheme == "file" else uri


def sources(found: pl.DataFrame) -> pl.DataFrame:
    """Documents by publisher and reader: ``publisher``, ``reader``, ``documents``, ``first``, ``last``."""
    return (
        found.group_by("publisher", "reader")
        .agg(documents=pl.len().cast(pl.Int64), first=pl.col("date").min(), last=pl.col("date").max())
        .sort("documents", "publisher", "reader", descending=[True, False, False], nulls_last=True)
    )


def period_of(found: pl.DataFrame) -> str:
    """A length of periods that gives a handful to some thirty between the first and the last date."""
    span = found.select((pl.col("date").max() - pl.col("date").min()).dt.total_days()).item()
    days = span or 0
    return next(
        name
        for name, least in (("decade", 365 * 60), ("year", 365 * 5), ("quarter", 548), ("month", 75), ("week", 0))
        if days >= least
    )


def coverage(tokens: pl.DataFrame, found: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """`overview` by language, kind, and time; time is missing where nothing is dated."""
    parts = {name: overview(tokens, [name]) for name in ("lang", "kind")}
    if found["date"].null_count() < found.height:
        field = {"decade": "decade", "year": "year"}.get(period_of(found), "month")
        parts["time"] = overview(tokens, [field])
    return parts


def voices(part: Selected, tokens: pl.DataFrame) -> dict[str, int]:
    """Words by voice: ``quoted``, ``narrator`` (without the next), ``reported``."""
    words = tokens.filter(pl.col("token_kind") == "word")
    reported = (
        part.corpus.annotations.filter(pl.col("layer") == "reported")
        .select("doc_id", _start=pl.col("start").cast(pl.Int64), _end=pl.col("end").cast(pl.Int64))
        .join(part.documents.lazy(), on="doc_id", how="semi")
        .sort("doc_id", "_start", "_end")
        .collect()
    )
    told = words.filter(pl.col("voice") == "narrator").select(
        pl.col("doc_id").cast(pl.String), _start=pl.col("start").cast(pl.Int64)
    )
    inside = told.sort("doc_id", "_start").join_asof(
        reported.with_columns(_at="_start"), left_on="_start", right_on="_at", by="doc_id", check_sortedness=False
    )
    count = inside.filter(pl.col("_start") < pl.col("_end")).height
    quoted = words.filter(pl.col("voice") == "quoted").height
    return {"quoted": quoted, "narrator": words.height - quoted - count, "reported": count}


def speakers(part: Selected, tokens: pl.DataFrame) -> pl.DataFrame:
    """Who speaks: ``speaker``, ``documents``, ``quotations``, ``words``, ``share`` of the quoted words; most first."""
    quoted = tokens.filter((pl.col("token_kind") == "word") & (pl.col("voice") == "quoted"))
    stretches = part.segments.filter("kept", pl.col("voice") == "quoted").group_by("speaker")
    return (
        quoted.group_by("speaker")
        .agg(documents=pl.col("doc_id").n_unique().cast(pl.Int64), words=pl.len().cast(pl.Int64))
        .join(stretches.agg(quotations=pl.len().cast(pl.Int64)), on="speaker", how="left", nulls_equal=True)
        .with_columns(share=pl.col("words") / max(quoted.height, 1))
        .sort("words", "speaker", descending=[True, False], nulls_last=True)
    )


def themes(part: Selected, ids: Sequence[str], field: str) -> Themes:
    """Shares of themes; MB506 where no document is annotated."""
    units, labels = (frame.collect() for frame in part.machine_themes())
    return Themes(
        theme_shares(units, labels, [], ids),
        theme_shares(units, labels, ["voice"], ids),
        theme_shares(units, labels, [field], ids),
    )


def over_time(part: Selected, ids: Sequence[str], every: str) -> pl.DataFrame:
    """The most frequent themes of dated texts by period, as `timeline`; empty where under three periods hold any."""
    units, labels = part.machine_themes()
    daily = theme_shares(units, labels, ["date"], ids).collect()
    counted = daily.select(date=pl.col("group").str.to_date(strict=False), series="theme", count="count", n="n")
    found = timeline(counted, every)
    if found.filter(pl.col("n") > 0)["period"].n_unique() < LEAST_PERIODS:
        return found.clear()
    totals = found.group_by("series").agg(pl.col("count").sum()).filter(pl.col("count") > 0)
    best = totals.sort("count", "series", descending=[True, False]).head(PANELS)["series"].to_list()
    place = {theme: number for number, theme in enumerate(best)}
    kept = found.filter(pl.col("series").is_in(best))
    return kept.sort(pl.col("series").replace_strict(place, default=None, return_dtype=pl.Int64), "period")


def agreement(part: Selected) -> tuple[Codings | None, pl.DataFrame | None]:
    """What people confirmed, and how far they agree; None for what is not there."""
    from corpus.agreement import agreement as measure
    from corpus.agreement import read_codings

    try:
        codings = read_codings(part)
    except MinberError as error:
        if error.code != "MB480":
            raise
        return None, None
    return codings, measure(codings) if codings.double else None


def key_words(tokens: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Language → `keyness` of quoted against narrator's words, only those that differ beyond chance.

    Only languages that have both are there: words of one language are always key against another's.
    """
    words = tokens.filter(pl.col("token_kind") == "word")
    found = {}
    for (lang,), rows in words.group_by("lang", maintain_order=True):
        if rows["voice"].n_unique() == 2:
            scored = keyness(rows, pl.col("voice") == "quoted", min_count=3)
            found[str(lang)] = scored.filter(pl.col("p_adjusted") < SIGNIFICANT)
    return dict(sorted(found.items()))


def frequent(tokens: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Language → its most frequent words, as `frequency`."""
    words = tokens.filter(pl.col("token_kind") == "word")
    return {
        str(lang): frequency(rows).head(FREQUENT)
        for (lang,), rows in sorted(words.group_by("lang"), key=lambda item: str(item[0][0]))
    }
