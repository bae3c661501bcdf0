"""The same words of a speaker in many reports: each quotation gets the id of its utterance, and one of each counts."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from corpus.versions.shingles import SIZE, name_of, shingles, words_of

UTTERANCES = pl.Schema(
    {
        "doc_id": pl.String(),
        "revision": pl.String(),
        "start": pl.Int64(),
        "end": pl.Int64(),
        "utterance": pl.String(),  # of the fullest wording; the same in every outlet
        "occurrence": pl.Int32(),  # 1 of the wording that counts; 2, 3 … of the others
        "quotations": pl.Int32(),  # of this utterance in the corpus
        "documents": pl.Int32(),  # that quote it
        "transcript": pl.String(),  # id of the transcript that the words stand in, if the corpus has it
    }
)
"""One row a quotation."""

_MOST = 0.6
"""Share of the shorter quotation's runs of words that the longer one must have."""
_FEWEST = 3
"""Runs of words that two quotations must share: five words in a row, or three runs apart."""
_DAYS = 14
"""Within so many days the same few words are one utterance."""
_FORMULA, _MONTHS = 10, 60
"""Quotations of fewer words may be a formula that a speaker repeats: farther apart than these days they are two."""
_COMMON = 200
"""Quotations with the same run of words that are looked at: more would make formulas slow and find nothing new."""


class Quotation(NamedTuple):
    """A quotation and where it stands; `date` of its document, `speaker` as far as known."""

    doc_id: str
    revision: str
    start: int
    end: int
    text: str
    lang: str
    date: dt.date | None = None
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    words: list[str]
    runs: frozenset[int]


def utterances(quotations: Sequence[Quotation], transcripts: Iterable[tuple[str, str]] = ()) -> pl.DataFrame:
    """Give each quotation the id of its utterance.

    Two quotations are one utterance where the shorter one's words stand in the longer one, in whatever signs and with
    a word changed here and there; of fewer than ten words it may be a formula, and months apart they are two; of fewer
    than five, the words, the speaker and nearly the day must be the same. The longest wording counts, of equals the
    earliest. Words that a transcript in the corpus holds count there.

    Parameters:
        quotations: in any order.
        transcripts: ids and texts.

    Returns:
        a frame of `UTTERANCES`, by document and place.

    Example:
        >>> first = Quotation("a", "1", 0, 40, "Біз жаңа Қазақстанды бірге құрып жатырмыз.", "kk")
        >>> second = Quotation("b", "1", 9, 40, "Біз жаңа Қазақстанды бірге құрып жатырмыз", "kk")
        >>> found = utterances([first, second])
        >>> found["utterance"].n_unique(), found["occurrence"].to_list()
        (1, [1, 2])
    """
    import networkx

    prepared = [_prepare(quotation.text) for quotation in quotations]
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(quotations)))
    graph.add_edges_from(_long_pairs(prepared, quotations))
    graph.add_edges_from(_short_pairs(prepared, quotations))
    spoken = _in_transcripts(prepared, quotations, transcripts)
    rows = []
    for members in networkx.connected_components(graph):
        ordered = sorted(members, key=lambda number: _rank(prepared[number], quotations[number]))
        where = next((spoken[number] for number in ordered if number in spoken), None)
        name = name_of(prepared[ordered[0]].words)
        documents = len({quotations[number].doc_id for number in members})
        for place, number in enumerate(ordered, 2 if where else 1):
            quotation = quotations[number]
            rows.append((*quotation[:4], name, place, len(members), documents, spoken.get(number, where)))
    return pl.DataFrame(rows, schema=UTTERANCES, orient="row").sort("doc_id", "start", "end")


def _prepare(text: str) -> _Words:
    words = words_of(text)
    return _Words(words, frozenset(shingles(words)))


def _rank(words: _Words, quotation: Quotation) -> tuple[object, ...]:
    return -len(words.words), quotation.date or dt.date.max, quotation.doc_id, quotation.start, quotation.end


def _long_pairs(prepared: Sequence[_Words], quotations: Sequence[Quotation]) -> Iterable[tuple[int, int]]:
    """Pairs of quotations that share enough runs of words."""
    places: dict[int, list[int]] = defaultdict(list)
    for number, one in enumerate(prepared):
        if len(one.words) < SIZE + _FEWEST - 1:
            continue
        together: Counter[int] = Counter()
        for run in one.runs:
            others = places[run]
            together.update(others)
            if len(others) < _COMMON:  # a quotation that hundreds share is known by the first of them
                others.append(number)
        for other, count in together.items():
            shorter = min(len(one.runs), len(prepared[other].runs))
            if count < max(_FEWEST, _MOST * shorter) or quotations[number].lang != quotations[other].lang:
                continue
            if min(len(one.words), len(prepared[other].words)) < _FORMULA and _apart(
                quotations[number], quotations[other]
            ):
                continue
            yield other, number


def _apart(one: Quotation, two: Quotation) -> bool:
    return bool(one.date and two.date) and abs((one.date - two.date).days) > _MONTHS  # type: ignore[operator]


def _short_pairs(prepared: Sequence[_Words], quotations: Sequence[Quotation]) -> Iterable[tuple[int, int]]:
    """Pairs of neighbours in time among quotations of the same few words by the same speaker."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, one in enumerate(prepared):
        speaker = quotations[number].speaker
        if one.words and len(one.words) < SIZE + _FEWEST - 1 and speaker:
            groups[quotations[number].lang, speaker, tuple(one.words)].append(number)
    for members in groups.values():
        dated = sorted(members, key=lambda number: quotations[number].date or dt.date.min)
        for earlier, later in pairwise(dated):
            days = quotations[earlier].date, quotations[later].date
            if days[0] and days[1] and (days[1] - days[0]).days <= _DAYS:
                yield earlier, later


def _in_transcripts(
    prepared: Sequence[_Words], quotations: Sequence[Quotation], transcripts: Iterable[tuple[str, str]]
) -> Mapping[int, str]:
    """Quotation → the transcript that has most of its runs of words."""
    wanted: dict[int, list[int]] = defaultdict(list)
    for number, one in enumerate(prepared):
        if len(one.words) >= SIZE + _FEWEST - 1:
            for run in one.runs:
                wanted[run].append(number)
    best: dict[int, tuple[float, str]] = {}
    for doc_id, text in transcripts:
        hits: Counter[int] = Counter()
        for run in wanted.keys() & set(shingles(words_of(text))):
            hits.update(wanted[run])
        for number, count in hits.items():
            share = count / len(prepared[number].runs)
            elsewhere = quotations[number].doc_id != doc_id
            if elsewhere and count >= _FEWEST and share >= _MOST and share > best.get(number, (0.0, ""))[0]:
                best[number] = share, doc_id
    return {number: doc_id for number, (_, doc_id) in best.items()}
