"""The settings of a corpus: its ``minber.toml``."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from schemas.document import LanguageCode
from schemas.errors import MinberError, MinberErrors

FILE_NAME = "minber.toml"


class CorpusSettings(BaseModel):
    """``[corpus]``: what the corpus is and how it is coded."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, description="what the corpus is called; labelling projects carry it")
    codebook: str = Field(
        default="reforms", description="built-in name, or path of a YAML file, relative to minber.toml"
    )
    languages: tuple[LanguageCode, ...] = Field(
        default=("kk", "ru", "en"),
        min_length=1,
        description="that documents may be in; a language is detected among these",
    )
    country: str | None = Field(
        default=None,
        pattern=r"^[A-Z]{2}$",
        description="whose president «президент» is where a text does not tell",
    )
    speakers: tuple[str, ...] = Field(default=(), description="paths of more speaker files, relative to minber.toml")
    model: str | None = Field(
        default=None, description="name of a model of 'minber train', whose themes 'minber annotate' adds"
    )


class DoccanoSettings(BaseModel):
    """``[doccano]``: the labelling server and what people see there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(default="http://127.0.0.1:8000", pattern=r"^https?://[^\s]+$", description="of the server")
    username: str = Field(default="admin", description="who pushes and pulls; must be able to create projects")
    layout: Literal["themes", "voices", "spans"] = Field(
        default="themes", description="themes of sentences, quotations and voices, or themes as spans"
    )
    unit: Literal["sentence", "paragraph", "quotation", "document"] | None = Field(
        default=None, description="default: sentence in themes, paragraph in voices and spans"
    )
    relations: bool = Field(
        default=False, description="in voices and spans: arrows from a quotation to the words that name its speaker"
    )
    language: str = Field(default="kk", description="of label names and guideline")
    annotators: tuple[str, ...] = Field(
        default=(), description="user names of the people who label: one project each over the same units"
    )
    overlap: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="share of the units that several people label, the others go to one each; "
        "null: everybody labels everything",
    )
    overlap_people: int = Field(default=2, ge=2, description="how many people label a unit of that share")
    round: int = Field(default=1, ge=1, description="of labelling: each round after the first has projects of its own")
    preannotate: Literal["all", "half", "none"] = Field(
        default="all",
        description="units that show pre-annotations: all, a random half (the same for everybody), or none",
    )
    seed: int = Field(default=0, ge=0, description="of every draw: samples, who gets what, which half, random order")
    ca: str | None = Field(default=None, description="path of a CA certificate, for servers with one of their own")

    @field_validator("annotators")
    @classmethod
    def _usable_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if len({name.lower() for name in names}) != len(names):
            raise ValueError("a name stands here twice")
        for name in names:
            if not name or name != name.strip():
                raise ValueError(f"{name!r} is no name: it is empty, or has blanks at its ends")
            # the name of a project says layout, unit, person and round: none may pass for another
            if "·" in name or re.fullmatch(r"sentence|paragraph|quotation|document|r\d+", name):
                raise ValueError(f"{name!r} means something else in the name of a project")
        return names


class Settings(BaseModel):
    """Everything that ``minber.toml`` may hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    corpus: CorpusSettings
    doccano: DoccanoSettings = DoccanoSettings()


def read_settings(path: Path) -> Settings:
    """Read a ``minber.toml``.

    Parameters:
        path: the file.

    Returns:
        the validated settings.

    Raises:
        MinberError: MB003 unreadable or not TOML.
        MinberErrors: MB011 with one MB012 for each bad setting.
    """
    try:
        source = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise MinberError("MB003", str(path), file=path.name, problem=problem) from error
    return parse_settings(source, str(path))


def parse_settings(source: str, place: str) -> Settings:
    """Validate the text of a ``minber.toml``.

    Parameters:
        source: TOML.
        place: its path, for messages.

    Returns:
        the validated settings.

    Raises:
        MinberError: MB003 not TOML.
        MinberErrors: MB011 with one MB012 for each bad setting.

    Example:
        >>> parse_settings('[corpus]\\nname = "Speeches"', "minber.toml").corpus.codebook
        'reforms'
    """
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise MinberError("MB003", place, file=FILE_NAME, problem=str(error)) from error
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        rows = [
            MinberError("MB012", place, field=".".join(map(str, item["loc"])), problem=item["msg"])
            for item in error.errors()
        ]
        raise MinberErrors("MB011", place, rows, kind="settings file") from error


def settings_page() -> str:
    """Write the page of the documentation that lists every setting (``make docs`` saves it as docs/settings.md).

    Returns:
        Markdown, one table a section.

    Example:
        >>> "| `layout` |" in settings_page()
        True
    """
    lines = [
        "# Settings",
        "",
        "A corpus is a folder with a `minber.toml`. Only `[corpus] name` must be there. The password of the labelling",
        "server is never a setting: it comes from `MINBER_DOCCANO_PASSWORD` or is asked for. This page is written by",
        "`make docs`.",
    ]
    for section, model in (("corpus", CorpusSettings), ("doccano", DoccanoSettings)):
        lines += ["", f"## [{section}]", "", "| setting | default | may be | meaning |", "| --- | --- | --- | --- |"]
        properties = model.model_json_schema()["properties"]
        for name, field in model.model_fields.items():
            default = "(must be given)" if field.is_required() else f"`{json.dumps(field.default, ensure_ascii=False)}`"
            lines.append(f"| `{name}` | {default} | {_allowed(properties[name])} | {field.description or ''} |")
    return "\n".join(lines) + "\n"


_KINDS = {
    "array": "list of strings",
    "string": "string",
    "number": "number",
    "integer": "whole number",
    "boolean": "`true`, `false`",
}


def _allowed(schema: dict[str, Any]) -> str:
    """Say in a few words what values a field of a JSON Schema takes."""
    options = schema.get("anyOf", [schema])
    said = []
    for option in options:
        if "enum" in option:
            said += [f"`{value}`" for value in option["enum"]]
        elif option.get("type") in _KINDS:
            said.append(_KINDS[option["type"]])
    return ", ".join(said)
