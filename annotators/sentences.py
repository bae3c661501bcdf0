"""Sentence boundaries by rule: the component ``minber_sentences``."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

import annotators.context  # noqa: F401 -- declares the attributes that spans get here
from annotators.languages.tokens import FOLDER, UPPER, words
from annotators.sentence_languages import SentenceLanguages
from schemas.datafile import read_data

STOPS = frozenset({".", "!", "?", "…", "..", "...", "....", ".....", "。", "！", "？"})
CLOSERS = frozenset("»”’›)]}」』")
OPENERS = frozenset("«“„‹‘([{「『")
EITHER = frozenset("\"'“‘")
"""Marks that open or close; which one, the spaces around them and the marks before them tell."""
DASHES = frozenset({"–", "—", "―", "-", "--", "---"})
QUIET = frozenset({",", ";", ":", "%"})
"""What never begins a sentence."""
LONGEST_NOTE = 12
"""Tokens that a stage note may have between its brackets."""

_OTHER, _SPACE, _LINE, _STOP, _DOTTED, _BRACKET, _STRAIGHT = range(7)
_LINE_BREAK = re.compile("[\n\r\u2028\u2029\x0b\x0c\x85]")
_INITIALS = re.compile(rf"(?:[{UPPER}]\.-?)+")
_NUMERAL = re.compile(r"\d+(?:\.\d+)*|[IVXLCІХ]+")


class SentenceRules:
    """Sets where sentences start, by the rules of one language (its sentences.yaml) and the shape of the text.

    A line break ends a sentence; so does a stop, with the closing marks behind it, unless the next word is lower case
    or the stop belongs to an abbreviation, an initial, a date or a list number. A remark such as (Applause) is a
    sentence of its own. Quotation marks do not hold sentences together: who spoke is decided on paragraphs.

    Example:
        >>> from annotators.languages import blank
        >>> nlp = blank("kk")
        >>> doc = SentenceRules("kk")(nlp("Ол 2022 ж. 16 наурызда сөйледі. «Біз бірге біз! Алға», – деді ол."))
        >>> [sentence.text for sentence in doc.sents]
        ['Ол 2022 ж. 16 наурызда сөйледі.', '«Біз бірге біз!', 'Алға», – деді ол.']
    """

    def __init__(self, lang: str) -> None:
        data = read_data(FOLDER / lang / "sentences.yaml")
        abbreviations = data["abbreviations"]
        self.title, self.inner, self.outer = (
            frozenset(words(abbreviations[kind])) for kind in ("title", "inner", "outer")
        )
        self.letter_words = frozenset(data.get("letter_words", ()))
        self.months = tuple(words(data["months"]))
        self.starters = frozenset(words(data["starters"]))
        self.stage_notes = frozenset(words(data["stage_notes"]))
        self.stage_words = self.stage_notes | frozenset(words(data["stage_fillers"]))
        self._kinds: dict[str, int] = {}
        self._languages = SentenceLanguages(lang)

    def __call__(self, doc: Doc) -> Doc:
        """Set ``is_sent_start`` on every token of a Doc, and ``_.lang`` of the sentences in another language."""
        if not len(doc):
            return doc
        flags = np.full(len(doc), -1, dtype=np.int64)
        starts = self.starts(doc)
        flags[starts] = 1
        # In one go: setting token.is_sent_start looks through the whole Doc each time, so a long text took minutes.
        unsigned: Any = flags.astype(np.uint64)  # as spaCy keeps it
        doc = doc.from_array(["SENT_START"], unsigned)
        for number, lang in self._languages.find(doc, starts):
            doc[starts[number] : starts[number + 1] if number + 1 < len(starts) else len(doc)]._.lang = lang
        return doc

    def starts(self, doc: Doc) -> list[int]:
        """Indices of the tokens that begin a sentence, ascending from 0; space belongs to the sentence before it."""
        texts = [token.text for token in doc]
        spaced = [bool(space) for space in doc.to_array("SPACY")] if texts else []
        kinds = self._kinds
        starts: list[int] = []
        awaiting = True  # the next word begins a sentence
        quotes = 0  # straight quotation marks so far in the line
        place = 0
        while place < len(texts):
            text = texts[place]
            kind = kinds.get(text)
            if kind is None:
                kind = kinds[text] = _kind(text)
            if kind == _OTHER and not awaiting:
                place += 1
                continue
            if kind in {_SPACE, _LINE}:
                if kind == _LINE:
                    awaiting, quotes = True, 0
                place += 1
                continue
            opening = awaiting
            if awaiting:
                starts.append(place)
                awaiting = False
            if kind == _STRAIGHT:
                quotes += 1
            elif kind == _BRACKET and (end := self._stage_note(texts, spaced, place)):
                if not opening:
                    starts.append(place)
                awaiting, place = True, end
            elif kind == _DOTTED or (kind == _STOP and not opening):
                end = _closing(texts, spaced, place, quotes)
                quotes += texts[place + 1 : end + 1].count('"')
                awaiting = self._ends(texts, spaced, place, end, starts[-1])
                place = end
            place += 1
        if starts:
            starts[0] = 0
        return starts or [0] * bool(texts)

    def _stage_note(self, texts: list[str], spaced: list[bool], place: int) -> int | None:
        """Index of the last token of a stage note that opens here, or None."""
        close = {"(": ")", "[": "]"}[texts[place]]
        inner = texts[place + 1 : place + LONGEST_NOTE + 2]
        if close not in inner:
            return None
        inner = inner[: inner.index(close)]
        spoken = [text.lower().rstrip(".") for text in inner if text[0].isalnum()]
        if not self.stage_notes.intersection(spoken) or not self.stage_words.issuperset(spoken):
            return None
        return _closing(texts, spaced, place + len(inner) + 1, 0)

    def _ends(self, texts: list[str], spaced: list[bool], stop: int, end: int, first: int) -> bool:
        """Whether the sentence that began at ``first`` ends with the stop and the marks closing it up to ``end``."""
        after = end + 1
        while after < len(texts) and self._kind(texts[after]) == _SPACE:
            after += 1
        if after >= len(texts) or self._kind(texts[after]) == _LINE:
            return True
        if texts[after] in QUIET or texts[after] in CLOSERS:
            return False
        word = texts[after]
        if word in DASHES:
            said = texts[after + 1] if after + 1 < len(texts) else ""
            if not said or said[0].islower():
                return not said
            # «Қайда?» – Асан сұрады: what follows a closed quotation and a dash says who spoke
            if texts[end] in {"»", "”", '"', "“"} and said[0].isalpha():
                return False
        elif word in OPENERS or word in EITHER:
            word = next((text for text in texts[after + 1 : after + 4] if text[0].isalnum()), "")
        if word[:1].islower():
            return False
        if texts[stop] in STOPS and texts[stop] != ".":
            return True
        if end > stop and texts[end] == ".":  # a stop after an abbreviation in brackets: (830—846 гг.).
            return True
        return self._stop_ends(texts, spaced, stop, first, word)

    def _stop_ends(self, texts: list[str], spaced: list[bool], stop: int, first: int, word: str) -> bool:
        """Whether a full stop, before a word that is not lower case, is more than an abbreviation's."""
        if texts[stop] != ".":
            before, own = texts[stop], stop
        elif stop and not spaced[stop - 1]:
            before, own = texts[stop - 1], stop - 1
        else:
            return True
        key = before.lower().removesuffix(".")
        key = key.lstrip("0123456789-") or key  # 1991ж., 2022-ж.
        if len(key) == 1 and own and (letter := _letter_before(texts, own)):
            key = f"{letter}.{key}"  # «т. е.» is listed as т.е
        starter = len(word) > 1 and word.lower() in self.starters
        if key in self.title:
            return False
        if key in self.outer:
            return not word[:1].isdigit()
        if _NUMERAL.fullmatch(before):
            # «1. Бірінші», «16. 03. 2022», «1 қаңтар» written «1. Қаңтар»
            return own != first and not word[:1].isdigit() and not word.lower().startswith(self.months)
        if own == first and len(key) == 1:
            return False
        lone = before.removesuffix(".")
        is_letter = len(lone) == 1 and lone.islower() and lone not in self.letter_words  # с. Кызылжар
        if key in self.inner or is_letter or (texts[stop] != "." and _INITIALS.fullmatch(before)):
            return starter
        return True

    def _kind(self, text: str) -> int:
        kind = self._kinds.get(text)
        if kind is None:
            kind = self._kinds[text] = _kind(text)
        return kind


