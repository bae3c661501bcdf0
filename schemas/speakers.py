"""Who speaks: people, the offices they held and when, and what both are called in each language."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.codebook import Localized
from schemas.yamlfile import read_model


class Office(BaseModel):
    """An office that somebody held from one day to another."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    office: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="id of the office: president")
    country: str = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166 code")
    start: dt.date
    end: dt.date | None = Field(default=None, description="last day; empty while in office")

    @model_validator(mode="after")
    def _ends_after_start(self) -> Office:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"ends on {self.end}, before it starts on {self.start}")
        return self

    def held_on(self, day: dt.date) -> bool:
        """Whether the office was held on that day (on a day of hand-over, by both)."""
        return self.start <= day and (self.end is None or day <= self.end)


class Speaker(BaseModel):
    """A person who may speak."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    names: Localized = Field(description="language → full name as news of that language write it")
    aliases: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="language → other names for this person"
    )
    gender: Literal["f", "m"] | None = Field(default=None, description="for pronouns in languages that have gender")
    offices: tuple[Office, ...] = ()

    def name(self, lang: str) -> str:
        """The full name in a language, else in English, else any."""
        return self.names.get(lang) or self.names.get("en") or next(iter(self.names.values()))


class SpeakerFile(BaseModel):
    """One file of the registry: people of one country, and what its offices are called."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    titles: dict[str, dict[str, tuple[str, ...]]] = Field(
        default_factory=dict, description="office id → language → titles (dictionary forms, lower case)"
    )
    speakers: tuple[Speaker, ...] = ()


class SpeakerRegistry(BaseModel):
    """All known speakers, looked up by office and day or by id.

    Example:
        >>> registry = load_speakers()
        >>> [s.id for s in registry.holders("president", "KZ", dt.date(2025, 3, 14))]
        ['tokayev']
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    titles: dict[str, dict[str, tuple[str, ...]]]
    speakers: tuple[Speaker, ...]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> SpeakerRegistry:
        ids = [speaker.id for speaker in self.speakers]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"speaker id used twice: {', '.join(twice)}")
        return self

    @cached_property
    def by_id(self) -> dict[str, Speaker]:
        """Speaker of each id."""
        return {speaker.id: speaker for speaker in self.speakers}

    @cached_property
    def digest(self) -> str:
        """Name this exact content: 12 hex digits of a SHA-256."""
        return hashlib.sha256(self.model_dump_json().encode("utf-8")).hexdigest()[:12]

    def holders(self, office: str, country: str | None, day: dt.date) -> list[Speaker]:
        """Who held an office on a day.

        Parameters:
            office: id of the office.
            country: ISO 3166 code, or None for any country.
            day: the day.

        Returns:
            the holders, the one who took office last first.
        """
        found = [
            (held.start, speaker)
            for speaker in self.speakers
            for held in speaker.offices
            if held.office == office and country in (None, held.country) and held.held_on(day)
        ]
        return [speaker for _, speaker in sorted(found, key=lambda pair: pair[0], reverse=True)]


def merge_speakers(parts: Iterable[SpeakerFile]) -> SpeakerRegistry:
    """Join files of speakers into one registry; titles of the same office add up."""
    titles: dict[str, dict[str, tuple[str, ...]]] = {}
    speakers: list[Speaker] = []
    for part in parts:
        speakers += part.speakers
        for office, names in part.titles.items():
            known = titles.setdefault(office, {})
            for lang, words in names.items():
                known[lang] = tuple(dict.fromkeys((*known.get(lang, ()), *words)))
    return SpeakerRegistry(titles=titles, speakers=tuple(speakers))


@cache
def load_speakers(*extra: Path) -> SpeakerRegistry:
    """Read the speakers that come with Minber, and files of the user's after them.

    Parameters:
        extra: YAML files in the form that ``minber schema speaker`` prints.

    Returns:
        the registry.

    Raises:
        MinberError: MB003 unreadable file, MB004 not YAML.
        MinberErrors: MB011 with every bad field, its file and line.
    """
    folder = Path(str(files("schemas") / "data" / "speakers"))
    paths = [*sorted(folder.glob("*.yaml")), *extra]
    return merge_speakers(read_model(path, SpeakerFile, "speaker registry") for path in paths)
