"""Rows of tables: which column is what, and how a row becomes a document.

Every table, whatever its format, gives its rows as JSON objects; their bytes are what the corpus keeps of them. Columns
that are no field of a document become its docvars.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

from corpus.ingest.canonical import canonical
from corpus.ingest.choices import Choices
from corpus.ingest.dates import date_within
from corpus.ingest.opened import Left, Opened
from corpus.ingest.reading import Docvar, Raw, Reading
from schemas.datafile import read_data
from schemas.errors import MinberError

FIELDS = ("text", "title", "date", "speaker", "publisher", "occasion", "place", "lang", "kind", "url", "id")
"""What a column may hold."""
_SAMPLE_ROWS, _SAMPLE_BYTES = 100, 4 * 1024 * 1024  # by which columns are guessed
_LONGEST_ID = 80
_KINDS = ("transcript", "report")
_RFC_2822 = re.compile(r"(?:\w{3}\s+)?(\w{3}) (\d{1,2}) [\d:]+ [+-]\d{4} (\d{4})")  # of Twitter
_MISSING = ("", "-", "N/A", "NA", "null", "None", "nan")


@dataclass(slots=True)
class Row:
    """A row as its table has it.

    Attributes:
        number: from 1; of a sheet among several, with its name before.
        values: column → value.
        data: its own bytes, where they are JSON.
        error: why it is not read.
    """

    number: str
    values: dict[str, Any]
    data: bytes | None = None
    error: MinberError | None = None


def pieces(
    source: Opened, rows: Iterable[Row], known: Mapping[str, Any] | None = None, prefix: str = ""
) -> Iterator[Raw | Left]:
    """Turn the rows of a table into pieces for `read_row`.

    Parameters:
        source: the table.
        rows: one by one; the first hundred are looked at to tell what the columns hold.
        known: what else is to be said of each row: its encoding …
        prefix: of numbers and ids: a sheet among several.

    Yields:
        pieces, or what is wrong with a row; rows without text are left out.

    Raises:
        MinberError: MB145 no column is surely the text; MB146 a column that the user named is not there.
    """
    iterator = iter(rows)
    sample: list[Row] = []
    size = 0
    for row in iterator:
        sample.append(row)
        size += sum(len(value) for value in row.values.values() if isinstance(value, str))
        if len(sample) >= _SAMPLE_ROWS or size >= _SAMPLE_BYTES:
            break
    columns = tell_columns([row.values for row in sample if row.error is None], source.choices, source.place)
    about = {"columns": columns, **(known or {}), **source.known}
    stem = source.name.rpartition(".")[0] or source.name
    seen: set[int] = set()
    for row in chain(sample, iterator):
        label = _label(row, columns)
        label = label and f"{prefix}{label}"
        row.number = f"{prefix}{row.number}"
        uri = f"{source.uri}#{label or row.number}"
        if row.error is not None:
            yield Left(uri, row.error)
        elif not str(value_at(row.values, columns.get("text")) or "").strip():
            yield Left(uri)
        elif label is not None and hash(label) in seen:
            yield Left(
                f"{source.uri}#{row.number}", MinberError("MB147", source.place, column=columns["id"], value=label)
            )
        else:
            if label is not None:
                seen.add(hash(label))
            data = row.data if row.data is not None else as_bytes(row.values)
            if len(data) > source.max_size:
                yield Left(uri, MinberError("MB112", f"{source.place}#{row.number}", size="more", limit="--max-size"))
                continue
            name = f"{label}.row" if label is not None else f"{stem} {row.number}.row"
            yield source.raw(data, uri=uri, name=name, part=label or row.number, numbered=label is None, known=about)


def read_row(raw: Raw) -> Iterator[Reading]:
    """Read one row.

    Parameters:
        raw: JSON bytes of an object; ``raw.known["columns"]`` says which column holds what, else it is guessed.

    Yields:
        one reading; columns that are no field of a document are its docvars.

    Raises:
        MinberError: MB104 no text, MB148 no object.
    """
    values = _object(raw)
    columns = raw.known.get("columns") or tell_columns([values], raw.choices, raw.place)
    text = value_at(values, columns["text"])
    if not str(text or "").strip():
        raise MinberError("MB104", raw.place, what="this row has none")
    if isinstance(text, list):  # of paragraphs
        text = "\n".join(map(str, text))
    reading = Reading(str(text), raw.known.get("encoding"))
    reading.origins["text"] = f"column {columns['text']}"
    if reading.encoding:
        reading.origins["encoding"] = raw.known.get("encoding_origin", "bytes")
        if "\ufffd" in reading.text:
            reading.origins["encoding"] += "; broken sequences replaced by U+FFFD"
    used = {columns["text"], columns.get("id")}
    for field in FIELDS[1:-1]:
        if field not in columns:
            continue
        value = parsed(field, value_at(values, columns[field]))
        if value is not None:
            reading.set(field, value, f"column {columns[field]}")
            used.add(columns[field])
    reading.lang_is_sure = reading.lang is not None
    if reading.speaker is not None:
        reading.set("kind", "transcript", f"column {columns['speaker']}")  # only a transcript has one speaker
    reading.docvars = {name: value for name, value in docvars(values) if name not in used}
    if not raw.numbered and raw.part is None and columns.get("id"):
        reading.part = str(value_at(values, columns["id"]))
    yield reading


def _object(raw: Raw) -> dict[str, Any]:
    try:
        values = json.loads(raw.data.decode("utf-8-sig", errors="replace"))
    except (ValueError, RecursionError) as error:
        raise MinberError("MB148", raw.place, number=raw.part or 1, problem=str(error)) from error
    if not isinstance(values, dict):
        raise MinberError("MB148", raw.place, number=raw.part or 1, problem="it is no object with named values")
    return values


def tell_columns(rows: list[dict[str, Any]], choices: Choices, place: str) -> dict[str, str]:
    """Tell what the columns of a table hold: what the user says, else their names, else, for the text, their lengths.

    Parameters:
        rows: the first rows.
        choices: what the user says; columns inside others are named with a point between, as ``user.name``.
        place: of the table, for errors.

    Returns:
        field of a document → name of the column, ``text`` always.

    Raises:
        MinberError: MB145 no column is surely the text; MB146 a column that the user named is not there.

    Example:
        >>> tell_columns([{"doc_id": "a", "headline": "Бірінші", "body": "Мәтін"}], Choices(), "news.csv")
        {'text': 'body', 'title': 'headline', 'id': 'doc_id'}
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    given = dict(choices.columns)
    if choices.text_field is not None:
        given["text"] = choices.text_field
    for column in filter(None, given.values()):
        if not any(value_at(row, column) is not None for row in rows) and column not in names:
            raise MinberError("MB146", place, column=column, known=", ".join(names))
    plain = {_plain(name): name for name in reversed(names)}
    found: dict[str, str] = {}
    for field in FIELDS:
        if field in given:
            if given[field]:
                found[field] = given[field]
            continue
        taken = {*found.values(), *given.values()}
        for listed in _names()[field]:
            name = plain.get(listed)
            if name is not None and name not in taken and _fits(field, [row.get(name) for row in rows]):
                found[field] = name
                break
    if "text" not in found:
        found["text"] = _longest(rows, [name for name in names if name not in found.values()], place, names)
    return {field: found[field] for field in FIELDS if field in found}


