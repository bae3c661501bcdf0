"""What the machine says of the units that people decided on, in the labels of the layout that people saw."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.agreement.codings import LAYERS, coder_of
from corpus.agreement.gold_set import Gold
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.doccano.layouts import Label
    from corpus.store import Corpus

MACHINE = pl.Schema(
    {
        "unit": pl.UInt32(),
        "layer": pl.String(),
        "label": pl.String(),
        "start": pl.Int64(),  # code points of the document
        "end": pl.Int64(),
        "to": pl.Int64(),  # of a relation: the words that name the speaker
        "to_end": pl.Int64(),
    }
)
_LAYERS = {
    "themes": ("theme",),
    "voices": ("quote", "chrome", "background"),
    "spans": ("theme", "quote"),
}
"""Layers of annotations that a layout shows something of."""


def machine_labels(corpus: Corpus, gold: Gold) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
    """The machine's labels as they are now.

    Parameters:
        corpus: holds them.
        gold: the units.

    Returns:
        `MACHINE`; the same of the words that themes rest on (layer ``evidence``), in every layout; and who made them.
        A theme of a sentence is one of a unit if it shares at least half of the shorter of the two. Stretches are cut
        at the ends of the unit, where people could not go on either. Of words marked for several themes those count
        that the layout ``themes`` has room for.
    """
    from corpus.doccano.layouts import LAYOUTS, Layout, choose_layout
    from corpus.doccano.units import shown_labels

    shown_as = choose_layout(gold.layout, LAYOUTS[gold.layout].overlap, usual=False)  # type: ignore[index,arg-type]
    documents = gold.units["doc_id"].unique()
    annotations = corpus.annotations.filter(
        pl.col("layer").is_in(_LAYERS[gold.layout]) & pl.col("doc_id").is_in(documents.implode())
    )
    rows = annotations.select("doc_id", "layer", "label", "start", "end", "attributes", "annotator").collect()
    made_by = sorted(rows["annotator"].drop_nulls().unique())
    by_document = rows.sort("start", "end", "layer", "label").partition_by("doc_id", as_dict=True)
    order = [theme.id for theme in corpus.codebook.themes]
    found: list[tuple[Any, ...]] = []
    words: list[tuple[Any, ...]] = []
    for (doc_id,), units in (
        gold.units.select("doc_id", "unit", "start", "end")
        .partition_by("doc_id", as_dict=True, maintain_order=True)
        .items()
    ):
        layers: dict[str, list[Mapping[str, Any]]] = {}
        if (doc_id,) in by_document:
            for row in by_document[doc_id,].iter_rows(named=True):
                layers.setdefault(row["layer"], []).append(row)
        places = list(units.select("unit", "start", "end").iter_rows())

        def placed(layout: Layout, places: Sequence[Any] = places, layers: Mapping[str, Any] = layers) -> list[Any]:
            return list(_placed(sorted(set(shown_labels(layers, layout))), places, layout.name))

        evidence = _with_room((row for row in placed(LAYOUTS["themes"]) if row[1] == "evidence"), order)
        words += evidence
        found += [row for row in placed(shown_as) if row[1] != "evidence"]
        found += evidence if "evidence" in LAYERS[gold.layout] else []
    tables = (
        pl.DataFrame(part, schema=MACHINE, orient="row").unique().sort(MACHINE.names()) for part in (found, words)
    )
    return next(tables), next(tables), made_by


def pushed_labels(corpus: Corpus, gold: Gold, annotator: str | None = None) -> tuple[Gold, pl.DataFrame, pl.DataFrame]:
    """The labels that were shown to people, whatever the machine says now.

    Parameters:
        corpus: holds the units.
        gold: the units.
        annotator: what this person was shown; None: of several projects what the first by name shows.

    Returns:
        the units that were shown with pre-annotations, `MACHINE`, and its words that themes rest on.

    Raises:
        MinberError: MB506 none was shown with pre-annotations.
    """
    from corpus.doccano.notation import labels_from_json

    shown = corpus.units.filter((pl.col("layout") == gold.layout) & pl.col("preannotated").fill_null(True))
    if annotator is not None:
        shown = shown.filter(coder_of() == annotator)
    latest = pl.col("round").cast(pl.Int32).fill_null(1)
    rows = shown.select("unit_id", "project", "pushed", round=latest).collect().sort("project")
    rows = rows.drop_nulls("pushed").unique(["unit_id", "round"], keep="first", maintain_order=True)
    both = gold.units.join(rows, on=["unit_id", "round"], maintain_order="left")
    if not both.height:
        raise MinberError("MB506", what="units shown with pre-annotations", command="minber push")
    found = [
        (unit, label.layer, label.label, start + label.start, start + label.end, *_target(label, start))
        for unit, start, pushed in both.select("unit", "start", "pushed").iter_rows()
        for label in labels_from_json(pushed)
    ]
    machine = pl.DataFrame(found, schema=MACHINE, orient="row").unique().sort(MACHINE.names())
    kept = both.select("unit")
    part = Gold(
        gold.layout,
        gold.units.join(kept, on="unit", how="semi", maintain_order="left"),
        gold.labels.join(kept, on="unit", how="semi", maintain_order="left"),
        gold.arrows.join(kept, on="unit", how="semi", maintain_order="left"),
        gold.outdated,
        gold.unannotated,
    )
    return part, machine, machine.filter(pl.col("layer") == "evidence")


def is_outdated(corpus: Corpus) -> bool:
    """Were themes last given by another codebook than the corpus has now?

    Parameters:
        corpus: holds the machine's labels.

    Returns:
        True where the last ``minber annotate`` that had something to do worked with another one.

    Example:
        >>> import tempfile, corpus
        >>> is_outdated(corpus.init(tempfile.mkdtemp()))
        False
    """
    runs = corpus.runs.filter(pl.col("command") == "annotate").sort("started").select("details").collect()
    digests = [json.loads(details or "{}").get("codebook", {}).get("digest") for (details,) in runs.tail(1).iter_rows()]
    return any(digest not in (None, corpus.codebook.digest) for digest in digests)


def _placed(labels: Iterable[Label], places: Sequence[tuple[int, int, int]], layout: str) -> Iterator[tuple[Any, ...]]:
    """Labels of a document in each unit that they lie in; ``places`` (number, start, end) in order of their starts."""
    starts = [start for _, start, _ in places]
    furthest = list(accumulate((end for *_, end in places), max))
    for label in labels:
        whole = LAYERS[layout].get(label.layer) == "sets"
        at = bisect_left(starts, label.end) - 1
        while at >= 0 and furthest[at] > label.start:
            unit, start, end = places[at]
            left, right = max(start, label.start), min(end, label.end)
            if whole and 2 * (right - left) >= min(end - start, label.end - label.start):
                yield unit, label.layer, label.label, start, end, None, None
            elif not whole and left < right:
                yield unit, label.layer, label.label, left, right, *_target(label, 0)
            at -= 1


def _target(label: Label, start: int) -> tuple[int | None, int | None]:
    return (start + label.target[0], start + label.target[1]) if label.target else (None, None)


def _with_room(rows: Iterable[tuple[Any, ...]], order: Sequence[str]) -> list[tuple[Any, ...]]:
    """Of words marked for several themes those that a project without overlap can show."""
    from corpus.doccano.layouts import Label, resolve_overlaps

    units: dict[int, list[Label]] = {}
    for unit, layer, label, start, end, *_ in rows:
        units.setdefault(unit, []).append(Label(layer, label, start, end))
    return [
        (unit, label.layer, label.label, label.start, label.end, None, None)
        for unit, labels in units.items()
        for label in resolve_overlaps(labels, order)[0]
    ]
