"""English words and their dictionary forms through simplemma's word lists."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

PartOfSpeech = Literal["N", "V"]
Entry = tuple[str, PartOfSpeech] | tuple[str, PartOfSpeech, bool]


@lru_cache(maxsize=1 << 17)
def _lemmas(form: str) -> tuple[str, ...]:
    """Dictionary forms that a word form may have, likeliest first; the form itself is always one."""
    import simplemma

    word = form.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").removesuffix("'s").rstrip("'")
    if not word:
        return (form.lower(),)
    # the list has "elections"; "Elections" opening a sentence must be found too, hence lower case
    lemma = str(simplemma.lemmatize(word, lang="en"))
    found = [lemma, word]
    if lemma == word and len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        found.append(word[:-1])  # plurals that the list does not know: akims, maslikhats
    return tuple(dict.fromkeys(found))


class Lexicon:
    """Find which entries an English word form may inflect.

    Parameters:
        entries: ``(term, pos)`` or ``(term, pos, voice)``. A term in its dictionary form matches every form of it, one
            in another form only itself: *nation* finds *nations*, *goods* does not find *good*. ``pos`` is ``"N"`` or
            ``"V"`` and makes no difference in English (*reform* is both), nor does ``voice``: they are here so that
            every language is called alike.
        voice: see above.

    Example:
        >>> Lexicon([("election", "N"), ("elect", "V")]).find("Elections")
        [('election', 'N')]
    """

    def __init__(self, entries: Iterable[Entry], voice: bool = False) -> None:  # noqa: ARG002 -- one signature for all
        self._by_lemma: dict[str, list[tuple[str, PartOfSpeech]]] = {}
        self._forms: dict[str, list[tuple[str, PartOfSpeech]]] = {}
        for entry in entries:
            term, pos = entry[0], entry[1]
            self._by_lemma.setdefault(term.lower(), []).append((term, pos))

    def find(self, form: str) -> list[tuple[str, PartOfSpeech]]:
        """Entries that a word form may belong to.

        Parameters:
            form: one word as it stands in the text; case and a possessive 's do not matter.

        Returns:
            ``(term, pos)`` of each, the longest first; empty where none fits.
        """
        known = self._forms.get(form)
        if known is None:
            found = [entry for word in _lemmas(form) for entry in self._by_lemma.get(word, ())]
            known = sorted(dict.fromkeys(found), key=lambda entry: -len(entry[0]))
            self._forms[form] = known
        return list(known)


def lemma(form: str, pos: str | None = None) -> str:  # noqa: ARG001 -- one signature for all languages
    """The likeliest dictionary form of an English word.

    Parameters:
        form: one word form.
        pos: ignored; simplemma's list has no parts of speech.

    Returns:
        the dictionary form in lower case.

    Example:
        >>> lemma("Elections"), lemma("went")
        ('election', 'go')
    """
    return _lemmas(form)[0]
