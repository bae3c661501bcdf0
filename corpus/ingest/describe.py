"""What a document's words tell about it: kind, speaker, publisher, date; used where page and user are silent."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Any

from corpus.ingest.datelines import dateline
from corpus.ingest.dates import date_in, date_within
from corpus.ingest.occasions import occasion_in, place_in
from corpus.ingest.reading import Reading
from corpus.ingest.sites import agency, publisher_of
from corpus.ingest.titles import is_speech, opens_with_salutation, patterns, rules, title_of

_EDGE = 3000  # characters at either end in which publishers name themselves


def describe(reading: Reading, lang: str, name: str = "", now: dt.date | None = None) -> None:
    """Fill what is still unknown of a reading from its title and text; each value's origin is recorded.

    Parameters:
        reading: changed in place; ``text`` must be canonical.
        lang: language of the text.
        name: of the file.
        now: the moment when the page was fetched, for «Бүгін, 18:05» and «14 марта» in its header.
    """
    if reading.title is None:
        reading.set("title", title_of(reading.text, lang), "first line")
    if reading.title and is_speech(reading.title):
        reading.set("kind", "transcript", "title")
        if reading.kind == "transcript":  # unless the user says it is a report
            reading.set("speaker", speaker_in(reading.title, lang), "title")
            reading.set("occasion", occasion_in(reading.title, lang), "title")
            place = place_in(reading.title, lang)
            if place and reading.place and place.endswith(f", {reading.place}"):
                reading.place = None  # the page names a state, the title a town in it
            reading.set("place", place, "title")
    elif opens_with_salutation(reading.text):
        reading.set("kind", "transcript", "salutation")
    if reading.publisher is None:
        reading.set("publisher", publisher_in(reading.text, lang), "agency line")
    if reading.date is None:
        reading.set("date", date_in(reading.text, now), "date line")
    if reading.date is None and reading.title and reading.kind == "transcript":
        reading.set("date", date_within(reading.title), "title")
    if reading.kind != "transcript" and (found := dateline(reading.text, lang, reading.date or now)):
        reading.set("place", found.place, "dateline")
        reading.set("date", found.day, "dateline")
        reading.set("publisher", found.agency, "dateline")
    if reading.date is None:
        reading.set("date", date_within(name), "file name")
    if reading.kind == "transcript" and reading.title and reading.country and reading.date:
        reading.set(
            "speaker", holder_in(reading.title, lang, reading.country, reading.date), "title, office on that day"
        )


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
            if _named(re.findall(r"[\w-]+", name.lower()), words):
                return speaker.name(lang)
    for pattern in patterns("speakers", lang):
        for found in pattern.finditer(title):
            name_words = found["speaker"].split()
            while name_words and name_words[0].lower().strip(".,") in rules()["ranks"].get(lang, ()):
                name_words.pop(0)
            if title.isupper():
                if any(word.lower() in rules()["not_names"] for word in name_words):
                    continue
                name_words = [word.title() for word in name_words]
            if 1 < len(name_words) < 5:
                return _nominative(name_words) if lang == "ru" else " ".join(name_words)
    return None


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


def publisher_in(text: str, lang: str) -> str | None:
    """Find the agency or paper that names itself in the text («Бұл туралы Stan.kz ақпарат агенттігі хабарлайды»).

    Parameters:
        text: the text.
        lang: its language.

    Returns:
        the name, in the spelling of the list of sites where it is a host name there; or None.

    Example:
        >>> publisher_in("Бұл туралы Stan.kz ақпарат агенттігі хабарлайды.", "kk")
        'Stan.kz'
        >>> publisher_in("Об этом сообщает пресс-служба Акорды.", "ru") is None
        True
    """
    edges = text if len(text) <= 2 * _EDGE else text[:_EDGE] + "\n" + text[-_EDGE:]
    for pattern in patterns("publishers", lang):
        found = pattern.search(edges)
        if found:
            name = found["publisher"].strip('«»"“”.,')
            return publisher_of(name) or agency(name) or name
    names = (agency(found["publisher"]) for pattern in patterns("agencies", lang) for found in pattern.finditer(edges))
    return next(filter(None, names), None)


def _named(name: list[str], words: list[str]) -> bool:
    """Whether a name of several words stands in a title, in any case."""
    starts = range(len(words) - len(name) + 1) if len(name) > 1 else ()
    return any(all(map(_inflects, name, words[start:])) for start in starts)


def _inflects(name: str, word: str) -> bool:
    """Whether a word of a title may be an inflected form of a part of a name."""
    stem = name.rstrip("аяыійьуoе") if len(name) > 4 else name
    return word.startswith(stem) and len(word) - len(name) <= 5


@cache
def _russian() -> Any:
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer(lang="ru")


def _nominative(words: list[str]) -> str:
    """Put a Russian name from the genitive («Касым-Жомарта Токаева») into the nominative."""

    def restore(piece: str) -> str:
        readings = [reading for reading in _russian().parse(piece) if "gent" in reading.tag and "sing" in reading.tag]
        names = [reading for reading in readings if {"Name", "Surn", "Patr"} & set(reading.tag.grammemes)]
        form = next((reading.inflect({"nomn"}) for reading in names or readings), None)
        return form.word.capitalize() if form else piece

    return " ".join("-".join(restore(piece) for piece in word.split("-")) for word in words)
