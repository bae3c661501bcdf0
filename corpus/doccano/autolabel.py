"""Auto-labelling of a project: the configurations by which Doccano asks the recommender for each text that is opened.

One configuration asks for categories, one or more for spans: Doccano drops overlapping spans of one answer in every
project, so where spans may overlap each configuration asks for a lane in which none do. The names of label types are
mapped to what people call them on the server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from corpus.doccano.client import Client
from corpus.doccano.label_types import types_on_server
from corpus.doccano.layouts import Layout, label_types
from corpus.doccano.project import as_on_server, find_project, known_units, project_url
from corpus.doccano.proposals import Proposals, project_key
from corpus.doccano.teams import Person, Team
from corpus.service.api import PATH
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.service.token import Token
    from corpus.store import Corpus

MODEL = "Custom REST Request"
LANES = 4
"""Spans on the same words that can be proposed; a sentence has at most three themes."""

PROBE = "😀 Қоғамдық диалог."
"""What the recommender is tried with; of no project, so that the answer is not noted."""

Config = dict[str, Any]


@dataclass(slots=True)
class SetUp:
    """What was done to a project.

    Attributes:
        project, url: which one.
        made, changed, removed, kept: numbers of configurations.
        closed: texts that have labels or a check mark already, and get no proposals.
        notes: what a person should know.
    """

    project: str
    url: str
    made: int = 0
    changed: int = 0
    removed: int = 0
    kept: int = 0
    closed: int = 0
    notes: list[str] = field(default_factory=list)


def set_up(
    corpus: Corpus,
    client: Client,
    team: Team,
    person: Person,
    service: str,
    token: Token,
    language: str | None = None,
    dry_run: bool = False,
) -> SetUp:
    """Let a project ask the recommender; doing so again changes nothing, or what has changed.

    Parameters:
        corpus: an open corpus.
        client: signed in as an administrator of the project.
        team, person: whose project.
        service: base URL of the recommender, as the labelling server reaches it.
        token: of the recommender; the server keeps it where administrators of the project can read it.
        language: of label names; default: as ``minber.toml`` says.
        dry_run: try the recommender and change nothing.

    Returns:
        what was done.

    Raises:
        MinberError: MB466 no such project; MB467 the server gets no labels from the recommender (nothing is changed);
            MB468 half of the units are to be labelled without the machine.
    """
    settings = corpus.settings.doccano
    if settings.preannotate == "half":
        raise MinberError("MB468")
    record, layout, report = _find(corpus, client, team, person)
    number, key = int(record["id"]), project_key(record)
    language = language or settings.language
    types = types_on_server(corpus, client, report.project, number, layout, language)
    names = {
        kind: {
            known.name: types.names[known.layer, known.label]
            for known in label_types(layout, corpus.codebook, language)
            if known.kind == kind and (known.layer, known.label) in types.names
        }
        for kind in ("category", "span")
    }
    if types.missing:
        report.notes.append(f"{len(types.missing)} label(s) are not in this project yet: 'minber push' makes them")
    if layout.relations:
        report.notes.append("arrows are not proposed: the server's auto-labelling knows none")
    _try(client, number, configuration(service, token, layout, language, "cats", {}), corpus, service)
    wanted = [
        configuration(service, token, layout, language, part, names[kind], key, lane)
        for kind, part, lane in parts(layout)
        if names[kind]
    ]
    ours = [config for config in client.auto_labelling(number) if is_ours(config)]
    there = {part_of(config): config for config in ours}
    spare = [config["id"] for config in ours]
    for config in wanted:
        old = there.get(part_of(config))
        if old is None:
            report.made += 1
            if not dry_run:
                client.set_auto_labelling(number, config)
            continue
        spare.remove(old["id"])
        if all(old[name] == value for name, value in config.items()):
            report.kept += 1
        else:
            report.changed += 1
            if not dry_run:
                client.set_auto_labelling(number, config, old["id"])
    report.removed = len(spare)
    if not dry_run:
        for config_id in spare:
            client.remove_auto_labelling(number, config_id)
        report.closed = Proposals(corpus).close(key, _labelled(client, number))
    return report


def remove(corpus: Corpus, client: Client, team: Team, person: Person, dry_run: bool = False) -> SetUp:
    """Take the recommender's configurations out of a project; those of other services stay.

    Parameters:
        corpus, client, team, person, dry_run: as in ``set_up``.

    Returns:
        what was done.

    Raises:
        MinberError: MB466 no such project.
    """
    record, _, report = _find(corpus, client, team, person)
    for config in client.auto_labelling(int(record["id"])):
        if is_ours(config):
            report.removed += 1
            if not dry_run:
                client.remove_auto_labelling(int(record["id"]), config["id"])
    return report


def parts(layout: Layout) -> list[tuple[str, str, int | None]]:
    """What is asked for one after the other: kind of label types, part of the answer, lane."""
    if not layout.overlap:
        return [("category", "cats", None), ("span", "spans", 1)]
    return [("span", "spans", lane) for lane in range(1, LANES + 1)]


def configuration(
    service: str,
    token: Token,
    layout: Layout,
    language: str,
    part: str,
    mapping: Mapping[str, str],
    project: str | None = None,
    lane: int | None = None,
) -> Config:
    """One configuration as the server keeps it.

    Parameters:
        service: base URL of the recommender.
        token: of the recommender.
        layout, language: of the project.
        part: ``cats`` or ``spans``.
        mapping: our names of label types → names on the server.
        project: key of the project.
        lane: of spans.

    Returns:
        the fields.
    """
    params = {"layout": layout.name, "relations": str(layout.relations).lower(), "names": language, "part": part}
    params |= {"lane": str(lane)} if lane else {}
    params |= {"project": project} if project else {}
    return {
        "model_name": MODEL,
        "model_attrs": {
            "url": service.rstrip("/") + PATH,
            "method": "POST",
            "params": params,
            "headers": {"Authorization": token.header},
            "body": {"text": "{{ text }}"},
        },
        # an answer without the field, such as a refusal, fails here; else it would pass for "no labels"
        "template": f"{{{{ input.{part} | tojson }}}}",
        "label_mapping": dict(mapping),
        "task_type": "Category" if part == "cats" else "Span",
    }


def is_ours(config: Mapping[str, Any]) -> bool:
    """Whether a configuration on the server asks a recommender of ours."""
    attributes = config["model_attrs"]
    return (
        config["model_name"] == MODEL
        and urlsplit(str(attributes.get("url"))).path.endswith(PATH)
        and {"layout", "part"} <= set(attributes.get("params") or ())
    )


def part_of(config: Mapping[str, Any]) -> tuple[str, str]:
    """Which part of an answer a configuration asks for: ``cats`` or ``spans``, and the lane."""
    params = config["model_attrs"]["params"]
    return str(params["part"]), str(params.get("lane", ""))


def _find(corpus: Corpus, client: Client, team: Team, person: Person) -> tuple[dict[str, Any], Layout, SetUp]:
    name = team.project(person)
    table = known_units(corpus.units, name)
    ids = sorted(row for (row, url) in table.select("project_id", "server").unique().iter_rows() if url == client.url)
    record = find_project(client, name, team.layout, ids)
    if record is None:
        raise MinberError("MB466", client.url, project=name)
    report = SetUp(name, project_url(client, int(record["id"])))
    if record["name"] != name:
        report.notes.append(f"project {name!r} is called {record['name']!r} on the server now")
    return record, as_on_server(team.layout, record), report


def _try(client: Client, project_id: int, config: Config, corpus: Corpus, service: str) -> None:
    """Let the server ask the recommender, before anything is changed."""
    try:
        answer = client.try_auto_labelling(project_id, config, PROBE)
    except MinberError as error:
        status = error.values.get("status")
        if status not in (400, 500):
            raise
        said = str(error.values.get("detail"))
        problem = "it cannot reach this address" if "connection" in said else f"asking it failed ({said})"
        raise MinberError("MB467", client.url, url=service, problem=problem) from None
    refusal = answer.get("error") if isinstance(answer, dict) else None
    if isinstance(refusal, dict) and refusal.get("code") == "MB464":
        raise MinberError("MB467", client.url, url=service, problem="it refuses our token (MB464)")
    if isinstance(refusal, dict):
        raise MinberError("MB467", client.url, url=service, problem=str(refusal.get("message"))[:200])
    book = f"{corpus.codebook.id}@{corpus.codebook.version}"
    if not isinstance(answer, dict) or not {"cats", "spans", "codebook"} <= answer.keys():
        raise MinberError("MB467", client.url, url=service, problem="another service answers there")
    if answer["codebook"] != book:
        problem = f"it works with codebook {answer['codebook']}, this corpus with {book}"
        raise MinberError("MB467", client.url, url=service, problem=problem)


def _labelled(client: Client, project_id: int) -> Iterator[str]:
    """Texts of a project that have a label or a check mark."""
    for _, row in client.export(project_id):
        if row and (row.get("cats") or row.get("entities") or row.get("label")):
            yield str(row["text"])
    if client.count(project_id, confirmed="true"):
        for _, row in client.export(project_id, confirmed_only=True):
            if row:
                yield str(row["text"])
