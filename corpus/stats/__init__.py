"""Statistics: pure functions on frames of tokens or counts, LazyFrame in, LazyFrame out; eager in, eager out.

`Selected` makes the frames from a corpus; everything else knows nothing of files.
"""

from corpus.stats.concordance import kwic, kwic_spans
from corpus.stats.frequency import counts, frequency, ngrams, tfidf, token_totals
from corpus.stats.keyness import keyness
from corpus.stats.overview import overview
from corpus.stats.selection import FIELDS, Selected, Selection
from corpus.stats.themes import agreed_labels, check_theme, theme_shares

__all__ = [
    "FIELDS",
    "Selected",
    "Selection",
    "agreed_labels",
    "check_theme",
    "counts",
    "frequency",
    "keyness",
    "kwic",
    "kwic_spans",
    "ngrams",
    "overview",
    "tfidf",
    "theme_shares",
    "token_totals",
]
