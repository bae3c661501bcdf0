"""What the report of a corpus tells, section by section, in the language of its reader; `summary_page` draws it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl
from markupsafe import Markup

from corpus.report import findings
from corpus.report.inline import inline
from corpus.report.tables import (
    Cell,
    Column,
    Numbers,
    ReportTable,
    count_cell,
    shade_cell,
    share_cell,
    table,
    text_cell,
)
from corpus.report.words import words_in
from corpus.stats import overview
from corpus.stats.frames import largest
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.stats import Selected

MOST_DOCUMENTS = 500
"""So many documents are listed; the statistics are of all."""

MOST_SPEAKERS = 100
"""So many speakers are listed, those with most words."""

MOST_GROUPS = 10
"""So many columns of a heat map fit a page."""


@dataclass
class Section:
    """A part of the page: tables, pictures, bars, and what is missing with the command that brings it."""

    key: str
    title: str
    note: str = ""
    tables: list[ReportTable] = field(default_factory=list)
    pictures: list[tuple[str, Markup]] = field(default_factory=list)
    shares: list[tuple[str, str, float]] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)


class Report:
    """Writes the sections of one corpus in one language.

    Parameters:
        part: the part of the corpus to tell of; its fields hold ``lang``, ``kind``, ``year``, ``month``, ``decade``,
            ``date``, ``speaker`` and the field of ``by``.
        tokens: its tokens, collected; None where the corpus is empty.
        by: field that themes are split by.
        language: of the interface.

    Raises:
        MinberError: MB002 unknown interface language.
    """

    def __init__(self, part: Selected, tokens: pl.DataFrame | None, by: str, language: str) -> None:
        self.words = words_in(language, "summary")
        self.language = language
        self.numbers = Numbers(language)
        self.part, self.by = part, by
        self.names = {theme.id: theme.name(language) for theme in part.corpus.codebook.themes}
        self.tokens = tokens
        self.documents = None if tokens is None else findings.documents(part, tokens)

    def _column(self, key: str, number: bool = False) -> Column:
        return Column(self.words[key], number)

    def sections(self) -> list[Section]:
        """All of them, in order; an empty corpus has one that says what to do."""
        if self.tokens is None or self.documents is None:
            missing = [(self.words["no_documents"], "minber ingest SOURCE")]
            return [Section("provenance", self.words["provenance"], missing=missing)]
        themes, over_time = self._themes(self.documents)
        keyness, frequent = self._keyness(self.tokens), self._frequent(self.tokens)
        return [
            self._coverage(self.tokens, self.documents),
            self._voices(self.tokens),
            themes,
            over_time,
            self._agreement(),
            keyness,
            frequent,
            self._provenance(self.documents),
        ]

    def facts(self) -> list[tuple[str, str]]:
        """The figures at the head of the page: what, how much."""
        if self.tokens is None or self.documents is None:
            return [(self.words["documents"], "0")]
        whole = overview(self.tokens).row(0, named=True)
        shown = [(self.words["documents"], self.numbers.count(whole["documents"]))]
        if whole["sents"]:
            shown.append((self.words["sentences"], self.numbers.count(whole["sents"])))
        shown.append((self.words["words"], self.numbers.count(whole["words"])))
        if self.part.not_annotated < self.documents.height:
            shown.append((self.words["quoted_share"], self.numbers.share(whole["quoted"])))
        if whole["first"]:
            shown.append((self.words["date"], f"{whole['first']} – {whole['last']}"))
        return shown

    def _provenance(self, found: pl.DataFrame) -> Section:
        words, numbers = self.words, self.numbers
        section = Section("provenance", words["provenance"])
        origin = findings.sources(found)
        most = int(largest(origin["documents"])) or 1
        section.tables.append(
            table(
                words["sources"],
                [
                    self._column(key, key == "documents")
                    for key in ("publisher", "reader", "documents", "first", "last")
                ],
                [
                    [
                        text_cell(row["publisher"] or words["none_given"]),
                        text_cell(row["reader"]),
                        count_cell(numbers, row["documents"], most),
                        text_cell(row["first"]),
                        text_cell(row["last"]),
                    ]
                    for row in origin.iter_rows(named=True)
                ],
            )
        )
        keys = ("document", "date", "language", "kind", "words", "publisher", "source", "reader", "revision")
        listed = found.head(MOST_DOCUMENTS)
        left_out = words["largest"].format(n=listed.height, all=found.height) if listed.height < found.height else ""
        section.tables.append(
            table(
                words["document_list"],
                [self._column(key, key == "words") for key in keys],
                [
                    [
                        text_cell(row["title"] or row["id"], row["lang"]),
                        text_cell(row["date"]),
                        text_cell(row["lang"]),
                        text_cell(words.get(row["kind"], row["kind"])),
                        count_cell(numbers, row["words"]),
                        text_cell(row["publisher"]),
                        text_cell(row["place"]),
                        text_cell(row["reader"]),
                        text_cell(row["revision"]),
                    ]
                    for row in listed.iter_rows(named=True)
                ],
                left_out,
            )
        )
        return section

    def _coverage(self, tokens: pl.DataFrame, found: pl.DataFrame) -> Section:
        words, numbers = self.words, self.numbers
        section = Section("coverage", words["coverage"])
        known = self.part.not_annotated < found.height
        for kind, frame in findings.coverage(tokens, found).items():
            most = int(largest(frame["documents"])) or 1
            heads = [Column(words["group"]), *(self._column(key, True) for key in ("documents", "sentences", "words"))]
            rows = [
                [
                    text_cell(
                        words.get(row["group"], row["group"]) if row["group"] != "(none)" else words["none_given"]
                    ),
                    count_cell(numbers, row["documents"], most),
                    count_cell(numbers, row["sents"]),
                    count_cell(numbers, row["words"]),
                    *([share_cell(numbers, row["quoted"], 1.0)] if known else []),
                ]
                for row in frame.iter_rows(named=True)
            ]
            caption = words[{"lang": "by_language", "kind": "by_kind", "time": "by_time"}[kind]]
            section.tables.append(
                table(caption, [*heads, *([self._column("quoted_share", True)] if known else [])], rows)
            )
        if found["date"].null_count() == found.height:
            section.missing.append((words["no_dates"], "minber ingest SOURCE --date 2025-03-14"))
        if 0 < self.part.not_annotated < found.height:
            told = words["some_not_annotated"].format(n=self.part.not_annotated, all=found.height)
            section.missing.append((told, "minber annotate"))
        return section

    def _voices(self, tokens: pl.DataFrame) -> Section:
        words, numbers = self.words, self.numbers
        section = Section("voices", words["voices"], words["voices_note"])
        if self.documents is None or self.part.not_annotated == self.documents.height:
            section.missing.append((words["no_annotations"], "minber annotate"))
            return section
        shares = findings.voices(self.part, tokens)
        total = sum(shares.values()) or 1
        section.shares = [
            (words[key], numbers.share(count / total), round(100 * count / total, 3)) for key, count in shares.items()
        ]
        found = findings.speakers(self.part, tokens)
        most = largest(found["share"]) or 1.0
        shown = found.head(MOST_SPEAKERS)
        note = words["largest"].format(n=shown.height, all=found.height) if shown.height < found.height else ""
        section.tables.append(
            table(
                words["speakers"],
                [Column(words["speaker"])]
                + [self._column(key, True) for key in ("documents", "quotations", "words", "share")],
                [
                    [
                        text_cell(row["speaker"] or words["unknown"]),
                        count_cell(numbers, row["documents"]),
                        count_cell(numbers, row["quotations"]),
                        count_cell(numbers, row["words"]),
                        share_cell(numbers, row["share"], most),
                    ]
                    for row in shown.iter_rows(named=True)
                ],
                note,
            )
        )
        return section

    def _themes(self, documents: pl.DataFrame) -> tuple[Section, Section]:
        words = self.words
        section = Section("themes", words["themes"], words["themes_note"])
        later = Section("over_time", words["over_time"], words["over_time_note"])
        try:
            found = findings.themes(self.part, list(self.names), self.by)
        except MinberError as error:
            if error.code != "MB506":
                raise
            for each in (section, later):
                each.missing.append((words["no_annotations"], "minber annotate"))
            return section, later
        if not found.all["count"].sum():
            section.missing.append((words["no_themes"], "minber codebook"))
            later.missing.append((words["no_themes"], "minber codebook"))
            return section, later
        section.tables += [self._theme_table(found), self._heat_map(found.by_field)]
        if documents["date"].null_count() == documents.height:
            later.missing.append((words["no_dates"], "minber ingest SOURCE --date 2025-03-14"))
            return section, later
        every = findings.period_of(documents)
        lines = findings.over_time(self.part, list(self.names), every)
        if not lines.height:
            later.missing.append((words["few_periods"], "minber ingest SOURCE"))
        for (theme,), panel in lines.group_by("series", maintain_order=True):
            later.pictures.append((self.names[str(theme)], self._panel(panel, every)))
        return section, later

    def _theme_table(self, found: findings.Themes) -> ReportTable:
        words, numbers = self.words, self.numbers
        voices = [name for name in ("quoted", "narrator") if name in found.by_voice["group"].to_list()]
        shares = {(row["theme"], row["group"]): row["share"] for row in found.by_voice.iter_rows(named=True)}
        most = max([*found.all["high"].to_list(), *(share for share in shares.values() if share is not None)])
        rows = []
        for row in found.all.sort("count", "theme", descending=[True, False]).iter_rows(named=True):
            cells = [
                text_cell(self.names[row["theme"]]),
                share_cell(numbers, row["share"], most, row["low"], row["high"]),
                count_cell(numbers, row["count"]),
            ]
            cells += [share_cell(numbers, shares.get((row["theme"], voice)), most) for voice in voices]
            rows.append(cells)
        heads = [self._column("theme"), self._column("share", True), self._column("sentences", True)]
        return table(words["all"].capitalize(), [*heads, *(self._column(voice, True) for voice in voices)], rows)

    def _heat_map(self, found: pl.DataFrame) -> ReportTable:
        words, numbers = self.words, self.numbers
        sizes = found.select("group", "n").unique().sort("n", "group", descending=[True, False])
        groups = sizes.head(MOST_GROUPS)
        cells = {(row["theme"], row["group"]): row for row in found.iter_rows(named=True)}
        kept = found.join(groups.select("group"), on="group")
        most = largest(kept["share"]) or 1.0
        order = kept.group_by("theme").agg(pl.col("count").sum()).sort("count", "theme", descending=[True, False])
        heads = [
            Column(
                f"{words['none_given'] if group == '(none)' else words.get(group, group)} ({numbers.count(n)})", True
            )
            for group, n in groups.iter_rows()
        ]
        rows = []
        for theme in order.filter(pl.col("count") > 0)["theme"]:
            line = [text_cell(self.names[theme])]
            for group in groups["group"]:
                row = cells[theme, group]
                line.append(shade_cell(numbers, row["share"], row["count"], most))
            rows.append(line)
        note = words["largest"].format(n=groups.height, all=sizes.height) if groups.height < sizes.height else ""
        caption = words["themes_by"].format(n=words.get("title_field" if self.by == "title" else self.by, self.by))
        return table(caption, [self._column("theme"), *heads], rows, note, heat=True)

    def _panel(self, panel: pl.DataFrame, every: str) -> Markup:
        from corpus.stats import plots

        chart = plots.plot_timeline(panel, every, language=self.language, headed=False)
        return inline(plots.svg(chart, self.language), f"t{panel['series'][0]}", self.names[panel["series"][0]])

    def _agreement(self) -> Section:
        words, numbers = self.words, self.numbers
        section = Section("agreement", words["agreement"], words["agreement_note"])
        codings, found = findings.agreement(self.part)
        if codings is None:
            section.missing.append((words["no_labels"], "minber push; minber pull"))
            return section
        people = [[text_cell(words[key]), count_cell(numbers, count)] for key, count in (
            ("confirmed", codings.items.height), ("doubly", codings.double), ("coders", len(codings.coders))
        )]  # fmt: skip
        section.tables.append(table(words["units"].capitalize(), [Column(""), Column("", True)], people))
        if found is None:
            section.missing.append((words["no_double"], "minber push; minber pull; minber agreement"))
            return section
        keys = ("layer", "measure", "value", "interval", "raw", "units")
        section.tables.append(
            table(
                words["agreement"],
                [self._column(key, key not in ("layer", "measure")) for key in keys],
                [
                    [
                        text_cell(row["layer"]),
                        text_cell(row["measure"]),
                        Cell(numbers.decimal(row["value"]), -9.0 if row["value"] is None else row["value"]),
                        text_cell(
                            ""
                            if row["low"] is None
                            else f"{numbers.decimal(row['low'])} – {numbers.decimal(row['high'])}"
                        ),
                        Cell(numbers.decimal(row["raw"]), -9.0 if row["raw"] is None else row["raw"]),
                        count_cell(numbers, row["units"]),
                    ]
                    for row in found.iter_rows(named=True)
                ],
            )
        )
        return section

    def _keyness(self, tokens: pl.DataFrame) -> Section:
        words, numbers = self.words, self.numbers
        section = Section("keyness", words["keyness"], words["keyness_note"])
        found = findings.key_words(tokens)
        if not found:
            command = "minber annotate" if self.part.not_annotated else "minber ingest SOURCE"
            section.missing.append((words["no_quotes"], command))
        for lang, scored in found.items():
            caption = words["keyness_in"].format(lang=lang)
            if not scored.height:
                section.missing.append((f"{caption}: {words['nothing_differs']}", ""))
                continue
            most = largest(scored["G2"].abs())
            sides = (
                ("words_of_quoted", "a", scored.filter(pl.col("G2") > 0)),
                ("words_of_narrator", "b", scored.filter(pl.col("G2") < 0).reverse()),
            )
            for title, side, rows in sides:
                if rows.height:
                    section.tables.append(
                        table(
                            f"{lang}: {words[title]}",
                            [Column(words["word"], lang=lang), Column("G2", True)]
                            + [self._column(key, True) for key in ("times_quoted", "times_narrator", "log_ratio")],
                            [
                                [
                                    text_cell(row["feature"], lang),
                                    Cell(
                                        numbers.decimal(row["G2"], 1), row["G2"], round(100 * abs(row["G2"]) / most, 2)
                                    ),
                                    count_cell(numbers, row["n_target"]),
                                    count_cell(numbers, row["n_reference"]),
                                    Cell(numbers.decimal(row["log_ratio"]), row["log_ratio"]),
                                ]
                                for row in rows.head(findings.KEYWORDS).iter_rows(named=True)
                            ],
                            side=side,
                        )
                    )
        return section

    def _frequent(self, tokens: pl.DataFrame) -> Section:
        words, numbers = self.words, self.numbers
        section = Section("frequent", words["frequent"])
        for lang, found in findings.frequent(tokens).items():
            most = int(largest(found["frequency"])) or 1
            section.tables.append(
                table(
                    words["frequent_in"].format(lang=lang),
                    [Column(words["word"], lang=lang)]
                    + [self._column(key, True) for key in ("frequency", "per_million", "docfreq")],
                    [
                        [
                            text_cell(row["feature"], lang),
                            count_cell(numbers, row["frequency"], most),
                            Cell(numbers.decimal(row["per_million"], 0), row["per_million"]),
                            count_cell(numbers, row["docfreq"]),
                        ]
                        for row in found.iter_rows(named=True)
                    ],
                )
            )
        return section
