"""Sentences in another language than their document: a Russian question in a Kazakh interview."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from annotators.languages import FOLDER, STARTED
from schemas.datafile import read_data

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from spacy.strings import StringStore
    from spacy.tokens import Doc

FEWEST_WORDS = 3
"""A sentence of fewer words (a heading, a name) counts as in the document's language."""
LEAD = 2
"""Small words of another language that a sentence must hold, and by how many points it must lead."""
MISFIT, LACK = 2, 2
"""Points that a word costs which the alphabet cannot spell, and a sentence without any of a language's marks."""
ASKED_WORDS = 5
"""Words from which on a sentence that nothing speaks for is given to py3langid."""
SURE = 0.97
"""Probability from which on the answer of py3langid is taken."""
CACHED_FORMS = 1 << 18
"""Word forms whose signs are kept; beyond it they are learnt anew."""
_LETTERS = 4
"""Letters of the words that py3langid is given at least, on average: initials and numbers say nothing."""


class SentenceLanguages:
    """Finds the sentences of a document that are in another of Minber's languages than the rest.

    Each language has points in a sentence: one for each of its small words (the, и, және; those that both languages
    have count for neither), less two for each word in small letters that its alphabet cannot spell, less two where the
    letters are missing that its sentences do not lack (Kazakh ә, ғ, қ …). Another language is taken where it leads by
    two points and has two words; where there is nothing to go by but the document's language does not fit, py3langid is
    asked. In doubt a sentence is in the language of its document. Lists: ``language`` in each ``sentences.yaml``.

    Parameters:
        lang: language of the documents.

    Example:
        >>> from annotators.languages import blank
        >>> nlp = blank("kk")
        >>> _ = nlp.add_pipe("minber_sentences")
        >>> doc = nlp("Журналист сұрақ қойды. Когда будут новые выборы и кто их проведёт? Президент жауап берді.")
        >>> [sentence._.lang for sentence in doc.sents]
        [None, 'ru', None]
    """

    def __init__(self, lang: str) -> None:
        known = {code: _Signs(code) for code in STARTED if _Signs.listed(code)}
        self._own = known.pop(lang, None)
        self._others = known
        self._rows: dict[int, int] = {}
        self._learnt: list[list[int]] = []  # rows that are not in the table yet
        self._table = np.zeros((0, 3 + 4 * len(known)), dtype=np.int32)

    def find(self, doc: Doc, starts: list[int]) -> list[tuple[int, str]]:
        """Tell the sentences that are in another language.

        Parameters:
            doc: tokenized.
            starts: indices of the tokens that begin its sentences.

        Returns:
            (number of the sentence, its language), for those alone.
        """
        if self._own is None or not starts:
            return []
        orths: list[int] = doc.to_array("ORTH").tolist()
        try:
            rows = list(map(self._rows.__getitem__, orths))
        except KeyError:
            self._learn_all(orths, doc.vocab.strings)
            rows = list(map(self._rows.__getitem__, orths))
        counts = np.add.reduceat(self._table[rows], starts, axis=0)
        count, misfits, marks = counts[:, 0], counts[:, 1], counts[:, 2]
        strange = MISFIT * misfits + self._own.lack(count, marks)
        best = np.zeros(len(starts), dtype=np.int64)
        lead = np.full(len(starts), LEAD - 1, dtype=np.int64)
        fits: dict[str, NDArray[Any]] = {}
        for number, (code, signs) in enumerate(self._others.items()):
            theirs, ours, misfit, mark = counts[:, 3 + 4 * number : 7 + 4 * number].T
            points = theirs - MISFIT * misfit - signs.lack(count, mark)
            leading = points - (ours - strange)
            better = (theirs >= LEAD) & (leading > lead) & (count >= FEWEST_WORDS)
            best[better], lead[better] = number + 1, leading[better]
            fits[code] = (misfit == 0) & (signs.lack(count, mark) == 0)
        codes = list(self._others)
        found = {int(place): codes[best[place] - 1] for place in np.flatnonzero(best)}
        doubtful = np.flatnonzero((best == 0) & (strange > 0) & (count >= ASKED_WORDS))
        for place in doubtful.tolist():
            end = starts[place + 1] if place + 1 < len(starts) else len(doc)
            told = _ask(doc[starts[place] : end].text, (doc.lang_, *codes))
            if told is not None and told != doc.lang_ and fits[told][place]:
                found[place] = told
        return sorted(found.items())

    def _learn_all(self, orths: list[int], strings: StringStore) -> None:
        """Learn the word forms of a document that are new; the table grows by halves, not for every document."""
        if len(self._rows) > CACHED_FORMS:
            self._rows.clear()
        for orth in orths:
            if orth not in self._rows:
                self._learn(orth, strings)
        known = len(self._rows) - len(self._learnt)
        if len(self._rows) > len(self._table):
            table = np.zeros((len(self._rows) * 3 // 2, self._table.shape[1]), dtype=np.int32)
            table[:known] = self._table[:known]
            self._table = table
        self._table[known : len(self._rows)] = self._learnt
        self._learnt.clear()

    def _learn(self, orth: int, strings: StringStore) -> None:
        """Count the signs of a word form: a word or not, own misfit and marks, four signs of each other language."""
        text = strings[orth]
        low = text.lower()
        row = [0] * (3 + 4 * len(self._others))
        own = self._own
        if own is not None and any(map(str.isalpha, low)):
            small = text[0].islower()  # names keep their letters in every language
            row[:3] = [1, int(small and not own.spells(low)), int(own.marked(low))]
            for number, signs in enumerate(self._others.values()):
                row[3 + 4 * number : 7 + 4 * number] = [
                    int(low in signs.words and low not in own.words),
                    int(low in own.words and low not in signs.words),
                    int(small and not signs.spells(low)),
                    int(signs.marked(low)),
                ]
        self._rows[orth] = len(self._rows)
        self._learnt.append(row)


class _Signs:
    """By what one language is told."""

    def __init__(self, lang: str) -> None:
        data = _section(lang)
        self.words = frozenset(data["words"].split())
        self._alphabet = frozenset(data["alphabet"])
        self._marks = frozenset(data.get("marks", "")) - {" "}
        self._within: int = data.get("within", 0)

    @staticmethod
    def listed(lang: str) -> bool:
        """Whether a language has a section ``language``."""
        return bool(_section(lang))

    def spells(self, word: str) -> bool:
        """Whether the alphabet has all letters of a word."""
        return all(letter in self._alphabet for letter in word if letter.isalpha())

    def marked(self, word: str) -> bool:
        """Whether a letter stands in a word that hardly any sentence lacks."""
        return not self._marks.isdisjoint(word)

    def lack(self, count: NDArray[Any], marks: NDArray[Any]) -> NDArray[Any]:
        """Points lost in each sentence that is long enough for a mark and has none."""
        if not self._marks:
            return np.zeros_like(count)
        return np.where((count >= self._within) & (marks == 0), LACK, 0)


@cache
def _section(lang: str) -> dict[str, Any]:
    path = FOLDER / lang / "sentences.yaml"
    data: dict[str, Any] = read_data(path) if path.exists() else {}
    return data.get("language") or {}


def _ask(text: str, languages: tuple[str, ...]) -> str | None:
    """What py3langid says, where it is sure."""
    spoken = [word for word in text.split() if any(map(str.isalpha, word))]
    if sum(map(len, spoken)) < _LETTERS * ASKED_WORDS:
        return None
    lang, probability = _identifier(languages).classify(" ".join(spoken))
    return str(lang) if probability >= SURE else None


@cache
def _identifier(languages: tuple[str, ...]) -> Any:
    """The model of py3langid, loaded where it is first needed."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(set(languages) & set(identifier.nb_classes)) or None)
    return identifier
