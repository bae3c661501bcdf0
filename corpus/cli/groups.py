"""Import every command group; importing one registers its commands with the app."""

from corpus.cli import (
    annotate,
    codebook,
    demo,
    doccano,
    export,
    ingest,
    init,
    labels,
    measures,
    rerun,
    schema,
    stats,
    sync,
    team,
    trends,
    view,
)

__all__ = [
    "annotate",
    "codebook",
    "demo",
    "doccano",
    "export",
    "ingest",
    "init",
    "labels",
    "measures",
    "rerun",
    "schema",
    "stats",
    "sync",
    "team",
    "trends",
    "view",
]
