"""A codebook's lexicons in a corpus: every hit of every entry in its sentence, and what people's labels say of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from annotators.lexicon_check import Finding, term_lines
from corpus.stats.intervals import wilson
from corpus.stats.themes import agreed_labels
from schemas.codebook import load_codebook
from schemas.errors import MinberError

if TYPE_CHECKING:
    from spacy.language import Language

    from annotators.theme_reader import ThemeReader
    from corpus.store import Corpus

BROAD_SHARE = 0.05
"""An entry that alone gives its theme to more of a language's sentences than this is called broad …"""

BROAD_HITS = 20
"""… where it does so at least so often."""

REFUTED_HITS = 3
"""An entry is called refuted by at least so many labelled units in which its theme was wrong."""

LINES = pl.Schema(
    {
        "docname": pl.String(),
        "lang": pl.String(),
        "theme": pl.String(),
        "term": pl.String(),
        "weight": pl.Float64(),
        "start": pl.Int64(),  # code points of the document
        "end": pl.Int64(),
        "pre": pl.String(),
        "keyword": pl.String(),
        "post": pl.String(),
        "given": pl.Boolean(),  # whether the sentence got the theme
        "dropped": pl.String(),  # why the hit does not count; null where it does
    }
)
"""A line a hit: the sentence before it, its words, the sentence after it."""

_GIVEN = pl.Schema({"doc_id": pl.String(), "start": pl.Int64(), "end": pl.Int64(), "label": pl.String()})


@dataclass(frozen=True)
class LexiconHits:
    """What a codebook finds in a corpus.

    Attributes:
        lines: a row a hit (`LINES`), in the order of the documents and of their text.
        given: ``doc_id``, ``start``, ``end`` (code points of the sentence), ``label``: the themes given.
        sentences: language → how many sentences were read.
    """

    lines: pl.DataFrame
    given: pl.DataFrame
    sentences: dict[str, int]


def lexicon_hits(name: str | Path, documents: Iterator[tuple[str, str, str, dt.date | None]]) -> LexiconHits:
    """Read documents by a codebook as it is now, and keep every hit of an entry, whether it counts or not.

    Parameters:
        name: a built-in name or the path of a YAML file.
        documents: id, language, text, date of each; one in a language without lexicons is passed over.

    Returns:
        the hits.

    Raises:
        MinberError: MB002 unknown codebook, MB003 unreadable, MB004 not YAML; MinberErrors: MB011 broken.

    Example:
        >>> hits = lexicon_hits("reforms", iter([("a", "en", "The court must be just. We rest.", None)]))
        >>> hits.lines.select("theme", "pre", "keyword", "post", "given").rows(), hits.sentences
        ([('rule_of_law', 'The', 'court', 'must be just.', True)], {'en': 2})
    """
    from annotators import pipeline
    from annotators.context import Context
    from annotators.languages import LANGUAGES
    from annotators.records import process
    from annotators.theme_reader import theme_reader
    from annotators.themes import coded_sentences

    book = load_codebook(name)
    known = {lang for theme in book.themes for lang in theme.lexicon if lang in LANGUAGES}
    tools: dict[str, tuple[Language, ThemeReader]] = {}
    sentences: dict[str, int] = {}
    lines: list[tuple[object, ...]] = []
    given: list[tuple[str, int, int, str]] = []
    for doc_id, lang, text, date in documents:
        if lang not in known:
            continue
        if lang not in tools:
            nlp = pipeline(lang, components=("minber_furniture", "minber_sentences"))
            tools[lang] = (nlp, theme_reader(lang, book))
        nlp, reader = tools[lang]
        doc = process(nlp, text, Context(date=date))
        for reading in reader.read(doc, coded_sentences(doc)):
            span = reading.span
            sentences[lang] = sentences.get(lang, 0) + 1
            given += [(doc_id, span.start_char, span.end_char, theme) for theme in reading.given]
            for hit in reading.hits:
                words = doc[hit.start : hit.end]
                pieces = (doc[span.start : hit.start], words, doc[hit.end : span.end])
                pre, keyword, post = (" ".join(piece.text.split()) for piece in pieces)
                place = (words.start_char, words.end_char, pre, keyword, post)
                facts = (doc_id, lang, hit.theme, hit.term, hit.weight)
                lines.append((*facts, *place, hit.theme in reading.given, hit.dropped or None))
    return LexiconHits(
        pl.DataFrame(lines, schema=LINES, orient="row"), pl.DataFrame(given, schema=_GIVEN, orient="row"), sentences
    )


