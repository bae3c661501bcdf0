"""The plan of a team: which units each person's project holds, and which of them show pre-annotations.

What was planned is a row of ``assignments`` before anything is sent, so a crash between two people changes nothing, and
a plan is never made anew: only units that nobody has yet are dealt (``corpus.doccano.dealing``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.doccano.dealing import deal, halve
from corpus.doccano.layouts import Layout, LayoutName, UnitName, choose_layout, choose_unit
from corpus.doccano.project import project_name
from corpus.doccano.selection import Chosen, Selection, last_selection, noted_relations, select_units, settle
from corpus.doccano.units import Unit, UnitSet, collect_units
from schemas.errors import MinberError
from schemas.tables import UTC

if TYPE_CHECKING:
    from corpus.store import Corpus

TABLE = "assignments"
KEYS = ("scope", "unit_id", "annotator")

ASSIGNMENTS = pl.Schema(
    {
        "scope": pl.String(),  # name of the project without a person: corpus, layout, unit, round
        "unit_id": pl.String(),
        "annotator": pl.String(),  # empty for a project that all share
        "preannotated": pl.Boolean(),  # whether pre-annotations are shown
        "planned_at": UTC,
        "withdrawn_at": UTC,  # when it was taken from somebody who left; null: it is theirs
    }
)
"""One row a unit and person: who was given what."""

Person = str | None
"""A user name; None for all who share one project."""


@dataclass(frozen=True, slots=True)
class Team:
    """Whose projects there are.

    Attributes:
        corpus_name, layout, unit, number: what the projects show; ``number`` is that of the round.
        people: who labels now; ``(None,)`` where all share a project.
    """

    corpus_name: str
    layout: Layout
    unit: UnitName
    number: int = 1
    people: tuple[Person, ...] = (None,)

    @property
    def scope(self) -> str:
        """What the projects of the team have in common in their names."""
        return self.project(None)

    def project(self, person: Person) -> str:
        """Name of a person's project."""
        return project_name(self.corpus_name, self.layout, self.unit, person, self.number)


@dataclass(slots=True)
class Handout:
    """What a push is to bring to whom.

    Attributes:
        team: whose projects.
        units: person → units of their project, in order, pre-annotations taken off where they are not to be seen.
        found: all units, chosen or not, and what was left out.
        selection: which were chosen.
        chosen: how many.
        new_selection: whether it differs from the last one noted.
        plan: new rows of ``assignments``, written before anything is sent.
        notes: what a person should know.
        remarks: whether they say more than which selection goes on.
    """

    team: Team
    units: dict[Person, list[Unit]]
    found: UnitSet
    selection: Selection
    chosen: int
    new_selection: bool
    plan: pl.DataFrame
    notes: list[str] = field(default_factory=list)
    remarks: bool = False

    def write(self, corpus: Corpus) -> None:
        """Write the plan down; a plan without anything new costs no commit."""
        if self.plan.height:
            corpus.upsert(TABLE, self.plan, KEYS, ASSIGNMENTS)


@dataclass(frozen=True, slots=True)
class _Books:
    """What is known of the units of a team: who has which, sent, confirmed by whom, shown how, and where they lie."""

    given: dict[str, list[str]]
    sent: frozenset[tuple[str, str]]
    confirmed: frozenset[tuple[str, str]]
    shown: dict[str, bool]
    places: pl.DataFrame


def team_of(
    corpus: Corpus,
    layout: LayoutName | None = None,
    unit: str | None = None,
    relations: bool | None = None,
    number: int | None = None,
    annotator: Person = None,
) -> Team:
    """The team that ``minber.toml`` describes, or that somebody asks for.

    Parameters:
        corpus: an open corpus.
        layout, unit, relations, number: default: as its settings say (a unit only of the layout that they name).
        annotator: a person who may stand in no settings.

    Returns:
        the team: those of the settings; where they name nobody, or the person is not among them, that person alone.

    Raises:
        MinberError: MB426 the layout has no such units, MB428 it has no relations.
    """
    settings = corpus.settings.doccano
    shape = choose_layout(layout or settings.layout, relations, settings.relations)
    wanted = choose_unit(shape, unit or (settings.unit if shape.name == settings.layout else None))
    people: tuple[Person, ...] = settings.annotators or (None,)
    people = people if annotator is None or annotator in people else (annotator,)
    team = Team(corpus.settings.corpus.name, shape, wanted, number or settings.round, people)
    if relations is None and shape.overlap and not shape.relations and noted_relations(corpus.runs, team.scope):
        return replace(team, layout=replace(shape, relations=True))
    return team


