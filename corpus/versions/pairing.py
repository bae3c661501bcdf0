"""Which documents are language versions of one text: by the links of their pages, else by what they say and when.

Candidates share numbers, names and listed words, weighed by how rare these are, and their days and speakers agree;
whether they say the same is then decided by aligning them sentence by sentence.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from sys import intern
from typing import Any, NamedTuple, Protocol

from corpus.versions.alignment import Bead, align
from corpus.versions.evidence import Keys, keys_of
from corpus.versions.scoring import Text

DAYS = 3
"""A translation appears within so many days."""
_CANDIDATES = 3
"""Documents of another language that each is aligned with."""
_COMMON, _FEW, _MANY = 0.3, 8, 300
"""Share of all documents from which a key tells nothing; but not where so few have it, and always where so many do."""
_ENOUGH = 0.5
"""Share that says the same from which no other candidate is looked at; what a transcript and a report must have."""
_NAME = 4
"""Consonants by which names are looked up."""
_SAYS = 6.0
"""Score from which two sentences are taken to say the same, when whole texts are compared."""
SHARE = 0.28
"""Share of the letters of the shorter text that must say the same."""
_LONGER = 4.0
"""A version may be so many times as long as the other: a summary is none."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document as far as pairing looks at it.

    Attributes:
        doc_id, lang, uri: which, in what language, from where.
        text: as the aligner takes it; None where ``pair`` is given its texts otherwise.
        title, date, speaker, place, kind: as far as known; of the speaker the registry's id, if it has one.
        alternates: language → address of the same text in it, as its page states.
        base: document that it is a version of, where a person said so.
    """

    doc_id: str
    lang: str
    uri: str
    text: Text | None = None
    title: str | None = None
    date: dt.date | None = None
    speaker: str | None = None
    place: str | None = None
    kind: str = "report"
    alternates: dict[str, str] = field(default_factory=dict)
    base: str | None = None


class Pair(NamedTuple):
    """Two documents that are versions of one text.

    Attributes:
        first, second: document ids, the smaller first.
        by: what told it: ``user``, ``links``, or ``text`` with ``date``, ``title``, ``speaker``, ``place`` where these
            agree too, joined by ``, ``.
        share: of the letters of the shorter text that say the same in the other; null where a person or a link told.
    """

    first: str
    second: str
    by: str
    share: float | None


class Texts(Protocol):
    """Gives the texts of documents, and alignments of two of them."""

    def text(self, doc_id: str) -> Text:
        """The text of a document."""

    def beads(self, one: str, two: str) -> Sequence[Bead]:
        """How two of them align."""


class _Given:
    """Texts that the candidates bring along."""

    def __init__(self, documents: Sequence[Candidate]) -> None:
        self._texts = {one.doc_id: one.text for one in documents if one.text is not None}

    def text(self, doc_id: str) -> Text:
        return self._texts[doc_id]

    def beads(self, one: str, two: str) -> Sequence[Bead]:
        return align(self._texts[one], self._texts[two])


def pair(
    documents: Sequence[Candidate],
    days: int = DAYS,
    watch: Callable[[Iterable[Candidate]], Iterable[Candidate]] = iter,
    texts: Texts | None = None,
    rank: Callable[[str], Any] = str,
) -> list[Pair]:
    """Find the language versions among documents.

    Parameters:
        documents: of at least two languages.
        days: that the days of two versions may lie apart; documents without a day may belong to any.
        watch: passes documents on as they are looked at, for a progress bar.
        texts: gives their texts, where there are more than memory holds; else the documents bring them along.
        rank: sorts ids: of two that are aligned, the least is the first.

    Returns:
        pairs, such that the documents that hang together are each of another language.

    Example:
        >>> kk = Text("kk", ["Форумға 300 адам қатысты.", "Тоқаев 2025 жылы реформа басталды деді.",
        ...                  "Келесі жиын Алматыда."])
        >>> ru = Text("ru", ["В форуме участвовали 300 человек.", "Токаев сказал, что реформа началась в 2025 году.",
        ...                  "Следующая встреча в Алматы."])
        >>> pair([Candidate("a", "kk", "file:a", kk), Candidate("b", "ru", "file:b", ru)])[0][:3]
        ('a', 'b', 'text')
    """
    sets = _Sets(documents)
    found: list[Pair] = []

    def accept(proposed: Pair) -> None:
        if sets.join(proposed.first, proposed.second):
            found.append(proposed)

    by_id = {document.doc_id: document for document in documents}
    for document in documents:
        if document.base in by_id:
            accept(_pair(document.doc_id, str(document.base), "user", None))
    for one, two in _linked(documents):
        accept(_pair(one, two, "links", None))
    alike = _alike(documents, days, sets, watch, texts or _Given(documents), rank)
    for proposed in sorted(alike, key=lambda p: (-(p.share or 0), p.first, p.second)):
        accept(proposed)
    return found


def _pair(one: str, two: str, by: str, share: float | None) -> Pair:
    return Pair(min(one, two), max(one, two), by, share)


class _Sets:
    """Documents that hang together; never two of one language, unless a person says so."""

    def __init__(self, documents: Sequence[Candidate]) -> None:
        self._members = {document.doc_id: {document.doc_id} for document in documents}
        self._lang = {document.doc_id: document.lang for document in documents}

    def languages(self, doc_id: str) -> set[str]:
        """Languages of the documents that hang together with one."""
        return {self._lang[other] for other in self._members[doc_id]}

    def join(self, one: str, two: str) -> bool:
        """Join the sets of two documents; false where they are joined already or share a language."""
        if two in self._members[one] or self.languages(one) & self.languages(two):
            return False
        joined = self._members[one] | self._members[two]
        for member in joined:
            self._members[member] = joined
        return True


def _linked(documents: Sequence[Candidate]) -> list[tuple[str, str]]:
    """Documents of which one states the address of the other as its version; those that both state it first."""
    from corpus.ingest.identity import canonical_url

    def address(uri: str) -> str:
        return re.sub(r"^https?://(?:www\.)?", "", canonical_url(uri)).rstrip("/")

    at = {address(document.uri): document for document in documents if document.uri.startswith("http")}
    stated: Counter[tuple[str, str]] = Counter()
    for document in documents:
        for uri in {address(uri) for uri in document.alternates.values() if uri.startswith("http")}:
            other = at.get(uri)
            # what a site calls a language may not be its code, and who has no translation links to the front page
            if other is not None and other.lang != document.lang and "/" in uri:
                stated[min(document.doc_id, other.doc_id), max(document.doc_id, other.doc_id)] += 1
    return sorted(stated, key=lambda ends: (-stated[ends], ends))


def _alike(
    documents: Sequence[Candidate],
    days: int,
    sets: _Sets,
    watch: Callable[[Iterable[Candidate]], Iterable[Candidate]],
    texts: Texts,
    rank: Callable[[str], Any],
) -> Iterable[Pair]:
    """Pairs whose texts say the same."""
    if len({document.lang for document in documents}) < 2:
        return
    keys: dict[str, set[str]] = {}
    length: dict[str, int] = {}
    for document in documents:  # no more is kept of the texts
        text = texts.text(document.doc_id)
        keys[document.doc_id] = _keys(text)
        length[document.doc_id] = sum(map(len, text.sentences))
    titles = {document.doc_id: _title_keys(document) for document in documents}
    seen = Counter(key for found in keys.values() for key in found)
    most = min(max(_COMMON * len(documents), _FEW), _MANY)
    weight = {key: math.log(1 + len(documents) / count) for key, count in seen.items() if count <= most}
    norm = {doc_id: math.sqrt(sum(weight.get(key, 0.0) ** 2 for key in found)) or 1.0 for doc_id, found in keys.items()}
    by_id = {document.doc_id: document for document in documents}
    places: dict[str, list[Candidate]] = defaultdict(list)
    for document in documents:
        for key in keys[document.doc_id] & weight.keys():
            places[key].append(document)
    tried: set[tuple[str, str]] = set()
    for document in watch(documents):
        scores: Counter[str] = Counter()
        known = sets.languages(document.doc_id)
        fits: dict[str, bool] = {}
        for key in sorted(keys[document.doc_id] & weight.keys()):
            for other in places[key]:
                if other.doc_id not in fits:
                    fits[other.doc_id] = other.lang not in known and _fits(document, other, days, length)
                if fits[other.doc_id]:
                    scores[other.doc_id] += weight[key] ** 2  # type: ignore[assignment]  # a sum of weights
        ranked = sorted(scores, key=lambda doc_id: (-scores[doc_id] / norm[doc_id], doc_id))
        looked_at: Counter[str] = Counter()
        for doc_id in ranked:
            other = by_id[doc_id]
            ends = min(document.doc_id, doc_id), max(document.doc_id, doc_id)
            if looked_at[other.lang] >= _CANDIDATES:
                continue
            looked_at[other.lang] += 1
            if ends in tried:
                continue
            tried.add(ends)
            first, second = sorted(ends, key=rank)
            share = says_the_same(texts.text(first), texts.text(second), texts.beads(first, second))
            if share >= _ENOUGH:
                looked_at[other.lang] = _CANDIDATES
            # a report of a speech says some of the same as the speech
            if share >= (SHARE if document.kind == other.kind else _ENOUGH):
                by = ["text", *_agreeing(document, other, titles)]
                yield _pair(document.doc_id, doc_id, ", ".join(by), round(share, 3))


def _fits(one: Candidate, two: Candidate, days: int, length: Mapping[str, int]) -> bool:
    if one.date and two.date and abs((one.date - two.date).days) > days:
        return False
    short, long = sorted((length[one.doc_id], length[two.doc_id]))
    return long <= _LONGER * short


def _agreeing(one: Candidate, two: Candidate, titles: dict[str, set[str]]) -> Iterable[str]:
    if one.date and one.date == two.date:
        yield "date"
    heads = titles[one.doc_id], titles[two.doc_id]
    if heads[0] and heads[1] and len(heads[0] & heads[1]) >= 0.3 * min(map(len, heads)):
        yield "title"
    for name in ("speaker", "place"):
        values = getattr(one, name), getattr(two, name)
        if all(values) and _names(keys_of(values[0], one.lang)) & _names(keys_of(values[1], two.lang)):
            yield name


def says_the_same(one: Text, two: Text, beads: Sequence[Bead] | None = None) -> float:
    """How much of two texts says the same.

    Parameters:
        one, two: the texts.
        beads: how they align, where that is known.

    Returns:
        share of the letters of the shorter text whose sentences surely have a counterpart.
    """
    lengths = [sum(map(len, text.sentences)) for text in (one, two)]
    met = [0, 0]
    for bead in align(one, two) if beads is None else beads:
        if bead.score >= _SAYS:
            met[0] += sum(len(one.sentences[i]) for i in bead.first)
            met[1] += sum(len(two.sentences[j]) for j in bead.second)
    return min(max(a / max(b, 1) for a, b in zip(met, lengths, strict=True)), 1.0)


def _names(keys: Keys) -> set[str]:
    return {f"s:{consonants[:_NAME]}" for consonants, named in keys.sounds.items() if named and len(consonants) > 2}


def _keys(text: Text) -> set[str]:
    found: set[str] = set()
    for sentence in text.sentences:
        keys = keys_of(sentence, text.lang)
        found |= {key for key in keys.fixed if key[0] == "w" or (key[0] == "n" and len(key) > 3)} | _names(keys)
    return set(map(intern, found))  # many documents have the same keys


def _title_keys(document: Candidate) -> set[str]:
    keys = keys_of(document.title or "", document.lang)
    return {key for key in keys.fixed if key[0] in "nw"} | _names(keys)


def groups(pairs: Sequence[Pair], bases: Iterable[str], rank: Callable[[str], Any]) -> dict[str, tuple[str, Pair]]:
    """Choose in each set of versions the one that the others are versions of.

    Parameters:
        pairs: from ``pair``.
        bases: documents that people named as such; they stay.
        rank: sorts documents; the least becomes the base elsewhere.

    Returns:
        document → its base and the pair that told it, for all but the bases.

    Example:
        >>> found = groups([Pair("a", "b", "links", None), Pair("b", "c", "text, date", 0.9)], [], str)
        >>> [(doc_id, base, told.by) for doc_id, (base, told) in found.items()]
        [('b', 'a', 'links'), ('c', 'a', 'text, date')]
    """
    import networkx

    graph = networkx.Graph()
    for one in pairs:
        graph.add_edge(one.first, one.second, pair=one)
    named = set(bases)
    found: dict[str, tuple[str, Pair]] = {}
    for members in networkx.connected_components(graph):
        base = min(members & named or members, key=rank)
        for other, path in networkx.single_source_shortest_path(graph, base).items():
            if other != base:
                found[other] = base, graph[path[-2]][path[-1]]["pair"]
    return dict(sorted(found.items()))


def every_pair(base_of: Mapping[str, str], rank: Callable[[str], Any] = str) -> list[tuple[str, str]]:
    """All pairs of documents that have the same base, the base among them.

    Parameters:
        base_of: document → its base.
        rank: sorts ids.

    Returns:
        pairs of document ids, the base first where it is one of them, else the least.

    Example:
        >>> every_pair({"b": "a", "c": "a"})
        [('a', 'b'), ('a', 'c'), ('b', 'c')]
    """
    members: dict[str, list[str]] = defaultdict(list)
    for doc_id in sorted(base_of, key=rank):
        members[base_of[doc_id]].append(doc_id)
    return [ends for base, others in members.items() for ends in combinations([base, *others], 2)]


def stated(alternates: str | None) -> dict[str, str]:
    """Read the column ``alternates`` of the table of documents."""
    return {str(lang): str(uri) for lang, uri in json.loads(alternates or "{}").items()}