def coded_units(corpus: Corpus) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The units that people confirmed, of the newest revisions, and the themes they gave them.

    Parameters:
        corpus: with labels pulled.

    Returns:
        as `corpus.stats.themes.agreed_labels`; no rows where nobody has confirmed a unit.
    """
    heads = corpus.documents.select(doc_id="id", revision="revision")
    # a unit confirmed in another layout says nothing of themes
    about = pl.col("layout").is_in(["themes", "spans"])
    units = corpus.units.filter(about).join(heads, on=["doc_id", "revision"], how="semi").collect()
    return agreed_labels(units, corpus.labels.collect())


def theme_precision(hits: LexiconHits, units: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """How often people agree with each theme that the codebook, as it is now, gives to the units they confirmed.

    Parameters:
        hits: from `lexicon_hits`.
        units: ``doc_id``, ``start``, ``end`` of what people confirmed; see `coded_units`.
        labels: the same and ``label``: what they found there.

    Returns:
        ``theme``, ``right`` (given by both), ``wrong`` (by the codebook alone), ``missed`` (by people alone),
        ``precision`` with Wilson's interval (``low``, ``high``) and ``recall``; a row a theme that either gave.

    Example:
        >>> hits = lexicon_hits("reforms", iter([("a", "en", "The court must be just.", None)]))
        >>> unit = pl.DataFrame({"doc_id": ["a"], "start": [0], "end": [23]})
        >>> theme_precision(hits, unit, unit.with_columns(label=pl.lit("rule_of_law"))).row(0)[:4]
        ('rule_of_law', 1, 0, 0)
    """
    place = ["doc_id", "start", "end"]
    machine = _within(hits.given, units).select(*place, "label").unique().with_columns(machine=True)
    people = labels.select(*place, "label").unique().with_columns(people=True)
    both = machine.join(people, on=[*place, "label"], how="full", coalesce=True)
    both = both.with_columns(pl.col("machine", "people").fill_null(False))
    counted = both.group_by(theme="label").agg(
        right=(pl.col("machine") & pl.col("people")).sum().cast(pl.Int64),
        wrong=(pl.col("machine") & ~pl.col("people")).sum().cast(pl.Int64),
        missed=(~pl.col("machine") & pl.col("people")).sum().cast(pl.Int64),
    )
    found = pl.col("right") + pl.col("wrong")
    low, high = wilson(pl.col("right"), found)
    return (
        counted.with_columns(precision=pl.when(found > 0).then(pl.col("right") / found), low=low, high=high)
        .with_columns(recall=pl.col("right") / (pl.col("right") + pl.col("missed")))
        .with_columns(pl.col("recall").fill_nan(None))
        .sort("theme")
    )


def hit_findings(
    name: str | Path, hits: LexiconHits, units: pl.DataFrame | None = None, labels: pl.DataFrame | None = None
) -> list[Finding]:
    """Entries that a corpus speaks against: never found, found nearly everywhere, or refuted by people.

    Parameters:
        name: of the codebook that the hits were found with.
        hits: from `lexicon_hits`; languages that no document is in are not judged.
        units: what people confirmed; see `coded_units`.
        labels: what they found there.

    Returns:
        findings in order of their lines.

    Raises:
        MinberError: as `lexicon_hits`.

    Example:
        >>> hits = lexicon_hits("reforms", iter([("a", "en", "The court must be just.", None)]))
        >>> kinds = {finding.term: finding.kind for finding in hit_findings("reforms", hits)}
        >>> "court" in kinds, kinds["maslikhat"]
        (False, 'unused')
    """
    lines = term_lines(name)
    book = load_codebook(name)
    seen = set(hits.lines.select("lang", "theme", "term").unique().iter_rows())
    findings = [
        Finding(line, "unused", lang, theme, term)
        for (lang, theme, term), line in lines.items()
        if lang in hits.sentences and (lang, theme, term) not in seen
    ]
    thresholds = {theme.id: theme.threshold for theme in book.themes}
    counted = hits.lines.filter(pl.col("dropped").is_null())
    alone = counted.filter(pl.col("weight") >= pl.col("theme").replace_strict(thresholds, return_dtype=pl.Float64))
    for lang, theme, term, count in alone.group_by("lang", "theme", "term").len("count").iter_rows():
        share = count / hits.sentences[lang]
        if count >= BROAD_HITS and share > BROAD_SHARE:
            met = f"{count} hits in {hits.sentences[lang]} sentences"
            findings.append(Finding(lines[lang, theme, term], "broad", lang, theme, term, met))
    if units is not None and labels is not None and units.height:
        found = _within(counted.rename({"docname": "doc_id", "theme": "label"}), units)
        found = found.unique(["doc_id", "start", "end", "label", "lang", "term"])
        judged = found.join(
            labels.select("doc_id", "start", "end", "label", right=pl.lit(1)),
            on=["doc_id", "start", "end", "label"],
            how="left",
        )
        right = pl.col("right").fill_null(0).sum().alias("right")
        for lang, theme, term, good, n in (
            judged.group_by("lang", "label", "term").agg(right, pl.len().alias("n")).iter_rows()
        ):
            if n - good >= REFUTED_HITS and n - good > good:
                met = f"wrong in {n - good} of {n} labelled units"
                findings.append(Finding(lines[lang, theme, term], "refuted", lang, theme, term, met))
    return sorted(findings, key=lambda finding: (finding.line, finding.kind, finding.term))


def documents_of(corpus: Corpus, ids: Sequence[str] = ()) -> Iterator[tuple[str, str, str, dt.date | None]]:
    """The newest revisions of a corpus as `lexicon_hits` takes them.

    Parameters:
        corpus: the corpus.
        ids: these documents only; none for all.

    Yields:
        id, language, text, date.

    Raises:
        MinberError: MB511 the corpus holds no documents.
    """
    chosen = corpus.documents.filter(pl.col("id").is_in(list(ids))) if ids else corpus.documents
    rows = chosen.select("id", "lang", "text", "date").sort("id").collect()
    if not rows.height:
        raise MinberError("MB511", str(corpus.path))
    yield from rows.iter_rows()


def _within(rows: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Rows (``doc_id``, ``start``, ``end``) that lie in a unit, with the unit's place instead of their own."""
    named = units.select("doc_id", unit_start="start", unit_end="end")
    joined = rows.join(named, on="doc_id")
    inside = (pl.col("unit_start") <= pl.col("start")) & (pl.col("end") <= pl.col("unit_end"))
    return joined.filter(inside).drop("start", "end").rename({"unit_start": "start", "unit_end": "end"})
