"""A table of what ingest did with each source: read by what, in which encoding, to which document, or why not."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from types import TracebackType

from corpus.ingest.outcome import Outcome
from schemas.errors import MinberError

COLUMNS = ("uri", "status", "reader", "encoding", "document", "letters", "seconds", "code", "message")


class ReportFile:
    """Writes outcomes to a CSV file as they come, one row each, so that a run of any size needs no memory for them.

    A row stands in the file once its document is on disk: after a kill, the rows that are there are true.

    Parameters:
        path: of the file; one that is there is replaced.

    Raises:
        MinberError: MB171 it cannot be written.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "ingested.csv"
        >>> with ReportFile(file) as report:
        ...     report.add(Outcome("file:///a.txt", "added", "a-12", reader="text@1", encoding="utf-8", characters=70))
        >>> file.read_text(encoding="utf-8").splitlines()[1]
        'file:///a.txt,added,text@1,utf-8,a-12,70,,,'
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = path.open("w", encoding="utf-8", newline="", errors="backslashreplace")
        except OSError as error:
            raise self._error(error) from error
        self._rows = csv.writer(self._file, lineterminator="\n")
        self._write(COLUMNS)

    def add(self, outcome: Outcome) -> None:
        """Write a row.

        Raises:
            MinberError: MB171 the disk is full, or the like.
        """
        error = outcome.error
        self._write(
            (
                outcome.uri,
                outcome.status,
                outcome.reader,
                outcome.encoding,
                outcome.id,
                outcome.characters,
                None if outcome.seconds is None else f"{outcome.seconds:.3f}",
                error.code if error else None,
                " ".join(error.message.split()) if error else None,
            )
        )

    def __enter__(self) -> ReportFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        except OSError as problem:
            if error is None:
                raise self._error(problem) from problem

    def _write(self, row: tuple[object, ...]) -> None:
        try:
            self._rows.writerow(row)
            self._file.flush()
        except OSError as error:
            raise self._error(error) from error

    def _error(self, error: OSError) -> MinberError:
        return MinberError("MB171", os.fspath(self.path), problem=error.strerror or str(error))
