"""Labels as the books write them: JSON, in order; two sets of labels are the same where they are written the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from corpus.doccano.layouts import Label


def labels_to_rows(labels: Sequence[Label]) -> list[dict[str, object]]:
    """Labels as JSON objects; only a relation has a ``target``."""
    return [
        {"layer": found.layer, "label": found.label, "start": found.start, "end": found.end}
        | ({"target": list(found.target)} if found.target else {})
        for found in labels
    ]


def labels_from_rows(rows: Sequence[dict[str, Any]]) -> list[Label]:
    """The inverse of ``labels_to_rows``."""
    return [Label(row["layer"], row["label"], row["start"], row["end"], tuple(row.get("target") or ())) for row in rows]


def labels_to_json(labels: Iterable[Label]) -> str:
    """Write labels as the units table keeps them, in order."""
    return json.dumps(labels_to_rows(sorted(labels)), ensure_ascii=False)


def labels_from_json(text: str) -> list[Label]:
    """Read the inverse of ``labels_to_json``."""
    return labels_from_rows(json.loads(text))
