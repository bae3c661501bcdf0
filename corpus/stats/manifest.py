"""What a result was made from, so that the same result can be made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.stats.tokens import TABLE
from corpus.store import Corpus
from schemas.codebook import Codebook
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.labels import LabelSnapshot
    from corpus.stats.selection import Selected

TABLES = ("documents", "annotations", "labels", "units", "gold", TABLE, "copies", "utterances")


class Manifest(BaseModel):
    """What ``--manifest`` writes beside a result.

    Attributes:
        command: arguments of ``minber``.
        corpus: name of the corpus.
        tables: version of each table that was read, -1 where there was none.
        codebook: its id, version and the SHA-256 of its content.
        selection: filters, in words.
        tokenizer: ``minber`` or ``whitespace``, and the rules by which each language was cut.
        versions: of Minber, polars and spaCy.
        rows: of the result.
        snapshot: name and checksum of the snapshot of labels that was counted or corrected by, if one was.
        sha256: of the bytes written; of a table, whose width depends on the terminal, of the same result as CSV.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: tuple[str, ...]
    corpus: str
    tables: dict[str, int]
    codebook: dict[str, str]
    selection: str
    tokenizer: dict[str, str]
    versions: dict[str, str]
    rows: int
    sha256: str
    snapshot: dict[str, str] | None = None


class PinnedCorpus(Corpus):
    """A corpus as its tables were at some versions; it is read only.

    Parameters:
        path: folder of the corpus.
        manifest: names the versions and the checksum that the result had.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        super().__init__(path)
        self.manifest = manifest

    def check(self, data: bytes) -> None:
        """Compare a result with that of the manifest.

        Parameters:
            data: its bytes as written.

        Raises:
            MinberError: MB513 it differs; the message names what is not as it was.
        """
        if hashlib.sha256(data).hexdigest() == self.manifest.sha256:
            return
        changed = [
            f"{name} was {then}, is {version_of(name)}"
            for name, then in self.manifest.versions.items()
            if version_of(name) != then
        ]
        if _digest(self.codebook) != self.manifest.codebook["sha256"]:
            changed.append("the codebook has changed")
        raise MinberError("MB513", problem="; ".join(changed) or "nothing that the manifest names has changed")

    def table(self, name: str, schema: pl.Schema | None = None, version: int | None = None) -> pl.LazyFrame:
        """As `Corpus.table`, at the pinned version."""
        pinned = self.manifest.tables.get(name) if version is None else version
        if pinned == -1:
            return super().table(name, schema).clear()
        return super().table(name, schema, pinned)

    def version(self, name: str) -> int:
        """The pinned version of a table."""
        return self.manifest.tables.get(name, -1)


def describe(
    part: Selected, command: Sequence[str], result: pl.DataFrame, data: bytes, gold: LabelSnapshot | None = None
) -> Manifest:
    """Write down what a result was made from.

    Parameters:
        part: the part of the corpus that was counted.
        command: arguments of ``minber``.
        result: the result.
        data: its bytes as written.
        gold: the snapshot that rates were corrected by.

    Returns:
        the manifest.
    """
    from corpus.labels import SnapshotCorpus

    corpus, book = part.corpus, part.corpus.codebook
    gold = corpus.about if isinstance(corpus, SnapshotCorpus) else gold
    kind = part.selection.tokenizer
    rows = corpus.table(TABLE).filter(pl.col("index") == 0) if corpus.version(TABLE) >= 0 else None
    runs = (
        []
        if rows is None
        else rows.filter(tokenizer=kind).select(pl.col("run").unique().sort()).collect()["run"].to_list()
    )
    return Manifest(
        command=tuple(command),
        corpus=corpus.settings.corpus.name,
        tables={name: corpus.version(name) for name in TABLES},
        codebook={
            "id": book.id,
            "version": book.version,
            "sha256": _digest(book),
        },
        selection=str(part.selection),
        tokenizer={"name": kind, "rules": " ".join(runs)},
        versions={name: version_of(name) for name in ("minber", "polars", "spacy")},
        rows=result.height,
        sha256=hashlib.sha256(data).hexdigest(),
        snapshot={"name": gold.name, "checksum": gold.checksum} if gold else None,
    )


def _digest(book: Codebook) -> str:
    return hashlib.sha256(book.model_dump_json().encode()).hexdigest()


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Parameters:
        path: the file.

    Returns:
        the manifest.

    Raises:
        MinberError: MB003 unreadable file, MB512 not a manifest.
    """
    try:
        return Manifest.model_validate(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise MinberError("MB003", str(path), file=path.name, problem=error.strerror or error) from error
    except (ValueError, ValidationError) as error:
        raise MinberError("MB512", str(path)) from error
