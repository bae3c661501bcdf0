"""Concordances: every occurrence of a pattern with the words around it (KWIC)."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Literal

import polars as pl

from corpus.stats.filters import glob_to_regex
from corpus.stats.frames import check_choice, check_columns, eager_or_lazy, largest
from schemas.errors import MinberError

ValueType = Literal["glob", "regex", "fixed"]
Order = Literal["text", "keyword", "left", "right", "random"]

SCHEMA = {
    "docname": pl.String,
    "from": pl.Int64,
    "to": pl.Int64,
    "pre": pl.String,
    "keyword": pl.String,
    "post": pl.String,
    "pattern": pl.String,
}
"""The columns of a concordance: quanteda's ``kwic``."""

_KEEP = "keep:"
LONG = 20
"""A keyword of more tokens, such as a quotation, is put together from a list instead of from a column a token."""
MANY = 16
"""Where every such token or one more often is a hit, tokens are laid end to end before words are looked up: Parquet
comes in pieces, and a look-up has to find the piece first."""


@eager_or_lazy
def kwic(
    frame: pl.LazyFrame,
    pattern: str | Sequence[str],
    window: int = 5,
    valuetype: ValueType = "glob",
    phrase: bool = False,
    case_sensitive: bool = False,
    sort: Order = "text",
    sample: int | None = None,
    seed: int = 0,
    show: str = "token",
    hits: str | None = None,
    keep: Sequence[str] = (),
    context: str | None = None,
) -> pl.LazyFrame:
    """Find every occurrence of a pattern and show it in its context (as quanteda's ``kwic``).

    Parameters:
        frame: tokens in the order of the text, each document in one piece.
        pattern: one or several; what each token looks like.
        window: number of tokens before and after.
        valuetype: ``glob`` (``*`` any letters, ``?`` one; the whole token), ``regex`` (anywhere in it), ``fixed``.
        phrase: a pattern's parts between spaces are patterns of tokens that follow each other.
        case_sensitive: tell capitals from small letters.
        sort: by ``text`` order, ``keyword``, the words to the ``left`` (nearest first) or ``right``, or at ``random``.
        sample: keep so many lines, drawn at random.
        seed: of the drawing and of the random order; the same seed gives the same lines.
        show: column of the words shown; matching is always done on ``token``.
        hits: a column of true and false: where it is false, tokens are context only.
        keep: columns of the (first) token found that are put beside its line.
        context: a column such as the number of the sentence: the words before and after are all those of the same
            value that are not parted from the hit by another; `window` is not used then.

    Returns:
        a line an occurrence: ``docname``, ``from``, ``to`` (tokens, counted from 1), ``pre``, ``keyword``, ``post``,
        ``pattern``, then the columns of ``keep``. The tokens are read once, when this is called.

    Raises:
        MinberError: MB505 unknown column or choice, MB508 pattern is not a valid regular expression.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a"] * 4, "token": ["we", "love", "liberty", "."]})
        >>> kwic(frame, "libert*", window=1).rows()
        [('a', 3, 3, 'love', 'liberty', '.', 'libert*')]
    """
    check_choice("valuetype", valuetype, ("glob", "regex", "fixed"))
    check_columns(frame, ["doc_id", "token", show, *keep, *filter(None, (hits, context))])
    allowed = pl.col(hits).alias("_hits") if hits else pl.lit(True).alias("_hits")
    stretch = [pl.col(context).alias("_stretch")] if context else []
    tokens = frame.select("doc_id", "token", pl.col(show).alias("shown"), allowed, *stretch, *_kept(keep)).collect()
    found = []
    for wanted in [pattern] if isinstance(pattern, str) else pattern:
        parts = wanted.split() if phrase else [wanted]
        rows = _matches(tokens, parts, valuetype, case_sensitive)
        found.append(rows.select(first="row", last=pl.col("row") + len(parts) - 1, pattern=pl.lit(wanted)))
    lines = pl.concat(found).sort("first", "last", "pattern") if found else pl.DataFrame()
    return _arranged(in_context(tokens, lines, window), sort, sample, seed).lazy()


