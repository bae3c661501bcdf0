"""The registry of known speakers as one language sees it."""

from __future__ import annotations

import re

from annotators.quotes.grammar import Grammar
from schemas.speakers import Speaker, SpeakerRegistry


class Known:
    """The registry as one language sees it: family names, titles of office.

    Parameters:
        registry: known speakers.
        grammar: of the language.
    """

    def __init__(self, registry: SpeakerRegistry, grammar: Grammar) -> None:
        self.registry = registry
        self.families: dict[str, list[tuple[Speaker, tuple[str, ...]]]] = {}
        for speaker in registry.speakers:
            for name in sorted({speaker.name(grammar.language), *speaker.aliases.get(grammar.language, ())}):
                words = name.lower().split()
                first = tuple(words[:1]) if len(words) > 1 else ()
                self.families.setdefault(words[-1], []).append((speaker, first))
        self.offices = {
            title: office for office, names in registry.titles.items() for title in names.get(grammar.language, ())
        }
        self.office_words: dict[str, frozenset[str]] = {}
        self.title_words: dict[str, list[frozenset[str]]] = {}
        for title, office in self.offices.items():
            written = frozenset(title.split())
            lemmas = frozenset(grammar.lemma(word) for word in written)
            self.title_words.setdefault(office, []).append(lemmas)
            self.office_words[office] = self.office_words.get(office, frozenset()) | lemmas | written
        longest_first = sorted(self.offices, key=lambda title: (-len(title), title))
        self.titles = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})(?!\w)")
        self.countries = tuple(name for names in grammar.cues.get("countries", {}).values() for name in names)
        self.beside = frozenset(grammar.cues.get("beside_office", ()))
