"""An annotation: one labelled stretch of one revision of a document."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Origin = Literal["machine", "human"]

LAYERS = ("sentence", "quote", "reported", "theme", "institution", "quantity", "chrome", "background")
"""The layers that Minber itself writes; a component of yours may add another."""


class Annotation(BaseModel):
    """A label on ``text[start:end]`` of one revision, with who gave it and why.

    Attributes by layer: ``quote`` has speaker, speaker_id, mention, cue; ``theme`` has evidence (pairs of offsets);
    offsets inside attributes are code points into the same text.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    doc_id: str
    revision: str
    layer: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str = Field(min_length=1)
    start: int = Field(ge=0, description="first code point")
    end: int = Field(ge=0, description="code point after the last")
    score: float = Field(default=1.0, ge=0.0, le=1.0)
    annotator: str = Field(description="component@version of a machine, name of a person")
    origin: Origin = "machine"
    attributes: dict[str, Any] = Field(default_factory=dict)
    created: dt.datetime

    @model_validator(mode="after")
    def _range_is_forward(self) -> Annotation:
        if self.end < self.start:
            raise ValueError(f"end {self.end} lies before start {self.start}")
        return self