@eager_or_lazy
def kwic_spans(
    frame: pl.LazyFrame,
    spans: pl.DataFrame | pl.LazyFrame,
    window: int = 5,
    sort: Order = "text",
    sample: int | None = None,
    seed: int = 0,
    show: str = "token",
    hits: str | None = None,
    keep: Sequence[str] = (),
    context: str | None = None,
) -> pl.LazyFrame:
    """Show annotated stretches, such as the words that point to a theme, as a concordance.

    Parameters:
        frame: tokens in the order of the text, each document in one piece, with ``start`` and ``end`` (code points).
        spans: ``doc_id``, ``start``, ``end`` (code points), ``pattern`` (what the line is found by).
        window: number of tokens before and after.
        sort: as in `kwic`.
        sample: as in `kwic`.
        seed: as in `kwic`.
        show: column of the words shown.
        hits: as in `kwic`.
        keep: as in `kwic`.
        context: as in `kwic`.

    Returns:
        as `kwic`; a span that touches no token of the frame gives no line.

    Raises:
        MinberError: MB505 unknown column.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a"] * 2, "token": ["we", "speak"], "start": [0, 3], "end": [2, 8]})
        >>> spans = pl.DataFrame({"doc_id": ["a"], "start": [3], "end": [8], "pattern": ["dialogue"]})
        >>> kwic_spans(frame, spans, window=1).rows()
        [('a', 2, 2, 'we', 'speak', '', 'dialogue')]
    """
    check_columns(frame, ["doc_id", "start", "end", show, *keep, *filter(None, (hits, context))])
    allowed = pl.col(hits).alias("_hits") if hits else pl.lit(True).alias("_hits")
    stretch = [pl.col(context).alias("_stretch")] if context else []
    chosen = frame.select("doc_id", "start", "end", pl.col(show).alias("shown"), allowed, *stretch, *_kept(keep))
    tokens = chosen.collect().with_row_index("row")
    tokens = tokens.with_columns(pl.col("row").cast(pl.Int64))
    wanted = spans.lazy().select("doc_id", "start", "end", "pattern").collect().unique()
    wanted = wanted.with_columns(pl.col("doc_id").cast(tokens.schema["doc_id"]))
    # tokens do not overlap, so the first of a span is the first that ends after its start, the last the last that
    # starts before its end; both are found by a sorted search within the document
    first = wanted.sort("start").join_asof(
        tokens.select("doc_id", first="row", first_end="end", at=pl.col("end") - 1).sort("at"),
        left_on="start",
        right_on="at",
        by="doc_id",
        strategy="forward",
        check_sortedness=False,
    )
    both = (
        first.with_columns(before=pl.col("end") - 1)
        .sort("before")
        .join_asof(
            tokens.select("doc_id", last="row", at="start").sort("at"),
            left_on="before",
            right_on="at",
            by="doc_id",
            strategy="backward",
            check_sortedness=False,
        )
    )
    lines = both.filter(pl.col("first") <= pl.col("last")).select("first", "last", "pattern")
    lines = lines.filter(tokens["_hits"].gather(lines["first"])).sort("first", "last", "pattern")
    return _arranged(in_context(tokens.drop("row"), lines, window), sort, sample, seed).lazy()


