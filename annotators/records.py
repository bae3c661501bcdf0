"""From a processed spaCy Doc to annotation rows: plain dicts that a table, a file or another process can take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypedDict

from annotators.context import Context
from annotators.pipeline import LEARNED, VERSIONS
from schemas.errors import MinberError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

GROUPS = {
    "chrome": ("chrome", "minber_furniture"),
    "background": ("background", "minber_furniture"),
    "quotes": ("quote", "minber_quotes"),
    "reported": ("reported", "minber_quotes"),
    "themes": ("theme", "minber_themes"),
    "institutions": ("institution", "minber_institutions"),
    "quantities": ("quantity", "minber_quantities"),
}
"""Key of ``doc.spans`` → layer of the annotation, component that writes it."""


class AnnotationRow(TypedDict):
    """One machine annotation; offsets are code points, end exclusive."""

    layer: str
    label: str
    start: int
    end: int
    score: float
    annotator: str
    attributes: dict[str, Any]


def process(nlp: Language, text: str, context: Context | None = None) -> Doc:
    """Run a pipeline on a text of which something is known.

    Parameters:
        nlp: a pipeline with our components.
        text: canonical text.
        context: date, country, kind, speaker …; unknown if None.

    Returns:
        the processed Doc.

    Raises:
        MinberError: MB390 a component failed, whatever the reason; the message names it.
    """
    name = "tokenizer"
    try:
        doc = nlp.make_doc(text)
        doc._.context = context or Context()
        for name, component in nlp.pipeline:  # noqa: B007 -- read where it fails
            doc = component(doc)
    except Exception as error:
        problem = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise MinberError("MB390", component=name, problem=problem) from error
    return doc


def annotation_rows(doc: Doc) -> list[AnnotationRow]:
    """Turn everything that our components found into rows.

    Parameters:
        doc: a processed Doc.

    Returns:
        rows in order of layer group, then of position; sentences first, without the white space around them.

    Example:
        >>> import annotators
        >>> doc = annotators.pipeline("kk")("Қоғамдық диалогтың жаңа үлгісі қалыптасты.\\n")
        >>> [(row["layer"], row["start"], row["end"]) for row in annotation_rows(doc)][0]
        ('sentence', 0, 42)
    """
    rows = list(_sentence_rows(doc))
    for key, (layer, component) in GROUPS.items():
        spans = sorted(doc.spans.get(key, ()), key=lambda span: (span.start_char, -span.end_char))
        rows.extend(_row(span, layer, _annotator(component)) for span in spans)
    learned = doc.spans.get("learned")
    if learned is not None:
        model = f"{_annotator(LEARNED)}:{learned.attrs['model']}"  # a model is an annotator of its own
        rows.extend(_row(span, "theme", model) for span in learned)
    return rows


def _sentence_rows(doc: Doc) -> Iterator[AnnotationRow]:
    if not doc.has_annotation("SENT_START"):
        return
    for sentence in doc.sents:
        words = sentence.text
        start = sentence.start_char + len(words) - len(words.lstrip())
        end = start + len(words.strip())
        if end > start:
            yield AnnotationRow(
                layer="sentence",
                label="sentence",
                start=start,
                end=end,
                score=1.0,
                annotator=_annotator("minber_sentences"),
                attributes={"lang": sentence._.lang} if sentence._.lang else {},
            )


def _row(span: Span, layer: str, annotator: str) -> AnnotationRow:
    attributes: dict[str, Any] = dict(span._.details or {})
    if layer in ("quote", "reported"):
        attributes |= {
            "speaker": span._.speaker,
            "speaker_id": span._.speaker_id,
            "mention": _range(span._.mention),
            "cue": _range(span._.cue),
        }
    elif layer == "theme":
        attributes["evidence"] = [_range(word) for word in span._.evidence]
    elif layer == "institution" and span.kb_id_:
        attributes.setdefault("id", span.kb_id_)
    return AnnotationRow(
        layer=layer,
        label=span.label_,
        start=span.start_char,
        end=span.end_char,
        score=float(span._.score),
        annotator=annotator,
        attributes=attributes,
    )


def _range(span: Span | None) -> list[int] | None:
    return None if span is None else [span.start_char, span.end_char]


def _annotator(component: str) -> str:
    return f"{component}@{VERSIONS[component]}"
