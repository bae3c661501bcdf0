"""Dictionary forms from an analyser that the user has: a finite-state transducer in an ``.hfstol`` file, of Apertium or
Giellatekno for one. Minber ships none; it reads them by the package hfst-optimized-lookup (extra ``hfst``).
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from annotators.languages.kk.lemmas import Lemma, guess, infinitive
from annotators.languages.scripts import repair
from schemas.errors import MinberError

VARIABLE = "MINBER_KK_ANALYSER"
"""Environment variable that names the file; `lemma` of morphology.py then asks it first."""


class Analyser:
    """Looks words up in a transducer and guesses the dictionary form of those that it does not know.

    Tags are symbols of several characters that begin with ``<`` (мектеп<n><pl>) or ``+`` (мектеп+N+Pl); what stands
    before the first is the dictionary form, for verbs the root, of which the form in -у is made.

    Parameters:
        path: an unweighted ``.hfstol`` file.

    Raises:
        MinberError: MB394 the package is not installed, MB395 the file is missing or not such a transducer.
    """

    def __init__(self, path: str | Path) -> None:
        try:
            from hfst_optimized_lookup import TransducerFile
        except ImportError as error:
            raise MinberError("MB394", str(path)) from error
        try:
            self._transducer = TransducerFile(path)
            self._transducer.lookup_symbols("а")  # a weighted one only fails now
        except (RuntimeError, OSError) as error:
            raise MinberError("MB395", str(path), problem=str(error)) from error

    def lemma(self, form: str, pos: str | None = None) -> Lemma:
        """Look a word up.

        Parameters:
            form: one word.
            pos: ``N`` or ``V`` where it is known.

        Returns:
            its Lemma. Of several analyses those of the given part of speech come first, then the one that Minber
            guesses too, then that with the fewest tags. A word that the transducer does not know is guessed.
        """
        word = repair(form)
        guessed = guess(form, pos)
        found = self._read(word.lower()) or self._read(word)
        if not found:
            return guessed
        best = min(
            found,
            key=lambda lemma: (
                pos is not None and lemma[1] != pos,
                (lemma[0], lemma[1]) != (guessed.text, guessed.pos),
                lemma[2],
            ),
        )
        return Lemma(best[0], best[1], False)

    def _read(self, word: str) -> list[tuple[str, str, int]]:
        """Dictionary form, part of speech and number of tags of each analysis."""
        found = []
        for symbols in self._transducer.lookup_symbols(word):
            tags = [index for index, symbol in enumerate(symbols) if len(symbol) > 1 and symbol[0] in "<+"]
            first = tags[0] if tags else len(symbols)
            root = "".join(symbols[:first]).lower()
            if root:
                verb = bool(tags) and symbols[first].strip("<>+").lower().startswith("v")
                found.append((infinitive(root) if verb else root, "V" if verb else "N", len(tags)))
        return found


@cache
def analyser(path: str) -> Analyser:
    """The analyser of a file, read once."""
    return Analyser(path)


def chosen() -> Analyser | None:
    """The analyser that the user named in ``MINBER_KK_ANALYSER``; None where there is none."""
    path = os.environ.get(VARIABLE)
    return analyser(path) if path else None
