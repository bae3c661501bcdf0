"""What people did between two states of the labels: pure functions over two frames.

A decision is one person's on one label of one place. Between two states it comes (``added``, ``rejected``,
``confirmed``), goes (``withdrawn``), or becomes another (``changed``: its label, its range, or who is known to have
made it). Check marks of units and comments are told in the same form, with the layers ``unit`` and ``comment``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from schemas.tables import UTC

KINDS = ("added", "rejected", "confirmed", "unconfirmed", "changed", "withdrawn", "carried", "commented")
"""What can happen."""

CHANGES = pl.Schema(
    dict[str, Any](
        {
            "event": pl.String,  # one of KINDS
            "annotator": pl.String,  # who
            "layer": pl.String,  # of the label; "unit" for a check mark, "comment" for a comment
            "label": pl.String,
            "field": pl.String,  # what changed: decision, label, range, annotator, revision, text
            "was": pl.String,  # its value before
            "words": pl.String,  # of the text, or of the comment
            "decision": pl.String,  # added | rejected | confirmed, as it stands now; of a withdrawn one: as it stood
            "round": pl.Int32,
            "doc_id": pl.String,
            "revision": pl.String,
            "start": pl.Int64,
            "end": pl.Int64,
            "project": pl.String,
            "server": pl.String,
            "unit_id": pl.String,
            "at": UTC,  # when, where the server tells
        }
    )
)
"""One row a thing that happened between two states."""

_PLACE = ("doc_id", "revision", "project", "unit_id", "layer", "start", "end", "target")
_SAID = [*_PLACE, "label", "annotator", "decision", "confirmed"]
_Row = dict[str, Any]


def compare_labels(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Tell what happened to decisions between two states of the table ``labels``.

    Parameters:
        before, after: rows in the columns of ``schemas.tables.LABELS``; times may be null.

    Returns:
        a row a change (`CHANGES`), ordered by document and place. Rows that say the same in both states, whenever they
        were seen, are no change.

    Example:
        >>> from schemas.tables import LABELS
        >>> row = {"doc_id": "d", "unit_id": "u", "layer": "theme", "label": "dialogue", "start": 0, "end": 9,
        ...        "annotator": "aigul", "decision": "added"}
        >>> none, one = pl.DataFrame(schema=LABELS), pl.DataFrame([row], schema=LABELS)
        >>> two = pl.DataFrame([row | {"label": "parliament"}], schema=LABELS)
        >>> compare_labels(none, one).select("event", "annotator", "label").rows()
        [('added', 'aigul', 'dialogue')]
        >>> compare_labels(one, two).select("event", "label", "field", "was").rows()
        [('changed', 'parliament', 'label', 'dialogue')]
    """
    before, after = (_with_target(frame) for frame in (before, after))
    gone = before.join(after, on=_SAID, how="anti", nulls_equal=True).to_dicts()
    came = after.join(before, on=_SAID, how="anti", nulls_equal=True).to_dicts()
    found: list[_Row] = []

    def match(keys: Sequence[str], given: bool = False) -> Iterable[tuple[_Row, _Row]]:
        """Take pairs of rows that agree in some columns out of both lists, where no other pair is possible.

        ``given``: only among labels that a person gave, not those that they rejected.
        """
        nonlocal gone, came
        old, new = (
            _grouped([row for row in rows if not given or row["decision"] != "rejected"], keys) for rows in (gone, came)
        )
        pairs = [(old[key][0], new[key][0]) for key in old if key in new and len(old[key]) == len(new[key]) == 1]
        taken = {id(row) for pair in pairs for row in pair}
        gone = [row for row in gone if id(row) not in taken]
        came = [row for row in came if id(row) not in taken]
        return pairs

    for old, new in match([*_PLACE, "label", "annotator"]):
        if old["decision"] != new["decision"]:
            found.append(_change(new["decision"], new, "decision", old["decision"]))
        elif not new["unit_id"]:  # where there are units, their check mark is told once, by compare_units
            found.append(_change("confirmed" if new["confirmed"] else "unconfirmed", new, None, None))
    for old, new in match([*_PLACE, "label", "decision"]):
        found.append(_change("changed", new, "annotator", old["annotator"]))
    for old, new in match([*_PLACE, "annotator"], given=True):
        found.append(_change("changed", new, "label", old["label"]))
    whole = ["doc_id", "revision", "project", "unit_id", "layer", "target", "label", "annotator"]
    for old, new in match(whole, given=True):
        if old["start"] < new["end"] and new["start"] < old["end"]:
            found.append(_change("changed", new, "range", f"{old['start']}-{old['end']}"))
        else:
            gone.append(old)
            came.append(new)
    found += [_change("withdrawn", row, "decision", row["decision"]) | {"at": None} for row in gone]
    for row in came:
        origin = json.loads(row["attributes"] or "{}").get("carried")  # a push brought it over from an earlier revision
        event = ("carried", row, "revision", origin["revision"]) if origin else (row["decision"], row, None, None)
        found.append(_change(*event) | ({"at": None} if origin else {}))
    return _frame(found)


