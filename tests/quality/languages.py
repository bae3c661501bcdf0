"""Figures of Kazakh morphology on KTB and UniMorph, of tokens, sentences and their languages on KTB, PUD and NTREX.

    python -m tests.quality.languages

The data, their loaders and the metrics stand beside the project (see tests/conftest.py); Minber takes part as
``benchmarks/kazakh_candidate.py``.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

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


def boundaries(lang: str) -> Figures:
    """F1 of token spans, and precision and recall of sentence ends inside paragraphs of eight sentences.

    Kazakh on KTB, as ``run_split.py`` measures; Russian and English on the treebanks PUD.
    """
    split = _module("run_split")
    if lang == "kk":
        gold, paragraphs = list(split.gold_tokens()), list(split.paragraphs())
    else:
        gold = list(_surface_tokens(next((SHARED / "kazakh" / "data").glob(f"UD_*-PUD/{lang}_*.conllu"))))
        texts = [text for text, _ in gold]
        paragraphs = [texts[start : start + 8] for start in range(0, len(texts), 8)]
    nlp = blank(lang)
    nlp.add_pipe("minber_sentences")
    right = wrong = missed = 0
    for text, words in gold:
        wanted = split.spans(text, words)
        found = {(token.idx, token.idx + len(token)) for token in nlp.make_doc(text) if not token.is_space}
        right, wrong, missed = right + len(wanted & found), wrong + len(found - wanted), missed + len(wanted - found)
    figures = {f"{lang} tokens F1": 2 * right / (2 * right + wrong + missed)}
    right = wrong = missed = 0
    for paragraph in paragraphs:
        text = " ".join(paragraph)
        ends = {sum(map(len, paragraph[:number])) + number - 1 for number in range(1, len(paragraph))}
        found_ends = {end for _, end in sentence_spans(nlp(text)) if end < len(text)}
        right += len(ends & found_ends)
        wrong, missed = wrong + len(found_ends - ends), missed + len(ends - found_ends)
    return figures | {
        f"{lang} sentences precision": right / (right + wrong),
        f"{lang} sentences recall": right / (right + missed),
    }


def mixed(lang: str, other: str) -> Figures:
    """Precision and recall of the mark on sentences in another language than their document.

    News sentences of NTREX, one a line: two in the document's language, then one in the other, none of them twice.
    """
    folder = SHARED / "data" / "ntrex_news_parallel"
    lines = {
        code: [line.split("\t")[1] for line in (folder / f"{code}.tsv").read_text("utf-8").splitlines()]
        for code in (lang, other)
    }
    chosen = [other if number % 3 == 2 else lang for number in range(len(lines[lang]))]
    nlp = blank(lang)
    nlp.add_pipe("minber_sentences")
    right = wrong = missed = 0
    for number, code in enumerate(chosen):
        doc = nlp(lines[code][number])
        for sentence in doc.sents:
            found, foreign = sentence._.lang, code == other
            right += found == other and foreign
            wrong += found is not None and not (found == other and foreign)
            missed += found != other and foreign
    return {
        f"{other} in {lang} precision": right / (right + wrong),
        f"{other} in {lang} recall": right / (right + missed),
    }


MIXED = (("kk", "ru"), ("ru", "kk"), ("kk", "en"), ("en", "kk"), ("ru", "en"), ("en", "ru"), ("kk", "ky"))
"""Languages of document and sentence."""


def _surface_tokens(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Texts of a CoNLL-U file with their surface tokens, as run_split.py reads KTB."""
    text, words, inside = "", [], 0
    for line in path.read_text("utf-8").splitlines():
        number, _, rest = line.partition("\t")
        if line.startswith("# text = "):
            text = line.removeprefix("# text = ")
        elif not line:
            yield text, words
            text, words, inside = "", [], 0
        elif "-" in number and number[0].isdigit():
            first, last = map(int, number.split("-"))
            inside = last - first + 1
            words.append(rest.split("\t")[0])
        elif number.isdigit() and inside:
            inside -= 1
        elif number.isdigit():
            words.append(rest.split("\t")[0])


if __name__ == "__main__":
    figures = morphology() | lemmas() | boundaries("kk") | boundaries("ru") | boundaries("en")
    for pair in MIXED:
        figures |= mixed(*pair)
    for name, figure in figures.items():
        print(f"{name:28} {figure:.4f}")