def spans_with(spans: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """Keep the stretches, such as quotations, that a hit begins in.

    Parameters:
        spans: ``doc_id``, ``start``, ``end``.
        hits: ``doc_id``, ``start``, ``pattern``.

    Returns:
        a row a stretch: ``doc_id``, ``start``, ``end``, ``pattern`` (those found in it, with commas between).

    Example:
        >>> spans = pl.DataFrame({"doc_id": ["a", "a"], "start": [0, 10], "end": [9, 19]})
        >>> spans_with(spans, pl.DataFrame({"doc_id": ["a"], "start": [12], "pattern": ["reform*"]})).rows()
        [('a', 10, 19, 'reform*')]
    """
    places = spans.select("doc_id", "start", "end").unique().sort("doc_id", "start", "end")
    inside = (pl.col("start") <= pl.col("at")) & (pl.col("at") < pl.col("end"))
    return (
        places.join(hits.select("doc_id", "pattern", at="start"), on="doc_id")
        .filter(inside)
        .group_by("doc_id", "start", "end", maintain_order=True)
        .agg(pl.col("pattern").unique().sort().str.join(", "))
    )


def in_context(tokens: pl.DataFrame, lines: pl.DataFrame, window: int) -> pl.DataFrame:
    """Put the words around hits: one gather for each place of the window, so that cost grows with the hits only.

    Parameters:
        tokens: ``doc_id`` and ``shown``, in the order of the text; columns named ``keep:…`` are put beside the lines;
            where there is ``_stretch``, the words around are those of the stretch of its value.
        lines: ``first`` and ``last`` (row numbers of `tokens`), ``pattern``.
        window: number of tokens before and after.

    Returns:
        a concordance, in the order of `lines`.
    """
    kept = {name.removeprefix(_KEEP): kind for name, kind in tokens.schema.items() if name.startswith(_KEEP)}
    if not lines.height:
        return pl.DataFrame(schema={**SCHEMA, **kept})
    first, last = lines["first"].cast(pl.Int64), lines["last"].cast(pl.Int64)
    documents = tokens["doc_id"].rle().struct.unnest()
    ends = documents["len"].cast(pl.Int64).cum_sum()
    inside_of = ends.search_sorted(first, side="right")
    end = ends.gather(inside_of)
    begin = end - documents["len"].cast(pl.Int64).gather(inside_of)
    shown = tokens["shown"].cast(pl.String) if tokens.schema["shown"] == pl.Categorical else tokens["shown"]
    if lines.height * MANY > tokens.height:
        shown = shown.rechunk()

    def words(places: list[pl.Series]) -> pl.Series:
        columns = {}
        for number, place in enumerate(places):
            inside = (place >= begin) & (place < end)
            columns[str(number)] = shown.gather(pl.select(pl.when(inside).then(place)).to_series())
        if not columns:
            return pl.repeat("", len(first), dtype=pl.String, eager=True)
        return pl.DataFrame(columns).select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)).to_series()

    longest = int(largest(last - first))
    if "_stretch" in tokens.columns:
        runs = tokens.select(pl.struct("doc_id", "_stretch").rle_id()).to_series()
        left = runs.search_sorted(runs.gather(first), side="left").cast(pl.Int64)
        right = runs.search_sorted(runs.gather(last), side="right").cast(pl.Int64)
        pre, post = _joined(shown, left, first), _joined(shown, last + 1, right)
    else:
        pre = words([first - step for step in range(window, 0, -1)])
        post = words([last + step for step in range(1, window + 1)])
    if longest < LONG:
        inner = [pl.select(pl.when(first + step <= last).then(first + step)).to_series() for step in range(longest + 1)]
        keyword = words(inner)
    else:
        keyword = _joined(shown, first, last + 1)
    return pl.DataFrame(
        {
            "docname": documents["value"].gather(inside_of).cast(pl.String),
            "from": first - begin + 1,
            "to": last - begin + 1,
            "pre": pre,
            "keyword": keyword,
            "post": post,
            "pattern": lines["pattern"],
            **{name: tokens[_KEEP + name].gather(first) for name in kept},
        },
        schema={**SCHEMA, **kept},
    )


def _joined(shown: pl.Series, begin: pl.Series, end: pl.Series) -> pl.Series:
    """The words of a stretch for each line: dear where stretches are short and many, cheap where they are long."""
    places = pl.DataFrame({"begin": begin, "end": end}).with_row_index("line")
    rows = places.select("line", row=pl.int_ranges("begin", "end")).explode("row", empty_as_null=False)
    texts = rows.with_columns(word=shown.gather(rows["row"])).group_by("line").agg(pl.col("word").str.join(" "))
    return places.join(texts, on="line", how="left", maintain_order="left")["word"].fill_null("")


