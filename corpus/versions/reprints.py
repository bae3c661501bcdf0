"""Documents that are copies of each other: the same text, an edited reprint, one with another lead, an excerpt."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import polars as pl

from corpus.versions.shingles import PERMUTATIONS, SIZE, THRESHOLD, shingles, sketch, words_of

Relation = Literal["same", "changed lead", "reprint", "excerpt", "extended", "partly"]
"""How a document comes from an earlier one: its words are the same; only its first part differs; it was edited; it is
a part of it; it is the whole of it and more; or only much of it is the same."""

WHOLE = ("same", "changed lead", "reprint")
"""Relations of documents of which the one brings nothing that the other has not."""

COPIES = pl.Schema(
    {
        "doc_id": pl.String(),
        "revision": pl.String(),
        "cluster": pl.String(),  # id of the earliest document of those that are copies of each other
        "copy_of": pl.String(),  # the document that this is most alike; null of the earliest
        "relation": pl.String(),
        "similarity": pl.Float64(),  # shared shingles among all shingles of both
        "contained": pl.Float64(),  # share of this document's words that the other has in the same order
        "covers": pl.Float64(),  # share of the other's words that this one has
        "occurrence": pl.Int32(),  # 1 of a text that counts; 2, 3 … of whole copies, in the order of their dates
    }
)
"""One row a document; the earliest of a cluster and documents without copies are rows too."""

_SAME = 0.97
_MOST = 0.8
"""Share of a text's words from which it is as good as all of it."""
_LEAD = 0.34
"""Share of a text that may be its lead."""
_EVERY, _SAMPLED, _IN_SAMPLE, _COMMON = 8, 4, 0.6, 100
"""Every eighth shingle is indexed, for at most so many documents; two that share so many, and such a share, are looked
at."""
_FEWEST = 8
"""Words under which a text is no document to compare: a headline, a caption."""


