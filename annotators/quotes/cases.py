"""Russian names that two people can bear: «Нурлана Жауылбаева» is a woman as a subject, a man as an object."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import Layout
from annotators.quotes.words import Name

if TYPE_CHECKING:
    from annotators.quotes.mentions import Mention

RELATIVE = {
    **dict.fromkeys(("который", "которого", "которому", "которым", "котором"), "m"),
    **dict.fromkeys(("которая", "которой", "которую"), "f"),
}
"""Relative pronouns behind a name, and whom they show it to mean."""


class Cases:
    """Tells from the words around a family name in -а whether it is a woman's nominative or a man's genitive.

    Parameters:
        layout: the text.
        grammar: of its language (Russian).
    """

    def __init__(self, layout: Layout, grammar: Grammar) -> None:
        self.layout, self.grammar, self.tokens = layout, grammar, layout.tokens

    def settle(self, mentions: Iterable[Mention]) -> None:
        """Keep of each mention the readings that the text around it allows; what nothing settles stays open."""
        seen: dict[str, set[str]] = {}
        still_open: list[Mention] = []
        for m in mentions:
            stem = self._stem(m)
            if not _open(m):
                gender = next((r.gender for r in m.readings[-1] if r.kind == "surname"), None)
                if gender and stem:
                    seen.setdefault(stem, set()).add(gender)
                continue
            gender = self._shown(m)
            if gender is None:
                still_open.append(m)
                continue
            _keep(m, gender)
            seen.setdefault(stem, set()).add(gender)
        for m in still_open:  # whoever else bears the name in this text is the same person
            genders = seen.get(self._stem(m), set())
            if len(genders) == 1:
                _keep(m, next(iter(genders)))

    def _stem(self, m: Mention) -> str:
        """The masculine nominative of a family name, lower case."""
        readings = m.readings[-1]
        return readings[0].nominative.lower().removesuffix("а") if readings else ""

    def _shown(self, m: Mention) -> str | None:
        """The gender that preposition, relative pronoun, verb or given name show."""
        tokens = self.tokens
        if m.governed:
            return "m"  # «по словам Жауылбаева»: of a woman it were «Жауылбаевой»
        if m.last + 1 < len(tokens) and tokens[m.last].text == ",":
            relative = RELATIVE.get(tokens[m.last + 1].low)
            if relative:
                return relative
        for k in (m.last, min(m.first, m.role_first if m.roles else m.first) - 1):
            if not 0 <= k < len(tokens) or not tokens[k].word:
                continue
            word = tokens[k].text
            if gender := self.grammar.verb_gender(word):
                return gender
            if self.grammar.finite(word) and self.grammar.many(word):
                return "m"  # «задержали Жауылбаева»
        if len(m.parts) > 1 and m.readings[0]:
            direct = {r.direct for r in m.readings[0]}
            if len(direct) == 1:
                return "f" if direct == {True} else "m"
        before = tokens[m.first - 1] if m.first else None
        if before and before.word and before.text[0].islower() and not m.roles and self.grammar.noun(before.text):
            return "m"  # «в доме Нурлана Жауылбаева»
        return None


def _open(m: Mention) -> bool:
    """Whether a family name can be a woman's nominative and a man's oblique case."""
    last = m.readings[-1]
    form = m.parts[-1].lower()
    return (
        form.endswith(("ова", "ева", "ёва", "ина", "ына"))
        and any(r.direct and r.gender != "m" for r in last)
        and any(not r.direct and r.gender != "f" for r in last)
    )


def _keep(m: Mention, gender: str) -> None:
    direct = gender == "f"
    kept: list[tuple[Name, ...]] = []
    for part in m.readings:
        fitting = tuple(r for r in part if r.direct == direct and r.gender in (None, gender))
        if not fitting and gender == "f" and part and len(kept) == 0 < len(m.readings) - 1:
            fitting = (Name(m.parts[0], "f", True, "given"),)  # «Загира», listed only as «Загир» in the genitive
        kept.append(fitting or part)
    m.readings = tuple(kept)


__all__ = ["RELATIVE", "Cases"]
