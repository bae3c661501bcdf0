"""Bytes → documents: sources are found, read by a reader for their format, described, stored with provenance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpus.ingest.canonical import canonical
    from corpus.ingest.documents import Options
    from corpus.ingest.driver import Outcome, ingest
    from corpus.ingest.reading import Raw, Reader, Reading

_PLACES = {
    "Options": "documents",
    "Outcome": "driver",
    "Raw": "reading",
    "Reader": "reading",
    "Reading": "reading",
    "canonical": "canonical",
    "ingest": "driver",
}
__all__ = ["Options", "Outcome", "Raw", "Reader", "Reading", "canonical", "ingest"]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _PLACES:
        raise AttributeError(f"module 'corpus.ingest' has no attribute {name!r}")
    value = getattr(import_module(f"corpus.ingest.{_PLACES[name]}"), name)
    globals()[name] = value  # over the submodule of the same name
    return value
