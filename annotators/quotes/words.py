"""What morphology tells attributions about words; this module: languages whose words need none (English)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from annotators.quotes.grammar import Grammar


class Name(NamedTuple):
    """A reading of a name word: its nominative, the gender it shows, whether the form itself is nominative."""

    nominative: str
    gender: str | None
    direct: bool
    kind: str  # given, surname, any


class Plain:
    """Words that do not inflect in a way that matters here (English): listed forms only."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar

    def verbs(self, word: str) -> tuple[str, ...]:  # noqa: ARG002
        """Listed verbs that the word is a finite form of."""
        return ()

    def noun_in(self, word: str, exact: dict[str, set[str]], kind: str) -> bool:
        """Whether the word inflects a noun listed under a kind."""
        return kind in exact.get(word, ()) or (word.endswith("s") and kind in exact.get(word[:-1], ()))

    def title(self, word: str, titles: frozenset[str], common: bool) -> str | None:  # noqa: ARG002
        """The listed noun that the word inflects."""
        for form in (word, word.removesuffix("s")):
            if form in titles:
                return form
        return None

    def finite(self, word: str) -> bool:  # noqa: ARG002
        """Whether the word is a verb in the third person."""
        return False

    def noun(self, word: str) -> bool:  # noqa: ARG002
        """Whether the word is most likely a noun."""
        return False

    def plain_noun(self, word: str) -> bool:  # noqa: ARG002
        """Whether the word can only be a noun."""
        return False

    def nominative(self, word: str) -> bool:  # noqa: ARG002
        """Whether the word can stand as a subject."""
        return True

    def receives(self, word: str) -> bool:  # noqa: ARG002
        """Whether the word can only stand in the dative or the instrumental."""
        return False

    def inflected(self, word: str) -> bool:  # noqa: ARG002
        """Whether the word can stand in an oblique case."""
        return True

    def verb_gender(self, word: str) -> str | None:  # noqa: ARG002
        """The gender that a verb form shows."""
        return None

    def many(self, word: str) -> bool:  # noqa: ARG002
        """Whether a verb form can do without a subject: the third person plural."""
        return False

    def several(self, word: str) -> bool:  # noqa: ARG002
        """Whether a noun can only mean several people."""
        return False

    def crowd(self, word: str) -> bool:  # noqa: ARG002
        """Whether a noun means several people in an oblique case."""
        return False

    def seat(self, word: str) -> bool:  # noqa: ARG002
        """Whether the word is a noun in the locative."""
        return False

    def role_gender(self, word: str) -> str | None:  # noqa: ARG002
        """The gender of the people that a role can mean, where it shows one."""
        return None

    def lemma(self, word: str) -> str:
        """Dictionary form."""
        return word.removesuffix("’s").removesuffix("'s")

    def name(self, word: str, known: frozenset[str] | set[str]) -> list[Name]:  # noqa: ARG002
        """Readings as a name."""
        base = word.removesuffix("’s").removesuffix("'s")
        low = base.lower()
        if low in self.grammar.not_people or low in self.grammar.honorifics or low in self.grammar.institutions:
            return []
        kind = "given" if low in self.grammar.given else "any"
        if kind == "any" and low.endswith(self.grammar.surname_endings or ("\0",)):
            kind = "surname"
        return [Name(base, None, base == word, kind)]

    def to_nominative(self, words: Sequence[str]) -> str:
        """Nominative of a phrase."""
        return " ".join(words)

    def from_genitive(self, words: Sequence[str]) -> str:
        """Nominative of a phrase in the genitive."""
        return " ".join(words)
