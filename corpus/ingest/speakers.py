"""Whose words a speech is, by its title: a name, an initial and surname, an office with a surname, an office alone."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

from corpus.ingest.titles import patterns, rules, russian


def speaker_in(title: str, lang: str) -> str | None:
    """Name the speaker that the title of a speech names: by the registry of speakers, else by its form.

    Parameters:
        title: of a speech.
        lang: language of the title.

    Returns:
        full name in the nominative, or None.

    Example:
        >>> speaker_in("Президент Қасым-Жомарт Тоқаевтың Ту көтеру рәсімінде сөйлеген сөзі", "kk")
        'Қасым-Жомарт Тоқаев'
        >>> speaker_in("Opening remarks by Prime Minister Jacinda Ardern at the UN", "en")
        'Jacinda Ardern'
    """
    from schemas.speakers import load_speakers

    words = re.findall(r"[\w-]+", title.lower())
    for speaker in load_speakers().speakers:
        for name in (speaker.name(lang), *speaker.aliases.get(lang, ())):
            parts = re.findall(r"[\w-]+", name.lower())
            if _named(parts, words) or _abbreviated(parts, words):
                return speaker.name(lang)
    # Russian titles name the speaker before the occasion: «… на заседании Совета Безопасности» names nobody.
    head = re.split(r"\s(?:на|в|во|к|по|при|перед|для)\s", title)[0] if lang == "ru" else title
    for pattern in patterns("speakers", lang):
        for found in pattern.finditer(head):
            name_words = found["speaker"].split()
            while name_words and name_words[0].lower().strip(".,") in rules()["ranks"].get(lang, ()):
                name_words.pop(0)
            if title.isupper():
                if any(word.lower() in rules()["not_names"] for word in name_words):
                    continue
                name_words = [word.title() for word in name_words]
            if 1 < len(name_words) < 5 and (lang != "ru" or _may_be_name(name_words)):
                return _nominative(name_words) if lang == "ru" else " ".join(name_words)
    return None


def surname_in(title: str, lang: str, day: dt.date | None) -> str | None:
    """Name the speaker whom the title of a speech calls by an office and surname: «Remarks by President Biden».

    Parameters:
        title: of a speech.
        lang: its language.
        day: of the speech, which tells two Bushes apart; may be unknown.

    Returns:
        full name by the registry of speakers; None where nobody of this name is in it, or several are meant.

    Example:
        >>> surname_in("Remarks by President Biden on the Economy", "en", None)
        'Joe Biden'
        >>> surname_in("Address by President Bush", "en", None) is None
        True
        >>> surname_in("Address by President Bush", "en", dt.date(2003, 3, 19))
        'George W. Bush'
    """
    from schemas.speakers import load_speakers

    registry = load_speakers()
    words = re.findall(r"[\w-]+", title)
    offices = {phrase.split()[-1] for titles in registry.titles.values() for phrase in titles.get(lang, ())}
    found = {}
    for office, name in pairwise(words):
        if name[:1].isupper() and any(_inflects(one, office.lower()) for one in offices):
            for speaker in registry.speakers:
                if _inflects(speaker.name(lang).lower().split()[-1], name.lower()):
                    found[speaker.id] = speaker
    if len(found) > 1 and day:
        found = {i: one for i, one in found.items() if any(office.held_on(day) for office in one.offices)}
    return next(iter(found.values())).name(lang) if len(found) == 1 else None


def holder_in(title: str, lang: str, country: str, day: dt.date) -> str | None:
    """Name the speaker whom the title of a speech calls by an office: «Мемлекет басшысының Жолдауы».

    Parameters:
        title: of a speech.
        lang: its language.
        country: ISO 3166 code, whose offices are meant.
        day: of the speech.

    Returns:
        who held the office on that day, by the registry of speakers; None where the title names another person, or no
        office of the registry.

    Example:
        >>> holder_in("Мемлекет басшысының Қазақстан халқына Жолдауы", "kk", "KZ", dt.date(2018, 10, 5))
        'Нұрсұлтан Назарбаев'
        >>> holder_in("Remarks by President Macron at the Élysée", "en", "US", dt.date(2024, 6, 8)) is None
        True
    """
    from schemas.speakers import load_speakers

    registry = load_speakers()
    words = re.findall(r"[\w-]+", title)
    found: list[tuple[int, int, str]] = []
    for office, titles in registry.titles.items():
        for phrase in titles.get(lang, ()):
            parts = phrase.split()
            for start in range(len(words) - len(parts) + 1):
                before = words[start - 1].lower() if start else ""
                if before in rules()["other_offices"]:
                    continue
                if all(map(_inflects, parts, (word.lower() for word in words[start:]))):
                    found.append((len(parts), start + len(parts), office))
    for _, after, office in sorted(found, reverse=True)[:1]:
        for speaker in registry.holders(office, country, day)[:1]:
            name = [part.lower() for part in re.findall(r"[\w-]+", speaker.name(lang))]
            following = words[after] if after < len(words) else ""
            stranger = lang == "en" and following[:1].isupper() and following.lower() not in name
            return None if stranger else speaker.name(lang)
    return None


def _named(name: list[str], words: list[str]) -> bool:
    """Whether a name of several words stands in a title, in any case."""
    starts = range(len(words) - len(name) + 1) if len(name) > 1 else ()
    return any(all(map(_inflects, name, words[start:])) for start in starts)


def _abbreviated(name: list[str], words: list[str]) -> bool:
    """Whether a name stands with an initial: «Д.А. Медведева», «Қ.К. Тоқаевтың»."""
    surname = [place for place, word in enumerate(words) if place and _inflects(name[-1], word)]
    return len(name) > 1 and any(
        len(words[place - 1]) == 1 and name[0][0] in {words[place - 1], *(words[place - 2 : place - 1] or [""])}
        for place in surname
    )


def _may_be_name(words: list[str]) -> bool:
    """Whether Russian words may be a name: not all of them words of the language of which none is one."""
    readings = [russian().parse(piece) for word in words for piece in word.split("-")]
    known = all(found and found[0].is_known for found in readings)
    return not known or any({"Name", "Surn", "Patr"} & set(one.tag.grammemes) for found in readings for one in found)


def _inflects(name: str, word: str) -> bool:
    """Whether a word of a title may be an inflected form of a part of a name."""
    stem = name.rstrip("аяыійьуoе") if len(name) > 4 else name
    return word.startswith(stem) and len(word) - len(name) <= 5


def _nominative(words: list[str]) -> str:
    """Put a Russian name from the genitive («Касым-Жомарта Токаева») into the nominative."""

    def restore(piece: str) -> str:
        readings = [reading for reading in russian().parse(piece) if "gent" in reading.tag and "sing" in reading.tag]
        names = [reading for reading in readings if {"Name", "Surn", "Patr"} & set(reading.tag.grammemes)]
        form = next((reading.inflect({"nomn"}) for reading in names or readings), None)
        return form.word.capitalize() if form else piece

    return " ".join("-".join(restore(piece) for piece in word.split("-")) for word in words)
