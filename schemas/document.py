"""A document and where it comes from."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

DocumentKind = Literal["transcript", "report"]
"""``transcript``: the words of one speaker; ``report``: somebody's text that may quote speakers."""

DOCVAR = "docvars."
"""How the names of docvars begin where they stand among other fields: in conditions, among origins."""

LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", description="ISO 639 code: kk, ru, en, ky …")]


def revision_of(text: str) -> str:
    """Name a state of a text: the first 16 hex digits of the SHA-256 of its UTF-8 bytes.

    Parameters:
        text: canonical text.

    Returns:
        16 hexadecimal digits.

    Example:
        >>> revision_of("Құрметті отандастар!")
        '7a856e60e71ae665'
    """
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


class Source(BaseModel):
    """Where a document's text was read from, and by what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    uri: str = Field(description="canonical URL of a page, file URI of a file, or stdin:SHA256")
    publisher: str | None = Field(default=None, description="who published it: Stan.kz, Akorda …")
    retrieved: dt.datetime = Field(description="when the bytes were read, UTC")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="of the raw bytes, which the corpus keeps")
    reader: str = Field(pattern=r"^[\w.-]+@\d+$", description="the reader and its version: text@1, html@1")
    encoding: str | None = Field(default=None, description="character encoding that the bytes were decoded with")


class Document(BaseModel):
    """One text in one revision, with its metadata.

    ``text`` is canonical: Unicode NFC, ``\\n`` line ends, no byte-order mark, NUL or soft hyphen, no-break spaces as
    spaces. All offsets of annotations are Python code points into it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1, max_length=120, pattern=r"^[a-z0-9][a-z0-9._/-]*$")
    revision: str = Field(
        default="", pattern=r"^([0-9a-f]{16})?$", description="names the state of the text; derived from it"
    )
    lang: LanguageCode
    title: str | None = None
    date: dt.date | None = None
    kind: DocumentKind = "report"
    speaker: str | None = Field(default=None, description="of a transcript: full name")
    occasion: str | None = Field(default=None, description="at or for what the words were spoken: a session, a forum")
    place: str | None = Field(default=None, description="where the words were spoken, or from where was reported")
    version_of: str | None = Field(default=None, description="id of the document that this is a language version of")
    alternates: dict[str, str] = Field(
        default_factory=dict, description="language → address of the same text in it, as the page states"
    )
    docvars: dict[str, str | int | float | bool] = Field(
        default_factory=dict, description="what else the source tells: other columns of a table, role of a speaker …"
    )
    source: Source
    text: str = Field(min_length=1)
    origins: dict[str, str] = Field(
        default_factory=dict,
        description="for each metadata field, where its value came from: page, title, user …; for a docvar that the "
        "source itself does not tell, under docvars.NAME",
    )

    @model_validator(mode="after")
    def _revision_is_of_text(self) -> Document:
        revision = revision_of(self.text)
        if self.revision not in ("", revision):
            raise ValueError(f"revision {self.revision} does not belong to this text ({revision})")
        object.__setattr__(self, "revision", revision)
        return self
