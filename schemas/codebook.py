"""A codebook: the themes that are coded, how to decide on them, and the words that point to them."""

from __future__ import annotations

import hashlib
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from schemas.errors import MinberError
from schemas.yamlfile import read_model

Localized = dict[str, str]
"""Language code → text in that language."""

ThemeId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
PartOfSpeech = Literal["N", "V"]
"""How a word inflects: N for nouns, names, adjectives, numerals, pronouns; V for verbs."""


class LexiconEntry(BaseModel):
    """Words or phrases of one language that point to a theme, with what they share.

    In YAML a bare string stands for ``{terms: [string]}``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    terms: tuple[str, ...] = Field(
        min_length=1, description="dictionary forms; a phrase's words inflect as they do in text"
    )
    pos: PartOfSpeech = Field(default="N", description="how the last word inflects")
    weight: float = Field(
        default=1.0, gt=0.0, le=10.0, description="a theme is given at its threshold (1.0 unless set)"
    )
    voice: bool = Field(default=False, description="verbs: also match passive, causative and reflexive forms")
    exclude: tuple[str, ...] = Field(default=(), description="word forms or phrases that are not this entry")
    needs: tuple[str, ...] = Field(default=(), description="at least one of these must stand in the sentence too")
    forbids: tuple[str, ...] = Field(default=(), description="none of these may stand in the sentence")
    opening: bool = Field(default=False, description="counts only where the sentence begins with it")

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, value: object) -> object:
        return {"terms": [value]} if isinstance(value, str) else value

    @field_validator("terms", "exclude", "needs", "forbids")
    @classmethod
    def _no_blank(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not term.strip() for term in value):
            raise ValueError("an entry is blank")
        return value


class Theme(BaseModel):
    """One theme: what it is called, when to code it, and how it is shown in a labelling tool."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: ThemeId
    names: Localized
    definition: Localized
    include: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="language → cases that count")
    exclude: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="language → cases that do not count")
    examples: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    counter_examples: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    parent: ThemeId | None = None
    color: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    key: str | None = Field(default=None, pattern=r"^[0-9a-z]$", description="keyboard shortcut in the labelling tool")
    manifesto: tuple[str, ...] = Field(default=(), description="codes of the Manifesto Project")
    threshold: float = Field(default=1.0, gt=0.0)
    lexicon: dict[str, tuple[LexiconEntry, ...]] = Field(default_factory=dict, description="language → entries")

    def name(self, lang: str) -> str:
        """The theme's name in a language, else in English, else its id."""
        return self.names.get(lang) or self.names.get("en") or self.id


class Codebook(BaseModel):
    """A versioned set of themes; matcher, labels, guideline page and statistics groups all come from it.

    Example:
        >>> book = load_codebook("reforms")
        >>> len(book.themes), book.theme("dialogue").name("kk")
        (21, 'Қоғамдық диалог')
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: ThemeId
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$", description="semantic version, written as a quoted string")
    names: Localized
    description: Localized = Field(default_factory=dict)
    unit: Literal["sentence", "paragraph"] = "sentence"
    instructions: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="language → general rules of coding"
    )
    hard_cases: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="language → rules for hard cases")
    pointers: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="language → words that open a sentence which only points back to the one before (бұл, это, this); "
        "«!» before words that do not (!бұдан бөлек)",
    )
    ceremony: dict[str, tuple[LexiconEntry, ...]] = Field(
        default_factory=dict,
        description="language → words of thanks, greeting, praise; their weight is taken from every theme's score",
    )
    themes: tuple[Theme, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_consistent(self) -> Codebook:
        ids = [theme.id for theme in self.themes]
        for what, values in (
            ("theme id", ids),
            ("key", [theme.key for theme in self.themes if theme.key]),
            *(
                (f"{lang} name", [theme.names[lang] for theme in self.themes if lang in theme.names])
                for lang in self.names
            ),
        ):
            twice = sorted({value for value in values if values.count(value) > 1})
            if twice:
                raise ValueError(f"{what} used twice: {', '.join(twice)}")
        for theme in self.themes:
            if theme.parent is not None and theme.parent not in ids:
                raise ValueError(f"theme {theme.id} has the unknown parent {theme.parent}")
            missing = sorted(set(self.names) - set(theme.names))
            if missing:
                raise ValueError(f"theme {theme.id} has no name in: {', '.join(missing)}")
        return self

    def theme(self, theme_id: str) -> Theme:
        """Find a theme by its id.

        Raises:
            MinberError: MB002 with the ids that exist.
        """
        for theme in self.themes:
            if theme.id == theme_id:
                return theme
        raise MinberError("MB002", kind="theme", name=theme_id, known=", ".join(t.id for t in self.themes))

    @cached_property
    def digest(self) -> str:
        """Name this exact content: 12 hex digits of a SHA-256; annotations made with another one are stale."""
        return hashlib.sha256(self.model_dump_json().encode("utf-8")).hexdigest()[:12]


def builtin_codebooks() -> list[str]:
    """Names of the codebooks that come with Minber.

    Example:
        >>> "reforms" in builtin_codebooks()
        True
    """
    folder = files("schemas") / "data" / "codebooks"
    return sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml"))


def load_codebook(name: str | Path) -> Codebook:
    """Read a codebook that comes with Minber, or one of the user's.

    Parameters:
        name: a built-in name (``reforms``) or the path of a YAML file.

    Returns:
        the validated codebook.

    Raises:
        MinberError: MB002 unknown name, MB003 unreadable file, MB004 not YAML.
        MinberErrors: MB011 with every bad field, its file and line.
    """
    text = str(name)
    if text in builtin_codebooks():
        return read_model(Path(str(files("schemas") / "data" / "codebooks" / f"{text}.yaml")), Codebook, "codebook")
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.exists():
        return read_model(path, Codebook, "codebook")
    raise MinberError("MB002", kind="codebook", name=text, known=", ".join(builtin_codebooks()) + " or a .yaml file")
