"""Kazakh inflection: lexicon entries found in any of their forms, and dictionary forms guessed.

The grammar is data: suffixes.yaml, stems.yaml, words.yaml, latin.yaml.
"""

from __future__ import annotations

import re

from annotators.languages.kk.latin import to_cyrillic
from annotators.languages.lexicon import Analysis, SuffixLexicon

__all__ = ["Analysis", "Lexicon", "lemma"]

_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")


class Lexicon(SuffixLexicon):
    """Kazakh words to be found in any of their inflected forms; see SuffixLexicon. Latin spellings are found too.

    Example:
        >>> lexicon = Lexicon([("реформа", "N"), ("жаңғырту", "V"), ("БҰҰ", "N")])
        >>> lexicon.find("реформаларымыздың"), lexicon.find("жаңғыртқан"), lexicon.find("БҰҰ-да")
        ([('реформа', 'N')], [('жаңғырту', 'V')], [('БҰҰ', 'N')])
    """

    lang = "kk"

    @staticmethod
    def respell(word: str) -> list[str]:
        """Read a word in one of the Latin alphabets as Cyrillic."""
        return to_cyrillic(word) if _LATIN.match(word) else []


def lemma(form: str, pos: str | None = None) -> str:
    """Guess the dictionary form of a word (`annotators.languages.kk.lemmas.guess` also says whether it is a guess).

    Where ``MINBER_KK_ANALYSER`` names an ``.hfstol`` file, that is asked first (`analyser.py`).

    Parameters:
        form: one word, any case.
        pos: ``N`` or ``V``, or None where it is not known.

    Returns:
        the dictionary form, lower case; verbs in -у.

    Raises:
        MinberError: MB394, MB395 the analyser cannot be used.

    Example:
        >>> lemma("реформаларымыздың"), lemma("айтқанымыз")
        ('реформа', 'айту')
    """
    from annotators.languages.kk.analyser import chosen
    from annotators.languages.kk.lemmas import guess

    own = chosen()
    return own.lemma(form, pos).text if own else guess(form, pos).text
