"""Faults of a codebook's lexicons that validation cannot see: entries that never match, repeat or shadow each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from annotators.languages import LANGUAGES, blank
from annotators.terms import GAP, TermMatcher
from schemas.codebook import Codebook, LexiconEntry, load_codebook
from schemas.yamlfile import load_yaml

if TYPE_CHECKING:
    from spacy.language import Language

Kind = Literal[
    "dead", "duplicate", "covered", "hidden", "shared", "unreachable", "missing", "unused", "broad", "refuted"
]

MEANING: dict[str, str] = {
    "dead": "the term does not match itself: it can never be found",
    "duplicate": "the same term stands twice in this theme with the same conditions",
    "covered": "another entry of this theme already finds every form of this one",
    "hidden": "this longer entry weighs less than one inside it and takes its place; fine where it is meant",
    "shared": "the same term gives several themes; fine where it is meant",
    "unreachable": "no combination of entries reaches the theme's threshold",
    "missing": "the theme has no entries in a language that others have",
    "unused": "never found in this corpus",
    "broad": "gives its theme to very many sentences of this corpus: look at its hits",
    "refuted": "people took the theme away more often than not where this was found",
}
"""What each kind of finding says."""

SERIOUS = frozenset({"dead", "duplicate", "unreachable"})
"""Kinds that are slips whatever was meant."""

QUIET = frozenset({"covered", "hidden", "shared", "unused"})
"""Kinds that are often meant so: named on request."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about an entry that its author should look at.

    Attributes:
        line: line in the YAML file, counted from 1.
        kind: see ``MEANING``.
        lang: language of the entry.
        theme: id of the theme.
        term: the term, empty where the theme as a whole is meant.
        other: the entry or the themes that it meets.
    """

    line: int
    kind: Kind
    lang: str
    theme: str
    term: str
    other: str = ""


def check_lexicons(name: str | Path) -> list[Finding]:
    """Look through the lexicons of a codebook.

    Parameters:
        name: a built-in name or the path of a YAML file.

    Returns:
        findings in order of their lines.

    Raises:
        MinberError: MB002 unknown name, MB003 unreadable, MB004 not YAML.
        MinberErrors: MB011 with every bad field, its file and line.

    Example:
        >>> [finding for finding in check_lexicons("reforms") if finding.kind in SERIOUS]
        []
    """
    book = load_codebook(name)
    path = codebook_path(name)
    _, line_of = load_yaml(path.read_text(encoding="utf-8-sig"), str(path))
    langs = sorted({lang for theme in book.themes for lang in theme.lexicon})
    findings: list[Finding] = []
    for lang in langs:
        findings += _check_language(book, lang, line_of)
    return sorted(findings, key=lambda finding: (finding.line, finding.kind, finding.term))


def term_lines(name: str | Path) -> dict[tuple[str, str, str], int]:
    """Where each term of a codebook stands in its file.

    Parameters:
        name: a built-in name or the path of a YAML file.

    Returns:
        (language, theme, term) → line, counted from 1; of a term listed twice the first.

    Example:
        >>> term_lines("reforms")["en", "economy", "GDP"] > 100
        True
    """
    path = codebook_path(name)
    _, line_of = load_yaml(path.read_text(encoding="utf-8-sig"), str(path))
    lines: dict[tuple[str, str, str], int] = {}
    for number, theme in enumerate(load_codebook(name).themes):
        for lang, entries in theme.lexicon.items():
            for at, entry in enumerate(entries):
                for place, term in enumerate(entry.terms):
                    line = line_of(("themes", number, "lexicon", lang, at, "terms", place))
                    lines.setdefault((lang, theme.id, term), line)
    return lines


def codebook_path(name: str | Path) -> Path:
    """Where a codebook's file is: the user's path, or that of a built-in one."""
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.exists():
        return path
    import schemas

    return Path(schemas.__file__).parent / "data" / "codebooks" / f"{name}.yaml"


def _check_language(book: Codebook, lang: str, line_of: Callable[[tuple[int | str, ...]], int]) -> Iterator[Finding]:
    themes_of: dict[str, list[tuple[str, int]]] = {}
    nlp = blank(lang) if lang in LANGUAGES else None
    for number, theme in enumerate(book.themes):
        entries = theme.lexicon.get(lang, ())
        if not entries:
            yield Finding(line_of(("themes", number)), "missing", lang, theme.id, "")
            continue
        seen: dict[tuple[Any, ...], str] = {}
        weights: dict[str, float] = {}
        for at, entry in enumerate(entries):
            for place, term in enumerate(entry.terms):
                line = line_of(("themes", number, "lexicon", lang, at, "terms", place))
                key = (term.lower(), entry.pos, entry.voice, entry.weight, entry.needs, entry.forbids, entry.exclude)
                if key in seen:
                    yield Finding(line, "duplicate", lang, theme.id, term, seen[key])
                seen[key] = term
                weights[term] = max(entry.weight, weights.get(term, 0.0))
                if entry.weight >= theme.threshold and not entry.needs and not entry.forbids:
                    themes_of.setdefault(term.lower(), []).append((theme.id, line))
        if sum(weights.values()) < theme.threshold:
            yield Finding(line_of(("themes", number)), "unreachable", lang, theme.id, "")
        if nlp is not None:
            for term, kind, other, at, place in _against_each_other(nlp, entries, theme.threshold):
                line = line_of(("themes", number, "lexicon", lang, at, "terms", place))
                yield Finding(line, kind, lang, theme.id, term, other)
    for term, places in themes_of.items():
        ids = list(dict.fromkeys(theme for theme, _ in places))
        if len(ids) > 1:
            yield Finding(places[0][1], "shared", lang, ids[0], term, ", ".join(ids[1:]))


def _against_each_other(
    nlp: Language, entries: tuple[LexiconEntry, ...], threshold: float
) -> Iterator[tuple[str, Kind, str, int, int]]:
    """Run every term through the matcher of its own theme: it must find itself, and nothing stronger inside."""
    listed = [(entry, term, at, place) for at, entry in enumerate(entries) for place, term in enumerate(entry.terms)]
    matcher = TermMatcher(
        nlp.lang or "", [((at, place), term, entry.pos, entry.voice) for entry, term, at, place in listed]
    )
    for entry, term, at, place in listed:
        text = term.replace(GAP, " ").replace("=", "")
        found = matcher.find(nlp.make_doc(text))
        if not any(match.key == (at, place) for match in found):
            yield term, "dead", "", at, place
            continue
        if entry.needs or entry.forbids or entry.exclude:
            continue
        for match in found:
            other = entries[match.key[0]]
            if match.term.lower() == term.lower() or other.needs or other.forbids or other.exclude:
                continue
            if entry.weight < min(other.weight, threshold) and other.weight >= threshold:
                yield term, "hidden", match.term, at, place
                break
            if other.weight >= max(entry.weight, threshold):
                yield term, "covered", match.term, at, place
                break
