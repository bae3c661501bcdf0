"""At what occasion and where the words of a speech were spoken, by its title."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from corpus.ingest.dates import find_dates
from corpus.ingest.titles import patterns, rules, russian
from schemas.datafile import read_data

_LONGEST = 300  # letters of an occasion


def occasion_in(title: str, lang: str) -> str | None:
    """Name the occasion that the title of a speech names.

    Parameters:
        title: of a speech.
        lang: its language.

    Returns:
        the session, forum or ceremony in the nominative, with the words of the title; an address to the people as it
        is called; or None.

    Example:
        >>> occasion_in("Мемлекет басшысы Қасым-Жомарт Тоқаевтың Ұлттық құрылтайдың IV отырысында сөйлеген сөзі", "kk")
        'Ұлттық құрылтайдың IV отырысы'
        >>> occasion_in("Выступление Президента Токаева на пятом заседании Национального курултая", "ru")
        'пятое заседание Национального курултая'
        >>> occasion_in("Remarks by President Biden at a Town Hall Meeting in Cincinnati, Ohio", "en")
        'Town Hall Meeting'
    """
    bare = _without_speaker(_without_date(title), lang)
    for pattern in patterns("occasions", lang) if lang in rules()["occasions"] else ():
        if not (found := pattern.search(bare)):
            continue
        case, words = next((name, value) for name, value in found.groupdict().items() if value)
        words = _without_place(words, lang).strip(" ,.;:–—-")
        if case == "occasion":
            words = _kazakh_nominative(words)
        elif case == "loct" and words.istitle() and " " not in words:
            return None  # a town that is not in the list
        elif case in ("loct", "gent"):
            words = _russian_nominative(words, case)
        elif lang == "en":
            words = re.sub(r"^(?:a|an|the)\s+", "", words, flags=re.IGNORECASE)
            words = re.sub(r"(\b(?:congress|parliament))\s+on\s.*", r"\1", words, flags=re.IGNORECASE)
        return words if 2 <= len(words) <= _LONGEST else None
    return None


def place_in(title: str, lang: str) -> str | None:
    """Name the place that a title names as the one where something happens.

    Parameters:
        title: of a speech.
        lang: its language.

    Returns:
        the place in the nominative and the language of the title; None where none is named, or several.

    Example:
        >>> place_in("Қасым-Жомарт Тоқаевтың Бурабайда өткен форумда сөйлеген сөзі", "kk")
        'Бурабай'
        >>> place_in("Выступление на саммите в Самарканде", "ru"), place_in("Remarks in Cincinnati, Ohio", "en")
        ('Самарканд', 'Cincinnati, Ohio')
    """
    found = {place for _, _, place in _places(title, lang)}
    return found.pop() if len(found) == 1 else None


def place_named(name: str, lang: str) -> str | None:
    """A place of the list by its bare name, in any spelling of capitals; in the language asked for.

    Example:
        >>> place_named("АСТАНА", "kk"), place_named("Mordor", "en")
        ('Астана', None)
    """
    return _by_name().get((name.lower(), lang)) or next(
        (_by_name()[name.lower(), other] for other in ("kk", "ru", "en") if (name.lower(), other) in _by_name()), None
    )


@cache
def _listed() -> list[dict[str, str]]:
    return list(read_data(files("corpus.ingest") / "places.yaml"))


@cache
def _by_name() -> dict[tuple[str, str], str]:
    return {
        (names[lang].partition("|")[0].lower(), lang): names[lang].partition("|")[0]
        for names in _listed()
        for lang in names
    }


@cache
def _where(lang: str) -> re.Pattern[str] | None:
    """How a title of a language says where."""
    if lang not in rules()["where"]:
        return None
    names = (re.escape(place[lang].rpartition("|")[2]) for place in _listed())
    return re.compile(rules()["where"][lang].replace("{places}", "|".join(sorted(names, key=len, reverse=True))))


def _places(words: str, lang: str) -> list[tuple[int, int, str]]:
    pattern = _where(lang)
    found = []
    for one in pattern.finditer(words) if pattern else ():
        if lang == "en" and re.search(r"\b(?:on|about|regarding|concerning) (?!the occasion)", words[: one.start()]):
            break  # it is in the topic: «on the War in Vietnam»
        listed = one.groupdict().get("listed")
        name = listed or one["beside"]
        if lang == "ru" and listed:
            name = next(place["ru"].partition("|")[0] for place in _listed() if place["ru"].endswith(name))
        found.append((one.start(), one.end(), name))
    return found


def _without_place(words: str, lang: str) -> str:
    """Take the place off the end, or in Kazakh off the beginning («Бурабайда өткен …»)."""
    for start, end, _ in _places(words, lang):
        if lang == "kk" and not words[:start].strip():
            return re.sub(r"^(?:өткен|ұйымдастырылған|болған)\s+", "", words[end:].strip()) or words
        if lang != "kk" and start and not words[end:].strip(" ,."):
            return words[:start]
    return words


def _without_date(title: str) -> str:
    """Take a date off either end of a title."""
    title = re.sub(r"\s+", " ", title).strip()
    for found in find_dates(title):
        if not title[found.end :].strip(" .)»"):
            return title[: found.start].rstrip(" ,.:;(–—-")
        if not title[: found.start].strip(" («"):
            return title[found.end :].lstrip(" ,.:;)–—-")
    return title


def _without_speaker(title: str, lang: str) -> str:
    """Take the speaker and his offices off a title."""
    for pattern in patterns("speaker_part", lang) if lang in rules()["speaker_part"] else ():
        for found in pattern.finditer(title):
            said, name = found.groupdict().get("said"), found.group().split()
            if not said and len(name) > 1 and name[-1].lower() in rules()["ranks"][lang]:
                continue  # «Қазақстан Республикасының»
            return (said or "") + title[found.end() :]
    return title


def _kazakh_nominative(words: str) -> str:
    """Take the ending of place off the last word: «отырысында» → «отырысы», «жиында» → «жиын»."""
    from annotators.languages.kk.morphology import lemma

    if devoted := re.fullmatch(r"(.*[ыі])н[ае] (?:орай|байланысты)", words):
        return devoted[1]
    head, _, last = words.rpartition(" ")
    closing = last[len(last.rstrip('»”"')) :]
    word = last.rstrip('»”"')
    ending = re.search(r"(?:(?<=[ыі])н)?[дт][аеә]$", word)
    if not ending or len(word) < 5:
        return words
    plain = re.sub(r"[дт][ае]$", "", word)
    word = plain if lemma(word.lower(), "N") == plain.lower() else word[: ending.start()]
    return f"{head} {word}{closing}".strip()


def _russian_nominative(words: str, case: str) -> str:
    """Put the first noun and the adjectives before it from the prepositional or genitive into the nominative."""
    pieces = words.split(" ")
    cases = {"loct", "loc2"} if case == "loct" else {case}
    until: int | None = None
    head: Any = None
    for place, piece in enumerate(pieces):
        readings = [one for one in russian().parse(piece.strip('«»"“”,.')) if cases & set(one.tag.grammemes)]
        noun = next((one for one in readings if "NOUN" in one.tag), None)
        adjective = next((one for one in readings if {"ADJF", "PRTF", "NUMR"} & set(one.tag.grammemes)), None)
        following = russian().parse(pieces[place + 1].strip('«»"“”,.')) if place + 1 < len(pieces) else ()
        agrees = adjective and any(cases & set(one.tag.grammemes) for one in following)
        if noun and not agrees:
            until, head = place, noun
            break
        if not adjective and not re.fullmatch(r"[IVXLCM]+|\d+(?:-\w+)?", piece):
            return words
    if until is None:
        return words
    plural = "plur" in head.tag
    for place, piece in enumerate(pieces[: until + 1]):
        bare = piece.strip('«»"“”,.')
        readings = [one for one in russian().parse(bare) if cases & set(one.tag.grammemes)]
        if place == until:
            readings = [one for one in readings if "NOUN" in one.tag]
        wanted = {"nomn", "plur" if plural else "sing"}
        if place < until and not plural and head.tag.gender:
            wanted.add(head.tag.gender)
        form = next((one.inflect(wanted) for one in readings if one.inflect(wanted)), None)
        if form:
            word = form.word
            word = word if "ё" in bare.lower() else word.replace("ё", "е")
            word = (
                word.upper() if bare.isupper() and len(bare) > 1 else word.capitalize() if bare[:1].isupper() else word
            )
            pieces[place] = piece.replace(bare, word)
    return " ".join(pieces)
