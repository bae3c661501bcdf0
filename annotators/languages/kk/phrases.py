"""How the words of a Kazakh phrase are listed: «адам құқығы» stands for құқық with any suffix."""

from __future__ import annotations

import re

_PLURAL = re.compile(r"(?:лар|лер|дар|дер|тар|тер)(?:ы|і)$")
_SOFTENED = {"б": "п", "г": "к", "ғ": "қ"}  # кітап → кітабы, билік → билігі, құқық → құқығы
_VOWELS = "аәоөұүыіеэияуюё"


def dictionary_forms(word: str) -> tuple[str, ...]:
    """Words that a possessive form may belong to: the head of an izafet phrase is written with -ы, -і, -сы, -сі.

    Parameters:
        word: the last word of a phrase as the phrase is listed, lower case.

    Returns:
        the dictionary forms it may stand for, without the word itself; empty where it bears no possessive.

    Example:
        >>> dictionary_forms("құқығы"), dictionary_forms("мүддесі"), dictionary_forms("өкілдері")
        (('құқық',), ('мүдде',), ('өкіл',))
    """
    stem = _PLURAL.sub("", word)
    if stem != word:
        return (stem,)
    if word.endswith(("сы", "сі")) and len(word) > 4 and word[-3] in _VOWELS:
        return (word[:-2],)
    if word.endswith(("ы", "і")) and len(word) > 2 and word[-2] not in _VOWELS:
        stem = word[:-1]
        forms = [stem[:-1] + _SOFTENED[stem[-1]]] if stem[-1] in _SOFTENED else [stem]
        if len(stem) > 2 and stem[-2] not in _VOWELS and stem[-1] in "қкғгнлрзпбс":
            # the vowel that fell out comes back: халқы → халық, аузы → ауыз, көңлі → көңіл
            last = _SOFTENED.get(stem[-1], stem[-1])
            forms.append(stem[:-1] + ("ы" if word.endswith("ы") else "і") + last)
        return tuple(dict.fromkeys(forms))
    return ()
