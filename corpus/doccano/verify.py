"""What is on the server of what we sent, and the proof that it is what we sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpus.doccano.books import Sending
from corpus.doccano.client import Client
from corpus.doccano.layouts import read_row, unit_of
from corpus.doccano.project import Project
from schemas.errors import MinberError


def list_arrived(client: Client, project: Project, notes: list[str] | None = None) -> dict[str, Mapping[str, Any]]:
    """The examples of a project by our name of the unit; others, which people uploaded themselves, are left alone."""
    assert project.id is not None  # noqa: S101 -- asked only of projects that exist
    rows = client.download(project.id).get("all", [])
    ours = [(name, row) for row in rows if (name := unit_of(row))]
    found: dict[str, Mapping[str, Any]] = dict(ours)
    if notes is not None and (foreign := len(rows) - len(ours)):
        notes.append(f"{foreign} text(s) in this project did not come from Minber; they are left alone")
    if notes is not None and (twice := len(ours) - len(found)):
        notes.append(f"{twice} unit(s) are on the server more than once")
    return found


def verify(items: Sequence[Sending], arrived: Mapping[str, Mapping[str, Any]], project: Project) -> None:
    """Check that the server has the very texts and labels that it was sent: it drops what it dislikes in silence."""
    wrong = []
    for item in items:
        row = arrived.get(item.unit.unit_id)
        if row is None or row["text"] != item.unit.text:
            wrong.append(item.unit.unit_id)
            continue
        labels, _, errors = read_row(project.layout, row, project.types.meanings)
        if errors or set(labels) != set(item.shown):
            wrong.append(item.unit.unit_id)
    if wrong:
        raise MinberError("MB414", project.url, count=len(wrong), total=len(items), unit=wrong[0])
