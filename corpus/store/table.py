"""One Delta table of a corpus: read at a version, changed by compare-and-swap.

Every change is planned on a snapshot and committed only as the very next version of that snapshot. If somebody else
committed in between, the plan is made again on the new state. So a plan may look at what is there ("is this document
new?") and rely on it, whatever other processes do; see docs/decisions/010-one-commit-one-truth.md.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from schemas.errors import MinberError

PATIENCE = 60.0
"""Seconds after which a writer that always finds another one ahead gives up."""

_COMPACTED = 16 * 1024 * 1024  # bytes, packed
_ONLY_NEXT_VERSION = CommitProperties(max_commit_retries=0)
_KEEP_HISTORY = {  # a gold snapshot is a version of a table, so no version may age away
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}


@dataclass(frozen=True, slots=True)
class Append:
    """Add rows."""

    rows: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Replace:
    """Put rows in the place of those that a SQL predicate names, or of all."""

    rows: pl.DataFrame
    predicate: str | None


@dataclass(frozen=True, slots=True)
class Merge:
    """Put rows in the place of those with the same keys; add the others."""

    rows: pl.DataFrame
    keys: tuple[str, ...]


Change = Append | Replace | Merge


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A table at one version; -1 and no rows before it exists."""

    version: int
    rows: pl.LazyFrame