def known_people(units: pl.LazyFrame, team: Team) -> dict[int, list[Person]]:
    """Everybody who ever had a project of this team's corpus, layout and unit, by round; None for a shared one.

    Parameters:
        units: the units table.
        team: of which only corpus, layout and unit count.

    Returns:
        round → people, in order of name, the shared project first.
    """
    rows = units.filter(pl.col("layout") == team.layout.name).select("project", "annotator", "round").unique()
    found: dict[int, list[Person]] = {}
    for project, noted, number in rows.collect().sort("annotator", nulls_last=False).iter_rows():
        now = replace(team, number=number or 1)
        # books older than teams do not say whose project it is
        for person in (noted,) if noted else (None, *team.people):
            if now.project(person) == project and person not in found.setdefault(now.number, []):
                found[now.number].append(person)
                break
    return {number: people for number, people in sorted(found.items()) if people}


@dataclass(frozen=True, slots=True)
class Pulls:
    """The projects to pull: round and person each, and what is to be said of them."""

    projects: list[tuple[int, Person]]
    notes: list[str]


def projects_to_pull(units: pl.LazyFrame, team: Team, number: int | None = None) -> Pulls:
    """Every project of a team that something was pushed to: of all rounds, of people who left too.

    Parameters:
        units: the units table.
        team: who labels now.
        number: only this round.

    Returns:
        the projects; where nothing was ever pushed, those that the settings describe.
    """
    known = known_people(units, team)
    projects = [(found, person) for found, people in known.items() for person in people if number in (None, found)]
    if not projects:
        return Pulls([(number or team.number, person) for person in team.people], [])
    notes = [
        f"{person} is no longer among the annotators; what they labelled is still pulled"
        for person in dict.fromkeys(person for _, person in projects)
        if person is not None and person not in team.people
    ]
    notes += [
        f"nothing was pushed to {person or 'the shared project'} yet"
        for person in team.people
        if (number or team.number, person) not in projects
    ]
    return Pulls(projects, notes)


