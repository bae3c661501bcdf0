"""What our side knows of each unit on a server: what was sent, with which labels, and what was found last."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from corpus.doccano.client import Client
from corpus.doccano.layouts import Label
from corpus.doccano.project import Project, labels_from_rows, labels_to_rows
from corpus.doccano.units import Unit
from schemas.tables import UNITS

if TYPE_CHECKING:
    from corpus.store import Corpus

UNIT_KEYS = ("server", "project", "project_id", "unit_id")
"""Columns that name a row of the units table."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A unit on its way: what is shown, what counts as pushed by the machine, and what a person had made of it."""

    unit: Unit
    shown: tuple[Label, ...]
    pushed: str
    pulled: str | None = None
    confirmed: bool = False


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
    rows = [
        {
            "unit_id": item.unit.unit_id,
            "doc_id": item.unit.doc_id,
            "revision": item.unit.revision,
            "start": item.unit.start,
            "end": item.unit.end,
            "server": client.url,
            "project": project.name,
            "project_id": project.id,
            "layout": project.layout.name,
            "pushed": item.pushed,
            "pulled": item.pulled,
            "confirmed": item.confirmed,
            "pushed_at": pushed_at,
            "pulled_at": None,
            "annotator": project.annotator,
            "round": project.number,
            "preannotated": item.unit.preannotated,
        }
        for item in items
    ]
    corpus.upsert("units", pl.DataFrame(rows, schema=UNITS), UNIT_KEYS)


def labels_to_json(labels: Sequence[Label]) -> str:
    """Write labels as the units table keeps them, in order."""
    return json.dumps(labels_to_rows(sorted(labels)), ensure_ascii=False)


def labels_from_json(text: str) -> list[Label]:
    """Read the inverse of ``labels_to_json``."""
    return labels_from_rows(json.loads(text))
