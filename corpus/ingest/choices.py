"""How the user wants sources read: which column is the text, what file names tell, where a transcript is cut."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user says about the form of sources; what they say about documents stands in ``Options``.

    Attributes:
        text_field: column of a table that holds the text.
        columns: pairs of a metadata field and the column that holds it; an empty column name: none does.
        docvars: pattern of file names that carry metadata, such as ``{unit}_{context}_{year}_{lang}``.
        tei_unit: whether each speech of a TEI transcript is a document, or the whole session.
        sites: folder of the user's own site files, each named by a domain.
    """

    text_field: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    docvars: str | None = None
    tei_unit: Literal["speech", "session"] = "speech"
    sites: str | None = None

    def __str__(self) -> str:
        """The options that say the same; empty where all is left to Minber. Kept with each document.

        Example:
            >>> str(Choices(text_field="body text", columns=(("title", "headline"),)))
            "--text-field 'body text' --map title=headline"
        """
        given = ["--text-field", self.text_field] if self.text_field else []
        for field, column in self.columns:
            given += ["--map", f"{field}={column}"]
        given += ["--docvars", self.docvars] if self.docvars else []
        given += ["--tei-unit", self.tei_unit] if self.tei_unit != "speech" else []
        given += ["--sites", self.sites] if self.sites else []
        return shlex.join(given)
