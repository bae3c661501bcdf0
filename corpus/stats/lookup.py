"""Dictionary look-up: how often the words of each key occur, and which words they were."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence

import polars as pl

from corpus.stats.dictionaries import SEPARATOR, Dictionary
from corpus.stats.frames import check_choice, check_columns, eager_or_lazy, grouped, largest
from corpus.stats.frequency import MILLION

MATCHES = {
    "docname": pl.String,
    "from": pl.Int64,
    "to": pl.Int64,
    "key": pl.String,
    "pattern": pl.String,
    "match": pl.String,
}
"""Columns of a frame of matches."""


@eager_or_lazy
def dictionary_matches(
    frame: pl.LazyFrame,
    dictionary: Dictionary,
    nested: str = "key",
    case_sensitive: bool = False,
    within: Sequence[str] = ("doc_id",),
    keep: Sequence[str] = (),
) -> pl.LazyFrame:
    """Find every match of a dictionary (as quanteda's ``tokens_lookup``), with the words matched.

    Parameters:
        frame: tokens in the order of the text, each document in one piece.
        dictionary: patterns are globs (``*``, ``?``) of whole tokens; those of several words match tokens that follow
            each other.
        nested: a match inside a longer one is left out if the longer is of the same ``key``, or of any key of the
            ``dictionary``. Patterns of one key that match the same tokens count once.
        case_sensitive: tell capitals from small letters.
        within: columns that change where a phrase must end.
        keep: columns of the first token that are put beside its match.

    Returns:
        ``docname``, ``from``, ``to`` (tokens, counted from 1), ``key``, ``pattern``, ``match``, then the columns of
        ``keep``, in the order of the text.

    Raises:
        MinberError: MB505 unknown choice or column.

    Example:
        >>> book = Dictionary.of({"unity": ["people", "united stat*"]})
        >>> frame = pl.DataFrame({"doc_id": ["a"] * 3, "token": ["the", "United", "States"]})
        >>> dictionary_matches(frame, book).select("from", "to", "key", "match").rows()
        [(2, 3, 'unity', 'United States')]
    """
    check_choice("scope", nested, ("key", "dictionary"))
    check_columns(frame, ["token", *within, "doc_id", *keep])
    form = pl.col("token").cast(pl.String)
    tokens = (
        frame.select("doc_id", *(pl.col(name).alias(f"_in_{name}") for name in within), shown=form,
                     form=form if case_sensitive else form.str.to_lowercase(),
                     **{f"keep:{name}": pl.col(name) for name in keep})
        .collect()
        .with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64))
    )  # fmt: skip
    places = [f"_in_{name}" for name in within]
    patterns = pl.DataFrame(
        [
            (number, SEPARATOR.join(entry.path), entry.pattern, part, word if case_sensitive else word.lower())
            for number, entry in enumerate(dictionary.entries)
            for part, word in enumerate(entry.pattern.split())
        ],
        schema={"number": pl.Int64, "key": pl.String, "pattern": pl.String, "part": pl.Int64, "word": pl.String},
        orient="row",
    )
    lengths = patterns.group_by("number").agg(
        length=pl.len().cast(pl.Int64), key=pl.col("key").first(), pattern=pl.col("pattern").first()
    )
    words = patterns["word"].unique().to_list()
    fitting = _fitting(words, tokens["form"].unique().drop_nulls().to_list())
    forms = patterns.join(fitting, on="word")
    # begin where the first word of a pattern stands, then keep what goes on as the pattern does
    found = (
        tokens.select("row", "form", *places)
        .join(forms.filter(part=0).select("number", "form"), on="form")
        .join(lengths.select("number", "length"), on="number")
    )
    longest = int(largest(lengths["length"]))
    for part in range(1, longest):
        done, going = found.filter(pl.col("length") <= part), found.filter(pl.col("length") > part)
        following = tokens.select(
            row=pl.col("row") - part, next="form", **{f"{name}_next": pl.col(name) for name in places}
        )
        going = going.join(following, on="row").filter(
            pl.all_horizontal(pl.col(f"{name}_next").eq_missing(pl.col(name)) for name in places)
        )
        right = forms.filter(part=part).select("number", next="form")
        going = going.join(right, on=["number", "next"], how="semi").select(done.columns)
        found = pl.concat([done, going])
    hits = found.join(lengths.select("number", "key", "pattern"), on="number").unique(
        ["row", "length", "key"], keep="first", maintain_order=True
    )
    hits = _without_nested(hits.sort("row", "length", "number", descending=[False, True, False]), nested)
    return _shown(tokens, hits, keep).lazy()


@eager_or_lazy
def dictionary(
    frame: pl.LazyFrame,
    dictionary: Dictionary,
    by: Sequence[str] = ("doc_id",),
    nested: str = "key",
    case_sensitive: bool = False,
    within: Sequence[str] = ("doc_id",),
    words: int = 5,
) -> pl.LazyFrame:
    """Count the matches of each key of a dictionary, with the words that were matched most.

    Parameters:
        frame: tokens in the order of the text.
        dictionary: as in `dictionary_matches`.
        by: fields; each combination of their values is a group, documents by default.
        nested: as in `dictionary_matches`.
        case_sensitive: as in `dictionary_matches`.
        within: as in `dictionary_matches`.
        words: so many of the most frequent matches are listed.

    Returns:
        ``group``, ``key``, ``count`` (0 too), ``n`` (tokens of the group), ``per_million``, ``matches`` (a list of
        words, most frequent first) and, of several fields, each field.

    Raises:
        MinberError: MB505 unknown choice or column.

    Example:
        >>> book = Dictionary.of({"unity": ["people", "united stat*"]})
        >>> frame = pl.DataFrame({"doc_id": ["a"] * 4, "token": ["the", "People", "people", "states"]})
        >>> dictionary(frame, book).select("group", "key", "count", "matches").rows()
        [('a', 'unity', 2, ['people'])]
    """
    rows, keys = grouped(frame, by)
    found = dictionary_matches(rows, dictionary, nested, case_sensitive, within, keep=keys)
    totals = rows.group_by(keys).agg(n=pl.len().cast(pl.Int64))
    each = found.group_by(*keys, "key", match=pl.col("match").str.to_lowercase()).agg(times=pl.len())
    counted = (
        each.sort("times", "match", descending=[True, False])
        .group_by("group", "key")
        .agg(count=pl.col("times").sum().cast(pl.Int64), matches=pl.col("match").head(words))
    )
    names = pl.LazyFrame({"key": dictionary.keys}, schema={"key": pl.String}).with_row_index("_place")
    return (
        totals.join(names, how="cross")
        .join(counted, on=["group", "key"], how="left")
        .with_columns(pl.col("count").fill_null(0), pl.col("matches").fill_null([]))
        .sort("group", "_place")
        .select(
            "group",
            "key",
            "count",
            "n",
            (pl.col("count") * MILLION / pl.col("n")).alias("per_million"),
            "matches",
            *keys[1:],
        )
    )


def _fitting(words: Iterable[str], forms: Sequence[str]) -> pl.DataFrame:
    """Which word forms each word of a pattern fits. Words and beginnings are looked up, only other globs are tried."""
    ordered = sorted(forms)
    known = set(ordered)
    rows: list[tuple[str, str]] = []
    for word in words:
        if not set(word) & {"*", "?"}:
            rows += [(word, word)] if word in known else []
        elif word.endswith("*") and not set(word[:-1]) & {"*", "?"}:
            start = word[:-1]
            place = bisect.bisect_left(ordered, start)
            while place < len(ordered) and ordered[place].startswith(start):
                rows.append((word, ordered[place]))
                place += 1
        else:
            glob = "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in re.split(r"([*?])", word))
            expression = re.compile(glob, re.DOTALL)
            rows += [(word, form) for form in ordered if expression.fullmatch(form)]
    return pl.DataFrame(rows, schema={"word": pl.String, "form": pl.String}, orient="row")


def _without_nested(hits: pl.DataFrame, nested: str) -> pl.DataFrame:
    """Leave out matches inside longer ones; hits are ordered by place, longer ones first."""
    if not hits.height or hits["length"].max() == hits["length"].min():
        return hits
    reach: dict[str, list[tuple[int, int]]] = {}
    keep = []
    for row, length, key in hits.select("row", "length", "key").iter_rows():
        end = row + length
        over = reach.setdefault(key if nested == "key" else "", [])
        over[:] = [(other_end, other_length) for other_end, other_length in over if other_end > row]
        keep.append(not any(other_end >= end and other_length > length for other_end, other_length in over))
        if length > 1:
            over.append((end, length))
    return hits.filter(pl.Series(keep, dtype=pl.Boolean))


def _shown(tokens: pl.DataFrame, hits: pl.DataFrame, keep: Sequence[str]) -> pl.DataFrame:
    first, last = hits["row"], hits["row"] + hits["length"] - 1
    begin = tokens.with_columns(_id=pl.col("doc_id").rle_id()).select(_at=pl.col("row").min().over("_id"))["_at"]
    longest = int(largest(hits["length"]))
    parts = {
        str(step): tokens["shown"].gather(pl.select(pl.when(first + step <= last).then(first + step)).to_series())
        for step in range(longest)
    }
    joined = (
        pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)).to_series()
        if parts
        else pl.Series([], dtype=pl.String)
    )
    return pl.DataFrame(
        {
            "docname": tokens["doc_id"].gather(first).cast(pl.String),
            "from": first - begin.gather(first) + 1,
            "to": last - begin.gather(first) + 1,
            "key": hits["key"],
            "pattern": hits["pattern"],
            "match": joined,
            **{name: tokens[f"keep:{name}"].gather(first) for name in keep},
        },
        schema_overrides=MATCHES,
    )