class Table:
    """A Delta table in a folder, created with its first change.

    Parameters:
        path: folder of the table.
        schema: its columns, or None for those found on disk.
    """

    def __init__(self, path: Path, schema: pl.Schema | None) -> None:
        self.path = path.absolute()
        self._schema = schema
        self._uri = self.path.as_uri()  # of a plain path, deltalake takes %20 for a space

    def snapshot(self, version: int | None = None) -> Snapshot:
        """Look at the table.

        Parameters:
            version: an earlier version, or None for the newest.

        Returns:
            the version and a LazyFrame that goes on showing it while others write.

        Raises:
            MinberError: MB204 unreadable table, MB205 no such version.
        """
        table = self._load(version)
        return self._show(table)

    def change(self, plan: Callable[[Snapshot], Change | None]) -> int:
        """Commit what a plan makes of the newest state, as one commit or not at all.

        Parameters:
            plan: called with the newest snapshot, again after each lost race; None means that nothing is to do.

        Returns:
            the version that holds the result.

        Raises:
            MinberError: MB202 the disk refuses, MB203 other writers were always ahead, MB204 unreadable table.
        """
        give_up = time.monotonic() + PATIENCE
        attempt = 0
        while True:
            table = self._load()
            snapshot = self._show(table)
            change = plan(snapshot)
            if change is None:
                return snapshot.version
            try:
                return self._commit(table if table is not None else self._create(), change)
            except (DeltaError, OSError) as error:
                lost_race = isinstance(error, CommitFailedError) and self._version() != snapshot.version
                if not lost_race:
                    raise MinberError("MB202", str(self.path), problem=_problem(error)) from error
                if time.monotonic() > give_up:
                    raise MinberError("MB203", str(self.path), seconds=round(PATIENCE)) from error
            attempt += 1
            time.sleep(random.uniform(0.0, min(1.0, 0.02 * attempt)))  # noqa: S311 -- not cryptography

    def compact(self) -> None:
        """Rewrite many small files as few large ones; every version stays readable."""
        table = self._load()
        if table is None:
            return
        try:
            # One file after the other, none too large: else memory grows with the table, to 0.9 GB for 2 GB of texts.
            table.optimize.compact(target_size=_COMPACTED, max_concurrent_tasks=1, commit_properties=_ONLY_NEXT_VERSION)
        except CommitFailedError:
            return  # somebody is writing; the next compaction will find the files
        except (DeltaError, OSError) as error:
            raise MinberError("MB202", str(self.path), problem=_problem(error)) from error

    def file_count(self) -> int:
        """How many data files the newest version consists of."""
        table = self._load()
        return 0 if table is None else len(table.file_uris())

    def _load(self, version: int | None = None) -> DeltaTable | None:
        try:
            return DeltaTable(self._uri, version=version)
        except TableNotFoundError:
            if version is not None:
                raise MinberError("MB205", str(self.path), version=version) from None
            return None
        except (DeltaError, OSError) as error:
            if version is not None and (current := self._load()) is not None and version > current.version():
                raise MinberError("MB205", str(self.path), version=version) from error
            raise MinberError("MB204", str(self.path), problem=_problem(error)) from error

    def _version(self) -> int:
        table = self._load()
        return -1 if table is None else table.version()

    def _create(self) -> DeltaTable:
        if self._schema is None:
            raise MinberError("MB002", kind="table", name=self.path.name, known="a table with a schema")
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            write_deltalake(
                self._uri, pl.DataFrame(schema=self._schema), mode="ignore", configuration=dict(_KEEP_HISTORY)
            )
        except DeltaError:
            if not DeltaTable.is_deltatable(self._uri):
                raise
        return DeltaTable(self._uri, version=0)  # so that rows which somebody else put there in between are a lost race

    def _show(self, table: DeltaTable | None) -> Snapshot:
        if table is None:
            return Snapshot(-1, pl.LazyFrame(schema=self._schema or {}))
        return Snapshot(table.version(), self.shaped(self._scan(table)))

    def empty(self) -> pl.DataFrame:
        """No rows, in the columns that we know."""
        return pl.DataFrame(schema=self._schema or {})

    def shaped(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Give rows read from disk the columns that we know; a table of an older Minber lacks the newer ones."""
        if self._schema is None:
            return rows
        have = rows.collect_schema()
        return rows.select(
            pl.lit(None, dtype=kind).alias(name)
            if name not in have
            else pl.col(name)
            if have[name] == kind
            else pl.col(name).cast(kind)  # Delta has no unsigned integers
            for name, kind in self._schema.items()
        )

    def _scan(self, table: DeltaTable) -> pl.LazyFrame:
        """The files of a version, as one frame.

        polars.scan_delta finds no files where the path has a space or a Cyrillic letter, since deltalake names them as
        URIs. Our tables have no partitions and no deletion vectors, so the names are all that is needed.
        """
        schema = pl.Schema(table.schema())
        files = [str(self.path / unquote(uri.rsplit("/", 1)[1])) for uri in table.file_uris()]
        if not files:
            return pl.LazyFrame(schema=schema)
        return pl.scan_parquet(
            files, schema=schema, glob=False, hive_partitioning=False, missing_columns="insert", extra_columns="ignore"
        )

    def _commit(self, table: DeltaTable, change: Change) -> int:
        rows = self._fit(change.rows)
        if shutil.disk_usage(self.path).free < rows.estimated_size():  # the storage layer would panic on its own thread
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if isinstance(change, Merge):
            same = " AND ".join(f't."{key}" = s."{key}"' for key in change.keys)
            merger = table.merge(
                rows,
                same,
                source_alias="s",
                target_alias="t",
                merge_schema=True,
                streamed_exec=False,  # so files whose keys lie elsewhere are neither read nor rewritten
                commit_properties=_ONLY_NEXT_VERSION,
            )
            merger.when_matched_update_all().when_not_matched_insert_all().execute()
        else:
            options: dict[str, Any] = {"mode": "append"}
            if isinstance(change, Replace):
                options = {"mode": "overwrite", "predicate": change.predicate}
            write_deltalake(table, rows, schema_mode="merge", commit_properties=_ONLY_NEXT_VERSION, **options)
        return table.version()

    def _fit(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Give a frame the table's columns, in their order and types; absent ones become null."""
        if self._schema is None:
            return rows
        unknown = sorted(set(rows.columns) - set(self._schema.names()))
        if unknown:
            raise ValueError(f"table {self.path.name} has no column {', '.join(unknown)}")
        return rows.select(
            (pl.col(name) if name in rows.columns else pl.lit(None)).cast(kind).alias(name)
            for name, kind in self._schema.items()
        )


def _problem(error: Exception) -> str:
    """The telling line of what the storage layer says: the first, and where that only names the layer, the last."""
    strerror = getattr(error, "strerror", None)
    lines = [line.strip() for line in str(strerror or error).splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].endswith("LocalFileSystem error"):
        return f"{lines[0]}: {lines[-1].lstrip('↳ ')}".rstrip(".")
    return (lines[0] if lines else type(error).__name__).rstrip(".")
