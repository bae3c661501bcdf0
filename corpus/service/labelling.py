"""From a text to the labels that a layout shows of it, by the annotators and rules of ``minber push``."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annotators.context import Context
from annotators.languages import LANGUAGES
from annotators.pipeline import COMPONENTS
from corpus.doccano.layouts import LAYOUTS, Label, Layout, label_types
from corpus.doccano.proposals import Proposals, digest
from corpus.doccano.units import cut
from corpus.doccano.utf16 import Offsets
from corpus.ingest.language import detect
from corpus.recipe import Recipe, Shard, Text, annotate_shard, recipe_of
from corpus.service.api import LabelAnswer, ProposedCategory, ProposedSpan, Question
from schemas.codebook import load_codebook
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus

_KEPT = 512  # answers that are kept: Doccano asks for the parts of one text in a row
_PARTS = COMPONENTS[: COMPONENTS.index("minber_themes") + 1]  # layouts show nothing of what comes after


@dataclass(frozen=True, slots=True)
class Found:
    """What a text holds: its language and its labels, in code points."""

    lang: str | None
    labels: tuple[Label, ...] = ()


def lanes(spans: Sequence[Label]) -> list[list[Label]]:
    """Deal spans so that within a lane none overlap: Doccano drops overlapping spans of one answer, in any project.

    Parameters:
        spans: in any order.

    Returns:
        lanes; each span in the first that has room, in order of place, the longer of two first.

    Example:
        >>> quote, cue = Label("quote", "direct", 0, 9), Label("cue", "cue", 4, 6)
        >>> lanes([cue, quote]) == [[quote], [cue]]
        True
    """
    found: list[list[Label]] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end, span)):
        lane = next((lane for lane in found if lane[-1].end <= span.start), None)
        if lane is None:
            found.append([span])
        else:
            lane.append(span)
    return found


class Labeller:
    """Answers questions about texts. Not for several threads at once.

    Parameters:
        corpus: its settings say codebook, languages, country, layout and the language of names.
        lang: of all texts; None: each text tells.

    Raises:
        MinberError: MB002 unknown language; MB003, MB011 codebook or speakers are broken.
    """

    def __init__(self, corpus: Corpus, lang: str | None = None) -> None:
        settings = corpus.settings
        if lang is not None and lang not in LANGUAGES:
            raise MinberError("MB002", kind="language", name=lang, known=", ".join(LANGUAGES))
        self.languages = (
            tuple(code for code in settings.corpus.languages if code in LANGUAGES) if lang is None else (lang,)
        )
        self.codebook = load_codebook(corpus.codebook_source)
        self.proposals = Proposals(corpus)
        self._corpus, self._lang = corpus, lang
        self._known = settings.corpus.languages
        self._context = Context(country=settings.corpus.country)
        self._recipes: dict[str, Recipe] = {}
        self._kept: OrderedDict[tuple[str, bool, str], Found] = OrderedDict()
        self._digests = self.codebook.digest, corpus.speakers.digest
        label_types(LAYOUTS["themes"], self.codebook, settings.doccano.language)  # names that clash are told at once

    @property
    def codebook_name(self) -> str:
        """Id and version of the codebook."""
        return f"{self.codebook.id}@{self.codebook.version}"

    @property
    def loaded(self) -> list[str]:
        """Languages whose model is in memory."""
        return sorted(self._recipes)

    def answer(self, text: str, question: Question) -> LabelAnswer:
        """Propose labels for a text.

        Parameters:
            text: of one example.
            question: what is wanted of it.

        Returns:
            the answer; what a project was answered before is not proposed again.

        Raises:
            MinberError: MB390, MB391 a component failed; MB427 label names clash; MB202 the disk refuses.
        """
        settings = self._corpus.settings.doccano
        layout = LAYOUTS[question.layout or settings.layout]
        layout = replace(layout, relations=layout.overlap and question.relations)
        answer = LabelAnswer(cats=[], spans=[], lang=None, layout=layout.name, codebook=self.codebook_name)
        part = question.part if question.lane is None else f"{question.part}:{question.lane}"
        if question.project and self.proposals.had(question.project, part, text):
            return answer.model_copy(update={"before": True})
        found = self.find(text, layout)
        names = {
            (known.kind, known.layer, known.label): known.name
            for known in label_types(layout, self.codebook, question.names or settings.language)
        }
        categories = [label for label in found.labels if ("category", label.layer, label.label) in names]
        spans = [label for label in found.labels if ("span", label.layer, label.label) in names]
        if question.lane is not None:
            dealt = lanes(spans)
            spans = dealt[question.lane - 1] if question.lane <= len(dealt) else []
        categories, spans = categories if question.part != "spans" else [], spans if question.part != "cats" else []
        if question.project:
            self.proposals.note(question.project, part, text, [*categories, *spans])
        offsets = Offsets(text)
        answer.lang = found.lang
        answer.cats = [ProposedCategory(label=names["category", label.layer, label.label]) for label in categories]
        answer.spans = [
            ProposedSpan(
                label=names["span", label.layer, label.label],
                start_offset=offsets.to_utf16(label.start),
                end_offset=offsets.to_utf16(label.end),
            )
            for label in sorted(spans, key=lambda label: (label.start, -label.end, label))
        ]
        return answer

    def find(self, text: str, layout: Layout) -> Found:
        """Annotate a text and take what a layout shows of it.

        Parameters:
            text: any text; offsets are those of its code points.
            layout: of the project.

        Returns:
            language and labels; no labels where the language cannot be told or is not one of the corpus.
        """
        key = layout.name, layout.relations, digest(text)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        lang = self._lang or detect(text, self._known)[0]
        found = Found(lang)
        if lang in self.languages and text.strip():
            found = Found(lang, self._labels(text, lang, layout))
        self._kept[key] = found
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return found

    def _labels(self, text: str, lang: str, layout: Layout) -> tuple[Label, ...]:
        if lang not in self._recipes:
            source, files = self._corpus.codebook_source, self._corpus.speaker_files
            self._recipes[lang] = recipe_of(lang, source, files, _PARTS, self._digests)
        shard = Shard(self._recipes[lang], frozenset(_PARTS), (Text("", "", text, self._context),))
        [annotated] = annotate_shard(shard)
        if annotated.error is not None:
            raise annotated.error
        document = {"id": "", "revision": "", "text": text, "date": None, "title": None, "speaker": None}
        order = [theme.id for theme in self.codebook.themes]
        units, _ = cut(document, annotated.rows, layout, "document", "en", order, furniture=True)
        return tuple(
            replace(label, start=label.start + unit.start, end=label.end + unit.start)
            for unit in units
            for label in unit.labels
            if not label.target  # the server's auto-labelling knows no arrows
        )
