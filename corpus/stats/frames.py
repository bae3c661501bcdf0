"""What a frame of tokens or of counts is, and how functions take eager and lazy frames alike.

A **token frame** has a row a token, in the order of the text: ``doc_id``, ``token``, and any columns beside them. A
**count frame** has a row a token type of a document: ``doc_id``, ``token``, ``count``. Every measure that needs no
word order takes both; columns beside them can be grouped by. Quanteda's ``feature`` and ``frequency`` are taken for
``token`` and ``count``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

import polars as pl
import polars.selectors as cs

from schemas.errors import MinberError

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)
P = ParamSpec("P")

ALL = "all"
"""The name of the only group where nothing was grouped by."""
_CATEGORIES = cs.categorical() | cs.enum()


def eager_or_lazy(
    function: Callable[Concatenate[pl.LazyFrame, P], pl.LazyFrame],
) -> Callable[Concatenate[Frame, P], Frame]:
    """Let a function on lazy frames take an eager one too, and then give an eager one back.

    Names may come as categories, which take less room, and always leave as strings.

    Parameters:
        function: its first parameter and its result are lazy frames.

    Returns:
        the function for both kinds of frames.

    Example:
        >>> @eager_or_lazy
        ... def first(frame, n):
        ...     return frame.head(n)
        >>> type(first(pl.DataFrame({"a": [1, 2]}), 1)).__name__
        'DataFrame'
    """

    @functools.wraps(function)
    def wrapper(frame: Any, *args: P.args, **kwargs: P.kwargs) -> Any:
        if isinstance(frame, pl.DataFrame):
            return function(_renamed(frame.lazy()), *args, **kwargs).with_columns(_CATEGORIES.cast(pl.String)).collect()
        return function(_renamed(frame), *args, **kwargs).with_columns(_CATEGORIES.cast(pl.String))

    return wrapper  # type: ignore[return-value]  # wraps() hides that the first argument may be of both kinds


def _renamed(frame: pl.LazyFrame) -> pl.LazyFrame:
    columns = frame.collect_schema().names()
    if "doc_id" not in columns or "token" in columns or "feature" not in columns:
        return frame
    names = {"feature": "token"} | ({"frequency": "count"} if "count" not in columns else {})
    return frame.rename(names, strict=False)


def check_columns(frame: pl.LazyFrame, names: Iterable[str]) -> list[str]:
    """Make sure that a frame has some columns.

    Parameters:
        frame: any frame.
        names: the columns needed.

    Returns:
        all columns of the frame.

    Raises:
        MinberError: MB505 with the columns that exist.

    Example:
        >>> check_columns(pl.LazyFrame({"doc_id": ["a"], "token": ["b"]}), ["token"])
        ['doc_id', 'token']
    """
    columns = frame.collect_schema().names()
    for name in names:
        if name not in columns:
            raise MinberError("MB505", kind="column", name=name, known=", ".join(columns))
    return columns


def check_choice(kind: str, name: str, known: Iterable[str]) -> None:
    """Make sure that a name is one of those that exist.

    Parameters:
        kind: what is named, in a word: measure, format.
        name: the name given.
        known: the names that exist.

    Raises:
        MinberError: MB505 with the names that exist.
    """
    names = list(known)
    if name not in names:
        raise MinberError("MB505", kind=kind, name=name, known=", ".join(names))


def grouped(frame: pl.LazyFrame, by: Iterable[str]) -> tuple[pl.LazyFrame, list[str]]:
    """Add the column ``group``: the values of the fields grouped by, joined by `` | ``.

    Parameters:
        frame: any frame.
        by: names of columns; none makes one group, ``all``.

    Returns:
        the frame with ``group``, and the columns to group by: ``group`` and, if several, the fields themselves.

    Raises:
        MinberError: MB505 unknown column.

    Example:
        >>> frame, keys = grouped(pl.LazyFrame({"lang": ["kk"], "year": [2024]}), ["lang", "year"])
        >>> frame.collect()["group"].to_list(), keys
        (['kk | 2024'], ['group', 'lang', 'year'])
    """
    fields = list(by)
    check_columns(frame, fields)
    if not fields:
        return frame.with_columns(pl.lit(ALL).alias("group")), ["group"]
    texts = [pl.col(field).cast(pl.String).fill_null("(none)") for field in fields]
    return frame.with_columns(pl.concat_str(texts, separator=" | ").alias("group")), [
        "group",
        *(fields if len(fields) > 1 else []),
    ]


def divided(frame: pl.LazyFrame, by: Iterable[str]) -> tuple[pl.LazyFrame, list[str]]:
    """As `grouped` where something is grouped by, else the frame as it is: its result then has no ``group``.

    Parameters:
        frame: any frame.
        by: names of columns.

    Returns:
        the frame, and the columns to group by: none, or ``group`` (a category) and, if several, the fields themselves.

    Raises:
        MinberError: MB505 unknown column.

    Example:
        >>> divided(pl.LazyFrame({"lang": ["kk"]}), [])[1], divided(pl.LazyFrame({"lang": ["kk"]}), ["lang"])[1]
        ([], ['group'])
    """
    fields = list(by)
    if not fields:
        return frame, []
    found, keys = grouped(frame, fields)
    return found.with_columns(pl.col("group").cast(pl.Categorical)), keys


def in_groups(frame: pl.LazyFrame, keys: Sequence[str], order: Sequence[str], **options: Any) -> pl.LazyFrame:
    """Sort a result, the groups of `divided` after each other: by their fields, as every result with groups is.

    Parameters:
        frame: a result with the columns of `keys`.
        keys: what `divided` gave.
        order: columns to sort each group by.
        options: of ``sort``, with ``descending`` as a list for `order`.

    Returns:
        the frame, sorted; no value comes last.
    """
    first = list(keys[1:] or keys)
    down = [False] * len(first) + list(options.pop("descending", [False] * len(order)))
    names = frame.with_columns(pl.col("group").cast(pl.String)) if keys else frame
    return names.sort(*first, *order, descending=down, **{"nulls_last": True} | options)


def largest(values: pl.Series) -> float:
    """The largest number of a column.

    Parameters:
        values: numbers, with nulls or without.

    Returns:
        the number; 0.0 where there is none.

    Example:
        >>> largest(pl.Series([2, None, 5])), largest(pl.Series([], dtype=pl.Int64))
        (5.0, 0.0)
    """
    found = values.max()
    return float(found) if isinstance(found, int | float) else 0.0


def counted(frame: pl.LazyFrame, by: Iterable[str] = ()) -> pl.LazyFrame:
    """Count the tokens of each document; a count frame is summed again, so that parts can be put together.

    Parameters:
        frame: tokens, or counts.
        by: columns to keep apart beside the document.

    Returns:
        ``doc_id``, the columns of ``by``, ``token``, ``count`` (64 bits, so that sums never overflow).

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> counted(pl.LazyFrame({"doc_id": ["a", "a"], "token": ["b", "b"]})).collect().rows()
        [('a', 'b', 2)]
    """
    fields = [field for field in by if field not in ("doc_id", "token")]
    columns = check_columns(frame, ["doc_id", "token", *fields])
    number = pl.col("count").sum() if "count" in columns else pl.len()
    # in the order met: sums of fractions would else end on other digits in each run
    doc_id, token = categories(frame, "doc_id"), categories(frame, "token")
    grouped_by = frame.group_by(doc_id, *fields, token, maintain_order=True)
    return grouped_by.agg(number.cast(pl.Int64).alias("count"))


def categories(frame: pl.LazyFrame, name: str) -> pl.Expr:
    """Categories in the place of the strings in a column: they are grouped sooner, and need less room.

    Parameters:
        frame: any frame.
        name: a column of strings; of others it stays as it is.

    Returns:
        an expression of the same name.

    Example:
        >>> frame = pl.LazyFrame({"doc_id": ["a", "b"]})
        >>> frame.select(categories(frame, "doc_id")).collect_schema()["doc_id"] == pl.Categorical
        True
    """
    return pl.col(name).cast(pl.Categorical) if frame.collect_schema()[name] == pl.String else pl.col(name)


def numbered(frame: pl.LazyFrame, name: str) -> pl.Expr:
    """Numbers in the place of the names in a column: they are told apart sooner, and need less room.

    Parameters:
        frame: any frame.
        name: a column of strings, categories or numbers.

    Returns:
        an expression of numbers; those of strings mean nothing beyond this process.

    Example:
        >>> frame = pl.LazyFrame({"doc_id": ["a", "b", "a"]})
        >>> frame.select(numbered(frame, "doc_id")).collect()["doc_id"].n_unique()
        2
    """
    return categories(frame, name).to_physical()


def settled(frame: pl.LazyFrame, order: Sequence[str]) -> pl.LazyFrame:
    """Put rows in an order that no optimizer takes for idle: fractions summed in another end on other digits.

    Parameters:
        frame: any frame.
        order: columns to sort by.

    Returns:
        the frame, sorted.

    Example:
        >>> settled(pl.LazyFrame({"n": [2, 1]}), ["n"]).collect()["n"].to_list()
        [1, 2]
    """
    return frame.map_batches(lambda rows: rows.sort(*order), schema=frame.collect_schema())