def plan_push(
    corpus: Corpus,
    team: Team,
    language: str,
    furniture: bool | None = None,
    asked: Selection | None = None,
    reassign: bool = False,
) -> Handout:
    """Choose units and deal those that nobody has yet.

    Parameters:
        corpus: an open, annotated corpus; its settings say how much people overlap and who sees pre-annotations.
        team: whose projects.
        language: of the metadata.
        furniture: whether units of page furniture and recaps are shown; default: as the layout has it.
        asked: which units; None: as last time.
        reassign: give units of people who left, and who did not confirm them, to those who are here.

    Returns:
        what to send to whom. Nothing is written yet.

    Raises:
        MinberError: MB504 the selection leaves nothing, MB501 to MB503 it is not understood.
    """
    settings = corpus.settings.doccano
    found = collect_units(corpus, team.layout, team.unit, language, furniture)
    books = _read_books(corpus, team)
    _inherit(corpus, found.units, books)
    last = last_selection(corpus.runs, team.scope)
    present = {unit for unit, _ in books.sent}
    selection, said = settle(asked, last, len(present))
    notes: list[str] = []
    goes_on = last is None or last.draws_as(selection)
    try:
        chosen = select_units(corpus, found.units, selection, present if goes_on else ())
    except MinberError as error:
        if asked is not None or error.code != "MB504":
            raise
        chosen = Chosen([], len(found.units), [f"{selection} leaves nothing more"])  # all that was asked for is done
    notes += chosen.notes
    wanted = [unit for unit in chosen.units if unit.unit_id not in books.given]
    known = [unit for unit in found.units if unit.unit_id in books.given]
    here = [person or "" for person in team.people]
    gone = sorted({person for given in books.given.values() for person in given} - {*here, ""}) if here != [""] else []
    share = settings.overlap if here != [""] else None
    moved, missing = _withdraw(books, gone, reassign and share is not None)
    if gone:
        notes += _departures(books, gone, moved, reassign or share is None)
    if settings.overlap is not None and here == [""]:
        notes.append("[doccano] overlap is set, but there are no annotators: all share one project")
    earlier = {unit: [person for person in given if (unit, person) not in moved] for unit, given in books.given.items()}
    items = [(unit.unit_id, unit.doc_id) for unit in known + wanted]
    missing = {unit: missing[unit] for unit, _ in items if unit in missing}
    dealt = deal(items, here, share, settings.overlap_people, settings.seed, earlier, missing)
    if share is None:  # everybody labels what is chosen; what one has beyond it stays theirs
        names = {unit.unit_id for unit in chosen.units}
        dealt = {unit: given if unit in names else tuple(earlier.get(unit, ())) for unit, given in dealt.items()}
    shown = _shown(settings.preannotate, settings.seed, dict(items), dealt, books.shown)
    handout: dict[Person, list[Unit]] = {person: [] for person in team.people}
    names = {unit.unit_id for unit in chosen.units}
    for unit in (*chosen.units, *(unit for unit in found.units if unit.unit_id not in names)):
        for person in team.people:
            if (person or "") in dealt.get(unit.unit_id, ()) or (unit.unit_id, person or "") in books.sent:
                handout[person].append(unit if shown.get(unit.unit_id, True) else _bare(unit))
    plan = _rows(team, dealt, shown, books, moved) if share is not None or settings.preannotate == "half" else []
    frame = pl.DataFrame(plan, schema=ASSIGNMENTS)
    new, remarks = selection != (last or Selection()), bool(notes)
    return Handout(team, handout, found, selection, len(chosen.units), new, frame, said + notes, remarks)


def _bare(unit: Unit) -> Unit:
    """The unit as those see it who are to judge without the machine."""
    return replace(unit, written="[]", hidden=(), cut=(), preannotated=False)


def _read_books(corpus: Corpus, team: Team) -> _Books:
    given: dict[str, list[str]] = {}
    shown: dict[str, bool] = {}
    withdrawn = set()
    planned = corpus.table(TABLE, ASSIGNMENTS).filter(pl.col("scope") == team.scope).collect()
    for row in planned.sort("planned_at", "unit_id", "annotator").iter_rows(named=True):
        shown[row["unit_id"]] = row["preannotated"]
        if row["withdrawn_at"] is None:
            given.setdefault(row["unit_id"], []).append(row["annotator"])
        else:
            withdrawn.add((row["unit_id"], row["annotator"]))
    names = {team.project(person): person or "" for person in known_people(corpus.units, team).get(team.number, ())}
    rows = corpus.units.filter(pl.col("project").is_in(list(names))).sort("pushed_at", "unit_id")
    places = rows.select("unit_id", "doc_id", "revision", "start", "end")
    rows = rows.select("unit_id", "project", "preannotated", "confirmed", pl.col("pushed_at").is_not_null())
    sent, confirmed = set(), set()
    for unit, project, preannotated, marked, arrived in rows.collect().iter_rows():
        person = names[project]
        key = unit, person
        shown.setdefault(unit, preannotated is not False)
        if marked:
            confirmed.add(key)
        if arrived:
            sent.add(key)
        if key not in withdrawn or key in confirmed:
            given.setdefault(unit, [])
            if person not in given[unit]:
                given[unit].append(person)
    places = places.unique("unit_id", keep="last", maintain_order=True)
    return _Books(given, frozenset(sent), frozenset(confirmed), shown, places.collect())


