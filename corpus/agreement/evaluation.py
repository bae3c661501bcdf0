"""The machine against people: precision, recall and F1 of every label, with intervals, whole and by group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.agreement.bootstrap import Floats, Resampling, Sums, interval
from corpus.agreement.codings import LAYERS, Kind
from corpus.agreement.gold_set import Gold, machine_corpus, read_gold
from corpus.agreement.machine_set import is_outdated, machine_labels, pushed_labels
from corpus.agreement.matching import SPEAKER, Comparison, compare
from corpus.stats.correction import FEWEST
from corpus.stats.frames import check_choice, grouped
from corpus.stats.intervals import WILSON, wilson

if TYPE_CHECKING:
    from corpus.stats.selection import Selected

MICRO, MACRO = "(micro)", "(macro)"
"""In the place of a label: all labels counted together; the mean of what each label has."""

EVALUATION_SOURCES = {
    "precision, recall, f1": "Van Rijsbergen, C. J. (1979). Information retrieval, 2nd edition, chapter 7. "
    "Micro: counts summed over labels; macro: mean over labels of what is defined (of F1: the mean of F1s, see Opitz, "
    "J., & Burst, S. (2019). Macro F1 and macro F1. arXiv:1911.03347).",
    "precision_low, precision_high, recall_low, recall_high": f"{WILSON} Macro: as f1_low.",
    "f1_low, f1_high": "Bootstrap over documents, percentiles: Efron, B., & Tibshirani, R. J. (1993). An introduction "
    "to the bootstrap, chapter 13.",
    "exact": "Same label and same bounds: Tjong Kim Sang, E. F., & De Meulder, F. (2003). Introduction to the "
    "CoNLL-2003 shared task. CoNLL 2003, 142–147.",
    "overlap": "Same label and a letter in common, each stretch met by one other at most: Chinchor, N., & Sundheim, B. "
    "(1993). MUC-5 evaluation metrics. MUC-5, 69–78 (one response aligned with one key); overlap as in Breck, E., "
    "Choi, Y., & Cardie, C. (2007). Identifying expressions of opinion in context. IJCAI 2007, 2683–2688.",
}
"""Measure → where it is from."""

EVALUATION = pl.Schema(
    {
        "layer": pl.String(),
        "match": pl.String(),  # label: of whole units; exact, overlap: of stretches
        "label": pl.String(),
        "name": pl.String(),
        "group": pl.String(),
        "gold": pl.Int64(),
        "machine": pl.Int64(),
        "tp": pl.Int64(),
        "fp": pl.Int64(),
        "fn": pl.Int64(),
        "precision": pl.Float64(),
        "precision_low": pl.Float64(),
        "precision_high": pl.Float64(),
        "recall": pl.Float64(),
        "recall_low": pl.Float64(),
        "recall_high": pl.Float64(),
        "f1": pl.Float64(),
        "f1_low": pl.Float64(),
        "f1_high": pl.Float64(),
        "units": pl.Int64(),
        "documents": pl.Int64(),
        "note": pl.String(),
    }
)
"""Columns of the result of `evaluate`; with several fields, these follow."""


@dataclass(frozen=True)
class Evaluation:
    """The machine beside people.

    Attributes:
        gold: the units, and what people decided.
        comparison: what was counted in each, and every error.
        evidence: words that the machine's themes rest on (`corpus.agreement.machine_set.MACHINE`).
        table: `EVALUATION`.
        made_by: components that made the machine's labels; empty where those that were pushed count.
        unmarked: layers of the layout in which people gave no label, which are left out.
        outdated: whether the machine's themes are of another codebook than that of now.
    """

    gold: Gold
    comparison: Comparison
    evidence: pl.DataFrame
    table: pl.DataFrame
    made_by: tuple[str, ...] = ()
    unmarked: tuple[str, ...] = ()
    outdated: bool = False


def evaluate(
    part: Selected,
    layout: str | None = None,
    source: str = "human",
    layer: str | None = None,
    labels: Sequence[str] = (),
    by: Sequence[str] = (),
    annotator: str | None = None,
    number: int | None = None,
    half: bool = False,
    pushed: bool = False,
    resampling: Resampling | None = None,
    names: Mapping[str, str] | None = None,
) -> Evaluation:
    """Measure the machine's labels by those of people.

    Parameters:
        part: of a corpus or a snapshot, with the fields of documents that are in `by`.
        layout, source, annotator, number, half: which gold (`corpus.agreement.read_gold`).
        layer: only this one; default: those in which people gave labels.
        labels: only these.
        by: fields of the part, or ``preannotated``.
        pushed: measure the labels that people were shown, instead of those that the machine gives now.
        resampling: how intervals of F1 are made; default: 1,000 draws of documents.
        names: label → its name, in the order wanted.

    Returns:
        the table and what it is from.

    Raises:
        MinberError: MB480, MB505, MB506 as `corpus.agreement.read_gold`; MB505 there is no such layer or label.

    Example:
        >>> import tempfile, corpus
        >>> from corpus.stats import Selected
        >>> from schemas.errors import MinberError
        >>> try:
        ...     evaluate(Selected(corpus.init(tempfile.mkdtemp())))
        ... except MinberError as error:
        ...     print(error.code)
        MB480
    """
    gold = read_gold(part, layout, source, annotator, number, half)
    known = LAYERS[gold.layout]
    if layer is not None:
        check_choice("layer", layer, [*known, *([SPEAKER] if "quote" in known else [])])
    made_by: list[str] = []
    if pushed:
        gold, machine, evidence = pushed_labels(machine_corpus(part), gold, annotator)
    else:
        machine, evidence, made_by = machine_labels(machine_corpus(part), gold)
    layers: dict[str, Kind] = dict(gold.layers())
    if "quote" in layers and "relation" in machine["layer"]:
        layers[SPEAKER] = "spans"
    unmarked = tuple(name for name in known if name not in layers)
    if layer is not None:
        layers = {layer: known.get(layer, "spans")}
        unmarked = ()
    found = compare(gold, machine, layers)
    if labels:
        given = {*found.counts["label"], *(names or {})}
        for label in labels:
            check_choice("label", label, sorted(given))
        found = Comparison(
            *(frame.filter(pl.col("label").is_in(list(labels))) for frame in (found.counts, found.errors))
        )
    how = resampling or Resampling(clusters=True)
    seen = pl.when("preannotated").then(pl.lit("with")).otherwise(pl.lit("without"))
    table = scores(gold.units.with_columns(preannotated=seen), found.counts, by, how, names)
    outdated = not pushed and "theme" in layers and is_outdated(machine_corpus(part))
    return Evaluation(gold, found, evidence, table, tuple(made_by), unmarked, outdated)


def scores(
    units: pl.DataFrame,
    counts: pl.DataFrame,
    by: Sequence[str] = (),
    resampling: Resampling | None = None,
    names: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """Turn counts of units into precision, recall and F1 with intervals.

    Parameters:
        units: ``unit``, ``doc_id`` and the fields of `by`.
        counts: `corpus.agreement.matching.COUNTS`.
        by: fields of units; each combination of values is a group.
        resampling: draws for the intervals of F1 (and of macro means): of documents with ``clusters``, else of units.
            Its level is that of all intervals.
        names: label → its name, in the order wanted.

    Returns:
        `EVALUATION` with, of several fields, each field: of each group and layer the labels that either side gave
        there, then ``(micro)`` and ``(macro)``. Precision is null where the machine gave nothing, recall where people
        did not; a macro mean leaves such labels out.

    Raises:
        MinberError: MB505 there is no such field.

    Example:
        >>> units = pl.DataFrame({"unit": [0, 1], "doc_id": ["a", "b"]})
        >>> counts = pl.DataFrame({"unit": [0, 1], "layer": ["theme"] * 2, "match": ["label"] * 2,
        ...     "label": ["law"] * 2, "tp": [1, 0], "gold": [1, 0], "machine": [1, 1]})
        >>> scores(units, counts).select("label", "tp", "fp", "fn", "precision", "recall").row(0)
        ('law', 1, 1, 0, 0.5, 1.0)
    """
    how = resampling or Resampling(clusters=True)
    frame, keys = grouped(units.lazy(), by)
    rows: list[dict[str, Any]] = []
    for _, group in (
        frame.sort(*(keys[1:] or keys), "unit", nulls_last=True).collect().group_by(keys, maintain_order=True)
    ):
        place = group.select(keys).row(0, named=True)
        size = {"units": group.height, "documents": group["doc_id"].n_unique()}
        drawn = group.select("unit", at=(pl.col("doc_id") if how.clusters else pl.col("unit")).rank("dense") - 1)
        here = counts.join(drawn, on="unit", maintain_order="left")
        for (layer, match), part in here.group_by("layer", "match", maintain_order=True):
            about = place | size | {"layer": layer, "match": match}
            rows += [about | row for row in _scored(part, drawn["at"].n_unique(), how, names or {})]
    schema = pl.Schema({**EVALUATION, **{key: units.schema[key] for key in keys[1:]}})
    found = pl.DataFrame(rows, schema=schema)
    return _with_shares(found, how.level).select(schema.names())


def _scored(part: pl.DataFrame, drawn: int, how: Resampling, names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A row a label of one layer, and those of all labels; `drawn` is the number of documents (or units)."""
    rank = {name: place for place, name in enumerate(names)}
    labels = sorted(part["label"].unique(), key=lambda name: (rank.get(name, len(rank)), name))
    numbers = {name: place for place, name in enumerate(labels)}
    cells = np.zeros((drawn, len(labels), 3))
    for at, label, *values in part.select("at", "label", "tp", "gold", "machine").iter_rows():
        cells[at, numbers[label]] += values
    total = cells.sum(axis=0)
    for name, at in numbers.items():
        yield {"label": name, "name": names.get(name), **_counted(total[at]), **_f1(cells[:, [at]], how)}
    yield {"label": MICRO, **_counted(total.sum(axis=0)), **_f1(cells.sum(axis=1, keepdims=True), how)}
    means: dict[str, Any] = {}
    for measure, value in (("precision", _precision), ("recall", _recall)):
        means |= _bootstrapped(measure, cells, value, how)
    yield {"label": MACRO, **_counted(total.sum(axis=0)), **means, **_f1(cells, how)}


