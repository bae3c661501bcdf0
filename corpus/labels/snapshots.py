"""Gold sets that stay: a named copy of the labels with everything that a paper must be able to name.

A snapshot is a folder of plain files in ``snapshots/NAME`` of the corpus, not a version of a table, so that it outlives
compaction, a cleaned-up history, a deleted project and Minber itself. ``sha256sum -c SHA256SUMS`` checks it without any
program of ours; the checksum to cite is that of the file ``SHA256SUMS``.

Canonical bytes: JSON with sorted keys and no blanks, UTF-8, one row a line, lines in the order of their bytes, and no
times: the same decisions on the same texts with the same codebook have the same checksum wherever they were pulled.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.store import Corpus
from schemas.codebook import Codebook
from schemas.document import revision_of
from schemas.errors import MinberError
from schemas.tables import LABELS, UNITS

if TYPE_CHECKING:
    from corpus.labels.states import State

FOLDER = "snapshots"
SUMS = "SHA256SUMS"
ABOUT = "snapshot.json"
LABEL_FIELDS = (
    *("doc_id", "revision", "layer", "label", "start", "end", "annotator", "decision", "confirmed"),
    *("unit_id", "project", "round", "attributes"),
)
"""Columns of ``labels`` that a snapshot holds; ``attributes`` as an object."""
UNIT_FIELDS = (
    *("unit_id", "doc_id", "revision", "start", "end", "project", "layout", "annotator", "round"),
    *("preannotated", "confirmed", "confirmed_by"),
)
"""Columns of ``units`` that a snapshot holds."""
_DOCUMENT_FIELDS = ("id", "revision", "lang", "sha256", "uri")


class LabelSnapshot(BaseModel):
    """What is said of a snapshot, beside its content.

    Attributes:
        name: unique in the corpus.
        checksum: SHA-256 of its file ``SHA256SUMS``, which holds those of all other files.
        created: when it was taken.
        note: what the person who took it wrote.
        corpus: name of the corpus.
        labels_version: version of the table of labels that it shows; -1 if it came from elsewhere.
        codebook: id, version and digest.
        documents, units, confirmed, labels: how many texts, labelled units, units with a check mark, decisions.
        people: name → decisions.
        rounds: of labelling.
        minber: version of Minber.
        form: of the files.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str
    checksum: str
    created: dt.datetime
    note: str = ""
    corpus: str
    labels_version: int
    codebook: dict[str, str]
    documents: int
    units: int
    confirmed: int
    labels: int
    people: dict[str, int]
    rounds: tuple[int, ...]
    minber: str
    form: str = "minber-snapshot@1"


class SnapshotCorpus(Corpus):
    """A corpus as a snapshot shows it, for reading: its documents in their revisions, its labels, units and codebook.

    Parameters:
        base: the corpus that holds the texts.
        snapshot: what is said of the snapshot.

    Raises:
        MinberError: MB472 a file of the snapshot is damaged.
    """

    def __init__(self, base: Corpus, snapshot: LabelSnapshot) -> None:
        super().__init__(base.path)
        self.base, self.about = base, snapshot
        self._files = _read(base.path / FOLDER / snapshot.name, snapshot)

    @cached_property
    def codebook(self) -> Codebook:
        """The codebook of then."""
        return Codebook.model_validate_json(self._files["codebook.json"])

    @property
    def documents(self) -> pl.LazyFrame:
        """The labelled documents; of one that was labelled in several revisions, the newest of them."""
        kept = pl.LazyFrame(_parse(self._files["documents.jsonl"]), schema={"id": pl.String, "revision": pl.String})
        rows = self.revisions.join(kept, on=["id", "revision"], how="semi")
        newest = rows.select("id", "sequence").group_by("id").agg(pl.col("sequence").max())
        return rows.join(newest, on=["id", "sequence"], how="semi")

    @property
    def outdated(self) -> int:
        """How many decisions are on a revision older than the one that ``documents`` gives."""
        heads = self.documents.select(doc_id="id", revision="revision")
        return self.labels.join(heads, on=["doc_id", "revision"], how="anti").collect().height

    def table(self, name: str, schema: pl.Schema | None = None, version: int | None = None) -> pl.LazyFrame:
        """As `Corpus.table`; ``labels`` and ``units`` are those of the snapshot."""
        if version is None and name == "labels":
            rows = [
                {**row, "origin": "human", "attributes": json.dumps(row["attributes"], ensure_ascii=False)}
                for row in _parse(self._files["labels.jsonl"])
            ]
            return pl.LazyFrame(rows, schema=LABELS)
        if version is None and name == "units":
            return pl.LazyFrame([{**row, "pulled": "[]"} for row in _parse(self._files["units.jsonl"])], schema=UNITS)
        return self.base.table(name, schema, version)


