"""The page of a report: one file that holds everything it needs, with the manifest of what it was made from.

The page asks nobody for anything: pictures are drawn into it, its script only sorts and filters tables, and its content
security policy forbids the rest. Without the script all is there, unsorted.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl
from markupsafe import Markup

from corpus.report.view import templates

if TYPE_CHECKING:
    from corpus.report.summary import Report
    from corpus.stats.manifest import Manifest


def page(report: Report, title: str, command: Sequence[str]) -> tuple[str, Manifest]:
    """Draw the page and describe what it was made from.

    Parameters:
        report: of the corpus.
        title: of the page; the corpus's name if empty.
        command: arguments of ``minber``, without what changes nothing on the page.

    Returns:
        the page, UTF-8 text with nothing outside it, and its manifest; the manifest's checksum is that of the page
        without the block that shows it.
    """
    from corpus.stats.manifest import describe

    name = report.part.corpus.settings.corpus.name
    rows = report.documents if report.documents is not None else pl.DataFrame()
    script = _file("report.js")
    values: dict[str, Any] = {
        "ui": report.language,
        "words": report.words,
        "heading": title or name,
        "name": name,
        "css": Markup(_file("report.css")),  # noqa: S704 -- our own file
        "script": Markup(script),  # noqa: S704 -- our own file
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        "facts": report.facts(),
        "where": report.part.selection.where,
        "sections": report.sections(),
    }
    template = templates().get_template("report.html")
    bare = template.render(**values, manifest=None, provenance=[], command="")
    manifest = describe(report.part, command, rows, bare.encode())
    shown = template.render(
        **values,
        manifest=manifest.model_dump_json(indent=2),
        provenance=_made_from(report, manifest),
        command=" ".join(["minber", *(_quoted(word) for word in command)]),
    )
    return shown, manifest


def _made_from(report: Report, manifest: Manifest) -> list[tuple[str, str]]:
    annotators = (
        report.part.corpus.annotations.filter(pl.col("layer") != "_done")
        .select(pl.col("annotator").unique().sort())
        .collect()["annotator"]
    )
    shown = [
        ("corpus", manifest.corpus),
        ("tables", ", ".join(f"{name} {version}" for name, version in manifest.tables.items() if version >= 0)),
        ("codebook", f"{manifest.codebook['id']} {manifest.codebook['version']}"),
        ("annotators", ", ".join(annotators)),
        ("tokenizer", " ".join(filter(None, (manifest.tokenizer["name"], manifest.tokenizer["rules"])))),
        ("versions", ", ".join(f"{name} {version}" for name, version in manifest.versions.items())),
        ("selection", manifest.selection),
        ("sha256", manifest.sha256),
    ]
    return [(name, value) for name, value in shown if value]


def _quoted(word: str) -> str:
    import shlex

    return shlex.quote(word)


@cache
def _file(name: str) -> str:
    return (files("corpus.report") / "templates" / name).read_text(encoding="utf-8").strip()
