"""The commits of a table: which rows came and which went with each, cheap also after years of commits.

Opening a Delta table at each of a thousand versions takes twenty seconds; its log is a thousand small JSON files that
are read in a fraction of a second and name the files that each commit added and removed. Rows that stand in both are
rows that a commit has rewritten and not changed.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import polars as pl

from corpus.store.table import Table
from schemas.errors import MinberError


@dataclass(frozen=True, slots=True)
class Commit:
    """One version of a table.

    Attributes:
        version: its number.
        time: when it was committed, by the clock of the machine that wrote it.
        operation: what the storage layer calls it: ``CREATE TABLE``, ``WRITE``, ``MERGE``, ``OPTIMIZE`` …
        added, removed: names of data files.
        rewrites: whether it only wrote the same rows anew (compaction).
    """

    version: int
    time: dt.datetime
    operation: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    rewrites: bool


def commits(table: Table) -> list[Commit]:
    """List the versions of a table, oldest first.

    Parameters:
        table: the table; it may not exist yet.

    Returns:
        its commits; none before the first row.

    Raises:
        MinberError: MB204 a file of the log is missing or broken.
    """
    found = []
    for path in sorted((table.path / "_delta_log").glob("*.json")):
        if path.stem.isdigit():
            try:
                actions = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
                found.append(_commit(int(path.stem), actions))
            except (OSError, ValueError, KeyError) as error:
                raise MinberError("MB204", str(path), problem=str(error)) from error
    if [commit.version for commit in found] != list(range(len(found))):
        raise MinberError("MB204", str(table.path), problem="files of its log are missing, so it has no history")
    return found


def _commit(version: int, actions: list[dict[str, dict[str, object]]]) -> Commit:
    info = next((action["commitInfo"] for action in actions if "commitInfo" in action), {})
    moved = [action for action in actions if "add" in action or "remove" in action]
    changes = [next(iter(action.values())).get("dataChange", True) for action in moved]
    return Commit(
        version=version,
        time=dt.datetime.fromtimestamp(int(str(info.get("timestamp", 0))) / 1000, dt.UTC),
        operation=str(info.get("operation", "")),
        added=tuple(unquote(str(action["add"]["path"])) for action in moved if "add" in action),
        removed=tuple(unquote(str(action["remove"]["path"])) for action in moved if "remove" in action),
        rewrites=bool(moved) and not any(changes),
    )


def changes(table: Table, where: pl.Expr | None = None) -> Iterator[tuple[Commit, pl.DataFrame, pl.DataFrame]]:
    """Go through the commits of a table with the rows that each took away and brought.

    Parameters:
        table: the table, with a schema.
        where: only rows that satisfy this; files without such rows are hardly read.

    Yields:
        the commit, rows of the files it removed, and rows of the files it added: a row that only moved is in both.
        Commits that bring and take no such rows, and compactions, are left out.

    Raises:
        MinberError: MB204 files of the log or of the rows are missing.
    """
    rows: dict[str, pl.DataFrame] = {}
    for commit in commits(table):
        gone = [rows.pop(name) for name in commit.removed if name in rows]
        for name in commit.added:
            rows[name] = _read(table, name, where)
        if commit.rewrites:
            continue
        came = [rows[name] for name in commit.added]
        before, after = pl.concat(gone or [table.empty()]), pl.concat(came or [table.empty()])
        if before.height or after.height:
            yield commit, before, after


def _read(table: Table, name: str, where: pl.Expr | None) -> pl.DataFrame:
    try:
        frame = table.shaped(pl.scan_parquet(table.path / name, glob=False, hive_partitioning=False))
        return (frame if where is None else frame.filter(where)).collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise MinberError("MB204", str(Path(table.path, name)), problem=str(error).splitlines()[0]) from error
