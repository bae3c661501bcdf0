"""The settings of a corpus: its ``minber.toml``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import MinberError, MinberErrors

FILE_NAME = "minber.toml"


class CorpusSettings(BaseModel):
    """``[corpus]``: what the corpus is and how it is coded."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    codebook: str = Field(
        default="reforms", description="built-in name, or path of a YAML file, relative to minber.toml"
    )
    languages: tuple[str, ...] = Field(default=("kk", "ru", "en"), min_length=1)
    country: str | None = Field(
        default=None,
        pattern=r"^[A-Z]{2}$",
        description="whose president «президент» is where a text does not tell",
    )
    speakers: tuple[str, ...] = Field(default=(), description="paths of more speaker files, relative to minber.toml")


class DoccanoSettings(BaseModel):
    """``[doccano]``: the labelling server and what people see there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(default="http://127.0.0.1:8000", pattern=r"^https?://[^\s]+$")
    username: str = "admin"
    layout: Literal["themes", "voices", "spans"] = "themes"
    unit: Literal["sentence", "paragraph", "document"] | None = Field(
        default=None, description="default: sentence in themes, paragraph in voices and spans"
    )
    language: str = Field(default="kk", description="of label names and guideline")
    annotators: tuple[str, ...] = Field(default=(), description="names: one project each")
    ca: str | None = Field(default=None, description="path of a CA certificate, for servers with one of their own")


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
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise MinberError("MB003", str(path), file=path.name, problem=problem) from error
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        rows = [
            MinberError("MB012", str(path), field=".".join(map(str, item["loc"])), problem=item["msg"])
            for item in error.errors()
        ]
        raise MinberErrors("MB011", str(path), rows, kind="settings file") from error
