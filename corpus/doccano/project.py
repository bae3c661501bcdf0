"""The project on the server that shows a corpus in a layout: found or made, with label types and guideline."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from corpus.doccano.client import Client
from corpus.doccano.guideline import guideline, is_ours
from corpus.doccano.label_types import Meaning, ServerTypes, create_types, match_types, recorded_types
from corpus.doccano.layouts import Layout, label_types
from schemas.codebook import Codebook
from schemas.errors import MinberError

NAME_LENGTH = 100  # the server's limit


@dataclass(slots=True)
class Project:
    """A project on the server, checked.

    Attributes:
        id: on the server; None in a dry run where it does not exist yet.
        name: as we call it.
        url: the page of the project.
        layout: what it shows.
        types: its label types; in a dry run, without those that would be made.
        created: whether it was made just now.
        notes: what a person should know: things made, things that differ.
        annotator: whose own project it is; None for one that all share.
        number: of the round of labelling.
        unfinished: in a dry run, whether anything would be made or changed there.
    """

    id: int | None
    name: str
    url: str
    layout: Layout
    types: ServerTypes = field(default_factory=ServerTypes)
    created: bool = False
    notes: list[str] = field(default_factory=list)
    annotator: str | None = None
    number: int = 1
    unfinished: bool = False

    def names(self) -> dict[Meaning, str]:
        """Layer and label → name on the server, there or to be made."""
        return {(found.layer, found.label): found.name for found in self.types.missing} | self.types.names


def project_name(
    corpus_name: str, layout: Layout, unit: str | None = None, annotator: str | None = None, number: int | None = None
) -> str:
    """What the project of a corpus is called: the unit is named where it is not the layout's usual one.

    Parameters:
        corpus_name: of the corpus.
        layout, unit: what is shown.
        annotator: whose own project it is.
        number: of the round; the first is not named.

    Returns:
        a name that the server takes.

    Example:
        >>> from corpus.doccano.layouts import LAYOUTS
        >>> project_name("Speeches", LAYOUTS["themes"], annotator="aigul")
        'Speeches · themes · aigul'
    """
    parts = ["", layout.name]
    if unit not in (None, layout.units[0]):
        parts.append(str(unit))
    if annotator:
        parts.append(annotator)
    if number is not None and number > 1:
        parts.append(f"r{number}")
    tail = " · ".join(parts)
    return corpus_name[: NAME_LENGTH - len(tail)].rstrip() + tail


def find_project(client: Client, name: str, layout: Layout, known_ids: Sequence[int] = ()) -> dict[str, Any] | None:
    """Find the project on the server: by the id that units were pushed to before, else by name.

    Parameters:
        client: signed in.
        name: as we call it.
        layout: what it must be able to hold.
        known_ids: ids of the project in the units table; it may have been renamed since.

    Returns:
        the server's record, None if there is no such project.

    Raises:
        MinberError: MB416 the name is not unique; MB411, MB410, MB417 the project cannot be used as it is.
    """
    found = [record for known in known_ids if (record := client.project(known)) is not None]
    if not found:
        found = client.projects(name)
    if len(found) > 1:
        raise MinberError("MB416", client.url, count=len(found), project=name)
    if not found:
        return None
    record = found[0]
    place = project_url(client, record["id"])
    if record["project_type"] != layout.project_type:
        raise MinberError("MB411", place, project=name, found=record["project_type"], wanted=layout.project_type)
    if record.get("grapheme_mode"):
        raise MinberError("MB410", place, project=name)
    if not record["collaborative_annotation"]:
        raise MinberError("MB417", place, project=name)
    return record


def prepare_project(
    client: Client,
    name: str,
    layout: Layout,
    codebook: Codebook,
    language: str,
    runs: pl.LazyFrame,
    known_ids: Sequence[int] = (),
    dry_run: bool = False,
) -> Project:
    """Find or make the project, its label types and its guideline page; what is there already stays as it is.

    Parameters:
        client: signed in.
        name: of the project.
        layout: what it shows.
        codebook: source of label types and guideline.
        language: of label names and guideline.
        runs: the table of runs: earlier pushes noted there which label type means what.
        known_ids: ids of the project in the units table.
        dry_run: change nothing, say what would be done.

    Returns:
        the project, with notes of what was made and of what differs.

    Raises:
        MinberError: as ``find_project``; MB427 label names clash; MB407 we may not do this.
    """
    record = find_project(client, name, layout, known_ids)
    layout = as_on_server(layout, record)
    wanted = label_types(layout, codebook, language)
    page = guideline(layout, codebook, language)
    project = Project(None, name, client.url, layout)
    if record is None:
        project.created = True
        project.notes.append(f"project {name!r} is new")
        if dry_run:
            project.types.missing = wanted
            project.unfinished = True
            return project
        options = {"allow_overlapping": True, "grapheme_mode": False, "use_relation": layout.relations}
        options = options if layout.overlap else {}
        made = client.create_project(
            name=name,
            description=name,
            project_type=layout.project_type,
            resourcetype=layout.resource_type,
            guideline=page,
            collaborative_annotation=True,
            random_order=False,
            single_class_classification=False,
            **options,
        )
        record = _first_made(client, made)
    project.id = int(record["id"])
    project.url = project_url(client, project.id)
    if record["name"] != name:
        project.notes.append(f"project {name!r} is called {record['name']!r} on the server now")
    if layout.relations and not record.get("use_relation"):
        project.notes.append("relations are switched on in this project")
        project.unfinished = dry_run
        if not dry_run:
            record = client.update_project(record, use_relation=True)
    _check_options(record, layout, project)
    _write_guideline(client, record, page, project, dry_run)
    recorded = recorded_types(runs, name, project.id)
    project.types = match_types(client, project.id, layout, codebook, language, recorded)
    project.notes += project.types.notes
    if project.types.missing:
        project.unfinished = dry_run
        if not project.created:
            names = ", ".join(repr(found.name) for found in project.types.missing[:3])
            project.notes.append(f"{len(project.types.missing)} label(s) are new: {names}")
        for attempt in range(0 if dry_run else 3):
            refused = None
            try:
                create_types(client, project.id, project.types.missing)
            except MinberError as error:
                if attempt == 2 or error.values.get("status") not in (400, 500):
                    raise
                refused = error  # another Minber makes them at this moment
                time.sleep(0.5)
            project.types = match_types(client, project.id, layout, codebook, language, recorded)
            if refused is None or not project.types.missing:
                break
    return project


def _first_made(client: Client, made: dict[str, Any]) -> dict[str, Any]:
    """Of projects that two Minbers made at the same moment, the first; ours, still empty, goes if it is another."""
    first = min(client.projects(made["name"]), key=lambda record: int(record["id"]), default=made)
    if first["id"] >= made["id"]:
        return made
    client.delete_project(int(made["id"]))
    return dict(first)


def as_on_server(layout: Layout, record: dict[str, Any] | None) -> Layout:
    """The layout as a project shows it: relations that are switched on there stay on."""
    return replace(layout, relations=True) if record is not None and record.get("use_relation") else layout


def project_url(client: Client, project_id: int) -> str:
    """The page of a project in a browser."""
    return f"{client.url}/projects/{project_id}"


def known_units(units: pl.LazyFrame, name: str) -> pl.DataFrame:
    """Rows of the units table that belong to a project, on any server (the same one may have another address now)."""
    return units.filter(pl.col("project") == name).collect()


def _check_options(record: dict[str, Any], layout: Layout, project: Project) -> None:
    if layout.overlap and not record.get("allow_overlapping"):
        project.notes.append("overlapping spans are switched off in this project: the server will drop some of them")
    if record.get("single_class_classification"):
        project.notes.append("this project takes one category a text: the server will drop all themes but the first")
    if record.get("random_order"):
        project.notes.append("this project shows its texts in random order")


def _write_guideline(client: Client, record: dict[str, Any], page: str, project: Project, dry_run: bool) -> None:
    there = record.get("guideline") or ""
    if there == page:
        return
    if not is_ours(there):
        project.notes.append("the guideline page was changed by people and is left as it is")
        return
    project.notes.append("the guideline page is brought up to date")
    project.unfinished = project.unfinished or dry_run
    if not dry_run:
        client.update_project(record, guideline=page)