def value_at(values: Mapping[str, Any], column: str | None) -> Any:
    """The value of a column, or of ``outer.inner`` in an object inside.

    Example:
        >>> value_at({"user": {"name": "Абай"}}, "user.name")
        'Абай'
    """
    if column is None:
        return None
    if column in values:
        return values[column]
    found: Any = values
    for step in column.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def parsed(field: str, value: Any) -> Any:
    """The value of a field from what stands in a column; None where it says nothing.

    Example:
        >>> parsed("date", "14.03.2025"), parsed("lang", "kk-KZ"), parsed("kind", "tweet")
        (datetime.date(2025, 3, 14), 'kk', None)
    """
    if isinstance(value, dict | list) or value is None:
        return None
    text = canonical(str(value)).strip()
    if text in _MISSING:
        return None
    if field == "date":
        return _date(text)
    if field == "lang":
        code = text.lower().replace("_", "-").partition("-")[0]
        code = _names()["languages"].get(code, code)
        return code if re.fullmatch(r"[a-z]{2,3}", code) else None
    if field == "kind":
        return text if text in _KINDS else None
    if field == "url":
        return text if re.match(r"https?://[^\s/]+\.[^\s]+$", text) else None
    return " ".join(text.split())


def docvars(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Docvar]]:
    """The simple values of a row, also of objects inside; empty ones and lists of objects are left to the raw bytes.

    Example:
        >>> dict(docvars({"year": 2017, "user": {"name": "Абай"}, "gdp": None, "tags": ["a", "b"]}))
        {'year': 2017, 'user.name': 'Абай', 'tags': 'a; b'}
    """
    for name, value in values.items():
        key = canonical(f"{prefix}{name}").replace("\n", " ")
        if isinstance(value, Mapping):
            yield from docvars(value, f"{key}.")
        elif isinstance(value, list):
            if value and all(isinstance(item, str | int | float) for item in value):
                yield key, canonical("; ".join(map(str, value)))
        elif isinstance(value, str):
            if value.strip():
                yield key, canonical(value)
        elif isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
            yield key, value


