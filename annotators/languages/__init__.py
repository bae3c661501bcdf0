"""One folder a language, each with the same file names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.errors import MinberError

if TYPE_CHECKING:
    from spacy.language import Language

LANGUAGES = ("en", "kk", "ru")


def blank(lang: str) -> Language:
    """A pipeline of one language with Minber's tokenizer and no components.

    Raises:
        MinberError: MB002 with the languages that exist.
    """
    if lang not in LANGUAGES:
        raise MinberError("MB002", kind="language", name=lang, known=", ".join(LANGUAGES))
    import spacy

    return spacy.blank(lang)
