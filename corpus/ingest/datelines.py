"""Datelines: «АСТАНА. 14 наурыз. ҚазАқпарат –», «НУР-СУЛТАН, 16 мар - РИА Новости.», «LONDON, March 14 (Reuters) -»."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from corpus.ingest.dates import find_dates
from corpus.ingest.occasions import place_named
from corpus.ingest.sites import agency

_LINES = 12  # lines that are not blank in which a dateline may stand
_PLACE = r"(?P<place>[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*){0,2})"
_HEAD = re.compile(rf"^\W{{0,2}}{_PLACE}(?P<rest>[.,:]?\s.{{0,70}}?|[.,])\s?(?:[–—-]\s|/\.?\s|\)\.?\s)", re.DOTALL)
_AGENCY = re.compile(r"^[/(]?(?P<agency>[^\W\d_][\w.-]*(?: [^\W\d_][\w.-]*){0,2})[/)]?\s*(?:[.]|[–—-])\s")
_PARTS = re.compile(r"[.,;()/]\s*|\s[–—-]\s")


@dataclass(frozen=True, slots=True)
class Dateline:
    """What an agency puts before its report.

    Attributes:
        place: in the spelling of the list of places, else as the text has it.
        day: of the report; without a year in the text, the year nearest to the day of the page.
        agency: in the spelling of the list of sites.
    """

    place: str
    day: dt.date | None = None
    agency: str | None = None


def dateline(text: str, lang: str, now: dt.date | None = None) -> Dateline | None:
    """Find the dateline of a report.

    A line counts where a place stands at its beginning (in capitals, or one of the list of places), followed by
    nothing but a day or an agency of the list of sites.

    Parameters:
        text: canonical text.
        lang: its language.
        now: the day of the page, if known.

    Returns:
        the dateline, or None.

    Example:
        >>> dateline("Құрылтай өтті\\nАСТАНА. 14 наурыз. ҚазАқпарат – Бүгін ...", "kk", dt.date(2025, 3, 14))
        Dateline(place='Астана', day=datetime.date(2025, 3, 14), agency='Kazinform')
        >>> dateline("Астана – столица Казахстана.", "ru") is None
        True
    """
    lines = [line.strip() for line in text[:5000].split("\n") if line.strip()]
    return next((found for line in lines[:_LINES] if (found := _read(line[:200], lang, now))), None)


def _read(line: str, lang: str, now: dt.date | None) -> Dateline | None:
    found = _HEAD.match(line)
    if not found:
        return None
    name = found["place"]
    head = found["rest"]
    known = place_named(name, lang)
    while not known and " " in name:  # «АСТАНА KAZINFORM –»
        name, _, word = name.rpartition(" ")
        head = f" {word} {head}"
        known = place_named(name, lang)
    if not known and not (found["place"].isupper() and len(found["place"]) > 2):
        return None
    if not known:
        name, head = found["place"], found["rest"]
    day, source = None, None
    dates = find_dates(head, now) or find_dates(head, dt.date(2000, 1, 1))
    dates = [one for one in dates if one.form != "relative"]  # Kazakhstan Today is an agency
    for one in reversed(dates):
        day = one.day if one.form == "full" or now else None
        head = head[: one.start] + " . " + head[one.end :]
    for part in filter(None, (piece.strip(" .,:;()/–—-\n\t") for piece in _PARTS.split(head))):
        part = re.sub(r"(?<!\w)(?:года|г|жыл|ж)$", "", part).strip()
        if part and not (source := source or _agency(part)):
            return None  # an ordinary sentence
    after = _AGENCY.match(line[found.end() :])
    if source is None and after:
        source = _agency(after["agency"])
    # A place alone counts in capitals only («LONDON — …»); a name that is no place of the list needs an agency.
    if source is None and (not known or (not dates and not found["place"].isupper())):
        return None
    place = known or "-".join(part.capitalize() for part in name.split("-"))
    if not known and " " in place:
        place = " ".join(word.capitalize() for word in name.split())
    return Dateline(place, day, source)


def _agency(name: str) -> str | None:
    """An agency by its whole name only: «Астана. Президент ТАСС …» is no dateline."""
    return agency(name) if agency(name) and (len(name.split()) <= 2) else None
