"""Statistics: pure functions on frames of tokens or counts, LazyFrame in, LazyFrame out."""

from corpus.stats.concordance import kwic, kwic_spans
from corpus.stats.frequency import counts, frequency, ngrams, tfidf, token_totals

__all__ = ["counts", "frequency", "kwic", "kwic_spans", "ngrams", "tfidf", "token_totals"]
