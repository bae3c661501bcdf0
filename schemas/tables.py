"""The polars schema of every table of a corpus."""

from __future__ import annotations

from typing import Any

import polars as pl

UTC = pl.Datetime("us", "UTC")
_Columns = dict[str, Any]  # polars accepts both a data type and its class

DOCUMENTS = pl.Schema(
    _Columns(
        {
            "id": pl.String,
            "revision": pl.String,
            "sequence": pl.Int32,  # 1, 2, 3 … for each id; a text that returns gets a new number
            "lang": pl.String,
            "title": pl.String,
            "date": pl.Date,
            "kind": pl.String,
            "speaker": pl.String,
            "occasion": pl.String,  # null in corpora older than it; the same for place and alternates
            "place": pl.String,
            "version_of": pl.String,
            "docvars": pl.String,  # JSON object: what else the source tells; null for nothing, and in older corpora
            "alternates": pl.String,  # JSON object: language → address of the same text in it; null for none
            "uri": pl.String,
            "publisher": pl.String,
            "retrieved": UTC,
            "sha256": pl.String,
            "reader": pl.String,
            "encoding": pl.String,
            "origins": pl.String,  # JSON object: metadata field → where its value came from
            "text": pl.String,
        }
    )
)
"""One row a revision of a document."""

ANNOTATIONS = pl.Schema(
    _Columns(
        {
            "doc_id": pl.String,
            "revision": pl.String,
            "layer": pl.String,
            "label": pl.String,
            "start": pl.Int64,
            "end": pl.Int64,
            "score": pl.Float64,
            "annotator": pl.String,
            "origin": pl.String,
            "attributes": pl.String,  # JSON object
            "created": UTC,
            "run": pl.String,  # fingerprint of what wrote the row: component, codebook, speakers, versions
        }
    )
)
"""One row a machine annotation."""

LABELS = pl.Schema(
    _Columns(
        {
            "doc_id": pl.String,
            "revision": pl.String,
            "layer": pl.String,
            "label": pl.String,
            "start": pl.Int64,
            "end": pl.Int64,
            "annotator": pl.String,  # who: a user name of the labelling server, or the project of a team member
            "origin": pl.String,  # human
            "decision": pl.String,  # added | confirmed | rejected (a pre-annotation that the person took away)
            "confirmed": pl.Boolean,  # the unit carries the check mark
            "unit_id": pl.String,
            "project": pl.String,
            "attributes": pl.String,  # JSON object
            "first_seen": UTC,
            "last_seen": UTC,
            "last_changed": UTC,  # when the person made it, as far as the server tells; else when we first saw it
            "server": pl.String,  # URL; null for labels that came from a file
            "round": pl.Int32,  # of labelling, from 1; null in corpora older than rounds, and means 1
        }
    )
)
"""One row a human decision, as of the last pull; earlier states are earlier versions of the table."""

UNITS = pl.Schema(
    _Columns(
        {
            "unit_id": pl.String,  # document id + revision + range
            "doc_id": pl.String,
            "revision": pl.String,
            "start": pl.Int64,
            "end": pl.Int64,
            "server": pl.String,
            "project": pl.String,
            "project_id": pl.Int64,
            "layout": pl.String,
            "pushed": pl.String,  # JSON: the labels that were sent with the unit, code points of the unit
            "pulled": pl.String,  # JSON: the labels that the last pull found; null before the first pull
            "confirmed": pl.Boolean,
            "pushed_at": UTC,
            "pulled_at": UTC,
            "annotator": pl.String,  # whose own project it is; null for a project that all share
            "round": pl.Int32,  # of labelling, from 1; null means 1
            "preannotated": pl.Boolean,  # whether pre-annotations were shown; null means yes
            "comments": pl.String,  # JSON list of objects: user, text, created; null before the first pull
            "confirmed_by": pl.String,  # whose check mark it is, as far as the server was asked
            "confirmed_at": UTC,  # when they set it, as far as the server was asked
        }
    )
)
"""One row a unit on a labelling server."""

RUNS = pl.Schema(
    _Columns(
        {
            "run": pl.String,
            "command": pl.String,
            "version": pl.String,
            "started": UTC,
            "finished": UTC,
            "details": pl.String,  # JSON object
        }
    )
)
"""One row a run of a command that wrote to the corpus."""

TABLES: dict[str, pl.Schema] = {
    "documents": DOCUMENTS,
    "annotations": ANNOTATIONS,
    "labels": LABELS,
    "units": UNITS,
    "runs": RUNS,
}
"""Name of each table of a corpus → its schema."""
