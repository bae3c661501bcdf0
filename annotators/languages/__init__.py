"""One folder a language, each with the same file names."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import MinberError

if TYPE_CHECKING:
    from spacy.language import Language

FOLDER = Path(__file__).parent
STARTED = tuple(sorted(path.parent.name for path in FOLDER.glob("*/tokens.yaml")))
"""Languages that have a tokenizer."""
PARTS = ("sentences.yaml", "cues.yaml", "names.yaml", "negation.yaml", "quantities.yaml", "morphology.py")
LANGUAGES = tuple(lang for lang in STARTED if all((FOLDER / lang / part).exists() for part in PARTS))
"""Languages with all that a whole pipeline needs."""
LONGEST_TEXT = 200_000_000
"""Characters that a pipeline takes; nothing here needs memory beyond the tokens themselves."""


def blank(lang: str) -> Language:
    """A pipeline of one language with Minber's tokenizer and no components.

    Parameters:
        lang: a folder's name in ``annotators/languages``.

    Returns:
        a new spaCy pipeline that takes texts of up to ``LONGEST_TEXT`` characters.

    Raises:
        MinberError: MB002 with the languages that exist.

    Example:
        >>> [token.text for token in blank("kk")("Қасым-Жомарт Тоқаев: «72%-ы...»,-деді.")]
        ['Қасым-Жомарт', 'Тоқаев', ':', '«', '72%-ы', '...', '»', ',', '-', 'деді', '.']
    """
    if lang not in STARTED:
        raise MinberError("MB002", kind="language", name=lang, known=", ".join(STARTED))
    module = import_module(f"annotators.languages.{lang}")
    nlp: Language = module.LANGUAGE()
    nlp.max_length = LONGEST_TEXT
    return nlp
