"""What a TEI header tells: title, day, place, meeting, publisher; who the speakers are and of which parties."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from corpus.ingest.formats.rows import parsed

NS = "{http://www.tei-c.org/ns/1.0}"
XML = "{http://www.w3.org/XML/1998/namespace}"
_PARTY = re.compile(r"(?:politicalParty|parliamentaryGroup|party|pp|group|frakcija)[.\-_]", re.IGNORECASE)
_PARTY_ROLES = ("politicalParty", "parliamentaryGroup", "political_party")


@dataclass(frozen=True, slots=True)
class Affiliation:
    """To what organisation a person belonged, and when."""

    org: str
    role: str
    begin: str
    end: str

    def holds(self, day: dt.date | None) -> bool:
        """Whether it held on a day; always where the day is not known."""
        if day is None:
            return True
        text = day.isoformat()
        return (not self.begin or self.begin[:10] <= text) and (not self.end or text <= self.end[:10] + "~")


@dataclass(frozen=True, slots=True)
class Person:
    """A speaker: full name, sex as the source writes it, affiliations."""

    name: str
    sex: str = ""
    affiliations: tuple[Affiliation, ...] = ()


@dataclass(frozen=True, slots=True)
class People:
    """Persons and the names of parties, by their ids in the file."""

    persons: Mapping[str, Person] = field(default_factory=dict)
    parties: Mapping[str, str] = field(default_factory=dict)

    def party(self, person: Person, day: dt.date | None) -> str | None:
        """The short name of the party or group of a person on a day."""
        for one in person.affiliations:
            if one.holds(day) and (one.org in self.parties or _PARTY.match(one.org)):
                return self.parties.get(one.org) or _PARTY.sub("", one.org)
        return None

    def __or__(self, other: People) -> People:
        return People({**other.persons, **self.persons}, {**other.parties, **self.parties})


@dataclass(slots=True)
class Session:
    """What holds for the whole of a text.

    Attributes:
        id: of the TEI element.
        title, publisher, occasion, place, lang, date: as the header states them; None where it does not.
    """

    id: str | None = None
    title: str | None = None
    publisher: str | None = None
    occasion: str | None = None
    place: str | None = None
    lang: str | None = None
    date: dt.date | None = None


def name_of(element: Any) -> str:
    """The element's name without its namespace; empty for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text_of(element: Any) -> str:
    """All text inside an element, white space as single spaces."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def people_in(root: Any) -> People:
    """Collect the persons and parties that a file lists, in its header or behind its text.

    Parameters:
        root: lxml element.

    Returns:
        them; none where there are no lists.
    """
    persons, parties = {}, {}
    for element in root.iter(f"{NS}person", f"{NS}org"):
        key = element.get(f"{XML}id")
        if not key:
            continue
        if name_of(element) == "person":
            if name := _person_name(element):
                sex = element.find(f"{NS}sex")
                value = (sex.get("value") or text_of(sex)) if sex is not None else ""
                persons[key] = Person(name, value, tuple(_affiliations(element)))
        elif element.get("role") in _PARTY_ROLES:
            parties[key] = _org_name(element)
    return People(persons, parties)


def session_of(tei: Any) -> Session:
    """Read what the header of one TEI text states.

    Parameters:
        tei: the TEI element.

    Returns:
        the session.
    """
    header = tei.find(f"{NS}teiHeader")
    text = tei.find(f"{NS}text")
    lang = next((value for one in (text, tei) if one is not None and (value := one.get(f"{XML}lang"))), None)
    found = Session(id=tei.get(f"{XML}id"), lang=parsed("lang", lang))
    if found.id:
        found.id = found.id.removesuffix(".xml").removesuffix(".ana")
    if header is None:
        return found
    titles = header.findall(f"{NS}fileDesc/{NS}titleStmt/{NS}title")
    subtitles = [title for title in titles if title.get("type") == "sub"]
    found.title = _in_language(subtitles, lang) or _in_language(titles, lang)
    meetings = header.findall(f"{NS}fileDesc/{NS}titleStmt/{NS}meeting")
    own = [one for one in meetings if one.get(f"{XML}lang") in (lang, None)] or meetings
    words = [words for one in own if re.search(r"[^\W\d_]", words := text_of(one))]
    found.occasion = ", ".join(dict.fromkeys(words)) or None
    bibl = header.find(f"{NS}fileDesc/{NS}sourceDesc//{NS}publisher")
    publisher = bibl if bibl is not None else header.find(f"{NS}fileDesc/{NS}publicationStmt/{NS}publisher")
    if publisher is not None:
        found.publisher = _in_language(publisher.findall(f"{NS}orgName"), lang) or text_of(publisher) or None
    setting = header.find(f"{NS}profileDesc/{NS}settingDesc/{NS}setting")
    if setting is not None:
        cities = [one for one in setting.findall(f"{NS}name") if one.get("type") in ("city", "place", "town")]
        found.place = _in_language(cities, lang)
    for path in ("profileDesc/settingDesc//", "fileDesc/sourceDesc//", "profileDesc/creation//"):
        dates = header.iterfind("/".join(NS + step if step else "" for step in f"{path}date".split("/")))
        found.date = next((day for one in dates if (day := _day(one))), None)
        if found.date:
            break
    return found


def _day(element: Any) -> dt.date | None:
    value = element.get("when") or element.get("from") or ""
    try:
        return dt.date.fromisoformat(value[:10])
    except ValueError:
        day = parsed("date", text_of(element))
        return day if isinstance(day, dt.date) else None


def _in_language(elements: list[Any], lang: str | None) -> str | None:
    """The text of the first element in a language, or else of the first."""
    texts = [(one.get(f"{XML}lang"), words) for one in elements if (words := text_of(one))]
    return next((words for own, words in texts if own == lang), texts[0][1] if texts else None)


def _person_name(person: Any) -> str:
    names = person.findall(f"{NS}persName")
    if not names:
        return ""
    name = names[-1] if names[-1].get("from") and len(names) > 1 else names[0]
    first = [text_of(one) for one in name.findall(f"{NS}forename")]
    links = [text_of(one) for one in name.findall(f"{NS}nameLink")]
    last = [text_of(one) for one in name.findall(f"{NS}surname")]
    return " ".join([*first, *links, *last]) if first or last else text_of(name)


def _affiliations(person: Any) -> Iterator[Affiliation]:
    for one in person.findall(f"{NS}affiliation"):
        org = (one.get("ref") or "").split(" ")[0].lstrip("#")
        if org:
            yield Affiliation(org, one.get("role") or "", one.get("from") or "", one.get("to") or "")


def _org_name(org: Any) -> str:
    names = org.findall(f"{NS}orgName")
    short = [one for one in names if one.get("full") in ("abb", "init", "no")]
    return text_of((short or names or [org])[-1 if short and short[-1].get("from") else 0])
