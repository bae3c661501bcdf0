"""Minber as a candidate of the Kazakh evaluation: nominal entries without voice, verbs with it, one setting for all.

Run with the evaluation's own script: ``python run_lemma.py kazakh_candidate.py`` (see docs/quality.md).
"""

from collections.abc import Callable

from annotators.languages.kk.morphology import Lexicon

Key = tuple[str, str]


def matcher(entries: list[Key]) -> Callable[[str], list[Key]]:
    """Build a finder over (lemma, universal part of speech) keys."""
    by_entry: dict[Key, list[Key]] = {}
    for lemma, upos in entries:
        by_entry.setdefault((lemma, "V" if upos in {"VERB", "AUX"} else "N"), []).append((lemma, upos))
    lexicon = Lexicon(by_entry, voice=True)
    return lambda form: [key for entry in lexicon.find(form) for key in by_entry[entry]]
