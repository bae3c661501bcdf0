"""Quotations with their speakers and cues: the spaCy component ``minber_quotes``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from spacy.language import Language

from annotators.context import Context
from annotators.quotes.attribution import CLAUSE, Attribution, Attributor
from annotators.quotes.finder import find_quotations
from annotators.quotes.grammar import grammar
from annotators.quotes.known import Known
from annotators.quotes.layout import Layout
from annotators.quotes.page import Quotation
from annotators.quotes.reported import Reported, Reports
from annotators.quotes.subjects import Subjects
from annotators.quotes.voice import NOBODY, Voice
from annotators.speakers import People
from schemas.speakers import SpeakerRegistry, load_speakers

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span


class Quotes:
    """Finds quotations and who speaks in them.

    Parameters:
        lang: language of the pipeline.
        registry: known speakers.
    """

    def __init__(self, lang: str, registry: SpeakerRegistry) -> None:
        self.grammar = grammar(lang)
        self.known = Known(registry, self.grammar)

    def __call__(self, doc: Doc) -> Doc:
        """Write ``doc.spans["quotes"]`` and ``doc.spans["reported"]``."""
        hidden = [(span.start_char, span.end_char) for span in doc.spans.get("chrome", ())]
        layout = Layout(doc.text, self.grammar.abbreviations)
        context: Context = doc._.context
        people = People(layout, self.grammar, self.known, context, hidden)
        attributor = Attributor(layout, self.grammar, people)
        quotations = find_quotations(layout, self.grammar, people, attributor, hidden)
        subjects = Subjects(layout, self.grammar, people, attributor)
        taken = bytearray(len(doc.text))
        for q in quotations:
            subjects.antecedents.quoted[q.start : q.end] = b"\1" * (q.end - q.start)
            if q.label == "direct":
                taken[q.outer_start : q.outer_end] = b"\1" * (q.outer_end - q.outer_start)
                if q.attribution:
                    a, b = layout.tokens[q.attribution.first].start, layout.tokens[q.attribution.last - 1].end
                    taken[a:b] = b"\1" * (b - a)
        for a, b in hidden:
            taken[a:b] = b"\1" * (b - a)
        reports = Reports(layout, self.grammar, attributor, taken).find()
        layers: dict[str, list[Span]] = {"quotes": [], "reported": []}
        # in order of the text: whoever spoke last is whom a pronoun means
        everything: list[Quotation | Reported] = [*quotations, *reports]
        for found in sorted(everything, key=lambda q: (q.start, -q.end)):
            voice: Voice | None
            if isinstance(found, Quotation):
                label, score, voice = found.label, found.score, _voice(found, subjects, layout)
            else:
                label, score, voice = "reported", 0.7, _reporter(found, subjects, layout)
            if voice is None:
                continue
            span = _span(doc, found.start, found.end, label)
            if span is None:
                continue
            span._.speaker, span._.speaker_id, span._.score = voice.name, voice.id, score
            span._.mention = _span(doc, *voice.mention) if voice.mention else None
            cue = found.attribution.cue if found.attribution else None
            if cue:
                span._.cue = _span(doc, layout.tokens[cue[0]].start, layout.tokens[cue[1] - 1].end)
            if isinstance(found, Quotation) and found.group is not None:
                span._.details = {"group": found.group}
            layers["reported" if label == "reported" else "quotes"].append(span)
        _repeat(layers["quotes"])
        for key, spans in layers.items():
            doc.spans[key] = spans
        return doc


def _voice(quotation: Quotation, subjects: Subjects, layout: Layout) -> Voice:
    attribution: Attribution | None = quotation.attribution
    voice: Voice | None = None
    if attribution is not None:
        voice = subjects.find(
            attribution.first, attribution.last, attribution.cue, attribution.side, attribution.quoting
        )
    if attribution is not None and attribution.side == "after" and (voice is None or voice.mention is None):
        # «Министрліктің мәлімдемесінде «…» делінген»: the subject stands before the quotation
        begin = layout.sentences[layout.sentence(quotation.outer_start)][0]
        last = layout.first_token(quotation.outer_start)
        first = max(layout.first_token(begin), last - CLAUSE)
        if first < last and not layout.text[begin : quotation.outer_start].isspace():
            earlier = subjects.find(first, last, (last, last), "before")
            voice = earlier if earlier and earlier.name else voice
    if voice is None or voice.mention is None:
        voice = _before_colon(quotation, layout, subjects) or voice
    if voice is not None and voice.person is None and attribution is not None and attribution.side == "after":
        voice = _relation(quotation, voice, layout, subjects)
    if quotation.turn and attribution is None:
        return subjects.antecedents.turn(quotation.turn)
    if voice is None or voice.name is None:
        k = layout.sentence(quotation.outer_start)
        sentence = None
        while k > 0:
            k -= 1
            a, b = layout.sentences[k]
            if b <= quotation.outer_start and subjects.antecedents.quoted.find(1, a, b) < 0:
                sentence = (a, b)
                break
            if b <= quotation.outer_start:
                break
        mention = voice.mention if voice else None
        voice = NOBODY if quotation.nested else subjects.unattributed(quotation.start, sentence)
        voice = Voice(voice.name, voice.id, mention, voice.person)
    if not quotation.nested:
        subjects.antecedents.remember(quotation.start, voice)
    return voice


def _before_colon(quotation: Quotation, layout: Layout, subjects: Subjects) -> Voice | None:
    """«Бала: «…»», «Абай «…» деген»: a word or two open the sentence, and are whoever speaks."""
    cues, people = subjects.grammar.cues, subjects.people
    begin = layout.sentences[layout.sentence(quotation.outer_start)][0]
    lead = layout.text[begin : quotation.outer_start].rstrip()
    if lead.endswith(":") and len(lead) < 80:
        opening = next(iter(people.between(begin, quotation.outer_start)), None)
        if opening is not None and opening.person and opening.start == begin and opening.direct:
            after = layout.text[opening.end : quotation.outer_start].strip()
            if after == ":" or (after.startswith((",", "(")) and len(after) < 50):
                person = opening.person  # «Робин Кристи, тренер: «…»»
                return Voice(person.name, person.id, (opening.start, opening.end), person)
    words = layout.words(begin, quotation.outer_start)
    if lead.endswith(":") and len(words) > 2 and subjects.grammar.lang == "kk":
        named = subjects.kazakh.named_last(words)  # «құттықтау арнаған Моника Василевска: «…»»
        if named:
            return named
    words = words if len(lead) < 60 else []
    attributed = (
        bool(cues.get("binder")) and quotation.attribution is not None and quotation.attribution.cue is not None
    )
    if (
        not (lead.endswith(":") or (attributed and lead[-1:].isalpha()))
        or not 1 <= len(words) <= 2
        or not words[0].text[0].isupper()
    ):
        return None
    if words[0].low in cues.get("no_subjects", ()):
        return None  # «Оған «…» деді»
    if words[-1].text[0].islower() and words[-1].low.endswith(tuple(cues.get("from_endings", ("\n",)))):
        return None  # «Бір уақытта: «…»»
    name = layout.text[words[0].start : words[-1].end]
    return Voice(name, None, (words[0].start, words[-1].end))


def _relation(quotation: Quotation, voice: Voice, layout: Layout, subjects: Subjects) -> Voice:
    """«… деді әріптесі» right after somebody was said to speak: the same person, under what he is to another."""
    word = layout.text[slice(*voice.mention)] if voice.mention else ""
    if subjects.grammar.lang != "kk" or not word.endswith(tuple(subjects.grammar.cues.get("possessive", ()))):
        return voice
    same = subjects.kazakh.introduced(quotation.outer_start)
    if not (word.islower() and len(word.split()) == 1):
        # «Қырғызстан Президенті»: an office that nobody here bears, behind somebody who is given none
        office = subjects.grammar.title(word.split()[-1])
        if not office or same is None or same.person is None or any(m.roles for m in same.person.mentions):
            return voice
    return Voice(same.name, same.id, voice.mention, same.person) if same else voice


def _repeat(spans: list[Span]) -> None:
    """Give a headline that the text quotes again, with an attribution, the speaker found there."""
    attributed = {_opening(span): span for span in spans if span._.cue is not None or span._.mention is not None}
    for span in spans:
        same = attributed.get(_opening(span))
        if same is None or same is span or span._.cue is not None:
            continue
        if span._.mention is None or same.start > span.start:  # what a headline says of its speaker is only a guess
            span._.speaker, span._.speaker_id = same._.speaker, same._.speaker_id


def _opening(span: Span) -> str:
    return " ".join(span.text.lower().split()[:5])


def _reporter(report: Reported, subjects: Subjects, layout: Layout) -> Voice | None:
    """Who said what is reported; None where the clause has no subject that can speak."""
    where = report.attribution
    if report.possessor is not None:
        token = layout.tokens[report.possessor]
        voice = subjects.antecedents.possessor(token)
    else:
        voice = subjects.find(where.first, where.last, where.cue, where.side, report.oblique)
        if report.oblique and voice is not None and voice.name and voice.person is None and voice.mention:
            mention = layout.text[slice(*voice.mention)]
            if voice.name == mention:  # an office as it stands there, in the genitive
                voice = replace(voice, name=subjects.grammar.governed(mention.split()))
    if voice is None or (voice.name is None and voice.mention is None):
        return None
    if voice.mention and voice.mention[0] <= report.start < voice.mention[1] < report.end:
        report.start, report.end = layout.trim(voice.mention[1], report.end)  # the subject opens the sentence
    if (
        voice.person is not None
        or not report.oblique
        or not subjects.grammar.institution((voice.name or "").split()[-1])
        or (subjects.grammar.lang == "ru" and subjects.grammar.title((voice.name or "").split()[0]))
    ):
        subjects.antecedents.remember(report.start, voice)  # data of a body do not make it the one who goes on speaking
    return voice


def _span(doc: Doc, start: int, end: int, label: str = "") -> Span | None:
    span = doc.char_span(start, end, label=label, alignment_mode="contract")
    if span is None or span.start_char != start or span.end_char != end:
        span = doc.char_span(start, end, label=label, alignment_mode="expand")
    return span if span is not None and len(span) else None


@Language.factory("minber_quotes", default_config={"speakers": []}, assigns=["doc.spans"])
def make_quotes(nlp: Language, name: str, speakers: list[str]) -> Quotes:  # noqa: ARG001
    """Build the component ``minber_quotes``.

    Parameters:
        nlp: the pipeline; its language decides the rules.
        name: of the component.
        speakers: paths of speaker files in addition to the built-in ones.

    Returns:
        the component.
    """
    return Quotes(nlp.lang or "", load_speakers(*map(Path, speakers)))
