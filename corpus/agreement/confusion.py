"""Where people disagree: which labels are taken for which, and in which units most."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.agreement.codings import Codings
from corpus.agreement.sets import masi_distance

if TYPE_CHECKING:
    from corpus.store import Corpus

NOTHING = "(none)"
"""What stands against a label where the other person gave none."""

_NEAR = 60  # letters of the text shown before and after a unit


def confusion(codings: Codings, layer: str) -> pl.DataFrame:
    """Count which labels people give where others give another.

    Parameters:
        codings: of a team.
        layer: of the labels.

    Returns:
        ``label``, ``other``, ``count`` (how often another person gave ``other`` where somebody gave ``label``),
        ``share`` (of all of ``label``). Each pair of people counts both ways round, so what both gave counts twice. A
        label that both gave stands against itself; each that only one gave against each that only the other gave, or
        against ``(none)``. Stretches are compared where they overlap.

    Example:
        >>> units = pl.DataFrame({"unit_id": ["u"] * 2, "doc_id": ["d"] * 2, "revision": ["r"] * 2, "start": [0, 0],
        ...     "end": [4, 4], "coder": ["a", "b"], "round": [1, 1]})
        >>> labels = pl.DataFrame({"unit_id": ["u", "u"], "coder": ["a", "b"], "round": [1, 1], "layer": ["theme"] * 2,
        ...     "label": ["dialogue", "village"], "start": [0, 0], "end": [4, 4]})
        >>> confusion(Codings("themes", units, labels), "theme").select("label", "other", "count").rows()
        [('dialogue', 'village', 1), ('village', 'dialogue', 1)]
    """
    given = _given(codings, layer)
    counts: Counter[tuple[str, str]] = Counter()
    for row in codings.items.iter_rows(named=True):
        for left, right in combinations(row["coders"], 2):
            ours, theirs = (given.get((row["round"], row["unit_id"], name), set()) for name in (left, right))
            for one, other in _met(ours, theirs, codings.layers().get(layer) == "spans"):
                counts[one, other] += 1
                counts[other, one] += 1
    rows = [(one, other, number) for (one, other), number in counts.items()]
    frame = pl.DataFrame(rows, schema={"label": pl.String, "other": pl.String, "count": pl.Int64}, orient="row")
    share = pl.col("count") / pl.col("count").sum().over("label")
    return frame.with_columns(share=share).sort("label", "count", "other", descending=[False, True, False])


def disagreements(codings: Codings, layer: str, names: Mapping[str, str] | None = None) -> pl.DataFrame:
    """List the units in which people differ, most first.

    Parameters:
        codings: of a team.
        layer: whose labels are compared.
        names: label → what to show for it.

    Returns:
        ``round``, ``unit_id``, ``doc_id``, ``revision``, ``start``, ``end``, ``disagreement`` (mean of all pairs of
        people: MASI's distance of their sets; of stretches one minus Dice's share of letters with the same label),
        ``codings`` (who said what).
    """
    given = _given(codings, layer)
    spans = codings.layers().get(layer) == "spans"
    shown = names or {}
    rows = []
    for row in codings.items.iter_rows(named=True):
        sets = {name: given.get((row["round"], row["unit_id"], name), set()) for name in row["coders"]}
        pairs = list(combinations(sets.values(), 2))
        if not pairs:
            continue
        apart = sum(_dice_distance(*pair) if spans else _set_distance(*pair) for pair in pairs) / len(pairs)
        if apart:
            said = [(name, ", ".join(_told(found, shown, spans, row["start"])) or "–") for name, found in sets.items()]
            told = "; ".join(f"{name}: {labels}" for name, labels in said)
            rows.append({**row, "disagreement": apart, "codings": told})
    schema = codings.items.schema | {"disagreement": pl.Float64(), "codings": pl.String()}
    frame = pl.DataFrame(rows, schema=schema).drop("coders")
    return frame.sort("disagreement", "doc_id", "start", "round", descending=[True, False, False, False])


def in_text(frame: pl.DataFrame, corpus: Corpus) -> pl.DataFrame:
    """Show units as a concordance.

    Parameters:
        frame: ``doc_id``, ``revision``, ``start``, ``end``, and columns that are passed on.
        corpus: holds the texts.

    Returns:
        ``docname``, ``from``, ``to``, ``pre``, ``keyword`` (the unit), ``post``, and the columns passed on.
    """
    known = texts_of(frame, corpus)
    rows = []
    for doc_id, revision, start, end in frame.select("doc_id", "revision", "start", "end").iter_rows():
        text = known.get((doc_id, revision), "")
        around = text[max(0, start - _NEAR) : start], text[start:end], text[end : end + _NEAR]
        rows.append([" ".join(part.split()) for part in around])
    context = pl.DataFrame(rows, schema=dict.fromkeys(("pre", "keyword", "post"), pl.String), orient="row")
    joined = pl.concat([frame.rename({"doc_id": "docname", "start": "from", "end": "to"}), context], how="horizontal")
    first = ["docname", "from", "to", "pre", "keyword", "post"]
    return joined.select(*first, pl.exclude(*first, "revision"))


def texts_of(frame: pl.DataFrame, corpus: Corpus) -> dict[tuple[str, str], str]:
    """The texts that units are of.

    Parameters:
        frame: ``doc_id``, ``revision``.
        corpus: holds the texts.

    Returns:
        document and revision → text; those that the corpus does not hold are not there.
    """
    wanted = frame.select(id="doc_id", revision="revision").unique()
    texts = corpus.revisions.select("id", "revision", "text").join(wanted.lazy(), on=["id", "revision"], how="semi")
    return {(doc_id, revision): text for doc_id, revision, text in texts.collect().iter_rows()}


_Given = tuple[str, int, int]


def _given(codings: Codings, layer: str) -> dict[tuple[Any, ...], set[_Given]]:
    found: defaultdict[tuple[Any, ...], set[_Given]] = defaultdict(set)
    rows = codings.labels.filter(pl.col("layer") == layer)
    for *key, label, start, end in rows.select("round", "unit_id", "coder", "label", "start", "end").iter_rows():
        found[tuple(key)].add((label, start, end))
    return dict(found)


def _met(ours: set[_Given], theirs: set[_Given], spans: bool) -> list[tuple[str, str]]:
    """Which labels of two people stand against each other."""
    if not spans:
        left, right = ({label for label, *_ in given} for given in (ours, theirs))
        only = sorted(left - right) or [NOTHING], sorted(right - left) or [NOTHING]
        apart = [(one, other) for one in only[0] for other in only[1] if (one, other) != (NOTHING, NOTHING)]
        return [(label, label) for label in sorted(left & right)] + apart
    found, met = [], set()
    for one in sorted(ours):
        over = [other for other in sorted(theirs) if one[1] < other[2] and other[1] < one[2]]
        same = [other for other in over if other[0] == one[0]]
        for other in same or over:
            found.append((one[0], other[0]))
            met.add(other)
        if not over:
            found.append((one[0], NOTHING))
    return found + [(NOTHING, other[0]) for other in sorted(theirs - met) if not _touches(other, ours)]


def _touches(span: _Given, others: set[_Given]) -> bool:
    return any(span[1] < other[2] and other[1] < span[2] for other in others)


def _set_distance(ours: set[_Given], theirs: set[_Given]) -> float:
    return masi_distance({label for label, *_ in ours}, {label for label, *_ in theirs})


def _dice_distance(ours: set[_Given], theirs: set[_Given]) -> float:
    left, right = ({(name, at) for name, start, end in given for at in range(start, end)} for given in (ours, theirs))
    return 1 - 2 * len(left & right) / (len(left) + len(right)) if left or right else 0.0


def _told(given: set[_Given], names: Mapping[str, str], spans: bool, start: int) -> Sequence[str]:
    if not spans:
        return sorted({names.get(label, label) for label, *_ in given})
    rows = sorted(given, key=lambda row: row[1:])
    return [f"{names.get(label, label)} {begin - start}–{end - start}" for label, begin, end in rows]
