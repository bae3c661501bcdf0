"""From a corpus to the frames that the measures take: conditions, voices and furniture applied, fields put beside.

Fields are those of documents, and of the words: ``voice`` and ``speaker`` (who says them: of a transcript its speaker,
of a report the quoted person). Conditions are decided for each stretch of one voice, never for each token, so a
corpus of millions of tokens is filtered by a few thousand rows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from corpus.stats.docvars import PREFIX, WithDocvars, check_docvars, docvar_columns
from corpus.stats.filters import parse_condition
from corpus.stats.frames import check_choice
from corpus.stats.themes import agreed_labels
from corpus.stats.tokens import KINDS, TABLE, TOKENS, Tokenizer
from corpus.stats.voices import LAYERS, said_before, segments
from corpus.store.documents import PERIODS
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus

TokenForm = Literal["surface", "norm", "lemma"]
_COLUMN_OF: dict[str, str] = {"surface": "token", "norm": "norm", "lemma": "lemma"}

FIELDS = pl.Schema(
    {
        "id": pl.String(),
        "lang": pl.String(),
        "date": pl.Date(),
        "year": pl.Int32(),
        "month": pl.String(),  # 2024-03
        "decade": pl.Int32(),
        "kind": pl.String(),
        "title": pl.String(),
        "publisher": pl.String(),
        "occasion": pl.String(),
        "place": pl.String(),
        "version_of": pl.String(),
        "uri": pl.String(),
        "reader": pl.String(),
        "voice": pl.String(),
        "speaker": pl.String(),
    }
)
"""What ``--where`` and ``--by`` may name, beside docvars (``docvars.party``)."""


@dataclass(frozen=True)
class Selection:
    """What part of a corpus is counted, and how its words are taken.

    Attributes:
        where: a condition on `FIELDS` (see `corpus.stats.filters`); empty for all.
        by: fields that results are split by.
        voice: ``all``, ``quoted`` or ``narrator``.
        furniture: count page furniture and recaps of older news too.
        tokens: words as they stand (``surface``), in small letters (``norm``), or as dictionary forms (``lemma``).
        tokenizer: ``minber`` or ``whitespace``.
        marks: names and conditions: what is true of each word becomes a column of `Selected.tokens`.
        per: ``occurrence`` counts every text; ``utterance`` counts what was said once: of a quotation that several
            texts have, the fullest wording; of documents that are whole copies of each other, the earliest.
    """

    where: str = ""
    by: Sequence[str] = ()
    voice: Literal["all", "quoted", "narrator"] = "all"
    furniture: bool = False
    tokens: TokenForm = "norm"
    tokenizer: Tokenizer = "minber"
    marks: Sequence[tuple[str, str]] = ()
    per: Literal["occurrence", "utterance"] = "occurrence"

    def __post_init__(self) -> None:
        check_choice("voice", self.voice, ("all", "quoted", "narrator"))
        check_choice("form of tokens", self.tokens, _COLUMN_OF)
        check_choice("way of counting", self.per, ("occurrence", "utterance"))
        check_choice("tokenizer", self.tokenizer, ("minber", "whitespace"))
        for name in self.by:
            if name not in WithDocvars(FIELDS):
                raise MinberError("MB501", field=name, option="--by", known=", ".join(FIELDS))
        for condition in [self.where, *(text for _, text in self.marks)]:
            if condition:
                parse_condition(condition, WithDocvars(FIELDS))

    @property
    def docvars(self) -> frozenset[str]:
        """The docvars that are named, with their prefix."""
        conditions = [text for text in (self.where, *(text for _, text in self.marks)) if text]
        named = [name for text in conditions for name in parse_condition(text, WithDocvars(FIELDS)).fields]
        return frozenset(name for name in (*self.by, *named) if name.startswith(PREFIX))

    def __str__(self) -> str:
        parts = [f"--where {self.where!r}"] if self.where else []
        parts += [f"--voice {self.voice}"] if self.voice != "all" else []
        parts += [f"--per {self.per}"] if self.per != "occurrence" else []
        return " ".join(parts) or ("all" if self.furniture else "leaving out furniture")


@dataclass(frozen=True)
class Selected:
    """The selected part of an open corpus.

    Parameters:
        corpus: an open corpus.
        selection: what to take.
    """

    corpus: Corpus
    selection: Selection = field(default_factory=Selection)

    @cached_property
    def segments(self) -> pl.DataFrame:
        """Every stretch of one voice of every document, with `FIELDS`, ``furniture``, and ``kept``: is it selected?

        Raises:
            MinberError: MB504 nothing is left; MB511 the corpus is empty.
        """
        found = self.corpus.documents.select(
            doc_id="id",
            length=pl.col("text").str.len_chars(),
            id="id",
            lang="lang",
            date="date",
            **PERIODS,
            kind="kind",
            title="title",
            publisher="publisher",
            occasion="occasion",
            place="place",
            version_of="version_of",
            uri="uri",
            reader="reader",
            speaker="speaker",
            docvars="docvars",
        ).collect()
        found, fields = self._with_docvars(found)
        rows = self.corpus.annotations.filter(pl.col("layer").is_in(LAYERS))
        cut = segments(found, rows.select("doc_id", "layer", "start", "end", "attributes").collect())
        if self.selection.per == "utterance":
            cut = said_before(cut, *self._repeated())
        cut = cut.join(found.drop("speaker", "length"), on="doc_id", how="left", maintain_order="left")
        kept = pl.lit(True)
        if self.selection.where:
            kept &= parse_condition(self.selection.where, fields).expression
        if self.selection.voice != "all":
            kept &= pl.col("voice") == self.selection.voice
        if not self.selection.furniture:
            kept &= pl.col("furniture").is_null()
        if self.selection.per == "utterance":
            kept &= ~pl.col("before")
        marks = {name: parse_condition(text, fields).expression for name, text in self.selection.marks}
        cut = cut.with_columns(kept=kept, **marks)
        if not found.height:
            raise MinberError("MB511", str(self.corpus.path))
        if not cut["kept"].any():
            raise MinberError("MB504", filter=str(self.selection), total=found.height, what="documents")
        return cut

    def _with_docvars(self, found: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, Any]]:
        """Documents with the docvars that are asked for, and all fields with their types."""
        wanted = self.selection.docvars
        if not wanted:
            return found.drop("docvars"), dict(FIELDS)
        columns = docvar_columns(found["docvars"], wanted)
        check_docvars(wanted, found["docvars"], FIELDS, self.selection.by)
        return pl.concat([found.drop("docvars"), columns], how="horizontal"), {**FIELDS, **columns.schema}

    def _repeated(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Documents that are whole copies, and quotations that were said elsewhere; `versions.refresh` them before."""
        from corpus.versions import COPIES, UTTERANCES

        copied = self.corpus.table("copies", COPIES).filter(pl.col("occurrence") > 1).select("doc_id", "revision")
        heads = self.corpus.documents.select(doc_id="id", revision="revision")
        spoken = self.corpus.table("utterances", UTTERANCES).filter(pl.col("occurrence") > 1)
        keys = ["doc_id", "revision"]
        whole = copied.join(heads, on=keys, how="semi").select("doc_id").collect()
        return whole, spoken.join(heads, on=keys, how="semi").select("doc_id", "start", "end").collect()

    @cached_property
    def documents(self) -> pl.DataFrame:
        """``doc_id`` of the documents of which something is selected."""
        return self.segments.filter("kept").select("doc_id").unique(maintain_order=True)

    @cached_property
    def not_annotated(self) -> int:
        """How many of the documents have no annotations: their voices and their furniture are not known."""
        annotated = self.corpus.annotations.filter(pl.col("layer") == "sentence").select("doc_id").unique()
        return self.documents.join(annotated.collect(), on="doc_id", how="anti").height

    def tokens(self, rest: bool = False) -> pl.LazyFrame:
        """The selected tokens, in the order of the text; `extend` the table of tokens before.

        Parameters:
            rest: also give the other tokens of the same documents, for context; ``kept`` tells them apart.

        Returns:
            ``doc_id``, ``token`` (in the form selected), ``surface``, ``token_kind``, ``index``, ``start``, ``end``,
            ``sentence``, ``part`` (number of the stretch: words of different parts are not neighbours), ``kept``,
            ``voice``, the fields of ``by``, and the marks. ``doc_id``, ``token`` and ``surface`` are categories, which
            take a quarter of the room of strings; every measure takes them, a join may want them cast.
        """
        fields = dict.fromkeys(["voice", *self.selection.by, *(name for name, _ in self.selection.marks)])
        parts = (
            self.segments.join(self.documents, on="doc_id", how="semi", maintain_order="left")
            .with_row_index("part")
            .select("doc_id", pl.col("start").cast(pl.Int32), "part", "kept", *fields)
        )
        # numbers stand for names until all are in their place: 8 million tokens fit in a tenth of the memory
        names = pl.Enum(self.documents["doc_id"].sort())
        place = pl.col("doc_id").to_physical().cast(pl.UInt64) * 2**32 + pl.col("index").cast(pl.UInt64)
        rows = (
            self.corpus.table(TABLE, TOKENS)
            .filter(pl.col("tokenizer") == self.selection.tokenizer)
            .select(
                pl.col("doc_id").cast(names, strict=False),
                pl.col(_COLUMN_OF[self.selection.tokens]).cast(pl.Categorical).alias("token"),
                pl.col("token").cast(pl.Categorical).alias("surface"),
                pl.col("kind").cast(KINDS).alias("token_kind"),
                "index",
                "start",
                "end",
                "sentence",
            )
            .filter(pl.col("doc_id").is_not_null())
            .sort(place)
            .join_asof(
                parts.lazy().with_columns(pl.col("doc_id").cast(names)),
                on="start",
                by="doc_id",
                strategy="backward",
                check_sortedness=False,
            )
        )
        return (rows if rest else rows.filter("kept")).with_columns(pl.col("doc_id").cast(pl.Categorical))

    def sentences(self) -> pl.LazyFrame:
        """The selected sentences, each in the voice that has most of its letters.

        Returns:
            ``doc_id``, ``start``, ``end``, ``voice``, ``speaker``, and the fields of ``by``.

        Raises:
            MinberError: MB506 no selected document is annotated.
        """
        found = (
            self.corpus.annotations.filter(pl.col("layer") == "sentence")
            .select("doc_id", "start", "end")
            .join(self.documents.lazy(), on="doc_id", how="semi")
            .collect()
        )
        if not found.height:
            raise MinberError("MB506", what="sentences", command="minber annotate")
        return self.in_voice(found.lazy())

    def in_voice(self, ranges: pl.LazyFrame) -> pl.LazyFrame:
        """Give each range of text the voice that has most of it, and keep those that are selected.

        Parameters:
            ranges: ``doc_id``, ``start``, ``end``, and columns that are passed on.

        Returns:
            the ranges selected, with ``voice``, ``speaker`` and the fields of ``by``.
        """
        numbered = ranges.with_row_index("_range")
        names = list(dict.fromkeys(["voice", "speaker", *self.selection.by]))
        stretches = self.segments.lazy().select("doc_id", "kept", *names, _start="start", _end="end")
        covered = pl.min_horizontal("end", "_end") - pl.max_horizontal("start", "_start")
        return (
            numbered.join(stretches, on="doc_id", how="inner")
            .with_columns(_covered=covered)
            .filter(pl.col("_covered") > 0)
            .sort("_range", "_covered", "_start", descending=[False, True, False])
            .group_by("_range", maintain_order=True)
            .first()
            .filter("kept")
            .drop("_range", "_start", "_end", "_covered", "kept")
        )

    def machine_themes(self) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        """The selected sentences and the themes that the annotators gave them, as ``theme_shares`` takes them.

        Raises:
            MinberError: MB506 no selected document is annotated.
        """
        sentences = self.sentences()
        given = self.corpus.annotations.filter(pl.col("layer") == "theme").select("doc_id", "label", _at="start")
        # a theme belongs to the sentence that it begins in
        places = sentences.select("doc_id", "start", "end").sort("doc_id", "start")
        labels = given.sort("doc_id", "_at").join_asof(
            places.with_columns(_at="start"), on="_at", by="doc_id", strategy="backward", check_sortedness=False
        )
        inside = labels.filter(pl.col("_at") < pl.col("end")).drop("_at")
        return sentences, inside.join(sentences, on=["doc_id", "start", "end"])

    def human_themes(self) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        """The selected units that people confirmed and the themes they gave them, as ``theme_shares`` takes them.

        Raises:
            MinberError: MB506 nobody has confirmed a unit.
        """
        heads = self.corpus.documents.select(doc_id="id", revision="revision")
        # a unit confirmed in another layout, such as `voices`, says nothing of themes
        about = pl.col("layout").is_in(["themes", "spans"])
        units = self.corpus.units.filter(about).join(heads, on=["doc_id", "revision"], how="semi").collect()
        coded, labels = agreed_labels(units, self.corpus.labels.collect())
        if not coded.height:
            raise MinberError("MB506", what="units that somebody confirmed", command="minber pull")
        chosen = self.in_voice(coded.lazy())
        return chosen, labels.lazy().join(chosen, on=["doc_id", "start", "end"])

    def gold_themes(self) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        """The selected units that have a gold decision and their gold themes, as ``theme_shares`` takes them.

        Raises:
            MinberError: MB506 nothing was decided.
        """
        from corpus.adjudication.gold import gold, gold_units  # rooms above this one

        heads = self.corpus.documents.select(doc_id="id", revision="revision")
        about = pl.col("layout").is_in(["themes", "spans"])
        rows = gold(self.corpus).filter(about).join(heads, on=["doc_id", "revision"], how="semi").collect()
        units, labels = gold_units(rows)
        if not units.height:
            raise MinberError("MB506", what="gold labels", command="minber adjudicate")
        chosen = self.in_voice(units.lazy())
        return chosen, labels.lazy().join(chosen, on=["doc_id", "start", "end"])

    def themes_of(self, source: str) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        """Units and their themes by whose labels they are: ``machine``, ``human`` or ``gold``."""
        if source == "gold":
            return self.gold_themes()
        return self.machine_themes() if source == "machine" else self.human_themes()

    def evidence(self, theme: str) -> pl.DataFrame:
        """The words that point to a theme: ``doc_id``, ``start``, ``end``, ``pattern`` (the theme), a row a stretch."""
        found = (
            self.corpus.annotations.filter((pl.col("layer") == "theme") & (pl.col("label") == theme))
            .select("doc_id", "attributes")
            .collect()
        )
        rows = [
            (doc_id, start, end, theme)
            for doc_id, attributes in found.iter_rows()
            for start, end in json.loads(attributes or "{}").get("evidence", ())
        ]
        names = {"doc_id": pl.String, "start": pl.Int32, "end": pl.Int32, "pattern": pl.String}
        return pl.DataFrame(rows, schema=names, orient="row")

    def quotations(self) -> pl.DataFrame:
        """The quotations: ``doc_id``, ``start``, ``end`` and ``pattern`` (direct or partial), a row each."""
        found = self.corpus.annotations.filter(pl.col("layer") == "quote").select("doc_id", "start", "end", "label")
        return found.rename({"label": "pattern"}).join(self.documents.lazy(), on="doc_id", how="semi").collect()
