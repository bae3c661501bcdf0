"""States of the labels: versions of the table, moments, snapshots; and what differs between two of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from corpus.labels.compare import CHANGES, KINDS, compare_labels, compare_units
from corpus.labels.log import with_words
from schemas.errors import MinberError
from schemas.tables import LABELS, UNITS

if TYPE_CHECKING:
    from corpus.store import Corpus

LATEST, PREVIOUS = "latest", "previous"


@dataclass(frozen=True, slots=True)
class State:
    """The labels as they were.

    Attributes:
        name: how it was asked for.
        version: of the table of labels; -1 before the first.
        time: when that version was committed, or the snapshot taken; None before the first.
        labels: rows of ``labels``.
        units: rows of ``units`` that belong to them.
        comments: whether the units know of comments; a snapshot does not.
    """

    name: str
    version: int
    time: dt.datetime | None
    labels: pl.DataFrame
    units: pl.DataFrame
    comments: bool = True


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the labels in which somebody's decision came, went or changed.

    Attributes:
        version: of the table of labels.
        time: when it was committed.
        changes: kind → how many.
        labels: decisions in the table then.
        people: names of those whose decisions changed.
        projects: names of the projects that were pulled, or where else the labels are from.
        snapshots: names of the snapshots taken of this version.
    """

    version: int
    time: dt.datetime
    changes: dict[str, int]
    labels: int
    people: tuple[str, ...]
    projects: tuple[str, ...]
    snapshots: tuple[str, ...] = ()


def versions(corpus: Corpus) -> list[Version]:
    """List the versions of the labels, oldest first; commits that only wrote the same anew are left out.

    Parameters:
        corpus: an open corpus.

    Returns:
        the versions.

    Raises:
        MinberError: MB204 the table is damaged.
    """
    from corpus.labels.snapshots import snapshots

    named: dict[int, list[str]] = {}
    for one in snapshots(corpus):
        named.setdefault(one.labels_version, []).append(one.name)
    found, height = [], 0
    for commit, before, after in corpus.changes("labels"):
        height += after.height - before.height
        rows = compare_labels(before, after)
        if not rows.height and commit.version not in named:
            continue
        counts = dict(rows["event"].value_counts().iter_rows())
        found.append(
            Version(
                version=commit.version,
                time=commit.time,
                changes={kind: counts[kind] for kind in KINDS if kind in counts},
                labels=height,
                people=tuple(sorted(set(rows["annotator"].drop_nulls()))),
                projects=tuple(sorted(set(rows["project"].drop_nulls()))),
                snapshots=tuple(sorted(named.get(commit.version, ()))),
            )
        )
    return found


def state(corpus: Corpus, name: str = LATEST) -> State:
    """Find a state of the labels.

    Parameters:
        corpus: an open corpus.
        name: ``latest``; ``previous``, the one before the last change; the number of a version; a day or a moment
            (``2026-01-31``, ``2026-01-31T14:30``; in UTC unless it says otherwise): the last version up to its end; or
            the name of a snapshot.

    Returns:
        the state.

    Raises:
        MinberError: MB470 there is no such state; MB472 the snapshot is damaged.

    Example:
        >>> import tempfile, corpus
        >>> c = corpus.init(tempfile.mkdtemp())
        >>> state(c).labels.height
        0
    """
    from corpus.labels.snapshots import open_snapshot, snapshots

    if any(one.name == name for one in snapshots(corpus)):
        kept = open_snapshot(corpus, name)
        labels, units = kept.labels.collect(), kept.units.collect()
        return State(name, kept.about.labels_version, kept.about.created, labels, units, comments=False)
    history = corpus.history("labels")
    if name == LATEST:
        at = len(history) - 1
    elif name == PREVIOUS:
        changed = [found.version for found in versions(corpus)]
        at = changed[-1] - 1 if changed else -1
    elif name.isdigit():
        at = int(name)
        if at >= len(history):
            raise _unknown(corpus, name)
    else:
        until = _moment(name)
        if until is None:
            raise _unknown(corpus, name)
        at = max((commit.version for commit in history if commit.time < until), default=-1)
    if at < 0 and (name != LATEST or corpus.version("units") < 0):
        return State(name, -1, None, pl.DataFrame(schema=LABELS), pl.DataFrame(schema=UNITS))
    if at < 0:  # people confirmed units in which there is nothing to label
        return State(name, -1, None, pl.DataFrame(schema=LABELS), corpus.units.collect())
    # a pull writes labels first and then its books: those belong to a version that were written before the next one
    before = history[at + 1].time if at + 1 < len(history) else None
    books = [commit.version for commit in corpus.history("units") if before is None or commit.time < before]
    units = corpus.table("units", version=books[-1]).collect() if books else pl.DataFrame(schema=UNITS)
    return State(name, at, history[at].time, corpus.table("labels", version=at).collect(), units)


def diff(corpus: Corpus, before: State, after: State) -> pl.DataFrame:
    """Tell what differs between two states: the change as a whole, whatever happened in between.

    Parameters:
        corpus: where the texts are.
        before, after: two states, see `state`.

    Returns:
        a row a change (`corpus.labels.CHANGES`), with the words it is about; ``counted`` sums them up.
    """
    told = before.comments and after.comments
    marks = compare_units(before.units, after.units, comments=told)
    lost = before.units.filter(pl.col("confirmed")).join(after.units, on=["unit_id", "project"], how="anti")
    if lost.height:  # in a snapshot, or after the books were made anew: no longer there at all
        gone = lost.with_columns(confirmed=pl.lit(value=False), pulled=pl.lit("[]"), comments=pl.lit(None, pl.String))
        marks = pl.concat([marks, compare_units(lost, gone, comments=False)])
    rows = pl.concat([compare_labels(before.labels, after.labels), marks])
    return with_words(corpus, rows.sort("doc_id", "start", maintain_order=True)).select(CHANGES.names())


def _moment(text: str) -> dt.datetime | None:
    """The end of a day, or the moment after a moment."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=dt.UTC)
    return found + (dt.timedelta(days=1) if len(text) <= len("2026-01-31") else dt.timedelta(milliseconds=1))


def _unknown(corpus: Corpus, name: str) -> MinberError:
    from corpus.labels.snapshots import snapshots

    last = len(corpus.history("labels")) - 1
    names = ", ".join(one.name for one in snapshots(corpus)) or "none"
    return MinberError("MB470", name, last=last, names=names)