def _kept(names: Sequence[str]) -> list[pl.Expr]:
    return [pl.col(name).alias(_KEEP + name) for name in names]


def _matches(tokens: pl.DataFrame, parts: list[str], valuetype: ValueType, case_sensitive: bool) -> pl.DataFrame:
    """Row numbers where the parts follow each other within one document.

    Only the first part is looked for everywhere; the others are tried where it was found.
    """
    if not parts:
        return pl.DataFrame(schema={"row": pl.Int64})
    column, ids = tokens["token"], tokens["doc_id"]
    rows = _places(column, parts[0], valuetype, case_sensitive)
    rows = rows.filter(tokens["_hits"].gather(rows))
    for place, part in enumerate(parts[1:], 1):
        rows = rows.filter(rows + place < len(column))
        following = column.gather(rows + place).cast(pl.String)
        same = (ids.gather(rows + place) == ids.gather(rows)).fill_null(False)
        rows = rows.filter(same & _fits(following, part, valuetype, case_sensitive))
    return pl.DataFrame({"row": rows})


def _places(column: pl.Series, part: str, valuetype: ValueType, case_sensitive: bool) -> pl.Series:
    """Row numbers of the tokens that a pattern fits."""
    frame = column.to_frame("token")
    if column.dtype == pl.String and (valuetype == "fixed" or (valuetype == "glob" and not set(part) & {"*", "?"})):
        if case_sensitive:
            return frame.select(pl.arg_where(pl.col("token") == part)).to_series().cast(pl.Int64)
        # one word: only tokens of its length are worth a look; small letters may be longer by combining dots (İ)
        lengths = {len(part.lower()) - dots for dots in range(part.lower().count("\u0307") + 1)}
        near = frame.select(pl.arg_where(pl.col("token").str.len_chars().is_in(list(lengths)))).to_series()
        near = near.cast(pl.Int64)
        return near.filter(_fits(column.gather(near), part, "fixed", case_sensitive=False))
    types = column.unique()
    fitting = types.filter(_fits(types.cast(pl.String), part, valuetype, case_sensitive))
    return frame.select(pl.arg_where(pl.col("token").is_in(fitting.implode()))).to_series().cast(pl.Int64)


def _fits(texts: pl.Series, part: str, valuetype: ValueType, case_sensitive: bool) -> pl.Series:
    """Which texts a pattern of one token fits."""
    if valuetype == "regex":
        expression = part if case_sensitive else f"(?i){part}"
    else:
        texts, part = (texts, part) if case_sensitive else (texts.str.to_lowercase(), part.lower())
        if valuetype == "fixed":
            return (texts == part).fill_null(False)
        expression = glob_to_regex(part)
    try:
        return texts.str.contains(expression).fill_null(False)
    except pl.exceptions.ComputeError as error:
        problem = str(error).splitlines()[0]
        try:
            re.compile(expression)
        except re.error as python_error:
            problem = str(python_error)
        raise MinberError("MB508", pattern=part, problem=problem) from None


def _arranged(lines: pl.DataFrame, sort: Order, sample: int | None, seed: int) -> pl.DataFrame:
    """Thin the lines and put them in order."""
    check_choice("order", sort, ("text", "keyword", "left", "right", "random"))
    drawing = random.Random(seed)  # noqa: S311 -- a sample of lines is no secret
    if sample is not None and sample < lines.height:
        lines = lines[sorted(drawing.sample(range(lines.height), sample))]
    if sort == "random":
        order = list(range(lines.height))
        drawing.shuffle(order)
        return lines[order]
    left = pl.col("pre").str.to_lowercase().str.split(" ").list.reverse().list.join(" ")
    right = pl.col("post").str.to_lowercase()
    keys = {
        "text": None,
        "keyword": [pl.col("keyword").str.to_lowercase(), right],
        "left": [left, pl.col("keyword").str.to_lowercase()],
        "right": [right, pl.col("keyword").str.to_lowercase()],
    }[sort]
    return lines if keys is None else lines.sort(*keys, maintain_order=True)
