"""A corpus: a folder with ``minber.toml``, raw bytes, and tables."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import polars as pl

from corpus.store.documents import HEAD, Status, decide, document_of
from corpus.store.history import Commit, changes, commits
from corpus.store.raw import RawStore
from corpus.store.table import Append, Change, Merge, Replace, Snapshot, Table
from schemas.codebook import Codebook, builtin_codebooks, load_codebook
from schemas.document import Document
from schemas.errors import MinberError
from schemas.settings import FILE_NAME, Settings, read_settings
from schemas.speakers import SpeakerRegistry, load_speakers
from schemas.tables import TABLES

DONE_LAYER = "_done"
"""Layer of the bookkeeping rows of ``annotations``: this component has treated this revision of this document."""

MANY_FILES = 64
"""Number of files from which a table is worth compacting."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a document that was given to the corpus."""

    id: str
    revision: str
    status: Status


class Corpus:
    """Documents, annotations, labels, units and runs in a folder.

    Tables are LazyFrames; each shows the state of the moment when it was asked for and goes on showing it while other
    processes write. The order of rows is not defined: sort where it matters.

    Parameters:
        path: folder that holds ``minber.toml``.

    Attributes:
        path: the folder, absolute.
        settings: what ``minber.toml`` says.

    Raises:
        MinberError: MB001 no corpus there; MB003, MB011 ``minber.toml`` is broken; MB207 the path cannot be stored in.

    Example:
        >>> import tempfile
        >>> from corpus.store import init_corpus
        >>> folder = Path(tempfile.mkdtemp()) / "speeches"
        >>> corpus = init_corpus(folder, name="Speeches")
        >>> corpus.documents.collect().height
        0
    """

    def __init__(self, path: Path | str) -> None:
        self.path = storable(Path(path).absolute())
        if not (self.path / FILE_NAME).is_file():
            raise MinberError("MB001", path=self.path)
        self.settings: Settings = read_settings(self.path / FILE_NAME)
        self._raw = RawStore(self.path / "raw")
        self._heads: tuple[int | None, pl.DataFrame] = (None, pl.DataFrame())

    def __repr__(self) -> str:
        return f"Corpus({str(self.path)!r})"

    # --- what the corpus is coded with

    @property
    def codebook_source(self) -> str | Path:
        """The built-in name or the absolute path of the codebook."""
        name = self.settings.corpus.codebook
        return name if name in builtin_codebooks() else self.path / name

    @property
    def speaker_files(self) -> tuple[Path, ...]:
        """Absolute paths of the speaker files beside the built-in ones."""
        return tuple(self.path / name for name in self.settings.corpus.speakers)

    @cached_property
    def codebook(self) -> Codebook:
        """The codebook; raises MB002, MB003 or MB011 where it is missing or broken."""
        return load_codebook(self.codebook_source)

    @cached_property
    def speakers(self) -> SpeakerRegistry:
        """The speakers that come with Minber and those of the corpus."""
        return load_speakers(*self.speaker_files)

    # --- reading

    @property
    def documents(self) -> pl.LazyFrame:
        """The newest revision of each document (columns: ``schemas.tables.DOCUMENTS``)."""
        return _newest(self.revisions)

    @property
    def revisions(self) -> pl.LazyFrame:
        """Every revision of every document; within an id, ``sequence`` counts them."""
        return self.table("documents")

    @property
    def annotations(self) -> pl.LazyFrame:
        """Machine annotations of the newest revisions (columns: ``schemas.tables.ANNOTATIONS``)."""
        heads = self.documents.select(doc_id="id", revision="revision")
        rows = self.table("annotations").filter(pl.col("layer") != DONE_LAYER)
        return rows.join(heads, on=["doc_id", "revision"], how="semi")

    @property
    def labels(self) -> pl.LazyFrame:
        """Decisions of people (columns: ``schemas.tables.LABELS``)."""
        return self.table("labels")

    @property
    def units(self) -> pl.LazyFrame:
        """Units on labelling servers (columns: ``schemas.tables.UNITS``)."""
        return self.table("units")

    @property
    def runs(self) -> pl.LazyFrame:
        """Commands that wrote to the corpus (columns: ``schemas.tables.RUNS``)."""
        return self.table("runs")

    def table(self, name: str, schema: pl.Schema | None = None, version: int | None = None) -> pl.LazyFrame:
        """Look at any table, now or as it was.

        Parameters:
            name: ``documents``, ``annotations``, ``labels``, ``units``, ``runs``, or another room's table.
            schema: columns of a table that ``schemas.tables`` does not list.
            version: an earlier version; ``version(name)`` tells the present one.

        Returns:
            all rows of the table, bookkeeping rows too; none where it does not exist yet.

        Raises:
            MinberError: MB204 the table is unreadable, MB205 it has no such version.
        """
        return self._table(name, schema).snapshot(version).rows

    def version(self, name: str) -> int:
        """The present version of a table, -1 before its first row; keep it to come back to this state."""
        return self.snapshot(name).version

    def snapshot(self, name: str, schema: pl.Schema | None = None) -> Snapshot:
        """The present version of a table together with its rows."""
        return self._table(name, schema).snapshot()

    def history(self, name: str) -> list[Commit]:
        """The versions of a table, oldest first; none before its first row.

        Raises:
            MinberError: MB204 the log is unreadable.
        """
        return commits(self._table(name))

    def changes(self, name: str, where: pl.Expr | None = None) -> Iterator[tuple[Commit, pl.DataFrame, pl.DataFrame]]:
        """The versions of a table with the rows that each took away and brought; see `corpus.store.history`.

        Raises:
            MinberError: MB204 the log or a file of rows is unreadable.
        """
        return changes(self._table(name), where)

    def heads(self) -> pl.DataFrame:
        """The newest revision of each document without its text (columns: ``store.documents.HEAD``).

        Cheap to ask for again: it is kept for as long as nobody writes documents.
        """
        return self._heads_at(self.snapshot("documents"))

    def document(self, doc_id: str) -> Document:
        """Read one document in its newest revision.

        Raises:
            MinberError: MB206 no such document.
        """
        rows = _newest(self.revisions.filter(pl.col("id") == doc_id)).collect().to_dicts()
        if not rows:
            raise MinberError("MB206", doc_id, path=self.path)
        return document_of(rows[0])

    def raw(self, sha256: str) -> bytes:
        """Read the bytes that a document was read from.

        Parameters:
            sha256: their digest, as in ``documents.sha256``.

        Raises:
            MinberError: MB201 missing or damaged.
        """
        return self._raw.get(sha256)

    # --- writing: each method is one commit or none, may be repeated, and may run beside other writers

    def add_documents(self, items: Sequence[tuple[Document, bytes | None]]) -> list[Stored]:
        """Store documents with the bytes they were read from; bytes first, then all documents in one commit.

        Parameters:
            items: documents, each with its raw bytes, whose digest is ``document.source.sha256``; None where they are
                not at hand (an export of another corpus), then ``raw`` raises MB201 for them.

        Returns:
            for each, in order, what it turned out to be: ``added``, ``revised`` (another text, or other metadata) or
            ``unchanged`` (nothing is written).

        Raises:
            MinberError: MB202 the disk refuses, MB203 other writers never let go.
        """
        stored: list[Stored] = []
        rows: list[dict[str, object]] = []

        def plan(now: Snapshot) -> Change | None:
            stored.clear()
            rows.clear()
            raw: list[tuple[bytes, str]] = []
            ids = pl.Series([document.id for document, _ in items], dtype=pl.String)
            known = {row["id"]: row for row in self._heads_at(now).filter(pl.col("id").is_in(ids.implode())).to_dicts()}
            for document, data in items:
                status, row = decide(document, known.get(document.id))
                stored.append(Stored(document.id, document.revision, status))
                if status != "unchanged":
                    if data is not None:
                        raw.append((data, document.source.sha256))
                    known[document.id] = row
                    rows.append(row)
            self._raw.put_all(raw)
            return Append(pl.DataFrame(rows, schema=TABLES["documents"])) if rows else None

        committed = self._table("documents").change(plan)
        if rows:  # the commit follows directly on the state that was planned on
            fresh = pl.DataFrame(rows, schema=TABLES["documents"]).select(HEAD)
            heads = pl.concat([self._heads[1], fresh]).sort("sequence").unique("id", keep="last")
            self._heads = (committed, heads)
            if committed % MANY_FILES == 0:
                self.tidy("documents")
        return stored

    def append(self, table: str, frame: pl.DataFrame, schema: pl.Schema | None = None) -> int:
        """Add rows to a table (not idempotent: use ``upsert`` where a repeated call must change nothing).

        Returns:
            the version of the table after it.
        """
        return self._table(table, schema).change(lambda _: Append(frame) if frame.height else None)

    def upsert(self, table: str, frame: pl.DataFrame, keys: Sequence[str], schema: pl.Schema | None = None) -> int:
        """Replace the rows that have the same keys, add the others; rows that are there already cost no commit.

        Parameters:
            table: name of the table.
            frame: whole rows; of rows with the same keys the last counts.
            keys: columns that name a row; never null.
            schema: columns of a table that ``schemas.tables`` does not list.

        Returns:
            the version of the table after it.
        """
        names = list(keys)
        if frame.select(pl.any_horizontal(pl.col(names).is_null().any())).item():
            raise ValueError(f"a key of {table} is null: {', '.join(names)}")
        rows = frame.unique(names, keep="last", maintain_order=True)

        def plan(now: Snapshot) -> Change | None:
            shape = now.rows.collect_schema()
            old = now.rows.join(rows.lazy().select(names), on=names, how="semi").collect()
            new = rows.select(
                (pl.col(name) if name in rows.columns else pl.lit(None)).cast(kind).alias(name)
                for name, kind in (shape or rows.schema).items()
            )
            if not old.height:
                return Append(new) if new.height else None
            changed = new.join(old, on=new.columns, how="anti", nulls_equal=True)
            if not changed.height:
                return None
            known = changed.join(old, on=names, how="semi").height
            return Merge(changed, tuple(names)) if known else Append(changed)

        return self._table(table, schema).change(plan)

    def replace(self, table: str, frame: pl.DataFrame, predicate: str | None, schema: pl.Schema | None = None) -> int:
        """Put rows in the place of all that satisfy a condition, in one commit.

        Parameters:
            table: name of the table.
            frame: the new rows; each must satisfy the condition.
            predicate: SQL over the columns (``project = 'themes-aigul'``; ``sql_in`` writes lists), None for all rows.
            schema: columns of a table that ``schemas.tables`` does not list.

        Returns:
            the version of the table after it.
        """

        if predicate is not None and frame.height and _matching(frame.lazy(), f"NOT ({predicate})"):
            raise ValueError(f"rows for {table} do not satisfy the condition that they replace: {predicate}")

        def plan(now: Snapshot) -> Change | None:
            if now.version < 0 or (predicate is not None and _matching(now.rows, predicate) is False):
                return Append(frame) if frame.height else None  # replacing nothing would rewrite whole files for it
            return Replace(frame, predicate)

        return self._table(table, schema).change(plan)

    def change(self, table: str, plan: Callable[[Snapshot], Change | None], schema: pl.Schema | None = None) -> int:
        """Commit what a plan makes of the newest state of a table, for changes that depend on what is there.

        Parameters:
            table: name of the table.
            plan: called with the newest snapshot, again whenever another writer was first; gives an ``Append``,
                ``Replace`` or ``Merge``, or None if nothing is to do.
            schema: columns of a table that ``schemas.tables`` does not list.

        Returns:
            the version that holds the result.

        Raises:
            MinberError: MB202 the disk refuses, MB203 other writers never let go.
        """
        return self._table(table, schema).change(plan)

    def record(self, command: str, details: dict[str, object], run: str | None = None) -> str:
        """Note in ``runs`` that a command begins to write, or, given its run again, that it has finished.

        A run without a finishing time was killed.

        Parameters:
            command: name of the command.
            details: JSON values: what it worked with, what came of it.
            run: what the first call returned; None begins a run.

        Returns:
            the id of the run.
        """
        now = dt.datetime.now(dt.UTC)
        row: dict[str, object] = {"command": command, "version": version("minber"), "started": now}
        row |= {"details": json.dumps(details, ensure_ascii=False, sort_keys=True, default=str)}
        if run is None:
            run = uuid.uuid4().hex[:16]
        else:
            begun = self.runs.filter(pl.col("run") == run).select("started").collect()
            row |= {"started": begun.item() if begun.height else now, "finished": now}
        self.upsert("runs", pl.DataFrame([row | {"run": run}], schema=TABLES["runs"]), ["run"])
        return run

    def compact(self, table: str | None = None, at_least: int = MANY_FILES) -> list[str]:
        """Rewrite tables that lie in many small files as few large ones; earlier versions stay readable.

        Parameters:
            table: one table, None for all.
            at_least: number of files below which a table is left alone.

        Returns:
            names of the tables rewritten.
        """
        done = []
        for name in TABLES if table is None else (table,):
            if (found := self._table(name)).file_count() >= at_least:
                found.compact()
                done.append(name)
        return done

    def tidy(self, table: str) -> None:
        """Compact a table if it is worth it and possible; for the end of a command, which must not fail by this."""
        with suppress(MinberError):
            self.compact(table)

    def _table(self, name: str, schema: pl.Schema | None = None) -> Table:
        return Table(self.path / name, schema if schema is not None else TABLES.get(name))

    def _heads_at(self, now: Snapshot) -> pl.DataFrame:
        known, heads = self._heads
        if known != now.version:
            heads = _newest(now.rows.select(HEAD)).collect()
            self._heads = (now.version, heads)
        return heads