def take_snapshot(corpus: Corpus, name: str, state: State | None = None, note: str = "") -> LabelSnapshot:
    """Copy the labels under a name, for good.

    Parameters:
        corpus: an open corpus.
        name: letters, digits and ``- _ .``, with a letter first.
        state: which labels, see `corpus.labels.state`; None for the latest.
        note: what it is for.

    Returns:
        what was taken.

    Raises:
        MinberError: MB471 the name is taken: a snapshot is never written over; MB473 not a name; MB474 there are no
            labels; MB202 the disk refuses.

    Example:
        >>> import tempfile, corpus, polars as pl
        >>> from schemas.tables import LABELS
        >>> c = corpus.init(tempfile.mkdtemp())
        >>> row = {"doc_id": "d", "revision": "r", "layer": "theme", "label": "dialogue", "start": 0, "end": 9,
        ...        "annotator": "aigul", "decision": "added"}
        >>> _ = c.append("labels", pl.DataFrame([row], schema=LABELS))
        >>> take_snapshot(c, "gold-1").people
        {'aigul': 1}
        >>> verify_snapshot(c, "gold-1")[0].name
        'gold-1'
    """
    from corpus.labels.states import state as find

    _check_name(name)
    folder = corpus.path / FOLDER / name
    if folder.exists():
        raise _taken(corpus, name)
    shown = state if state is not None else find(corpus)
    if not shown.labels.height and not shown.units.filter(pl.col("confirmed")).height:
        raise MinberError("MB474", str(corpus.path), state=shown.name)
    units = shown.units.filter(pl.col("pulled").is_not_null() | pl.col("confirmed"))
    units = units.sort("pulled_at", nulls_last=False).unique(["unit_id", "project"], keep="last", maintain_order=True)
    book = corpus.codebook
    files = {
        "labels.jsonl": canonical_lines(_rows(shown.labels, LABEL_FIELDS)),
        "units.jsonl": canonical_lines(_rows(units, UNIT_FIELDS)),
        "documents.jsonl": canonical_lines(_documents(corpus, shown.labels, units)),
        "codebook.json": book.model_dump_json().encode() + b"\n",  # the bytes that its digest is of
    }
    sums = checksums(files)
    people = dict(shown.labels["annotator"].value_counts().drop_nulls().sort("annotator").iter_rows())
    rounds = {found or 1 for frame in (shown.labels, units) for found in frame["round"].unique()}
    about = LabelSnapshot(
        name=name,
        checksum=hashlib.sha256(sums).hexdigest(),
        created=dt.datetime.now(dt.UTC),
        note=note,
        corpus=corpus.settings.corpus.name,
        labels_version=shown.version,
        codebook={"id": book.id, "version": book.version, "digest": book.digest},
        documents=files["documents.jsonl"].count(b"\n"),
        units=units.height,
        confirmed=units.filter(pl.col("confirmed")).height,
        labels=shown.labels.height,
        people=people,
        rounds=tuple(sorted(rounds)),
        minber=version_of("minber"),
    )
    data = {**files, SUMS: sums, ABOUT: about.model_dump_json(indent=2).encode() + b"\n"}
    _write(corpus, folder, data)
    return about


def whose(source: str, snapshot: str | None) -> str:
    """Whose labels are meant where a snapshot may be named: it holds those of people.

    Parameters:
        source: ``machine``, ``human`` or ``gold``, as the user or the default says.
        snapshot: its name, None where the corpus as it is is meant.

    Returns:
        the source.

    Raises:
        MinberError: MB509 adjudicated labels of a snapshot.

    Example:
        >>> whose("machine", None), whose("machine", "spring")
        ('machine', 'human')
    """
    if snapshot is not None and source == "gold":
        problem = "a snapshot holds what people decided, not what was adjudicated: --snapshot or --source gold"
        raise MinberError("MB509", problem=problem, command="minber labels snapshot")
    return "human" if snapshot is not None else source


def snapshots(corpus: Corpus) -> list[LabelSnapshot]:
    """List the snapshots of a corpus, oldest first.

    Parameters:
        corpus: an open corpus.

    Returns:
        what is said of each; their files are not checked.

    Raises:
        MinberError: MB472 one cannot be read.
    """
    found = [
        _about(path.parent) for path in sorted((corpus.path / FOLDER).glob(f"*/{ABOUT}")) if path.parent.name[0] != "."
    ]
    return sorted(found, key=lambda one: (one.created, one.name))


def open_snapshot(corpus: Corpus, name: str) -> SnapshotCorpus:
    """Look at a corpus as a snapshot shows it.

    Parameters:
        corpus: the corpus, or a view of it.
        name: of the snapshot.

    Returns:
        a corpus for reading.

    Raises:
        MinberError: MB475 no such snapshot; MB472 it is damaged.
    """
    folder = corpus.path / FOLDER / name
    if name in ("", ".", "..") or "/" in name or not (folder / ABOUT).is_file():
        known = ", ".join(one.name for one in snapshots(corpus)) or "none yet"
        raise MinberError("MB475", name, known=known)
    return SnapshotCorpus(corpus, _about(folder))


