"""Institutions named in a text, linked to ids: a gazetteer with names in every language, matched as they inflect.

The gazetteer is YAML in ``gazetteer/``: ``national.yaml`` lists what every country has (its id depends on the country
named beside it, else on the document's), the others what has a name of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

import annotators.context  # noqa: F401 -- declares the attributes that spans get here
from annotators.terms import TermMatch, TermMatcher
from schemas.datafile import read_data

_FOLDER = Path(__file__).with_name("gazetteer")
_REACH = 3
"""A country is named beside an institution when at most this many tokens stand between: Parliament of the Republic."""


@dataclass(frozen=True, slots=True)
class Institution:
    """One entry of the gazetteer.

    Attributes:
        id: full id (``un``, ``kz.mazhilis``), or the role where ``national``.
        type: legislature, executive, court, law_enforcement, local, international, party, bank, forum, academic …
        national: whether every country has one.
        names: language → names.
    """

    id: str
    type: str
    national: bool
    names: dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def gazetteer() -> tuple[Institution, ...]:
    """Read the institutions that come with Minber.

    Returns:
        every entry, national ones first.

    Example:
        >>> [item.id for item in gazetteer() if "ООН" in item.names["ru"]]
        ['un']
    """
    entries = []
    for path in sorted(_FOLDER.glob("*.yaml"), key=lambda p: (p.stem != "national", p.stem)):
        if path.stem == "countries":
            continue
        for row in read_data(path):
            names = {key: tuple(value) for key, value in row.items() if key not in ("id", "role", "type")}
            entries.append(Institution(row.get("role") or row["id"], row["type"], "role" in row, names))
    return tuple(entries)


@lru_cache(maxsize=1)
def _countries() -> dict[str, dict[str, list[str]]]:
    data: dict[str, dict[str, list[str]]] = read_data(_FOLDER / "countries.yaml")
    return data


class Institutions:
    """spaCy component: ``doc.spans["institutions"]``; ``label_`` is the type, ``kb_id_`` the id.

    ``_.details`` repeats the id. Of overlapping names the longest is taken.

    Parameters:
        nlp: the pipeline; its language chooses the names.
    """

    def __init__(self, nlp: Language) -> None:
        lang = nlp.lang or ""
        self._entries = {item.id: item for item in gazetteer()}
        self._names = TermMatcher(
            lang,
            [(item.id, name, "N", False) for item in gazetteer() for name in item.names.get(lang, ())],
        )
        self._country_names = TermMatcher(
            lang,
            [
                (code, name, "N", False)
                for code, names in _countries().items()
                if code != "linking"
                for name in names.get(lang, ())
            ],
        )
        self._linking = frozenset(_countries()["linking"].get(lang, ()))

    def __call__(self, doc: Doc) -> Doc:
        """Add the institutions of a document."""
        found = _longest_of_all(self._names.find(doc))
        countries = self._country_names.find(doc) if found else []
        at_home = getattr(doc._.context, "country", None)
        spans = []
        for match in found:
            entry = self._entries[match.key]
            identity = entry.id
            if entry.national:
                country = self._country_beside(match, countries, doc) or at_home
                identity = f"{country.lower()}.{entry.id}" if country else entry.id
            span = Span(doc, match.start, match.end, label=entry.type, kb_id=identity)
            details: dict[str, Any] = {"id": identity}
            span._.details = details
            spans.append(span)
        doc.spans["institutions"] = SpanGroup(doc, name="institutions", spans=spans)
        return doc

    def _country_beside(self, match: TermMatch[str], countries: list[TermMatch[str]], doc: Doc) -> str | None:
        """The country named just before the institution or just after it, with at most small words between."""
        for country in countries:
            for start, end in ((country.end, match.start), (match.end, country.start)):
                if 0 <= end - start <= _REACH and all(token.lower_ in self._linking for token in doc[start:end]):
                    return country.key
        return None


@Language.factory("minber_institutions", assigns=["doc.spans"])
def make_institutions(nlp: Language, name: str) -> Institutions:  # noqa: ARG001 -- spaCy calls it so
    """Build the component that adds ``doc.spans["institutions"]``.

    Parameters:
        nlp: the pipeline; its language chooses the names.
        name: the component's name in the pipeline.

    Returns:
        the component.
    """
    return Institutions(nlp)


def _longest_of_all(found: list[TermMatch[str]]) -> list[TermMatch[str]]:
    """One name at a place: the longest; of equals the one with a name of its own (listed after the national ones)."""
    taken: set[int] = set()
    kept = []
    for match in sorted(found, key=lambda m: (m.start - m.end, -len(m.term), m.start)):
        if taken.isdisjoint(range(match.start, match.end)):
            taken.update(range(match.start, match.end))
            kept.append(match)
    return sorted(kept, key=lambda m: m.start)
