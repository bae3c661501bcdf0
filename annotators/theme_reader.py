"""Reading sentences for themes: what is found in each, what it adds up to, which themes it is given and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc, Span

from annotators.ranges import Ranges, between
from annotators.terms import GAP, TermMatch, TermMatcher
from schemas.codebook import Codebook, LexiconEntry

MAX_THEMES = 3
"""A list of fields carries at most this many themes (codebook, rules for hard cases)."""

MAX_POINTING_WORDS = 18
"""A sentence that points back (Бұл – маңызды мәселе) is no longer than this."""

HINT = 0.4
"""The share of a theme's threshold that is enough where the sentence before has the theme already."""

ALONE = 0.6
"""The share of its threshold that the strongest theme of a sentence needs where no theme reaches its own."""

_ROUNDING = 1e-9

_ADDRESS_WORDS = 1
"""So many words may stand before an entry that opens its sentence (Сондай-ақ құрметті …)."""

POINTING_PLACES = 6
"""The pronoun that points back is one of its first so many words: linking words and an adverbial may stand before."""

_DASHES = frozenset("–—-")


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry of a theme's lexicon found in a sentence.

    Attributes:
        theme: id of the theme.
        entry: the lexicon entry.
        term: which of its terms, as listed.
        start, end: token indices in the Doc, end exclusive.
        weight: what it adds to the theme's score.
        dropped: why it does not count; empty where it does.
    """

    theme: str
    entry: LexiconEntry
    term: str
    start: int
    end: int
    weight: float
    dropped: str = ""


@dataclass(slots=True)
class Reading:
    """How a sentence was read: what was found, what it adds up to, which themes it was given and why.

    Attributes:
        span: the sentence without surrounding blanks.
        hits: everything found, counted or dropped.
        scores: theme id → sum of the weights of distinct terms, less what the ceremony took away.
        given: ids of the themes given, first named first.
        ceremony: words of thanks, greeting or congratulation in it.
        from_before: whether the themes were taken from the sentence before, to which this one points back.
    """

    span: Span
    hits: list[Hit] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)
    given: list[str] = field(default_factory=list)
    ceremony: list[str] = field(default_factory=list)
    from_before: bool = False


class ThemeReader:
    """Read the themes of sentences by a codebook's lexicon of one language.

    A theme's score in a sentence is the sum of the weights of the distinct terms of its lexicon that stand there; the
    theme is given where the score reaches the theme's threshold; where none does, the strongest is given that comes to
    ``ALONE`` of it. A term inside a longer one of any theme counts for
    the longer only (*Конституциялық сот* is no *сот*). Entries with ``needs`` or ``forbids`` look at the whole
    sentence. Words of ceremony (thanks, greetings) take their weight from every theme's score.

    Parameters:
        lang: language of the sentences.
        codebook: the codebook.
    """

    def __init__(self, lang: str, codebook: Codebook) -> None:
        self.codebook = codebook
        self.lang = lang
        self._entries: dict[tuple[str, str], list[LexiconEntry]] = {}
        terms: dict[tuple[str, str, str, bool], None] = {}
        contexts: dict[str, None] = {}
        for theme in codebook.themes:
            for entry in theme.lexicon.get(lang, ()):
                for term in entry.terms:
                    self._entries.setdefault((theme.id, term), []).append(entry)
                    terms[theme.id, term, entry.pos, entry.voice] = None
                for word in (*entry.needs, *entry.forbids, *(w for w in entry.exclude if " " in w)):
                    contexts[word] = None
        self._terms = TermMatcher(lang, terms)
        self._contexts = TermMatcher(lang, _both_classes(contexts))
        ceremony = codebook.ceremony.get(lang, ())
        self._ceremony_weights = {term: entry.weight for entry in ceremony for term in entry.terms}
        self._ceremony_excluded = {term: entry.exclude for entry in ceremony for term in entry.terms}
        self._addresses = frozenset(term for entry in ceremony if entry.opening for term in entry.terms)
        self._ceremony = TermMatcher(
            lang, [(term, term, entry.pos, entry.voice) for entry in ceremony for term in entry.terms]
        )
        pointers = [word.lower() for word in codebook.pointers.get(lang, ())]
        words = [word for word in pointers if not word.startswith("!")]
        self._pointers = frozenset(word.removeprefix("^") for word in words if " " not in word)
        self._opening = frozenset(word[1:] for word in words if word.startswith("^"))
        self._pointing_phrases = TermMatcher(lang, _both_classes(word for word in words if " " in word))
        self._no_pointers = frozenset(tuple(word[1:].split()) for word in pointers if word.startswith("!"))
        self._thresholds = {theme.id: theme.threshold for theme in codebook.themes}

    def read(self, doc: Doc, sentences: Iterable[Span], attributions: Sequence[tuple[int, int]] = ()) -> list[Reading]:
        """Read sentences of a Doc in their order.

        Parameters:
            doc: tokenized by Minber's tokenizer.
            sentences: spans of it; each may take themes from the one before.
            attributions: token ranges that say who speaks; an akim who is quoted is no word on local government.

        Returns:
            one reading for each sentence that holds more than blanks.
        """
        attributing = Ranges(attributions)
        found = _Matches(match for match in self._terms.find(doc) if not attributing.hold(match.start, match.end))
        contexts = _Matches(self._contexts.find(doc))
        ceremony = _Matches(self._ceremony.find(doc))
        readings: list[Reading] = []
        for sentence in sentences:
            span = trimmed(sentence)
            if span is None:
                continue
            reading = Reading(span)
            self._score(reading, found.inside(span), contexts.inside(span), ceremony.inside(span))
            if not reading.given:
                self._give_weaker(reading, readings[-1] if readings else None)
            readings.append(reading)
        return readings

    def reasons(self, reading: Reading) -> list[str]:
        """Say in words why a sentence got its themes and not others.

        Parameters:
            reading: from ``read``.

        Returns:
            lines: themes given, themes that fell short, words that did not count, ceremony.

        Example:
            >>> from annotators.languages import blank
            >>> from schemas.codebook import load_codebook
            >>> reader, doc = ThemeReader("en", load_codebook("reforms")), blank("en")("The court must be just.")
            >>> print(*reader.reasons(reader.read(doc, [doc[:]])[0]), sep="\\n")
            + rule_of_law 1 of 1: court 1
        """
        lines = []
        if reading.from_before:
            lines += [f"+ {theme}: points back to the sentence before" for theme in reading.given]
        doc = reading.span.doc
        for theme in dict.fromkeys(hit.theme for hit in reading.hits):
            counted: dict[str, float] = {}
            dropped: dict[str, str] = {}
            for hit in reading.hits:
                if hit.theme != theme:
                    continue
                words = doc[hit.start : hit.end].text
                if hit.dropped:
                    dropped.setdefault(f"{words} {hit.weight:g}", hit.dropped)
                else:
                    counted[words] = max(hit.weight, counted.get(words, 0.0))
            given = theme in reading.given and not reading.from_before
            if counted:
                found = ", ".join(f"{words} {weight:g}" for words, weight in counted.items())
                score, threshold = reading.scores[theme], self._thresholds[theme]
                lines.append(f"{'+' if given else '-'} {theme} {score:g} of {threshold:g}: {found}")
            lines += [f"  {theme}: {words} does not count: {why}" for words, why in dropped.items()]
        if reading.ceremony:
            lines.append(f"  ceremony takes from every score: {', '.join(reading.ceremony)}")
        return lines or ["no word of the codebook"]

    def _score(
        self,
        reading: Reading,
        found: Sequence[TermMatch[str]],
        contexts: Sequence[TermMatch[str]],
        ceremony: Sequence[TermMatch[str]],
    ) -> None:
        present = {match.key for match in contexts}
        for match in found:
            for entry in self._entries[match.key, match.term]:
                reading.hits.append(
                    Hit(
                        match.key,
                        entry,
                        match.term,
                        match.start,
                        match.end,
                        entry.weight,
                        self._why_not(match, entry, found, contexts, present, reading.span),
                    )
                )
        doc = reading.span.doc
        reading.ceremony = list(
            dict.fromkeys(
                match.key
                for match in ceremony
                if doc[match.start : match.end].text.lower() not in self._ceremony_excluded.get(match.key, ())
                and (match.key not in self._addresses or _opens(match, reading.span))
            )
        )
        taken = sum(self._ceremony_weights[term] for term in reading.ceremony)
        counted: dict[str, dict[str, float]] = {}
        for hit in reading.hits:
            if not hit.dropped:
                weights = counted.setdefault(hit.theme, {})
                weights[hit.term] = max(hit.weight, weights.get(hit.term, 0.0))
        reading.scores = {theme: sum(weights.values()) - taken for theme, weights in counted.items()}
        shares = {theme: score / self._thresholds[theme] for theme, score in reading.scores.items()}
        given = [theme for theme, share in shares.items() if share >= 1.0 - _ROUNDING]
        if len(given) > MAX_THEMES:
            strongest = sorted(given, key=lambda theme: -shares[theme])[:MAX_THEMES]
            given = [theme for theme in given if theme in strongest]
        reading.given = given  # hits come in order of place, so the first named theme is first

    def _why_not(
        self,
        match: TermMatch[str],
        entry: LexiconEntry,
        found: Sequence[TermMatch[str]],
        contexts: Sequence[TermMatch[str]],
        present: set[str],
        span: Span,
    ) -> str:
        """Why a match of an entry does not count; empty where it does."""
        for other in found:
            if (
                other.start <= match.start
                and match.end <= other.end
                and other.end - other.start > match.end - match.start
                and GAP not in other.term
            ):
                return f"inside «{other.term}»"
        forms = {span.doc[match.start : match.end].text.lower()}
        for word in entry.exclude:
            if word.lower() in forms:
                return f"excluded form «{word}»"
        excluded = set(entry.exclude)
        for other in contexts:
            if other.key in excluded and other.start < match.end and match.start < other.end:
                return f"inside excluded «{other.key}»"
        if entry.opening and not _opens(match, span):
            return "counts only at the beginning of the sentence"
        if entry.needs and present.isdisjoint(entry.needs):
            return "needs a word that is not there"
        for word in entry.forbids:
            if word in present:
                return f"«{word}» forbids it"
        return ""

    def _give_weaker(self, reading: Reading, before: Reading | None) -> None:
        """Give themes to a sentence where none reaches its threshold, with the help of the sentence before it.

        A word too weak to give its theme (*желі*, *құжат*) is enough where the sentence before has that theme; else the
        strongest theme is given that comes near its threshold; else a sentence that only points back takes the theme
        that the other is most about.
        """
        shares = {theme: score / self._thresholds[theme] for theme, score in reading.scores.items()}
        known = [] if before is None or reading.ceremony else before.given
        hinted = [theme for theme in known if shares.get(theme, 0.0) >= HINT - _ROUNDING]
        best = max(shares.values(), default=0.0)
        if hinted:
            reading.given = hinted
        elif best >= ALONE - _ROUNDING:
            reading.given = [theme for theme, share in shares.items() if share >= best - _ROUNDING][:MAX_THEMES]
        elif before is not None and known and self._points_back(reading):
            reading.given = [self._strongest(before)]
        reading.from_before = bool(reading.given) and best < ALONE - _ROUNDING

    def _strongest(self, reading: Reading) -> str:
        """The theme that a pronoun refers to: the one with the highest score, the first named of equals."""
        return max(reading.given, key=lambda theme: reading.scores.get(theme, 0.0) / self._thresholds[theme])

    def _points_back(self, reading: Reading) -> bool:
        """Whether a sentence only points to the one before: short, a pronoun early in it or as its predicate."""
        tokens = [token for token in reading.span if not token.is_punct and not token.is_space]
        words = [token.norm_ for token in tokens]
        if not words or len(words) > MAX_POINTING_WORDS or reading.span[-1].text == "?":
            return False
        last = tokens[-1]
        if words[-1] in self._pointers and last.i > reading.span.start and last.nbor(-1).text in _DASHES:
            return True
        opens = any(
            word in self._pointers
            and not (at and word in self._opening)
            and not any(tuple(words[at : at + len(no)]) == no for no in self._no_pointers)
            for at, word in enumerate(words[:POINTING_PLACES])
        )
        return opens or bool(self._pointing_phrases.find(reading.span))


_READERS: dict[tuple[str, int], ThemeReader] = {}
_MOST_READERS = 8


def theme_reader(lang: str, codebook: Codebook) -> ThemeReader:
    """A reader for a language and a codebook; the last few are kept, since a lexicon takes half a second to make ready.

    Parameters:
        lang: language of the sentences.
        codebook: the codebook.

    Returns:
        the same reader whenever the same object is given, as ``load_codebook`` gives it for the same file.

    Example:
        >>> from schemas.codebook import load_codebook
        >>> theme_reader("en", load_codebook("reforms")) is theme_reader("en", load_codebook("reforms"))
        True
    """
    key = lang, id(codebook)  # which is nobody else's while the reader holds on to it
    if key not in _READERS:
        while len(_READERS) >= _MOST_READERS:
            _READERS.pop(next(iter(_READERS)), None)
        _READERS[key] = ThemeReader(lang, codebook)
    return _READERS[key]


def _opens(match: TermMatch[str], span: Span) -> bool:
    """Whether a match stands at the beginning of a sentence."""
    return match.start - span.start <= _ADDRESS_WORDS


class _Matches:
    """The matches of a document in their order, asked sentence by sentence."""

    def __init__(self, matches: Iterable[TermMatch[str]]) -> None:
        self._matches = list(matches)
        self._starts = [match.start for match in self._matches]

    def inside(self, span: Span) -> list[TermMatch[str]]:
        """Those that stand in a span as a whole."""
        end = span.end
        return [match for match in self._matches[between(self._starts, span.start, end)] if match.end <= end]


def trimmed(span: Span) -> Span | None:
    """A span without blanks at its ends; None where nothing is left."""
    start, end = span.start, span.end
    while start < end and span.doc[start].is_space:
        start += 1
    while end > start and span.doc[end - 1].is_space:
        end -= 1
    return span.doc[start:end] if start < end else None


def _both_classes(words: Iterable[str]) -> list[tuple[str, str, str, bool]]:
    """Words of a condition have no part of speech: take each as a noun and as a verb."""
    return [(word, word, pos, False) for word in words for pos in ("N", "V")]
