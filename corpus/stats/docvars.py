"""Docvars as fields: ``docvars.party`` in ``--by`` and ``--where`` is what tables, file names and TEI told besides."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from schemas.document import DOCVAR
from schemas.errors import MinberError

PREFIX = DOCVAR


class WithDocvars(Mapping[str, Any]):
    """Fields, and every name that begins with ``docvars.``, whose type is not known before the corpus is read.

    Parameters:
        fields: name → type.
        kind: type of docvars where it is known all the same.
    """

    def __init__(self, fields: Mapping[str, Any], kind: pl.DataType | None = None) -> None:
        self._fields = fields
        self._kind = kind if kind is not None else pl.Unknown()

    def __contains__(self, name: object) -> bool:
        return name in self._fields or (isinstance(name, str) and name.startswith(PREFIX))

    def __getitem__(self, name: str) -> Any:
        return self._fields.get(name, self._kind)

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


def docvar_columns(docvars: pl.Series, wanted: Iterable[str] | None = None) -> pl.DataFrame:
    """Put the docvars of documents into columns.

    Parameters:
        docvars: JSON objects, null for documents without any.
        wanted: names with their prefix; all if None.

    Returns:
        a column each, in the order of their names, with as many rows: whole numbers, numbers or truth values where all
        values are, also where a table wrote them as text; else text. Names that no document has are absent.

    Example:
        >>> docvar_columns(pl.Series(['{"year": "1992", "party": "Con"}', None])).rows(named=True)
        [{'docvars.party': 'Con', 'docvars.year': 1992}, {'docvars.party': None, 'docvars.year': None}]
    """
    rows = [json.loads(text) if text else {} for text in docvars]
    names = sorted({f"{PREFIX}{name}" for row in rows for name in row})
    if wanted is not None:
        names = [name for name in names if name in set(wanted)]
    values = {name: [row.get(name[len(PREFIX) :]) for row in rows] for name in names}
    return pl.DataFrame({name: _typed(name, column) for name, column in values.items()})


def check_docvars(wanted: Collection[str], docvars: pl.Series, fields: Iterable[str], by: Collection[str] = ()) -> None:
    """Refuse docvars that no document has: most likely they are spelt otherwise.

    Parameters:
        wanted: names with their prefix.
        docvars: JSON objects, null for documents without any.
        fields: what else may be named.
        by: those of the names that are groups; the others stand in a condition.

    Raises:
        MinberError: MB501 a name that no document has.

    Example:
        >>> check_docvars(["docvars.party"], pl.Series(['{"party": "Con"}', None]), ["lang"])
    """
    names = docvar_columns(docvars, wanted).columns
    if missing := sorted(set(wanted) - set(names)):
        option = "--by" if missing[0] in by else "--where"
        known = ", ".join([*fields, *docvar_columns(docvars).columns])
        raise MinberError("MB501", field=missing[0], option=option, known=known)


def _typed(name: str, values: list[Any]) -> pl.Series:
    if all(value is None or isinstance(value, bool) for value in values):
        return pl.Series(name, values, dtype=pl.Boolean)
    texts = pl.Series(name, [None if value is None else str(value) for value in values], dtype=pl.String)
    for kind in (pl.Int64, pl.Float64):
        numbers = texts.cast(kind, strict=False)
        # 007 is a number of nothing
        if numbers.null_count() == texts.null_count() and not texts.str.contains(r"^-?0\d").any():
            return numbers
    return texts
