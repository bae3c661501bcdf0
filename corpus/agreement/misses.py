"""Where the machine is wrong, as a concordance: what it gave or missed, on which words, and who decided otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from corpus.agreement.confusion import NOTHING, in_text, texts_of
from corpus.agreement.evaluation import Evaluation

if TYPE_CHECKING:
    from corpus.store import Corpus

MISSES = (
    *("docname", "from", "to", "pre", "keyword", "post"),
    *("layer", "label", "name", "error", "evidence", "other", "by", "unit_id"),
)
"""Columns of the result of `errors`."""


def errors(found: Evaluation, corpus: Corpus, names: Mapping[str, str] | None = None) -> pl.DataFrame:
    """List what the machine gave and people did not, what it missed, and where its bounds or speakers are others.

    Parameters:
        found: result of ``evaluate``.
        corpus: holds the texts.
        names: label → what to show for it.

    Returns:
        `MISSES`, in order of document and place. ``error`` is ``false positive``, ``false negative``, ``bounds`` (the
        same label, other bounds) or ``speaker``; ``evidence`` the words that the machine's theme rests on; ``other``
        what the other side gave there: labels, or the words in people's bounds; ``by`` who gave the label, or who
        decided on the unit without it.
    """
    shown = dict(names or {})
    units = found.gold.units.select("unit", "unit_id", "doc_id", "revision")
    rows = found.comparison.errors.join(units, on="unit").sort("doc_id", "start", "end", "layer", "label", "error")
    texts = texts_of(rows, corpus)
    words: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for unit, label, start, end in found.evidence.select("unit", "label", "start", "end").iter_rows():
        words.setdefault((unit, label), []).append((start, end))

    def cut(text: str, start: int, end: int) -> str:
        return " ".join(text[start:end].split())

    told: list[tuple[str | None, str | None]] = []
    for row in rows.iter_rows(named=True):
        text = texts.get((row["doc_id"], row["revision"]), "")
        marked = words.get((row["unit"], row["label"]), []) if row["layer"] == "theme" else []
        evidence = "; ".join(cut(text, *place) for place in marked if row["start"] <= place[0] < row["end"])
        other = row["other"]
        if row["other_start"] is not None and other is None:
            other = cut(text, row["other_start"], row["other_end"])
        elif other is not None and other != NOTHING:
            other = ", ".join(shown.get(name, name) for name in other.split(", "))
        told.append((evidence or None, other))
    said = pl.DataFrame(told, schema={"evidence": pl.String, "other": pl.String}, orient="row")
    name = pl.col("label").replace_strict(shown, default=None, return_dtype=pl.String)
    whole = pl.concat([rows.drop("other", "other_start", "other_end", "unit"), said], how="horizontal")
    return in_text(whole.with_columns(name=name), corpus).select(MISSES)