class Body(NamedTuple):
    """A document for comparison.

    Attributes:
        doc_id, revision: which.
        lang: its language.
        order: sorts the documents by when they appeared; the least is the original.
        text: its words, furniture taken out.
    """

    doc_id: str
    revision: str
    lang: str
    order: tuple[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class _Prepared:
    body: Body
    shingles: array[int]


def copies(bodies: Iterable[Body]) -> pl.DataFrame:
    """Find which documents are copies of which.

    Candidates come from MinHash (locality-sensitive hashing), and, for short texts inside long ones, which it cannot
    see, from an index of every eighth shingle; what they are is decided on all their words.

    Parameters:
        bodies: the documents; taken one by one, their texts are not kept.

    Returns:
        a frame of `COPIES`, by document id.

    Example:
        >>> text = "Мемлекет басшысы бүгін Астанада өткен жиында жаңа реформалар туралы айтты."
        >>> bodies = [Body(name, "1", "kk", ("2025-01-01", name), text) for name in "ab"]
        >>> copies(bodies).select("doc_id", "copy_of", "relation", "occurrence").rows()
        [('a', None, None, 1), ('b', 'a', 'same', 2)]

    Source: Broder, A. Z. (1997). On the resemblance and containment of documents. Proc. Compression and Complexity of
    Sequences (MinHash; shingles that are 0 modulo a number).
    """
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    prepared: list[_Prepared] = []
    pairs: set[tuple[int, int]] = set()
    places: dict[int, list[int]] = {}
    sizes: list[int] = []
    for body in bodies:
        words = words_of(body.text)
        found = shingles(words) if len(words) >= _FEWEST else []
        number = len(prepared)
        prepared.append(_Prepared(body._replace(text=""), array("I", found)))
        if found:
            made = sketch(found)
            pairs.update((int(other), number) for other in index.query(made))
            index.insert(str(number), made)
        sample = {shingle for shingle in found if shingle % _EVERY == 0}
        together: Counter[int] = Counter()
        for shingle in sample:
            others = places.setdefault(shingle, [])
            together.update(others)
            if len(others) < _COMMON:
                others.append(number)
        pairs.update(
            (other, number)
            for other, count in together.items()
            if count >= max(_SAMPLED, _IN_SAMPLE * min(sizes[other], len(sample)))
        )
        sizes.append(len(sample))
    return _table(prepared, sorted(pairs))


def _table(prepared: Sequence[_Prepared], pairs: Sequence[tuple[int, int]]) -> pl.DataFrame:
    import networkx

    graph = networkx.Graph()
    graph.add_nodes_from(range(len(prepared)))
    for one, two in pairs:
        earlier, later = sorted((one, two), key=lambda number: prepared[number].body.order)
        if prepared[one].body.lang != prepared[two].body.lang:
            continue
        compared = compare(prepared[earlier].shingles, prepared[later].shingles)
        if compared is not None:
            graph.add_edge(earlier, later, **compared._asdict())
    rows: list[tuple[object, ...]] = []
    for members in networkx.connected_components(graph):
        ordered = sorted(members, key=lambda number: prepared[number].body.order)
        rows += _cluster(graph, prepared, ordered)
    return pl.DataFrame(rows, schema=COPIES, orient="row").sort("doc_id")


def _cluster(graph: object, prepared: Sequence[_Prepared], ordered: list[int]) -> Iterator[tuple[object, ...]]:
    first = prepared[ordered[0]].body
    occurrences: dict[int, int] = {}
    copied: dict[int, int] = {}  # a text → how many times it has appeared so far
    text_of: dict[int, int] = {}  # document → the one that it brings nothing new to
    for number in ordered:
        body = prepared[number].body
        earlier = [
            (edge["relation"] in WHOLE, edge["similarity"], -ordered.index(other), other)
            for other, edge in graph[number].items()  # type: ignore[index]  # networkx has no types
            if other in occurrences
        ]
        if not earlier:
            occurrences[number], text_of[number], copied[number] = 1, number, 1
            yield body.doc_id, body.revision, first.doc_id, None, None, None, None, None, 1
            continue
        other = max(earlier)[-1]
        edge = graph[number][other]  # type: ignore[index]
        whole = edge["relation"] in WHOLE or edge["relation"] == "excerpt"
        text_of[number] = text_of[other] if whole else number
        copied[text_of[number]] = occurrences[number] = copied.get(text_of[number], 0) + 1
        figures = edge["relation"], edge["similarity"], edge["contained"], edge["covers"]
        yield body.doc_id, body.revision, first.doc_id, prepared[other].body.doc_id, *figures, occurrences[number]


class Comparison(NamedTuple):
    """How a later text comes from an earlier one."""

    relation: Relation
    similarity: float
    contained: float
    covers: float


def compare(earlier: Sequence[int], later: Sequence[int]) -> Comparison | None:
    """Say what a text is to one that appeared before it.

    Parameters:
        earlier, later: shingles of both, in the order of the text.

    Returns:
        the comparison; None where they share too little to be copies.

    Example:
        >>> body = list(range(100))
        >>> compare(body, body).relation, compare(body, [*range(200, 220), *body[20:]]).relation
        ('same', 'changed lead')
        >>> compare(body, body[:30]).relation, compare(body, list(range(300, 400)))
        ('excerpt', None)
    """
    one, two = set(earlier), set(later)
    shared = one & two
    if not shared:
        return None
    similarity = len(shared) / len(one | two)
    covered = _covered(later, shared)
    contained, covers = sum(covered) / len(covered), sum(other := _covered(earlier, shared)) / len(other)
    if similarity < THRESHOLD and max(contained, covers) < _MOST:
        return None
    relation: Relation
    if similarity >= _SAME:
        relation = "same"
    elif _only_lead(covered) and _only_lead(other):
        relation = "changed lead"
    elif min(contained, covers) >= _MOST:
        relation = "reprint"
    elif contained >= _MOST:
        relation = "excerpt"
    elif covers >= _MOST:
        relation = "extended"
    else:
        relation = "partly"
    return Comparison(relation, similarity, contained, covers)


def _covered(numbers: Sequence[int], shared: set[int]) -> list[bool]:
    """For each word, whether it stands in a run of words that the other text has too."""
    covered = [False] * (len(numbers) + SIZE - 1)
    for place, number in enumerate(numbers):
        if number in shared:
            covered[place : place + SIZE] = [True] * SIZE
    return covered


def _only_lead(covered: list[bool]) -> bool:
    """Whether what differs stands at the beginning, and the rest is the same."""
    end = max(int(len(covered) * _LEAD), 1)
    rest = covered[end:]
    return bool(rest) and sum(rest) >= 0.95 * len(rest)