def verify_snapshot(corpus: Corpus, name: str, checksum: str | None = None) -> tuple[LabelSnapshot, list[str]]:
    """Check that a snapshot is what it was, and that the corpus still holds the texts it speaks of.

    Parameters:
        corpus: an open corpus.
        name: of the snapshot.
        checksum: what a paper says it was; its first letters are enough.

    Returns:
        what is said of it, and ids of documents whose text, in the revision labelled, is not in the corpus.

    Raises:
        MinberError: MB475 no such snapshot; MB472 a file is missing or changed, or the checksum is another.
    """
    kept = open_snapshot(corpus, name)
    about = kept.about
    if checksum is not None and not (checksum and about.checksum.startswith(checksum.lower().removeprefix("sha256:"))):
        raise MinberError("MB472", name, problem=f"its checksum is {about.checksum}, not {checksum}")
    wanted = {(row["id"], row["revision"]) for row in _parse(kept._files["documents.jsonl"])}
    ids = sorted({doc_id for doc_id, _ in wanted})
    rows = corpus.revisions.filter(pl.col("id").is_in(ids)).select("id", "revision", "text").collect()
    there = {(doc_id, revision) for doc_id, revision, text in rows.iter_rows() if revision_of(text) == revision}
    return about, sorted({doc_id for doc_id, _ in wanted - there})


def canonical_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Write rows so that equal rows give equal bytes, in whatever order they come.

    Parameters:
        rows: JSON objects.

    Returns:
        one line a row, sorted.

    Example:
        >>> canonical_lines([{"b": 1, "a": "ә"}, {"a": "b"}]).decode()
        '{"a":"b"}\\n{"a":"ә","b":1}\\n'
    """
    lines = [
        json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
        for row in rows
    ]
    return b"".join(line + b"\n" for line in sorted(lines))


def checksums(files: Mapping[str, bytes]) -> bytes:
    """Write what ``sha256sum -c`` reads.

    Example:
        >>> checksums({"a": b""}).decode()[:12]
        'e3b0c44298fc'
    """
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())).encode()


def _rows(frame: pl.DataFrame, fields: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = frame.select(fields).to_dicts()
    for row in rows:
        row["round"] = row["round"] or 1  # older corpora have none
        row["confirmed"] = bool(row["confirmed"])
        if "attributes" in row:
            row["attributes"] = json.loads(row["attributes"] or "{}")
        if "preannotated" in row:
            row["preannotated"] = row["preannotated"] is not False
    return rows


def _documents(corpus: Corpus, labels: pl.DataFrame, units: pl.DataFrame) -> list[dict[str, Any]]:
    """The revisions labelled; one that the corpus does not hold is named all the same."""
    wanted = pl.concat([frame.select(id="doc_id", revision="revision") for frame in (labels, units)]).unique()
    rows = corpus.revisions.filter(pl.col("id").is_in(wanted["id"].implode())).sort("sequence")
    known = rows.select(*_DOCUMENT_FIELDS).collect().unique(["id", "revision"], keep="last", maintain_order=True)
    return wanted.join(known, on=["id", "revision"], how="left").select(_DOCUMENT_FIELDS).to_dicts()


def _parse(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.split(b"\n") if line]


def _about(folder: Path) -> LabelSnapshot:
    try:
        about = LabelSnapshot.model_validate_json((folder / ABOUT).read_bytes())
    except (OSError, ValidationError) as error:
        raise MinberError("MB472", folder.name, problem=f"{ABOUT} cannot be read") from error
    if about.name != folder.name:  # copied or renamed by hand: two names for one gold set are one too many
        raise MinberError("MB472", folder.name, problem=f"its folder was renamed; it was taken as {about.name}")
    return about


def _read(folder: Path, about: LabelSnapshot) -> dict[str, bytes]:
    """All files of a snapshot, checked against its checksum."""
    try:
        sums = (folder / SUMS).read_bytes()
        files = {line.split("  ", 1)[1]: b"" for line in sums.decode().splitlines()}
        files = {name: (folder / name).read_bytes() for name in files}
    except (OSError, IndexError, UnicodeDecodeError) as error:
        problem = getattr(error, "filename", None)
        raise MinberError("MB472", about.name, problem=f"{Path(problem or SUMS).name} cannot be read") from error
    if hashlib.sha256(sums).hexdigest() != about.checksum:
        raise MinberError("MB472", about.name, problem=f"{SUMS} is not what it was")
    changed = [name for name, data in files.items() if checksums({name: data}) not in sums]
    if changed:
        raise MinberError("MB472", about.name, problem=f"{', '.join(changed)} not as it was")
    return files


def _write(corpus: Corpus, folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder with these files, whole or not at all, and never in the place of another."""
    temporary: Path | None = None
    try:
        folder.parent.mkdir(exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix="."))
        for name, data in files.items():
            with (temporary / name).open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            (temporary / name).chmod(0o444)
        temporary.chmod(0o755)
        temporary.rename(folder)
        temporary = None
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY) and folder.exists():
            raise _taken(corpus, folder.name) from error
        raise MinberError("MB202", str(folder), problem=error.strerror or str(error)) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[^\W\d_][\w.-]{0,79}", name) or name in ("latest", "previous"):
        raise MinberError("MB473", name)


def _taken(corpus: Corpus, name: str) -> MinberError:
    about = _about(corpus.path / FOLDER / name)
    return MinberError("MB471", name, created=f"{about.created:%Y-%m-%d %H:%M}", checksum=about.checksum[:12])