def _inherit(corpus: Corpus, units: Sequence[Unit], books: _Books) -> None:
    """A text that was revised stays with the people who have it: by the same words, else by the place between such."""
    fresh: dict[str, list[Unit]] = {}
    old: dict[tuple[str, str], list[dict[str, Any]]] = {}
    heads = {unit.doc_id: unit.revision for unit in units}
    for unit in units:
        if unit.unit_id not in books.given:
            fresh.setdefault(unit.doc_id, []).append(unit)
    for row in books.places.filter(pl.col("doc_id").is_in(list(fresh))).iter_rows(named=True):
        if row["revision"] != heads[row["doc_id"]]:
            old.setdefault((row["doc_id"], row["revision"]), []).append(row)
    if not old:
        return
    wanted = pl.col("id").is_in(list({doc_id for doc_id, _ in old}))
    frame = corpus.revisions.filter(wanted).select("id", "revision", "sequence", "text").collect().sort("sequence")
    for doc_id, revision, _, text in frame.iter_rows():  # the newest revision that has a counterpart decides
        rows = sorted(old.get((doc_id, revision), ()), key=lambda row: row["start"])
        before = [text[row["start"] : row["end"]] for row in rows]
        after = [unit.text for unit in fresh[doc_id]]
        for kind, left, right, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if kind not in ("equal", "replace"):
                continue
            for row, unit in zip(rows[left:right], fresh[doc_id][start:end], strict=False):
                books.given[unit.unit_id] = list(books.given[row["unit_id"]])
                books.shown[unit.unit_id] = books.shown[row["unit_id"]]


def _withdraw(books: _Books, gone: Sequence[str], reassign: bool) -> tuple[set[tuple[str, str]], dict[str, int]]:
    """What is taken from people who left: what they never got, and on request what they did not confirm."""
    moved: set[tuple[str, str]] = set()
    missing: dict[str, int] = {}
    for unit, given in books.given.items():
        for person in set(given) & set(gone):
            key = unit, person
            if key not in books.sent or (reassign and key not in books.confirmed):
                moved.add(key)
                missing[unit] = len(given)
    return moved, missing


def _departures(books: _Books, gone: Sequence[str], moved: set[tuple[str, str]], reassign: bool) -> list[str]:
    notes = []
    for person in gone:
        theirs = {unit for unit, name in books.sent if name == person}
        open_units = {unit for unit in theirs if (unit, person) not in books.confirmed}
        said = f"{person} is no longer among the annotators; what they labelled stays and is still pulled"
        if open_units:
            said += f"; of their {len(theirs)} unit(s) {len(open_units)} are not confirmed"
            if not reassign:
                said += " ('push --reassign' gives those to the others)"
        taken = sum(name == person for _, name in moved)
        notes.append(f"{said}; {taken} go to the others" if taken else said)
    return notes


def _shown(
    rule: str, seed: int, document_of: Mapping[str, str], dealt: Mapping[str, Sequence[str]], before: Mapping[str, bool]
) -> dict[str, bool]:
    """Which units show pre-annotations: the same for everybody who labels a unit."""
    if rule != "half":
        return {unit: before.get(unit, rule == "all") for unit in document_of}
    units = [(unit, document, "\0".join(sorted(dealt.get(unit, ())))) for unit, document in document_of.items()]
    return halve(units, seed, {unit: shown for unit, shown in before.items() if unit in document_of})


def _rows(
    team: Team,
    dealt: Mapping[str, Sequence[str]],
    shown: Mapping[str, bool],
    books: _Books,
    moved: set[tuple[str, str]],
) -> list[dict[str, object]]:
    now = dt.datetime.now(dt.UTC)
    known = {(unit, person) for unit, given in books.given.items() for person in given}
    row: dict[str, object] = {"scope": team.scope, "planned_at": now, "withdrawn_at": None}
    rows = [
        row | {"unit_id": unit, "annotator": person, "preannotated": shown[unit]}
        for unit, given in dealt.items()
        for person in given
        if (unit, person) not in known
    ]
    return rows + [
        row | {"unit_id": unit, "annotator": person, "preannotated": books.shown.get(unit, True), "withdrawn_at": now}
        for unit, person in sorted(moved)
    ]
