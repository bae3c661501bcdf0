"""Which language a text is in."""

from __future__ import annotations

import re
from collections import Counter
from copy import copy
from functools import cache
from typing import Any

_SAMPLE = 20_000  # characters whose letters are counted
_WORDS = 400  # characters that py3langid is given: more of them cost time and change nothing
_DECOY = 0.7  # probability below which a text of a few words is rather in a language of the corpus
_VANISHING = 1e-20  # probability in single precision of which little is left to compare
_ENOUGH = 0.9  # probability below which an answer is a guess

# Letters of the Kazakh alphabet that Russian lacks, and those of its neighbours' Cyrillic alphabets that Kazakh lacks
# (Bashkir, Belarusian, Kyrgyz-free Tatar, Tajik, Ukrainian, Uzbek, Serbian, Macedonian).
_KAZAKH = frozenset("әғқңөұүһі")
_FOREIGN = frozenset("ўҳҡҙҫәҗӣҷӯєїґђћљњјџѓќ") - _KAZAKH
_ONLY_KAZAKH = frozenset("қғұ")  # against Kyrgyz and Tatar, which share ң ө ү (ә һ)
_ONLY_RUSSIAN = frozenset("ыэё")  # against Bulgarian, Macedonian and Serbian


def detect(text: str, languages: tuple[str, ...] = ("kk", "ru", "en")) -> tuple[str | None, float]:
    """Tell the language of a text.

    Letters decide first between Kazakh and Russian; else py3langid answers among the languages of the corpus, with
    Kyrgyz as a decoy beside Kazakh. A long text that is clearly in none of them keeps its own language.

    Parameters:
        text: any length; the first 20,000 characters are looked at.
        languages: ISO 639 codes of the corpus.

    Returns:
        the code (None where there are no letters) and a probability from 0 to 1.

    Example:
        >>> detect("Құрметті отандастар!")[0]
        'kk'
        >>> detect("Дорогие соотечественники, поздравляю вас с праздником!")[0]
        'ru'
    """
    sample = text[:_SAMPLE].lower()
    letters = Counter({char: sample.count(char) for char in set(sample) if char.isalpha()})
    total = letters.total()
    if not total:
        return None, 0.0
    by_letters = _by_letters(letters, total, languages)
    if by_letters:
        return by_letters, 1.0
    restricted = tuple(sorted({*languages, *(("ky",) if "kk" in languages else ())}))
    words = re.sub(r"https?://\S+|www\.\S+|\S+@\S+", " ", text[:_WORDS])
    ranks = _identifier(None).rank(words)  # one walk through the text serves every set of languages
    script = sum(count for letter, count in letters.items() if letter < "\u0530")  # Latin, Greek, Cyrillic
    if total >= 100 or script < 0.5 * total:
        anywhere, certainty = ranks[0]
        if anywhere not in restricted and anywhere != "zxx" and (certainty > 0.99 or script < 0.5 * total):
            return anywhere, float(certainty)
    lang, probability = _best(ranks, restricted, words)
    if lang not in languages and probability < _DECOY:
        lang, probability = _best(ranks, languages, words)
    return lang, float(probability)


def sure(probability: float) -> bool:
    """Whether an answer of detect() is more than a guess.

    Example:
        >>> sure(0.55)
        False
    """
    return probability >= _ENOUGH


def _by_letters(letters: Counter[str], total: int, languages: tuple[str, ...]) -> str | None:
    cyrillic = sum(count for letter, count in letters.items() if "\u0400" <= letter <= "\u04ff")
    if cyrillic < 0.6 * total or cyrillic < 3:
        return None
    special = sum(letters[letter] for letter in _KAZAKH)
    foreign = sum(letters[letter] for letter in _FOREIGN)
    only = sum(letters[letter] for letter in _ONLY_KAZAKH)
    if "kk" in languages and only and foreign <= 0.1 * special and (special >= 0.08 * cyrillic or total < 100):
        return "kk" if only >= 0.25 * special else None
    if "ru" in languages and special + foreign <= 0.005 * cyrillic and any(letters[c] for c in _ONLY_RUSSIAN):
        return "ru" if total >= 400 else None  # a sentence of Kyrgyz may lack its own letters, a page does not
    return None


def _best(ranks: list[tuple[str, float]], languages: tuple[str, ...], words: str) -> tuple[str, float]:
    """The likeliest of some languages, and its probability among them alone."""
    some = [(lang, probability) for lang, probability in ranks if lang in languages]
    total = sum(probability for _, probability in some)
    if total > _VANISHING:
        return some[0][0], some[0][1] / total
    return _identifier(tuple(sorted(languages))).classify(words)  # type: ignore[no-any-return]


@cache
def _identifier(languages: tuple[str, ...] | None) -> Any:
    if languages is None:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier = copy(_identifier(None))  # shares the model's tables
    identifier.set_languages(sorted(set(languages) & set(identifier.nb_classes)) or None)
    return identifier
