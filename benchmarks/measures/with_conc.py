"""The same by conc (Geoff Ford, MIT), on the index that it builds once from the texts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

PIPES = ("tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "ner")
"""It takes only a spaCy package that has these, and turns them all off: empty ones of the same names will do."""
ALL = 10**7
"""Rows of a page; 0 for all makes its concordance divide by zero."""


def prepare(folder: Path) -> None:
    """Build its index."""
    import spacy
    from conc.corpus import Corpus

    nlp = spacy.blank("en")
    for name in PIPES:
        nlp.add_pipe("sentencizer", name=name)
    nlp.to_disk(folder / "blank")
    (folder / "conc").mkdir()
    corpus = Corpus(name="addresses", description="inaugural addresses")
    corpus.build_from_files(str(folder / "texts"), str(folder / "conc"), model=str(folder / "blank"))


def jobs(folder: Path) -> dict[str, Callable[[], object]]:
    """Counts of words are made when the index is, so that its list of frequencies is looked up."""
    from conc.conc import Conc
    from conc.corpus import Corpus

    logging.disable(logging.WARNING)
    place = next(path.parent for path in (folder / "conc").rglob("corpus.json"))
    corpus = Corpus().load(str(place))
    tool = Conc(corpus)
    return {
        "frequency list": lambda: tool.frequencies(page_size=ALL, show_document_frequency=True),
        "concordance of «liberty»": lambda: tool.concordance("liberty", context_length=5, page_size=ALL),
        "concordance of «the»": lambda: tool.concordance("the", context_length=5, page_size=ALL),
        "collocates of «liberty»": lambda: tool.collocates("liberty", page_size=ALL),
    }
