"""What a push left in order: while nothing changed since, the next one cuts no text into units to find that out.

A push that had nothing to report beside numbers notes what it was made from: versions of tables, settings, codebook,
selection, and a digest of the books. The file is no truth of its own. Where it is missing, older or of another Minber,
everything is looked at as always; and the server is asked in any case whether it still has what the books say.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, astuple, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.doccano.notes import Notes
from corpus.doccano.omissions import Omission
from corpus.doccano.project import known_units
from corpus.doccano.selection import Selection, fields_of, last_selection, settle
from corpus.doccano.teams import TABLE, Team
from schemas.settings import FILE_NAME

if TYPE_CHECKING:
    from corpus.store import Corpus

_COLUMNS = ("unit_id", "server", "project_id", "pushed", "pulled", "confirmed", "pushed_at", "preannotated")


@dataclass(frozen=True, slots=True)
class Kept:
    """The numbers of a push that left nothing to do.

    Attributes:
        present: units of the project.
        chosen, total: how many units the selection takes, of how many.
        left_out: units left out as page furniture or recap.
        unannotated: documents without sentences.
        omitted: what the layout cannot show of the units.
    """

    present: int
    chosen: int
    total: int
    left_out: int
    unannotated: list[str]
    omitted: list[Omission]


class Settled:
    """What decides which units a project has to hold, as it is when this is made: before any unit is cut.

    Parameters:
        corpus: an open corpus.
        team: whose projects.
        language: of the metadata.
        furniture: whether units of page furniture are shown; None: as the layout has it.
        asked: which units; None: as last time.
    """

    def __init__(
        self, corpus: Corpus, team: Team, language: str, furniture: bool | None, asked: Selection | None
    ) -> None:
        self._corpus = corpus
        last = last_selection(corpus.runs, team.scope)
        selection, self.notes = settle(asked, last, present=1)  # where nothing is there yet, nothing is settled
        fields = fields_of(selection)
        files = [corpus.path / FILE_NAME, *corpus.speaker_files]
        if "margin" in fields:  # a model that was removed may have been trained again under its name
            from corpus.learning.models import sums_of  # brings spaCy's training code

            files.append(sums_of(corpus, corpus.settings.corpus.model or ""))
        self._made_from: dict[str, Any] = {
            "minber": version("minber"),
            "documents": corpus.version("documents"),
            "annotations": corpus.version("annotations"),
            "files": [hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()],
            "codebook": hashlib.sha256(corpus.codebook.model_dump_json().encode()).hexdigest(),
            "team": [team.corpus_name, asdict(team.layout), team.unit, team.number, team.people],
            "language": language,
            "furniture": furniture,
            "selection": asdict(selection),
        }
        self._looks_at_others = "labelled" in fields
        self._digests: dict[str, tuple[int, str]] = {}

    def kept(self, project: str, books: pl.DataFrame, at: int) -> Kept | None:
        """The numbers of the last push to a project, where nothing changed on our side since.

        Parameters:
            project: our name of it.
            books: its rows of the units table.
            at: the version of that table.

        Returns:
            the numbers; None where units must be cut and compared.
        """
        try:
            [noted] = self._notes(project).read()
            if noted["key"] != self._key(project, books, at):
                return None
            return Kept(**{**noted["kept"], "omitted": [Omission(*row) for row in noted["omitted"]]})
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def note(self, project: str, books: pl.DataFrame, at: int, kept: Kept) -> None:
        """Write down that nothing is left to do.

        Parameters:
            project: our name of it.
            books: its rows of the units table, as they are now.
            at: the version of that table.
            kept: the numbers.
        """
        numbers = {name: value for name, value in asdict(kept).items() if name != "omitted"}
        entry = {
            "key": self._key(project, books, at),
            "kept": numbers,
            "omitted": [astuple(row) for row in kept.omitted],
        }
        self._notes(project).replace([entry])

    def _notes(self, project: str) -> Notes:
        return Notes(self._corpus, f"settled-{hashlib.sha256(project.encode()).hexdigest()[:16]}.json")

    def _key(self, project: str, books: pl.DataFrame, at: int) -> str:
        now = {
            "labels": self._corpus.version("labels"),
            "assignments": self._corpus.version(TABLE),
            "units": self._digest(project, books, at),
            # what was labelled in other projects counts only where the selection asks for it
            "all units": at if self._looks_at_others else None,
        }
        return hashlib.sha256(json.dumps([self._made_from, now], sort_keys=True, default=str).encode()).hexdigest()

    def _digest(self, project: str, books: pl.DataFrame, at: int) -> str:
        known = self._digests.get(project)
        if known is None or known[0] != at:  # a team is looked at as a whole before each of its projects is
            # labels count by their hash: the digest takes little memory, and a hash of another polars only costs a look
            short = (pl.col(name).hash() if name in ("pushed", "pulled") else pl.col(name) for name in _COLUMNS)
            rows = books.select(short).sort("server", "project_id", "unit_id")
            data = rows.write_ipc(None, compression="uncompressed").getvalue()
            known = self._digests[project] = at, hashlib.sha256(data).hexdigest()
        return known[1]


def all_settled(corpus: Corpus, team: Team, settled: Settled) -> bool:
    """Whether nothing changed on our side for any project of a team."""
    now = corpus.snapshot("units")
    projects = [team.project(person) for person in team.people]
    return all(settled.kept(project, known_units(now.rows, project), now.version) is not None for project in projects)
