"""What people wrote beside the units of a project: one paged call for all of them, never one for each unit."""

from __future__ import annotations

import json
from collections.abc import Mapping

from corpus.doccano.client import Client


def read_comments(client: Client, project_id: int, units: Mapping[int, str]) -> dict[str, str]:
    """Read the comments of a project as the units table keeps them.

    Parameters:
        client: signed in as a member.
        project_id: of the project.
        units: id of an example on the server → unit id; comments beside other examples are left out.

    Returns:
        unit id → JSON list of objects ``user``, ``text``, ``created`` (ISO 8601, as the server writes it), oldest
        first; nothing for a unit without comments. Members who were removed from the project keep their name.
    """
    found: dict[str, list[dict[str, str]]] = {}
    seen: set[int] = set()
    for row in client.comments(project_id):
        unit = units.get(row["example"])
        if unit is not None and row["id"] not in seen:  # pages move when somebody deletes a comment meanwhile
            seen.add(row["id"])
            found.setdefault(unit, []).append(
                {"user": row["username"], "text": row["text"], "created": row["created_at"]}
            )
    return {unit: json.dumps(rows, ensure_ascii=False) for unit, rows in found.items()}
