"""JSON Schemas of everything that Minber reads and writes, by name."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from schemas.annotation import Annotation
from schemas.codebook import Codebook, LexiconEntry, Theme
from schemas.document import Document, Source
from schemas.errors import MinberError
from schemas.settings import Settings
from schemas.site import Site
from schemas.speakers import Office, Speaker, SpeakerFile

MODELS: dict[str, type[BaseModel]] = {
    "annotation": Annotation,
    "codebook": Codebook,
    "document": Document,
    "entry": LexiconEntry,
    "office": Office,
    "settings": Settings,
    "site": Site,
    "source": Source,
    "speaker": Speaker,
    "speakers": SpeakerFile,
    "theme": Theme,
}


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a model.

    Parameters:
        name: a key of ``MODELS``.

    Returns:
        the schema as a dict.

    Raises:
        MinberError: MB002 with the names that exist.

    Example:
        >>> json_schema("office")["required"]
        ['office', 'country', 'start']
    """
    if name not in MODELS:
        raise MinberError("MB002", kind="schema", name=name, known=", ".join(MODELS))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **MODELS[name].model_json_schema()}
