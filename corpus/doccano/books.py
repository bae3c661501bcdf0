"""What our side knows of each unit on a server: what was sent, with which labels, and what was found last."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import polars as pl

from corpus.doccano.client import Client
from corpus.doccano.layouts import Label
from corpus.doccano.notation import labels_from_json
from corpus.doccano.project import Project
from corpus.doccano.units import Unit
from corpus.store.corpus import sql_in
from corpus.store.table import Merge
from schemas.tables import UNITS, UTC

if TYPE_CHECKING:
    from corpus.store import Corpus
    from corpus.store.table import Snapshot

UNIT_KEYS = ("server", "project", "project_id", "unit_id")
"""Columns that name a row of the units table."""

Item = TypeVar("Item")

PORTION = 2500
"""Rows of the units table that are written at once: a commit takes memory by its rows."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A unit on its way.

    Attributes:
        unit: which one.
        written: the labels that it shows there, as the books write them.
        pushed: those of them that count as the machine's.
        pulled: what a person had made of it, where it is sent again.
        confirmed: whether it takes a check mark along.
    """

    unit: Unit
    written: str
    pushed: str
    pulled: str | None = None
    confirmed: bool = False

    @property
    def shown(self) -> tuple[Label, ...]:
        """The labels that it shows there."""
        return tuple(labels_from_json(self.written))


class Noted(NamedTuple):
    """What a row of the units table says of a unit: labels sent and found, as written; whether it is on the server."""

    pushed: str
    pulled: str | None
    confirmed: bool
    sent: bool
    preannotated: bool

    @property
    def last(self) -> str:
        """The labels that it had when we last looked."""
        return self.pushed if self.pulled is None else self.pulled


def read_noted(rows: pl.DataFrame) -> dict[str, Noted]:
    """Read rows of the units table, of one project.

    Parameters:
        rows: columns ``unit_id``, ``pushed``, ``pulled``, ``confirmed``, ``pushed_at``, ``preannotated``.

    Returns:
        unit → what is noted; the last row of each counts.
    """
    columns = (
        pl.col("unit_id", "pushed", "pulled"),
        pl.col("confirmed").fill_null(False),
        pl.col("pushed_at").is_not_null(),
        pl.col("preannotated").fill_null(True),
    )
    return {name: Noted(*rest) for name, *rest in rows.select(columns).iter_rows()}


def example_uuid(project_id: int, unit_id: str) -> str:
    """The UUID of a unit's example in a project: always the same one, in version 4 form (the server takes no other).

    Parameters:
        project_id: of the server.
        unit_id: our name of the unit.

    Returns:
        a UUID.

    Example:
        >>> example_uuid(1, "kz-1:d3bd63f7a3ab1ad9:0-42")
        '1ed82d76-ce61-4b2a-9780-ddf0bae7225b'
    """
    digest = hashlib.sha256(f"minber\0{project_id}\0{unit_id}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def write_sent(
    corpus: Corpus, client: Client, project: Project, items: Sequence[Sending], pushed_at: dt.datetime | None
) -> None:
    """Note units that are on their way (no date) or have arrived (a date)."""
    for part in portions(sorted(items, key=lambda item: item.unit.unit_id)):
        corpus.upsert("units", _rows(client, project, part, pushed_at), UNIT_KEYS)


def _rows(client: Client, project: Project, items: Sequence[Sending], pushed_at: dt.datetime | None) -> pl.DataFrame:
    frame = pl.DataFrame(
        {
            "unit_id": [item.unit.unit_id for item in items],
            "doc_id": [item.unit.doc_id for item in items],
            "revision": [item.unit.revision for item in items],
            "start": [item.unit.start for item in items],
            "end": [item.unit.end for item in items],
            "pushed": [item.pushed for item in items],
            "pulled": [item.pulled for item in items],
            "confirmed": [item.confirmed for item in items],
            "preannotated": [item.unit.preannotated for item in items],
        },
        schema_overrides={"pulled": pl.String},
    )
    common = {
        "server": client.url,
        "project": project.name,
        "project_id": project.id,
        "layout": project.layout.name,
        "pushed_at": pushed_at,
        "annotator": project.annotator,
        "round": project.number,
    }
    rest = [
        pl.lit(common.get(name), dtype=kind).alias(name) for name, kind in UNITS.items() if name not in frame.columns
    ]
    return frame.with_columns(rest).select(pl.col(name).cast(kind) for name, kind in UNITS.items())


def date_sent(corpus: Corpus, client: Client, project: Project, names: Sequence[str], pushed_at: dt.datetime) -> None:
    """Set the date of units that were noted as on their way and have arrived; nothing else of their rows changes."""
    mine = (pl.col("server") == client.url) & (pl.col("project") == project.name) & (pl.col("project_id") == project.id)
    for part in portions(sorted(names)):

        def plan(now: Snapshot, part: Sequence[str] = part) -> Merge | None:
            rows = now.rows.filter(mine & pl.col("unit_id").is_in(part))
            frame = rows.with_columns(pushed_at=pl.lit(pushed_at, UTC)).collect()
            return Merge(frame, UNIT_KEYS) if frame.height else None

        corpus.change("units", plan)


def forget(corpus: Corpus, client: Client, project: Project, names: Sequence[str]) -> None:
    """Take back what was noted of units that could not be sent, unless something was ever pulled from them."""
    here = f"{sql_in('server', [client.url])} AND {sql_in('project', [project.name])} AND project_id = {project.id}"
    open_rows = f"{here} AND pushed_at IS NULL AND pulled IS NULL AND {sql_in('unit_id', names)}"
    corpus.replace("units", pl.DataFrame(schema=UNITS), open_rows)


def portions(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Part units, in the order of their names, into those whose rows are written at once."""
    return (items[first : first + PORTION] for first in range(0, len(items), PORTION))
