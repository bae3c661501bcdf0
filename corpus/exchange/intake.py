"""What comes in from other formats on its way into a corpus: checked against its text, stored a batch at a time.

Importing twice changes nothing. Machine annotations of a component that has itself worked on the document in this
corpus are left out, and ``minber annotate`` later puts its own in the place of imported ones; people's labels are added
to those that are there.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

import polars as pl
from pydantic import ValidationError

from corpus.exchange.registry import Report
from corpus.store.corpus import DONE_LAYER, sql_in
from schemas.annotation import Annotation
from schemas.document import Document
from schemas.errors import MinberError
from schemas.tables import ANNOTATIONS, LABELS

if TYPE_CHECKING:
    from corpus.store import Corpus

_BATCH_DOCUMENTS = 200
_BATCH_SIZE = 8_000_000  # letters and bytes
_BATCH_ROWS = 100_000
_IMPORTED = "import"
"""``run`` of annotations that came from a file."""
_PLACE_KEYS = ["doc_id", "revision", "layer", "label", "start", "end", "annotator"]
_LABEL_KEYS = [*_PLACE_KEYS, "project", "unit_id"]

Row = dict[str, Any]


@dataclass(slots=True)
class Coming:
    """A document with its annotations.

    Attributes:
        document: the document.
        rows: its annotations, machine and human, valid.
        data: the bytes that it was read from, where its source's digest is theirs.
        partial: whether less is known of it than a corpus may know: where the corpus has this document, what it knows
            of it stays, and a text that differs becomes a further revision.
    """

    document: Document
    rows: list[Row]
    data: bytes | None = None
    partial: bool = False


class Intake:
    """Documents on their way into a corpus; leaving the ``with`` block stores the last of them.

    Parameters:
        corpus: the corpus.
        report: what came in is counted there, and what did not is named.
        whole: whether a document comes with all of its machine annotations, which then take the place of all that
            came in earlier; else of those of the same annotator and layer.
    """

    def __init__(self, corpus: Corpus, report: Report, *, whole: bool = False) -> None:
        self.corpus, self.report, self.whole = corpus, report, whole
        self._items: list[Coming] = []
        self._size = self._rows = 0

    def __enter__(self) -> Intake:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None or issubclass(kind, MinberError):
            self.store()

    def add(self, coming: Coming) -> None:
        """Take a document; stored at once if it makes a batch full."""
        self._items.append(coming)
        self._size += len(coming.document.text) + len(coming.data or b"")
        self._rows += len(coming.rows)
        full = self._size > _BATCH_SIZE or self._rows > _BATCH_ROWS or len(self._items) >= _BATCH_DOCUMENTS
        if full:
            self.store()

    def fail(self, code: str, place: str, error: Exception | str, **values: object) -> None:
        """Name what does not come in."""
        problem = error if isinstance(error, str) else problem_of_value(error)
        self.report.failures.append(MinberError(code, place, problem=problem, **values))

    def annotations(self, document: Document, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Row]:
        """Check annotations against the text of their document.

        Parameters:
            document: the document.
            rows: place for messages, and fields of ``Annotation``; ``words``, where it is there, is what the
                annotation must stand on.

        Returns:
            those that fit; each of the others is a failure MB606.
        """
        now, found = dt.datetime.now(dt.UTC), []
        for place, row in rows:
            try:
                found.append(fitting(document, row, now))
            except (ValueError, TypeError, KeyError) as error:
                self.fail("MB606", place, error)
        return found

    def store(self) -> None:
        """Store what was taken so far."""
        if self._items:
            store(self.corpus, self._items, self.report, whole=self.whole)
        self._items, self._size, self._rows = [], 0, 0


def fitting(document: Document, row: Mapping[str, Any], now: dt.datetime) -> Row:
    """Make an annotation of a document out of fields that came from elsewhere.

    Parameters:
        document: the document.
        row: fields of ``Annotation``, and perhaps ``words``.
        now: when it came in.

    Returns:
        a whole row.

    Raises:
        ValueError: a field is missing or wrong, or the annotation does not fit the text.
    """
    known = {key: row[key] for key in Annotation.model_fields if key in row}
    known |= {"doc_id": document.id, "revision": document.revision, "created": now}
    annotation, size = Annotation.model_validate(known), len(document.text)
    if annotation.end > size:
        raise ValueError(f"end {annotation.end} lies behind the text ({size})")
    words = row.get("words")
    if words is not None and document.text[annotation.start : annotation.end] != words:
        there = document.text[annotation.start : annotation.end]
        raise ValueError(f"at {annotation.start} to {annotation.end} stands {there[:60]!r}, not {words[:60]!r}")
    for name in ("mention", "cue", "evidence"):
        value = annotation.attributes.get(name)
        for place in value if name == "evidence" and value is not None else [value] * (value is not None):
            if not _is_range(place, size):
                raise ValueError(f"attributes.{name}: {place!r} is no range of the text ({size})")
    return annotation.model_dump()


def _is_range(place: object, size: int) -> bool:
    if not isinstance(place, list | tuple) or len(place) != 2 or not all(type(one) is int for one in place):
        return False
    return bool(0 <= place[0] <= place[1] <= size)


def problem_of_value(error: Exception) -> str:
    """What is wrong with a value, in one line.

    Example:
        >>> problem_of_value(ValueError("end 9 lies behind the text (3)"))
        'end 9 lies behind the text (3)'
    """
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        field = ".".join(str(step) for step in first["loc"])
        return f"{field}: {first['msg'].removeprefix('Value error, ')}" if field else first["msg"]
    return f"{type(error).__name__.removesuffix('Error')}: {error}" if isinstance(error, KeyError) else str(error)


def store(corpus: Corpus, items: list[Coming], report: Report, *, whole: bool) -> None:
    """Store documents with their annotations.

    Parameters:
        corpus: the corpus.
        items: the documents, each once.
        report: what came in is counted there.
        whole: see ``Intake``.
    """
    new = [(item.document, item.data) for item in _settled(corpus, items)]
    stored = corpus.add_documents(new)
    added = sum(one.status != "unchanged" for one in stored)
    report.documents += added
    report.unchanged += len(items) - added
    ids = [item.document.id for item in items]
    rows = [row for item in items for row in item.rows]
    report.rows += _store_machine(corpus, ids, [row for row in rows if row["origin"] == "machine"], whole)
    report.rows += _store_human(corpus, ids, [row for row in rows if row["origin"] == "human"], report)


def _settled(corpus: Corpus, items: list[Coming]) -> list[Coming]:
    """The documents to store: of those of which little is known, only new ones and new texts of known ones."""
    if not any(item.partial for item in items):
        return items
    ids = pl.Series([item.document.id for item in items if item.partial], dtype=pl.String)
    heads = dict(corpus.heads().filter(pl.col("id").is_in(ids.implode())).select("id", "revision").iter_rows())
    left = []
    for item in items:
        document = item.document
        if item.partial and document.id in heads:
            if heads[document.id] == document.revision:
                continue
            known = corpus.document(document.id)
            changed = {"text": document.text, "revision": document.revision, "source": document.source}
            item.document = known.model_copy(update=changed)
        left.append(item)
    return left


def _store_machine(corpus: Corpus, ids: list[str], rows: list[Row], whole: bool) -> int:
    """Bring machine rows in: in place of earlier imports, but not of what a component here has found itself."""
    if not rows and not whole:
        return 0
    here = corpus.table("annotations").filter(pl.col("doc_id").is_in(ids)).collect()
    own = here.filter(pl.col("run") != _IMPORTED)
    treated = set(own.select("doc_id", "revision", pl.col("annotator").str.split("@").list.first()).iter_rows())
    kept = [row for row in rows if (row["doc_id"], row["revision"], row["annotator"].partition("@")[0]) not in treated]
    found = [row | {"attributes": _text(row["attributes"]), "run": _IMPORTED} for row in kept]
    frame = pl.DataFrame(found + _bookkeeping(found), schema=ANNOTATIONS)
    before = here.filter(pl.col("run") == _IMPORTED)
    if not whole:
        superseded = ["doc_id", "annotator", "layer"]
        frame = pl.concat([before.join(frame, on=superseded, how="anti").select(frame.columns), frame])
    columns = [name for name in ANNOTATIONS if name != "created"]
    if _same(before.select(columns), frame.select(columns)):
        return 0
    corpus.replace("annotations", frame, f"{sql_in('doc_id', ids)} AND run = '{_IMPORTED}'")
    return len(found)


def _bookkeeping(rows: list[Row]) -> list[Row]:
    """Rows that say which component made what came in, with a fingerprint that is never current.

    So ``minber annotate`` knows that these rows are there, and puts its own in their place.
    """
    from annotators.pipeline import VERSIONS

    marks = {}
    for row in rows:
        component = row["annotator"].partition("@")[0]
        if component in VERSIONS:
            place = {"layer": DONE_LAYER, "label": component, "start": 0, "end": 0, "score": 1.0, "attributes": "{}"}
            marks[row["doc_id"], row["revision"], row["annotator"]] = row | place
    return list(marks.values())


def _store_human(corpus: Corpus, ids: list[str], rows: list[Row], report: Report) -> int:
    """Add people's labels that are new or say something else than before."""
    if not rows:
        return 0
    labels = []
    for row in rows:
        attributes = dict(row["attributes"])
        labels.append(
            {
                name: row[name]
                for name in ("doc_id", "revision", "layer", "label", "start", "end", "annotator", "origin")
            }
            | {
                "decision": attributes.pop("decision", "rejected" if row["score"] == 0.0 else "added"),
                "confirmed": bool(attributes.pop("confirmed", True)),
                "unit_id": attributes.pop("unit_id", ""),
                "project": attributes.pop("project", ""),
                "attributes": _text(attributes),
                "first_seen": row["created"],
                "last_seen": row["created"],
            }
        )
    given_in = pl.DataFrame(labels, schema=LABELS)
    frame = given_in.unique(_LABEL_KEYS, keep="last", maintain_order=True)
    if less := given_in.unique([*_LABEL_KEYS, "decision", "confirmed", "attributes"]).height - frame.height:
        told = "stand on the same words as another of the same name and person that says other things; the last stayed"
        report.notes.append(f"{less} label(s) {told}")
    here = corpus.labels.filter(pl.col("doc_id").is_in(ids)).collect()
    known = here.with_columns(pl.col("unit_id", "project").fill_null(""))
    said = [*_LABEL_KEYS, "decision", "confirmed"]
    fresh = frame.join(known, on=[*said, _sorted_attributes()], how="anti", maintain_order="left")
    # what says something else than before was first seen when it was
    before = known.group_by(_LABEL_KEYS).agg(before=pl.col("first_seen").min())
    fresh = fresh.join(before, on=_LABEL_KEYS, how="left", maintain_order="left")
    fresh = fresh.with_columns(first_seen=pl.coalesce("before", "first_seen")).drop("before")
    # another program does not tell in which unit or project somebody gave a label that the corpus has already
    bare = (pl.col("unit_id").fill_null("") == "") & (pl.col("project").fill_null("") == "")
    given = here.filter(~bare & (pl.col("decision") != "rejected")).select(_PLACE_KEYS).unique()
    fresh = fresh.join(given.with_columns(known=True), on=_PLACE_KEYS, how="left", maintain_order="left")
    doubled = bare & (pl.col("decision") == "added") & pl.col("known").fill_null(value=False)
    fresh = fresh.filter(~doubled).drop("known")
    if fresh.height:
        corpus.upsert("labels", fresh, keys=_LABEL_KEYS)
    return fresh.height


def _sorted_attributes() -> pl.Expr:
    """Attributes as JSON with sorted keys: formats may have brought them into another order."""
    return pl.col("attributes").map_elements(
        lambda text: json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True), return_dtype=pl.String
    )


def _same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    return one.height == other.height and one.sort(one.columns).equals(other.sort(other.columns))


def _text(attributes: Row) -> str:
    return json.dumps(attributes, ensure_ascii=False)
