"""Whole pipelines: a language with all of Minber's components, ready to call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import MinberError

if TYPE_CHECKING:
    from spacy.language import Language

VERSIONS = {
    "minber_furniture": 2,
    "minber_sentences": 2,
    "minber_quotes": 7,
    "minber_themes": 5,
    "minber_institutions": 1,
    "minber_quantities": 2,
    "minber_learned": 1,
}
"""The components of a full pipeline in their order, and the version of each: raised when its answers change."""

LEARNED = "minber_learned"
"""The component of a trained model: only where one is named."""

COMPONENTS = tuple(name for name in VERSIONS if name != LEARNED)
"""Names of the components of a full pipeline, in their order."""


def pipeline(
    lang: str,
    codebook: str | Path = "reforms",
    speakers: tuple[str, ...] = (),
    components: tuple[str, ...] = COMPONENTS,
    model: str | Path | None = None,
) -> Language:
    """Build the annotation pipeline of a language.

    Parameters:
        lang: ``kk``, ``ru``, ``en``, or another language with a folder in ``annotators/languages``.
        codebook: built-in name or path of a YAML file; its themes and lexicons are matched.
        speakers: paths of speaker files in addition to the built-in ones.
        components: which components to add, in this order.
        model: folder of a trained model (``minber train``): adds ``minber_learned`` behind the others.

    Returns:
        a spaCy pipeline; ``len(nlp(text).text) == len(text)``, offsets are those of the text.

    Raises:
        MinberError: MB002 unknown language or codebook, MB011 broken codebook, MB801 the model cannot be read.

    Example:
        >>> doc = pipeline("kk")("Қоғамдық диалогтың жаңа үлгісі қалыптасты.")
        >>> [span.label_ for span in doc.spans["themes"]]
        ['dialogue']
    """
    from annotators.languages import LANGUAGES, blank

    if components == COMPONENTS and lang not in LANGUAGES:  # a language that was only started has part of them
        raise MinberError("MB002", kind="language", name=lang, known=", ".join(LANGUAGES))
    nlp = blank(lang)
    settings: dict[str, dict[str, object]] = {
        "minber_themes": {"codebook": str(codebook)},
        "minber_quotes": {"speakers": list(speakers)},
    }
    for name in components:
        nlp.add_pipe(name, config=settings.get(name, {}))
    if model is not None:
        import annotators.learned  # noqa: F401 -- registers the factory

        nlp.add_pipe(LEARNED, config={"model": str(model)})
    return nlp
