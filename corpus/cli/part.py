"""Options of every statistic: which part of the corpus it is of, and how its words are taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.cli.console import progress

if TYPE_CHECKING:
    import polars as pl

    from corpus.stats import Selected
    from corpus.store import Corpus

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


@dataclass(frozen=True)
class Part:
    """Which part of the corpus is counted.

    Attributes:
        context: of the command.
        where: a condition on fields.
        voice: whose words.
        furniture: count page furniture and recaps too.
        per: count every occurrence of words, or each utterance once.
    """

    context: typer.Context
    where: Where = ""
    voice: Annotated[
        str, typer.Option(metavar="all|quoted|narrator", help="Whose words: quoted speakers' or the journalist's.")
    ] = "all"
    furniture: Annotated[
        bool, typer.Option("--furniture", help="Count page furniture and recaps of older news too.")
    ] = False
    per: Annotated[
        str,
        typer.Option(
            metavar="occurrence|utterance",
            help="utterance: words that several texts reprint or quote count once (see minber duplicates).",
        ),
    ] = "occurrence"

    def select(self, by: Sequence[str] = (), snapshot: str | None = None, **words: Any) -> Selected:
        """Open the corpus and narrow it down; wrong options are found before anything is read.

        Parameters:
            by: fields to put beside the words.
            snapshot: name of a snapshot of people's labels and the texts; None for the corpus as it is.
            words: how words are taken, as `corpus.stats.Selection` has it.

        Returns:
            the part.

        Raises:
            MinberError: MB501 to MB505 an option is not understood; MB475 no such snapshot; MB001 no corpus.
        """
        from corpus.stats import Selected, Selection
        from corpus.store import open_corpus

        choices: dict[str, Any] = {"voice": self.voice, "per": self.per, **words}  # which are checked there
        chosen = Selection(self.where, tuple(by), furniture=self.furniture, **choices)
        corpus = self.context.find_root().meta.get(PINNED)
        if corpus is None:
            corpus = open_corpus(self.context.obj)
            if self.per == "utterance":
                _compare(corpus)
        if snapshot is not None:
            from corpus.labels import open_snapshot

            corpus = open_snapshot(corpus, snapshot)
        return Selected(corpus, chosen)


def _compare(corpus: Corpus) -> None:
    """Find copies and repeated quotations, if something is new since they were looked for."""
    from corpus.versions.tables import is_fresh, refresh

    if not is_fresh(corpus):
        refresh(corpus, lambda items, total: progress(items, total, "comparing"))


@dataclass(frozen=True)
class PartInWords(Part):
    """Which part of the corpus is counted, in which words.

    Attributes:
        tokens: words as they stand, in small letters or as dictionary forms.
        tokenizer: how words are cut.
    """

    tokens: Annotated[
        str,
        typer.Option(
            metavar="surface|norm|lemma", help="Words as they stand, in small letters, or as dictionary forms."
        ),
    ] = "norm"
    tokenizer: Annotated[str, typer.Option(metavar="minber|whitespace", help="How words are cut.")] = "minber"

    def in_words(
        self, by: Sequence[str] = (), marks: Mapping[str, str] | None = None, tokens: str | None = None
    ) -> Selected:
        """Open the corpus and narrow it down.

        Parameters:
            by: fields to put beside the words.
            marks: names and conditions that become columns.
            tokens: other words than those asked for.

        Returns:
            the part.

        Raises:
            MinberError: as `select`.
        """
        pairs = tuple((marks or {}).items())
        return self.select(by, tokens=tokens or self.tokens, tokenizer=self.tokenizer, marks=pairs)

    def cased(self, case: bool) -> str:
        """The form of words where capitals are told from small letters if somebody wants it."""
        return "surface" if case and self.tokens == "norm" else self.tokens

    def as_written(self, word: str) -> str:
        """A word that somebody asked for, in the letters in which words are compared."""
        return word if self.tokens == "surface" else word.lower()


@dataclass(frozen=True)
class PartAsWritten(PartInWords):
    """Which part of the corpus is counted, in words as they stand unless others are asked for.

    Attributes:
        tokens: which words are the same word.
    """

    tokens: Annotated[
        str,
        typer.Option(
            metavar="surface|norm|lemma",
            help="What tells that two words are one: as they stand, small letters, or dictionary forms; letters are "
            "always counted as they stand.",
        ),
    ] = "surface"


@dataclass(frozen=True)
class PartInUnits(Part):
    """Which part of the corpus is counted in sentences or other units, and whether their words are counted too.

    Attributes:
        tokens: in which form words are counted; None: not at all.
        tokenizer: how words are cut; None: as by default, and not counted unless `tokens` says so.
    """

    tokens: Annotated[
        str | None,
        typer.Option(
            metavar="surface|norm|lemma",
            help="Words as they stand, in small letters, or as dictionary forms; themes then tell how many they take.",
            show_default=False,
        ),
    ] = None
    tokenizer: Annotated[
        str | None,
        typer.Option(
            metavar="minber|whitespace",
            help="How words are cut; themes then tell how many they take.",
            show_default=False,
        ),
    ] = None

    @property
    def wordy(self) -> bool:
        """Are words counted?"""
        return self.tokens is not None or self.tokenizer is not None

    def in_units(self, by: Sequence[str] = (), snapshot: str | None = None) -> Selected:
        """Open the corpus and narrow it down.

        Parameters:
            by: fields to put beside units and words.
            snapshot: as `select` has it.

        Returns:
            the part.

        Raises:
            MinberError: as `select`.
        """
        return self.select(by, snapshot, tokens=self.tokens or "norm", tokenizer=self.tokenizer or "minber")


def fields_of(by: str) -> list[str]:
    """The fields that ``--by`` names, each once."""
    return list(dict.fromkeys(name.strip() for name in by.split(",") if name.strip()))


def shown_elsewhere(fields: Sequence[str]) -> list[str]:
    """Of several fields each has a column of its own, so that a table need not show them joined too."""
    return ["group"] if len(fields) > 1 else []


def numbers_of(command: str, option: str, value: str, least: int, greatest: int) -> list[int]:
    """The numbers that an option names, with commas between.

    Parameters:
        command: of ``minber stats``.
        option: its name, for messages.
        value: what was given.
        least, greatest: that it may be.

    Returns:
        the numbers, each once, in order.

    Raises:
        MinberError: MB509 it names no such numbers.
    """
    from schemas.errors import MinberError

    texts = [text.strip() for text in value.split(",")]
    if not all(text.isdigit() and least <= int(text) <= greatest for text in texts):
        problem = f"{option} {value} is not a number from {least} to {greatest}, or several with commas between"
        raise MinberError("MB509", problem=problem, command=f"minber stats {command}")
    return sorted({int(text) for text in texts})


def tokens_of(part: Selected, quiet: bool, rest: bool = False) -> pl.LazyFrame:
    """The selected tokens, made first where they are missing.

    Parameters:
        part: what is counted.
        quiet: without a progress bar.
        rest: the other tokens too, marked by ``kept``.

    Returns:
        one row a token.
    """
    from corpus.stats.manifest import PinnedCorpus
    from corpus.stats.tokens import extend

    def watch(shards: Any, total: int) -> Any:
        return progress(shards, total, "tokenising", quiet)

    if not isinstance(part.corpus, PinnedCorpus):
        extend(part.corpus, part.selection.tokenizer, part.documents, watch)
    return part.tokens(rest)


def words_of_units(part: Selected, quiet: bool) -> pl.LazyFrame:
    """All words and numbers of the documents: which of them stand in a unit that is selected, its place tells."""
    return of_kinds(tokens_of(part, quiet, rest=True), punct=False, numbers=True)


def in_sentences(words: pl.LazyFrame, part: Selected, quiet: bool) -> pl.LazyFrame:
    """Words with the sentence that Minber's rules put them in, also where they are cut at white space only."""
    from dataclasses import replace

    from corpus.stats import Selected

    if part.selection.tokenizer == "minber":
        return words
    ruled = Selected(part.corpus, replace(part.selection, tokenizer="minber"))
    places = tokens_of(ruled, quiet, rest=True).select("doc_id", "start", "sentence")
    return words.drop("sentence").join_asof(places, on="start", by="doc_id", check_sortedness=False)


def words_of(part: Selected, quiet: bool, numbers: bool = False) -> pl.LazyFrame:
    """The selected words, without punctuation and symbols, with numbers if wanted."""
    return of_kinds(tokens_of(part, quiet), punct=False, numbers=numbers)


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


def one_group(words: pl.LazyFrame, fields: Sequence[str]) -> tuple[pl.LazyFrame, str]:
    """Several fields become one column; its name is given too. Without any, each document is a group."""
    from corpus.stats.frames import grouped

    if not fields:
        return words, "doc_id"
    return grouped(words, fields)[0], "group"
