"""What a document's words tell about it: kind, speaker, publisher, date; used where page and user are silent."""

from __future__ import annotations

import datetime as dt

from corpus.ingest.datelines import dateline
from corpus.ingest.dates import date_in, date_within
from corpus.ingest.occasions import occasion_in, place_in
from corpus.ingest.reading import Reading
from corpus.ingest.sites import agency, publisher_of
from corpus.ingest.speakers import holder_in, speaker_in
from corpus.ingest.titles import is_speech, opens_with_salutation, patterns, title_of

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