def _newest(revisions: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the row with the highest sequence number of each id; the texts of others are not held in memory."""
    heads = revisions.select("id", "sequence").group_by("id").agg(pl.col("sequence").max())
    return revisions.join(heads, on=["id", "sequence"], how="semi")


def _matching(rows: pl.LazyFrame, predicate: str) -> bool | None:
    """Whether any row satisfies a SQL condition; None where polars does not understand what Delta may."""
    try:
        return rows.sql(f"SELECT 1 AS found FROM self WHERE {predicate} LIMIT 1").collect().height > 0  # noqa: S608
    except pl.exceptions.PolarsError:
        return None


def sql_in(column: str, values: Iterable[str]) -> str:
    """Write a SQL condition that a column has one of some values.

    Parameters:
        column: name of the column.
        values: strings; quotes in them are doubled.

    Returns:
        the condition; false for no values.

    Example:
        >>> sql_in("doc_id", ["a", "o'neil"])
        '"doc_id" IN (\\'a\\', \\'o\\'\\'neil\\')'
    """
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f'"{column}" IN ({listed})' if listed else "1 = 0"


def storable(path: Path) -> Path:
    """Refuse what deltalake misreads or panics at: its URLs cannot hold these characters."""
    found = re.search(r"[\[\]\\^|\x00-\x1f\x7f]|%[0-9A-Fa-f]{2}", path.as_posix())
    if found:
        raise MinberError("MB207", str(path), characters=found[0])
    return path
