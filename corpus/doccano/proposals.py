"""What the recommender proposed in which project: each text of a project is answered once.

Doccano asks again at each opening of a text. In a project whose spans may overlap it would store the answer again each
time (its issue 1951), and everywhere a label that a person took away would come back. So answers are noted in the
corpus, in a file that only grows, a line each: no text, but its digest. ``pull`` reads there that such labels came from
the machine. See docs/decisions/025-recommender.md.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.doccano.found import State, UnitTexts
from corpus.doccano.layouts import Label
from corpus.doccano.notation import labels_from_json, labels_from_rows, labels_to_json, labels_to_rows
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus

FILE_NAME = "proposals.jsonl"
EVERYTHING = "*"
"""Part of an entry that stands for all parts: the text had labels that are not of the recommender."""

_LOOK_SECONDS = 1.0  # how long books may be old


def project_key(record: Mapping[str, Any]) -> str:
    """Name a project of the server, whatever it is called and at whatever address the server is.

    Parameters:
        record: of the server.

    Returns:
        its number and when it was made: a new server counts from 1 again.

    Example:
        >>> project_key({"id": 12, "created_at": "2025-03-14T09:26:53.589Z"})
        '12-20250314T092653589Z'
    """
    made = "".join(letter for letter in str(record["created_at"]) if letter.isalnum())
    return f"{record['id']}-{made[:40]}"


def digest(text: str) -> str:
    """Name a text without telling it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Proposals:
    """The file of answers of a corpus. Several processes may write at once; each sees what the others wrote.

    Parameters:
        corpus: whose file.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._path = corpus.path / FILE_NAME
        self._read_to = 0
        self._answers: dict[str, dict[str, dict[str, list[dict[str, Any]]]]] = {}
        self._labelled: dict[str, frozenset[str]] = {}
        self._looked = 0.0
        self._version: int | None = None

    def had(self, project: str, part: str, text: str) -> bool:
        """Whether a part of the answer (``cats``, ``spans:1`` …) was given, or the text had labels already."""
        self._refresh()
        self._look_into_books()
        name = digest(text)
        parts = self._answers.get(project, {}).get(name, {})
        return part in parts or EVERYTHING in parts or name in self._labelled.get(project.partition("-")[0], ())

    def note(self, project: str, part: str, text: str, labels: Sequence[Label]) -> None:
        """Write down an answer before it is given.

        Raises:
            MinberError: MB202 the disk refuses.
        """
        self._append([_entry(project, part, digest(text), labels)])

    def close(self, project: str, texts: Iterable[str]) -> int:
        """Note texts that have labels already, so that nothing is proposed for them; returns how many are new."""
        self._refresh()
        known = self._answers.get(project, {})
        fresh = {name for name in map(digest, texts) if EVERYTHING not in known.get(name, {})}
        self._append([_entry(project, EVERYTHING, name, ()) for name in sorted(fresh)])
        return len(fresh)

    def machine_labels(self, project: str, row: Mapping[str, Any], state: State) -> Mapping[str, Any]:
        """Count labels that a unit has from the recommender as pushed, for whoever compares what was with what is.

        Parameters:
            project: key of the project.
            row: of the units table.
            state: the unit on the server.

        Returns:
            the row; its ``pushed`` also holds the proposals that arrived. One that is neither there nor was at the last
            pull may never have been stored: nobody rejected it.
        """
        self._refresh()
        parts = self._answers.get(project, {}).get(digest(state.text), {})
        proposed = {label for rows in parts.values() for label in labels_from_rows(rows)}
        seen = {*state.labels, *(labels_from_json(row["pulled"]) if row["pulled"] else ())}
        arrived = proposed & seen
        if not arrived:
            return row
        return {**row, "pushed": labels_to_json([*{*labels_from_json(row["pushed"]), *arrived}])}

    def _append(self, entries: Sequence[dict[str, object]]) -> None:
        if not entries:
            return
        lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
            try:
                size = os.fstat(handle).st_size
                torn = size and os.pread(handle, 1, size - 1) != b"\n"  # by a crash; skipped when it is read
                data = b"\n" * bool(torn) + lines.encode()
                while data:
                    data = data[os.write(handle, data) :]
            finally:
                os.close(handle)
        except OSError as error:
            raise MinberError("MB202", str(self._path), problem=error.strerror or str(error)) from error

    def _refresh(self) -> None:
        """Read what was added since."""
        try:
            size = self._path.stat().st_size
        except FileNotFoundError:
            size = 0
        if size == self._read_to:
            return
        if size < self._read_to:  # somebody put another file there
            self._answers, self._read_to = {}, 0
            if not size:
                return
        with self._path.open("rb") as file:
            file.seek(self._read_to)
            data = file.read()
        data = data[: data.rfind(b"\n") + 1]
        self._read_to += len(data)
        for line in data.split(b"\n"):
            try:
                entry = json.loads(line)
                texts = self._answers.setdefault(entry["project"], {})
                texts.setdefault(entry["text"], {})[entry["part"]] = entry["labels"]
            except (ValueError, KeyError, TypeError):
                continue

    def _look_into_books(self) -> None:
        """Learn which units were pushed with pre-annotations, or had labels when they were pulled."""
        now = time.monotonic()
        if self._version is not None and now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        units = self._corpus.snapshot("units")
        if units.version == self._version:
            return
        self._version = units.version
        labelled = units.rows.filter(
            (pl.col("pushed") != "[]") | (pl.col("pulled").fill_null("[]") != "[]") | pl.col("confirmed")
        ).collect()
        texts = UnitTexts(self._corpus, labelled)
        found: dict[str, set[str]] = {}
        for project_id, unit in labelled.select("project_id", "unit_id").iter_rows():
            found.setdefault(str(project_id), set()).add(digest(texts.of(unit)))
        self._labelled = {project: frozenset(texts) for project, texts in found.items()}


def _entry(project: str, part: str, text: str, labels: Sequence[Label]) -> dict[str, object]:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return {"project": project, "part": part, "text": text, "time": now, "labels": labels_to_rows(sorted(labels))}
