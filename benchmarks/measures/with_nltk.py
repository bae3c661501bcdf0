"""The same by NLTK, on lists of tokens in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def jobs(folder: Path) -> dict[str, Callable[[], object]]:
    """Its index of words, which a concordance needs, is made in the time that is measured, as our search is."""
    import nltk
    import polars as pl
    from nltk.collocations import BigramAssocMeasures, BigramCollocationFinder

    words = pl.read_parquet(folder / "tokens.parquet")["token"].to_list()

    def bigrams() -> object:
        finder = BigramCollocationFinder.from_words(words)
        finder.apply_freq_filter(5)
        return finder.score_ngrams(BigramAssocMeasures.likelihood_ratio)

    def lines(word: str) -> object:
        return nltk.ConcordanceIndex(words).find_concordance(word, width=80)

    return {
        "frequency list": lambda: nltk.FreqDist(words).most_common(),
        "concordance of «liberty»": lambda: lines("liberty"),
        "all bigram collocations": bigrams,
    }