def _kind(text: str) -> int:
    if text.isspace():
        return _LINE if _LINE_BREAK.search(text) else _SPACE
    if text in STOPS:
        return _STOP
    if text in {"(", "["}:
        return _BRACKET
    if text == '"':
        return _STRAIGHT
    return _DOTTED if text[-1] == "." else _OTHER


def _closing(texts: list[str], spaced: list[bool], place: int, quotes: int) -> int:
    """Index of the last of the stops and closing marks that stand right behind a token."""
    while place + 1 < len(texts):
        text = texts[place + 1]
        if text in EITHER:
            closes = quotes % 2 == 1 if text == '"' else _is_free(texts, spaced, place + 1)
            quotes += 1
        else:
            closes = text in STOPS or text in CLOSERS
        if not closes or (spaced[place] and text not in CLOSERS):
            break
        place += 1
    return place


def _letter_before(texts: list[str], place: int) -> str:
    """A single small letter with its stop that stands before a token: the «т.» of «т. е.»; else nothing."""
    before = texts[place - 2] + "." if texts[place - 1] == "." and place > 1 else texts[place - 1]
    return before[0] if len(before) == 2 and before[1] == "." and before[0].islower() else ""


def _is_free(texts: list[str], spaced: list[bool], place: int) -> bool:
    """Whether a space, the end, or a mark stands behind a token."""
    return spaced[place] or place + 1 >= len(texts) or not texts[place + 1][0].isalnum()


def sentence_spans(doc: Doc) -> list[tuple[int, int]]:
    """Character ranges of a document's sentences without the space around them.

    Parameters:
        doc: a Doc with sentence boundaries.

    Returns:
        (start, end) in code points of ``doc.text``, ascending; sentences of nothing but space are left out.

    Example:
        >>> from annotators.languages import blank
        >>> doc = SentenceRules("en")(blank("en")("  One.\\n\\nTwo. "))
        >>> sentence_spans(doc)
        [(2, 6), (8, 12)]
    """
    spans = []
    for sentence in doc.sents:
        text = sentence.text
        bare = text.strip()
        if bare:
            start = sentence.start_char + len(text) - len(text.lstrip())
            spans.append((start, start + len(bare)))
    return spans


@Language.factory("minber_sentences", assigns=["token.is_sent_start", "doc.sents"])
def make_sentences(nlp: Language, name: str) -> SentenceRules:  # noqa: ARG001
    """Make the component for a pipeline's language; a language without rules of ours takes those of English."""
    lang = nlp.lang or "en"
    return SentenceRules(lang if (FOLDER / lang / "sentences.yaml").exists() else "en")
