"""How things of ours are called in a REFI-QDA project: codes, groups of codes, users, GUIDs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

NAMESPACE = "urn:QDA-XML:project:1.0"
MACHINE = "Minber"
"""The user whose codings are those of the annotators."""

GROUPS = {
    "theme": "Themes",
    "evidence": "Words of themes",
    "quote": "Quotations",
    "reported": "Reported speech",
    "speaker": "Speakers",
    "mention": "Mentions of speakers",
    "cue": "Words of saying",
    "institution": "Institutions",
    "quantity": "Quantities",
    "chrome": "Page furniture",
    "background": "Recaps of older news",
}
"""Layer → the code under which its labels stand, in this order."""

NOTED = "minber"
"""The folder of the archive in which lies what a project has no place for."""

Code = tuple[str, str]
"""Layer and label."""


def guid(*parts: object) -> str:
    """Name a thing for good: the same things have the same GUID in every export.

    Example:
        >>> guid("code", "theme", "economy") == guid("code", "theme", "economy") != guid("code", "theme", "law")
        True
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "\0".join(["minber", *map(str, parts)])))


def codes_of(row: Mapping[str, Any]) -> Iterator[Code]:
    """The codes of an annotation: its own, and of a quotation that of its speaker."""
    yield row["layer"], row["label"]
    if row["layer"] in ("quote", "reported") and (speaker := row["attributes"].get("speaker")):
        yield "speaker", speaker
