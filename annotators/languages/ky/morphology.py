"""Kyrgyz inflection: the suffix engine over the data of this folder."""

from __future__ import annotations

from annotators.languages.lexicon import SuffixLexicon

__all__ = ["Lexicon", "lemma"]


class Lexicon(SuffixLexicon):
    """Kyrgyz words to be found in any of their inflected forms; see SuffixLexicon.

    Example:
        >>> Lexicon([("шайлоо", "N"), ("билик", "N")]).find("бийликтин"), Lexicon([("бийлик", "N")]).find("бийлигибиз")
        ([], [('бийлик', 'N')])
    """

    lang = "ky"


def lemma(form: str, pos: str | None = None) -> str:  # noqa: ARG001 -- every language has this signature
    """The word itself in lower case: nothing was learnt of Kyrgyz yet.

    Example:
        >>> lemma("Мектептер")
        'мектептер'
    """
    return form.lower()
