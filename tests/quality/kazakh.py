"""Figures of Kazakh morphology, tokens and sentences on the treebank KTB and on UniMorph.

    python -m tests.quality.kazakh

The data, their loaders and the metrics stand beside the project (see tests/conftest.py); Minber takes part as
``benchmarks/kazakh_candidate.py``.
"""

from __future__ import annotations

import importlib
import json
import sys
from types import ModuleType
from typing import Any

from annotators.languages import blank
from annotators.languages.kk.lemmas import guess
from annotators.sentences import sentence_spans
from benchmarks import kazakh_candidate
from tests.conftest import SHARED

EVAL = SHARED / "kazakh" / "eval"
Figures = dict[str, float]


def _module(name: str) -> ModuleType:
    if str(EVAL) not in sys.path:
        sys.path.append(str(EVAL))
    return importlib.import_module(name)


def morphology() -> Figures:
    """Precision and recall of lexicon matching on KTB, recall of UniMorph's paradigms; one setting for all."""
    data, metrics = _module("kkdata"), _module("kkmetrics")
    sentences = data.ktb("all")
    tokens = [(data.fix_homoglyphs(word.form), word.lemma, word.upos) for _, words in sentences for word in words]
    entries = sorted(
        {
            (word.lemma, word.upos)
            for _, words in sentences
            for word in words
            if word.upos in {"NOUN", "ADJ", "VERB", "PROPN"} and len(word.lemma) >= 4 and word.lemma.isalpha()
        }
    )
    figures: Figures = {}
    for name, kept in (
        ("nominals", [entry for entry in entries if entry[1] != "VERB"]),
        ("verbs", [entry for entry in entries if entry[1] == "VERB"]),
    ):
        got = metrics.lexicon_prf(tokens, kazakh_candidate.matcher, kept)
        figures |= {f"{name} precision": got["P"], f"{name} recall": got["R"]}
    nouns = metrics.paradigm_recall(data.unimorph("kaz.noun.tsv"), kazakh_candidate.matcher, "NOUN")
    clean = json.loads((data.DATA / "unimorph-kaz" / "verbs_clean.json").read_text("utf-8"))
    verbs = metrics.paradigm_recall(
        {lemma: [tuple(cell) for cell in cells] for lemma, cells in clean.items()}, kazakh_candidate.matcher, "VERB"
    )
    return figures | {"UniMorph noun forms": nouns["recall"], "UniMorph verb forms": verbs["recall"]}


def lemmas() -> Figures:
    """Accuracy of guessed lemmas on the words of KTB, part of speech not given."""
    data, metrics = _module("kkdata"), _module("kkmetrics")
    words = [(data.fix_homoglyphs(w.form), w.lemma, w.upos) for _, sentence in data.ktb("test") for w in sentence]
    got = metrics.lemma_accuracy(words, lambda form, _upos: [guess(form).text])
    return {"lemmas": got["acc@1"], "lemmas of inflected words": got["inflected acc@1"]}


def tokens() -> Figures:
    """F1 of token spans on KTB."""
    split = _module("run_split")
    nlp = blank("kk")
    right = wrong = missed = 0
    for text, words in split.gold_tokens():
        gold = split.spans(text, words)
        found = {(token.idx, token.idx + len(token)) for token in nlp(text) if not token.is_space}
        right, wrong, missed = right + len(gold & found), wrong + len(found - gold), missed + len(gold - found)
    return {"tokens F1": 2 * right / (2 * right + wrong + missed)}


def sentences() -> Figures:
    """Precision and recall of sentence boundaries inside paragraphs of eight KTB sentences."""
    split = _module("run_split")
    nlp = blank("kk")
    nlp.add_pipe("minber_sentences")
    right = wrong = missed = 0
    for paragraph in split.paragraphs():
        text = " ".join(paragraph)
        ends: list[int] = []
        for sentence in paragraph[:-1]:
            ends.append((ends[-1] + 1 if ends else 0) + len(sentence))
        found = {end for _, end in sentence_spans(nlp(text)) if end < len(text)}
        gold: set[Any] = set(ends)
        right, wrong, missed = right + len(gold & found), wrong + len(found - gold), missed + len(gold - found)
    return {"sentences precision": right / (right + wrong), "sentences recall": right / (right + missed)}


if __name__ == "__main__":
    for name, figure in (morphology() | lemmas() | tokens() | sentences()).items():
        print(f"{name:24} {figure:.4f}")