def _counted(values: NDArray[Any]) -> dict[str, int]:
    tp, gold, machine = (int(value) for value in values)
    return {"gold": gold, "machine": machine, "tp": tp, "fp": machine - tp, "fn": gold - tp}


def _f1(cells: Floats, how: Resampling) -> dict[str, float | None]:
    return _bootstrapped("f1", cells, lambda sums: 2 * sums[..., 0] / (sums[..., 1] + sums[..., 2]), how)


def _precision(sums: Floats) -> Floats:
    return np.asarray(sums[..., 0] / sums[..., 2])


def _recall(sums: Floats) -> Floats:
    return np.asarray(sums[..., 0] / sums[..., 1])


def _bootstrapped(name: str, cells: Floats, value: Any, how: Resampling) -> dict[str, float | None]:
    """The mean over labels of a measure, with its interval; documents (or units) × labels × counts go in."""
    drawn, labels, _ = cells.shape

    def mean(sums: Floats) -> Floats:
        found = value(sums.reshape(-1, labels, 3))
        known = np.isfinite(found)
        return np.asarray(np.where(known, found, 0.0).sum(axis=1) / known.sum(axis=1))

    measure = Sums(cells.reshape(drawn, -1), mean, mean)
    point, _ = measure.estimate()
    low, high = (None, None) if point is None or drawn < 2 else interval(measure, np.arange(drawn), _singly(how))
    return {name: point, f"{name}_low": low, f"{name}_high": high}


def _singly(how: Resampling) -> Resampling:
    """What is drawn has a row each already."""
    return Resampling(how.replicates, how.level, how.seed)


def _with_shares(frame: pl.DataFrame, level: float) -> pl.DataFrame:
    """Precision and recall with Wilson's intervals, but for macro means, and what they rest on too little of."""
    single = pl.col("label") != MACRO
    shares = {}
    for name, of in (("precision", "machine"), ("recall", "gold")):
        low, high = wilson(pl.col("tp"), pl.col(of), level)
        share = pl.when(pl.col(of) > 0).then(pl.col("tp") / pl.col(of))
        for column, value in ((name, share), (f"{name}_low", low), (f"{name}_high", high)):
            shares[column] = pl.when(single).then(value).otherwise(column)
    reasons = [
        pl.when(pl.col("gold") < FEWEST).then(pl.lit(f"fewer than {FEWEST} in gold")),
        pl.when(pl.col("machine") < FEWEST).then(pl.lit(f"fewer than {FEWEST} of the machine")),
    ]
    note = pl.concat_str(reasons, separator="; ", ignore_nulls=True)
    return frame.with_columns(**shares, note=pl.when(note != "").then(note))
