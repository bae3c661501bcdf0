"""What things are: documents, annotations, codebooks, speakers, tables, errors. Imports nothing else of Minber.

Names are loaded on first use, so that commands that need no models start fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schemas.annotation import Annotation
    from schemas.codebook import Codebook, LexiconEntry, Theme, load_codebook
    from schemas.document import Document, Source, revision_of
    from schemas.errors import MinberError, MinberErrors
    from schemas.speakers import Office, Speaker, SpeakerFile, SpeakerRegistry, load_speakers

_PLACES = {
    "Annotation": "annotation",
    "Codebook": "codebook",
    "Document": "document",
    "LexiconEntry": "codebook",
    "MinberError": "errors",
    "MinberErrors": "errors",
    "Office": "speakers",
    "Source": "document",
    "Speaker": "speakers",
    "SpeakerFile": "speakers",
    "SpeakerRegistry": "speakers",
    "Theme": "codebook",
    "load_codebook": "codebook",
    "load_speakers": "speakers",
    "revision_of": "document",
}

__all__ = [
    "Annotation",
    "Codebook",
    "Document",
    "LexiconEntry",
    "MinberError",
    "MinberErrors",
    "Office",
    "Source",
    "Speaker",
    "SpeakerFile",
    "SpeakerRegistry",
    "Theme",
    "load_codebook",
    "load_speakers",
    "revision_of",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'schemas' has no attribute {name!r}")
    return getattr(import_module(f"schemas.{_PLACES[name]}"), name)