def as_bytes(values: Mapping[str, Any]) -> bytes:
    """A row as JSON, in the order of its columns."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=str)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # halves of surrogate pairs
        return json.dumps(values, separators=(",", ":"), default=str).encode("ascii")


@cache
def _names() -> dict[str, Any]:
    listed = read_data(files("corpus.ingest.formats") / "columns.yaml")
    return {
        key: {_plain(name): code for name, code in value.items()}
        if isinstance(value, dict)
        else [_plain(name) for name in value]
        for key, value in listed.items()
    }


def _plain(name: str) -> str:
    return re.sub(r"[\s._-]+", "", canonical(str(name)).lower())


def _label(row: Row, columns: Mapping[str, str]) -> str | None:
    """The row's own id, if it has a usable one."""
    value = value_at(row.values, columns.get("id"))
    if value is None or isinstance(value, dict | list | bool | float):
        return None
    label = " ".join(canonical(str(value)).split())
    return label if label not in _MISSING and len(label) <= _LONGEST_ID else None


def _fits(field: str, values: list[Any]) -> bool:
    """Whether values may be what the name of their column says."""
    values = [value for value in values if value not in (None, "")]
    if not values:
        return False
    if field == "text":
        return all(isinstance(value, str) or _is_list_of_text(value) for value in values)
    if field == "id":
        if any(isinstance(value, float | dict | list) for value in values):
            return False
        labels = [str(value).strip() for value in values]
        return len(set(labels)) == len(labels) and max(map(len, labels)) <= _LONGEST_ID
    if field == "url" and len({str(value) for value in values}) < len(values):
        return False  # of the sites, or of the pages that sentences were taken from
    if field in ("date", "lang", "kind", "url"):
        return sum(parsed(field, value) is not None for value in values) > 0.5 * len(values)
    return all(isinstance(value, str) and len(value) <= 1000 for value in values)


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _longest(rows: list[dict[str, Any]], names: list[str], place: str, known: list[str]) -> str:
    """The only column that holds running text, if there is one."""
    lengths = []
    for name in names:
        texts = [value for row in rows if isinstance(value := row.get(name), str) and value.strip()]
        words = [text for text in texts if re.search(r"[^\W\d_]\s+[^\W\d_]", text)]
        if texts and len(words) > 0.5 * len(texts):
            lengths.append((sum(map(len, texts)) / len(texts), name))
    lengths.sort(reverse=True)
    if not lengths or (len(lengths) > 1 and lengths[0][0] < 3 * lengths[1][0]):
        raise MinberError("MB145", place, columns=", ".join(known) or "(none)")
    return lengths[0][1]


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        pass
    if found := _RFC_2822.fullmatch(text):
        text = f"{found[2]} {found[1]} {found[3]}"
        try:
            return dt.datetime.strptime(text, "%d %b %Y").date()  # noqa: DTZ007 -- a day
        except ValueError:
            return None
    return date_within(text)