def compare_units(before: pl.DataFrame, after: pl.DataFrame, comments: bool = True) -> pl.DataFrame:
    """Tell whose check marks came and went, and what was commented, between two states of the table ``units``.

    Parameters:
        before, after: rows in the columns of ``schemas.tables.UNITS``; only units in ``after`` are told of.
        comments: tell of comments too.

    Returns:
        a row a change (`CHANGES`), ordered by document and place.

    Example:
        >>> from schemas.tables import UNITS
        >>> row = {"unit_id": "u", "doc_id": "d", "start": 0, "end": 9, "project": "p", "pulled": "[]",
        ...        "comments": "[]"}
        >>> note = '[{"user": "aigul", "text": "why?", "created": "2026-01-31T10:00:00Z"}]'
        >>> later = row | {"confirmed": True, "confirmed_by": "aigul", "comments": note}
        >>> one, two = (pl.DataFrame([state], schema=UNITS) for state in (row, later))
        >>> compare_units(one, two).select("event", "annotator", "layer", "words").rows()
        [('confirmed', 'aigul', 'unit', None), ('commented', 'aigul', 'comment', 'why?')]
    """
    keys = ["unit_id", "project"]
    said = [*keys, "confirmed", "comments"]
    news = after.join(before, on=said, how="anti", nulls_equal=True).filter(pl.col("pulled").is_not_null())
    earlier = _latest(before.join(news, on=keys, how="semi"), keys)
    known = {tuple(row[key] for key in keys): row for row in earlier.to_dicts()}
    found: list[_Row] = []
    for row in _latest(news, keys).to_dicts():
        old = known.get((row["unit_id"], row["project"]), {})
        unit = row | {"layer": "unit", "label": None, "decision": None, "last_changed": row["confirmed_at"]}
        who, whose = row["confirmed_by"] or row["annotator"], old.get("confirmed_by") or old.get("annotator")
        if row["confirmed"] and not old.get("confirmed"):
            found.append(_change("confirmed", unit | {"annotator": who}, None, None))
        elif old.get("confirmed") and not row["confirmed"]:
            found.append(_change("unconfirmed", unit | {"annotator": whose}, None, None) | {"at": None})
        if comments:
            found += _compare_comments(
                unit, json.loads(old.get("comments") or "[]"), json.loads(row["comments"] or "[]")
            )
    return _frame(found)


def counted(changes: pl.DataFrame, by: str) -> pl.DataFrame:
    """Count changes of each kind for each document, person, layer, label, project or round.

    Parameters:
        changes: rows of `CHANGES`.
        by: a column of them.

    Returns:
        ``by``, a column for each of `KINDS`, and ``total``; most first.

    Example:
        >>> frame = pl.DataFrame({"event": ["added", "added", "withdrawn"], "annotator": ["aigul", "berik", "aigul"]})
        >>> counted(frame, "annotator").select("annotator", "added", "withdrawn", "total").rows()
        [('aigul', 1, 1, 2), ('berik', 1, 0, 1)]
    """
    of_kind = [(pl.col("event") == kind).sum().cast(pl.Int64).alias(kind) for kind in KINDS]
    groups = changes.group_by(by).agg(*of_kind, pl.len().cast(pl.Int64).alias("total"))
    return groups.sort("total", by, descending=[True, False], nulls_last=True)


def _compare_comments(unit: _Row, old: list[dict[str, str]], new: list[dict[str, str]]) -> list[_Row]:
    """A comment is the same where user and time are; several of one user at one time are told apart by their text."""

    def change(event: str, row: dict[str, str], field: str | None, was: str | None, at: str | None) -> _Row:
        told = unit | {"layer": "comment", "annotator": row["user"]}
        return _change(event, told, field, was) | {"words": row["text"], "at": at}

    before, after = _grouped(old, ["user", "created"]), _grouped(new, ["user", "created"])
    found = []
    for key in dict.fromkeys([*before, *after]):
        gone = list(
            (Counter(row["text"] for row in before[key]) - Counter(row["text"] for row in after[key])).elements()
        )
        came = list(
            (Counter(row["text"] for row in after[key]) - Counter(row["text"] for row in before[key])).elements()
        )
        user, created = key
        for was, text in zip(gone, came, strict=False):
            found.append(change("changed", {"user": user, "text": text}, "text", was, None))
        found += [change("withdrawn", {"user": user, "text": text}, None, None, None) for text in gone[len(came) :]]
        found += [change("commented", {"user": user, "text": text}, None, None, created) for text in came[len(gone) :]]
    return found


def _with_target(labels: pl.DataFrame) -> pl.DataFrame:
    """An arrow is one by where it begins and where it points to."""
    return labels.with_columns(target=pl.col("attributes").str.json_path_match("$.target"))


def _grouped(rows: Iterable[_Row], keys: Sequence[str]) -> defaultdict[tuple[Any, ...], list[_Row]]:
    groups: defaultdict[tuple[Any, ...], list[_Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[key] for key in keys)].append(row)
    return groups


def _latest(units: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """One row a unit of a project, which may stand under several addresses of the same server."""
    return units.sort("pulled_at", nulls_last=False).unique(keys, keep="last", maintain_order=True)


def _change(event: str, row: _Row, field: str | None, was: str | None) -> _Row:
    told = {name: row[name] for name in CHANGES if name in row}
    return told | {"event": event, "field": field, "was": was, "round": row["round"] or 1, "at": row["last_changed"]}


def _frame(rows: list[_Row]) -> pl.DataFrame:
    for row in rows:
        if isinstance(row["at"], str):
            row["at"] = dt.datetime.fromisoformat(row["at"])
    order = ["doc_id", "start", "end", "layer", "label", "annotator", "event"]
    found = pl.DataFrame(rows, schema=CHANGES)
    rank = pl.col("layer").replace_strict({"unit": 1, "comment": 2}, default=0)
    return found.sort("doc_id", rank, *order[1:], nulls_last=True, maintain_order=True)
